//! Objects: known keys, a named field, one type of several, names of the client's own.

use super::super::refusal::Refusal;
use super::super::schema::{ByField, Keys, Kind, Long, Names, Row, Types, find};
use super::{Compared, Fate, Spot, Walker, misshapen};
use crate::rewrite::json::tree::{Object, Value};

impl Walker<'_> {
    /// An object with known keys.
    pub(super) fn keys(
        &mut self,
        keys: &'static Keys,
        value: &mut Value<'_>,
        spot: Spot,
    ) -> Result<(), Refusal> {
        #[cfg(test)]
        let keys = super::super::tests::mutants::in_effect(keys);
        if !self.scope.is_shared() && value.is_scalar() {
            return Ok(()); // a scalar refers to nothing; the node says what it thinks of it
        }
        let object = self.object(value, spot)?;
        self.members(keys, object, spot.field)?;
        for (one, other) in keys.exclusive {
            if object.contains(one) && object.contains(other) {
                let why = "it stands beside another key that means the same";
                return Err(self.refuse("key", other, why, "B-22").under(other));
            }
        }
        if self.scope.is_shared() {
            self.bind(keys, object, spot)?;
        }
        Ok(())
    }

    /// The members of an object, each by its row.
    fn members(
        &mut self,
        keys: &'static Keys,
        object: &mut Object<'_>,
        field: Compared,
    ) -> Result<(), Refusal> {
        let mut dropped = Vec::new();
        for (key, member) in object.iter_mut() {
            let fate = self
                .member(keys.rows, keys.closed, key, member, field)
                .map_err(|refusal| refusal.under(key))?;
            if fate == Fate::Drop {
                dropped.push(key.to_owned());
            }
        }
        for key in dropped {
            object.remove(&key);
        }
        Ok(())
    }

    fn member(
        &mut self,
        rows: &'static [&'static [Row]],
        closed: bool,
        key: &str,
        member: &mut Value<'_>,
        field: Compared,
    ) -> Result<Fate, Refusal> {
        match find(rows, key) {
            Some(row) => {
                if field == Compared::Id && !stands_beside_ids(row) {
                    let why = "beside ids only their values, boost and _name can stand";
                    return Err(self.refuse("key", key, why, "A1-05"));
                }
                self.row(row, "key", member, field)
            }
            None if closed || self.scope.is_shared() => {
                let why = "it is not on the list of keys that are known to be safe";
                Err(self.refuse("key", key, why, "C1-27"))
            }
            None => self.unlisted(key, member).map(|()| Fate::Keep),
        }
    }

    /// What no table lists passes on a dedicated index if it is no object: whatever refers to something else, or holds a
    /// query (the server takes some keys by older names too, `mustNot`), is one.
    fn unlisted(&self, key: &str, value: &Value<'_>) -> Result<(), Refusal> {
        match value {
            Value::Object(_) => {
                let why = "it is not on the list of keys that may hold an object";
                Err(self.refuse("key", key, why, "C1-27"))
            }
            Value::Array(elements) => elements
                .iter()
                .try_for_each(|value| self.unlisted(key, value)),
            _ => Ok(()),
        }
    }

    /// What a table says of an object as a whole.
    fn bind(&mut self, keys: &Keys, object: &mut Object<'_>, spot: Spot) -> Result<(), Refusal> {
        for key in keys.required {
            if !object.contains(key) {
                return Err(Refusal::misshapen(
                    super::construct("key", key),
                    "it is required here",
                    spot.row.catalogue,
                ));
            }
        }
        if !keys.any_of.is_empty() && !keys.any_of.iter().any(|key| object.contains(key)) {
            let construct = super::construct("construct", spot.row.name);
            let why = "one of its forms must be named: the one that is meant by none looks at every tenant's values";
            return Err(Refusal::misshapen(construct, why, spot.row.catalogue));
        }
        for force in keys.force {
            let wanted = force.when.is_none_or(|key| object.contains(key));
            if wanted && object.get(force.key).and_then(Value::as_str) != Some(force.word) {
                object.set(force.key, Value::text(force.word));
                self.changed = true;
            }
        }
        if let Some(hook) = keys.hook {
            self.hook(hook, object)?;
        }
        Ok(())
    }

    /// An object that names one field.
    pub(super) fn by_field(
        &mut self,
        by_field: &'static ByField,
        value: &mut Value<'_>,
        spot: Spot,
    ) -> Result<(), Refusal> {
        let object = self.object(value, spot)?;
        let mut compared = None;
        for (key, member) in object.iter_mut() {
            if find(by_field.siblings, key).is_none() {
                if compared.is_some() && self.scope.is_shared() {
                    let why = "exactly one field must stand here";
                    return Err(Refusal::misshapen(
                        super::construct("key", key),
                        why,
                        spot.row.catalogue,
                    )
                    .under(key));
                }
                let field = self
                    .asked(by_field, key, member, spot)
                    .map_err(|refusal| refusal.under(key))?;
                compared = Some(field);
            }
        }
        let Some(field) = compared else {
            return Err(misshapen(value, spot, "it must name a field"));
        };
        for (key, member) in object.iter_mut() {
            if find(by_field.siblings, key).is_some() {
                self.member(by_field.siblings, true, key, member, field)
                    .map_err(|refusal| refusal.under(key))?;
            }
        }
        Ok(())
    }

    /// What is asked of a named field.
    fn asked(
        &mut self,
        by_field: &'static ByField,
        name: &str,
        value: &mut Value<'_>,
        spot: Spot,
    ) -> Result<Compared, Refusal> {
        let field = self.compared_name(name, by_field.id)?;
        let spot = Spot { field, ..spot };
        if !matches!(value, Value::Object(_)) {
            match (by_field.short, by_field.long) {
                (Some(_), Long::Lengthen(keys, key)) if self.scope.is_shared() => {
                    let short = std::mem::replace(value, Value::Null);
                    *value = Value::object([(key, short)]);
                    self.changed = true;
                    self.keys(keys, value, spot)?;
                }
                (Some(kind), _) => {
                    self.kind(kind, value, spot)?;
                }
                (None, _) if self.scope.is_shared() || !value.is_scalar() => {
                    return Err(misshapen(value, spot, "it must be an object here"));
                }
                (None, _) => {}
            }
            return Ok(field);
        }
        match by_field.long {
            Long::Json => {}
            Long::Keys(keys) | Long::Lengthen(keys, _) => self.keys(keys, value, spot)?,
            Long::Refuse(why, row) => {
                return Err(self.refuse("object form of", spot.row.name, why, row));
            }
        }
        Ok(field)
    }

    /// An object with exactly one key, which is one of these types.
    pub(super) fn typed(
        &mut self,
        types: &'static Types,
        value: &mut Value<'_>,
        spot: Spot,
    ) -> Result<(), Refusal> {
        let object = self.object(value, spot)?;
        if object.len() != 1 {
            let construct = format!("an object with {} keys", object.len());
            return Err(Refusal::misshapen(
                construct,
                "exactly one type must stand here",
                "A1-02",
            ));
        }
        for (name, member) in object.iter_mut() {
            self.one_type(types, name, member)
                .map_err(|refusal| refusal.under(name))?;
        }
        Ok(())
    }

    /// One type by its name.
    pub(super) fn one_type(
        &mut self,
        types: &'static Types,
        name: &str,
        value: &mut Value<'_>,
    ) -> Result<(), Refusal> {
        let Some(row) = find(types.rows, name) else {
            let why = "it is not on the list of types that are known to be safe";
            return Err(self.refuse(types.what, name, why, types.unknown));
        };
        self.row(row, types.what, value, Compared::Ordinary)
            .map(|_| ())
    }

    /// An object whose keys the client chose.
    pub(super) fn named(
        &mut self,
        kind: &'static Kind,
        value: &mut Value<'_>,
        spot: Spot,
    ) -> Result<(), Refusal> {
        let object = self.object(value, spot)?;
        for (name, member) in object.iter_mut() {
            self.kind(*kind, member, spot)
                .map_err(|refusal| refusal.under(name))?;
        }
        Ok(())
    }

    /// An object whose keys are field names.
    pub(super) fn field_map(
        &mut self,
        names: Names,
        kind: &'static Kind,
        value: &mut Value<'_>,
        spot: Spot,
    ) -> Result<(), Refusal> {
        let object = self.object(value, spot)?;
        for (name, member) in object.iter_mut() {
            self.name_in(names, name)
                .and_then(|()| self.kind(*kind, member, spot))
                .map_err(|refusal| refusal.under(name))?;
        }
        Ok(())
    }

    /// An array of one kind.
    pub(super) fn list(
        &mut self,
        kind: &'static Kind,
        value: &mut Value<'_>,
        spot: Spot,
    ) -> Result<(), Refusal> {
        match value {
            Value::Array(elements) => {
                for (at, element) in elements.iter_mut().enumerate() {
                    self.kind(*kind, element, spot)
                        .map_err(|refusal| refusal.at(at))?;
                }
                Ok(())
            }
            other if self.scope.is_shared() || !other.is_scalar() => {
                Err(misshapen(other, spot, "it must be an array"))
            }
            _ => Ok(()),
        }
    }
}

/// What means the same for an id as for any other value.
fn stands_beside_ids(row: &Row) -> bool {
    matches!(row.kind, Kind::Compared) || matches!(row.name, "boost" | "_name")
}
