//! Source filters (row C1-11).
//!
//! A filter of the client's own may not name what is reserved, and it is then the one place where the partition field
//! is excluded upstream: an unfiltered source goes to the client byte for byte, a filtered one the node writes anew.

use std::borrow::Cow;

use super::super::names::{FieldName, classify};
use super::super::refusal::Refusal;
use super::super::scope::SharedIndex;
use super::{Spot, Walker, misshapen};
use crate::rewrite::json::tree::{Object, Value};

/// A name that no document of a shared index can have: root keys with an underscore and a small letter are refused on
/// write. Includes that were emptied would mean everything; with this one they mean nothing.
pub(in super::super) const NOTHING: &str = "_osproxy_nothing";

const INCLUDES: [&str; 2] = ["includes", "include"];
const EXCLUDES: [&str; 2] = ["excludes", "exclude"];

impl Walker<'_> {
    /// A source filter: a boolean, a name, a list of names, or an object of includes and excludes.
    pub(super) fn source(&mut self, value: &mut Value<'_>, spot: Spot) -> Result<(), Refusal> {
        let Some(index) = self.shared() else {
            self.shape.source_filtered = !matches!(value, Value::Bool(_));
            return Ok(());
        };
        let (includes, excludes) = match value {
            Value::Bool(_) => return Ok(()),
            Value::String(_) | Value::Array(_) => (names(value, spot)?, Vec::new()),
            Value::Object(object) => parts(object, spot)?,
            other => {
                return Err(misshapen(
                    other,
                    spot,
                    "a source filter is a boolean, names or an object",
                ));
            }
        };
        *value = filter(includes, excludes, index);
        self.shape.source_filtered = true;
        self.changed = true;
        Ok(())
    }
}

/// The filter that goes upstream.
pub(in super::super) fn filter<'a>(
    mut includes: Vec<Cow<'a, str>>,
    mut excludes: Vec<Cow<'a, str>>,
    index: &SharedIndex<'_>,
) -> Value<'a> {
    let asked = !includes.is_empty();
    includes.retain(|name| classify(name, index) == FieldName::Ordinary || name.contains('*'));
    if asked && includes.is_empty() {
        includes.push(Cow::Borrowed(NOTHING));
    }
    let filtered = !includes.is_empty() || !excludes.is_empty();
    if filtered && !excludes.iter().any(|name| name == index.field) {
        excludes.push(Cow::Owned(index.field.to_owned()));
    }
    let list =
        |names: Vec<Cow<'a, str>>| Value::Array(names.into_iter().map(Value::String).collect());
    let parts = [("includes", includes), ("excludes", excludes)];
    Value::object(
        parts
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(key, names)| (key, list(names))),
    )
}

type Parts<'a> = (Vec<Cow<'a, str>>, Vec<Cow<'a, str>>);

fn parts<'a>(object: &Object<'a>, spot: Spot) -> Result<Parts<'a>, Refusal> {
    let mut parts = Parts::default();
    for (key, value) in object.iter() {
        let part = match key {
            // The second of two spellings would win; one is enough for anybody.
            _ if twice(object, &INCLUDES) || twice(object, &EXCLUDES) => {
                let construct = super::construct("key", key);
                return Err(
                    Refusal::misshapen(construct, "two keys mean the same", "C1-11").under(key),
                );
            }
            key if INCLUDES.contains(&key) => &mut parts.0,
            key if EXCLUDES.contains(&key) => &mut parts.1,
            _ => {
                let construct = super::construct("key", key);
                let why = "a source filter has includes and excludes";
                return Err(Refusal::misshapen(construct, why, "C1-11").under(key));
            }
        };
        part.extend(names(value, spot).map_err(|refusal| refusal.under(key))?);
    }
    Ok(parts)
}

fn twice(object: &Object<'_>, spellings: &[&str]) -> bool {
    spellings.iter().all(|key| object.contains(key))
}

fn names<'a>(value: &Value<'a>, spot: Spot) -> Result<Vec<Cow<'a, str>>, Refusal> {
    let name = |value: &Value<'a>| match value {
        Value::String(name) => Ok(name.clone()),
        other => Err(misshapen(other, spot, "it must be a field's name")),
    };
    match value {
        Value::Array(values) => values
            .iter()
            .enumerate()
            .map(|(at, value)| name(value).map_err(|refusal| refusal.at(at)))
            .collect(),
        one => Ok(vec![name(one)?]),
    }
}
