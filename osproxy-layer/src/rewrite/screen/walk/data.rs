//! Values that are data: scalars, words, numbers, ids, field names.

use std::borrow::Cow;

use super::super::names::{FieldName, classify, glob_reaches_reserved};
use super::super::refusal::{Refusal, construct};
use super::super::schema::{Keys, Kind, Names};
use super::super::scope::Placement;
use super::{Compared, Fate, Spot, Walker, misshapen};
use crate::rewrite::json::tree::Value;

impl Walker<'_> {
    pub(super) fn data(
        &mut self,
        kind: Kind,
        value: &mut Value<'_>,
        spot: Spot,
    ) -> Result<Fate, Refusal> {
        if !self.strict(spot) {
            return Ok(Fate::Keep);
        }
        match kind {
            Kind::OneOf(words) => one_of(words, value, spot)?,
            Kind::AtLeast(least) => {
                if self.scope.omits_zero_buckets && self.scope.is_shared() && is_zero(value) {
                    *value = Value::Number("1".into());
                    self.changed = true;
                }
                at_least(least, value, spot)?;
            }
            Kind::Always(word) => {
                if value.as_str() != Some(word) {
                    *value = Value::text(word);
                    self.changed = true;
                }
            }
            Kind::Dropped => {
                self.changed = true;
                return Ok(Fate::Drop);
            }
            Kind::Json => {}
            Kind::Geometry => geometry(value, spot)?,
            _ => scalar(value, spot)?,
        }
        Ok(Fate::Keep)
    }

    /// The name of one field.
    pub(super) fn field(&mut self, value: &Value<'_>, spot: Spot) -> Result<(), Refusal> {
        match value {
            Value::String(name) => self.name(name),
            other if self.strict(spot) => Err(misshapen(other, spot, "it must be a field's name")),
            _ => Ok(()),
        }
    }

    /// Field names, one or a list.
    pub(super) fn fields(
        &mut self,
        names: Names,
        entry: Option<&'static Keys>,
        value: &mut Value<'_>,
        spot: Spot,
    ) -> Result<(), Refusal> {
        match (value, entry) {
            (Value::Array(entries), _) => {
                for (at, value) in entries.iter_mut().enumerate() {
                    let told = match value {
                        // a list in a list is nothing that the server takes
                        Value::Array(_) if self.scope.is_shared() => {
                            Err(misshapen(value, spot, "it must be a field's name"))
                        }
                        Value::Array(_) => Ok(()),
                        one => self.fields(names, entry, one, spot),
                    };
                    told.map_err(|refusal| refusal.at(at))?;
                }
                Ok(())
            }
            (Value::String(name), _) => self.name_in(names, name),
            (value @ Value::Object(_), Some(keys)) => self.keys(keys, value, spot),
            (other, _) if self.strict(spot) => Err(misshapen(
                other,
                spot,
                "it must be a field's name or a list of names",
            )),
            _ => Ok(()),
        }
    }

    /// One of several field names, as its place lets it be written.
    pub(super) fn name_in(&self, names: Names, name: &str) -> Result<(), Refusal> {
        let name = match names {
            Names::Searched => unboosted(name),
            Names::Full | Names::Printed => name,
        };
        match (names, self.shared()) {
            (_, None) | (Names::Full, _) => self.name(name),
            _ if !name.contains('*') => self.name(name),
            (Names::Printed, _) => Ok(()),
            (Names::Searched, Some(index)) if glob_reaches_reserved(name, index) => {
                Err(self.refuse("field", name, WILDCARD, "A1-24"))
            }
            (Names::Searched, _) => Ok(()),
        }
    }

    /// One field name as an argument.
    pub(super) fn name(&self, name: &str) -> Result<(), Refusal> {
        self.compared_name(name, false).map(|_| ())
    }

    /// One field name; where `translated`, it may be one whose values are translated.
    pub(super) fn compared_name(&self, name: &str, translated: bool) -> Result<Compared, Refusal> {
        let Some(index) = self.shared() else {
            return match name {
                "_index" if translated => Ok(Compared::Index),
                "_index" => Err(self.refuse("field", name, PHYSICAL_NAME, "A1-08")),
                _ => Ok(Compared::Ordinary),
            };
        };
        if name.contains('*') {
            return Err(self.refuse("field", name, WILDCARD, "A1-24"));
        }
        match classify(name, index) {
            FieldName::Ordinary => Ok(Compared::Ordinary),
            FieldName::Id if translated => Ok(Compared::Id),
            FieldName::Id | FieldName::Index | FieldName::Reserved => {
                Err(self.refuse("field", name, RESERVED, reserved_row(name)))
            }
        }
    }

    /// A value that is compared with the enclosing field.
    pub(super) fn compared(&mut self, value: &mut Value<'_>, spot: Spot) -> Result<(), Refusal> {
        match spot.field {
            Compared::Id => self.id(value, spot),
            Compared::Index => self.index_name(value, spot),
            Compared::Ordinary if self.strict(spot) => scalar(value, spot),
            Compared::Ordinary => Ok(()),
        }
    }

    /// Ids, one or a list.
    pub(super) fn ids(&mut self, value: &mut Value<'_>, spot: Spot) -> Result<(), Refusal> {
        if self.shared().is_none() {
            return Ok(());
        }
        match value {
            Value::Array(ids) => {
                for (at, id) in ids.iter_mut().enumerate() {
                    self.id(id, spot).map_err(|refusal| refusal.at(at))?;
                }
                Ok(())
            }
            one => self.id(one, spot),
        }
    }

    /// One logical id becomes physical, whatever it looks like: there is no guess whether it has the prefix already, so
    /// `globex:1` of acme is `acme:globex:1` (row A1-05).
    pub(super) fn id(&mut self, value: &mut Value<'_>, spot: Spot) -> Result<(), Refusal> {
        let Some(index) = self.shared() else {
            return Ok(());
        };
        let id: Cow<'_, str> = match &*value {
            Value::String(id) => Cow::Borrowed(id),
            // The server takes their text for the id; other spellings of a number it writes in its own way.
            Value::Number(id) if is_plain_integer(id) => Cow::Borrowed(id),
            Value::Bool(true) => Cow::Borrowed("true"),
            Value::Bool(false) => Cow::Borrowed("false"),
            other => {
                return Err(misshapen(
                    other,
                    spot,
                    "an id is a string or a whole number",
                ));
            }
        };
        let physical = [index.id_prefix, &id, index.id_suffix].concat();
        *value = Value::text(physical);
        self.changed = true;
        Ok(())
    }

    /// The logical name of an own index becomes the physical one; other values stay and match nothing.
    fn index_name(&mut self, value: &mut Value<'_>, spot: Spot) -> Result<(), Refusal> {
        let Placement::Dedicated(names) = self.scope.placement else {
            return Ok(());
        };
        let known = value
            .as_str()
            .and_then(|name| names.iter().find(|index| index.logical == name));
        match known {
            Some(index) => {
                *value = Value::text(index.physical.to_owned());
                self.changed = true;
                Ok(())
            }
            None => Err(self.refuse("field", "_index", PHYSICAL_NAME, spot.row.catalogue)),
        }
    }
}

const RESERVED: &str =
    "names that start with an underscore are kept for the server and for this service";
const PHYSICAL_NAME: &str = "the server compares it with the physical name of the index; only the own logical name can be translated";
const WILDCARD: &str = "a wildcard may reach fields that are reserved";

/// The row that a reserved name is refused by.
fn reserved_row(name: &str) -> &'static str {
    match name {
        "_id" => "A1-06",
        "_index" => "A1-08",
        "_routing" | "_seq_no" => "A1-09",
        _ => "A1-10",
    }
}

fn scalar(value: &Value<'_>, spot: Spot) -> Result<(), Refusal> {
    if value.is_scalar() {
        Ok(())
    } else {
        Err(misshapen(value, spot, "it must be a single value"))
    }
}

/// A shape in GeoJSON is as deep as the reader lets it be; one in text may not be deeper.
fn geometry(value: &Value<'_>, spot: Spot) -> Result<(), Refusal> {
    const DEEPEST: usize = 16;
    let mut depth: usize = 0;
    for letter in value.as_str().unwrap_or_default().chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(misshapen(value, spot, "the shape is nested too deeply"));
        }
    }
    Ok(())
}

fn one_of(words: &[&str], value: &Value<'_>, spot: Spot) -> Result<(), Refusal> {
    match value.as_str() {
        Some(text) if words.iter().any(|word| word.eq_ignore_ascii_case(text)) => Ok(()),
        _ => Err(Refusal::misshapen(
            construct("value of", spot.row.name),
            "it is none of the values that are allowed here",
            spot.row.catalogue,
        )),
    }
}

/// The server cuts `0.9` to 0 and reads `"0"` as a number (tried on 3.8.0), so only digits are taken.
fn at_least(least: u64, value: &Value<'_>, spot: Spot) -> Result<(), Refusal> {
    let text = match value {
        Value::Number(text) | Value::String(text) => &**text,
        other => return Err(misshapen(other, spot, "it must be a whole number")),
    };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u64>() {
        Ok(number) if digits && number >= least => Ok(()),
        _ => Err(Refusal::misshapen(
            construct("value of", spot.row.name),
            if least > 0 {
                "it must be a whole number of at least 1"
            } else {
                "it must be a whole number"
            },
            spot.row.catalogue,
        )),
    }
}

/// Zero as clients write it. What the server would cut to 0 is none, and is refused.
fn is_zero(value: &Value<'_>) -> bool {
    matches!(value, Value::Number(text) | Value::String(text) if &**text == "0")
}

/// What means the same as an absent key (row C1-26, tried on 3.8.0).
pub(super) fn is_empty(value: &Value<'_>) -> bool {
    match value {
        Value::Bool(false) => true,
        Value::String(text) => text == "false",
        Value::Array(elements) => elements.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

/// An integer in the one spelling that the server keeps as it is.
fn is_plain_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()) && text != "-0" && !digits.is_empty()
}

/// A field's name without its boost: the server cuts at the first `^`.
fn unboosted(name: &str) -> &str {
    name.split('^').next().unwrap_or(name)
}
