//! Sorts: names, objects of names, or a list of either (row C1-08).

use super::super::refusal::Refusal;
use super::super::schema::find;
use super::super::shape::SortValue;
use super::super::table::{FIELD_SORT, SORT_TYPES};
use super::{Compared, Spot, Walker, misshapen};
use crate::rewrite::json::tree::{Object, Value};

impl Walker<'_> {
    /// A whole sort.
    pub(super) fn sort(&mut self, value: &mut Value<'_>, spot: Spot) -> Result<(), Refusal> {
        match value {
            Value::Array(sorts) => {
                for (at, sort) in sorts.iter_mut().enumerate() {
                    self.sorts(sort, spot).map_err(|refusal| refusal.at(at))?;
                }
                Ok(())
            }
            one => self.sorts(one, spot),
        }
    }

    /// A name, or an object of names: the server takes several in one object.
    fn sorts(&mut self, value: &mut Value<'_>, spot: Spot) -> Result<(), Refusal> {
        match value {
            Value::String(name) => {
                let mut by = Value::Object(Object::default());
                self.sort_by(name, &mut by)?;
                if let Value::Object(options) = &by
                    && !options.is_empty()
                {
                    let name = std::mem::take(name);
                    *value = Value::object([(name, by)]);
                }
                Ok(())
            }
            Value::Object(sorts) => {
                for (name, by) in sorts.iter_mut() {
                    self.sort_by(name, by)
                        .map_err(|refusal| refusal.under(name))?;
                }
                Ok(())
            }
            other => Err(misshapen(
                other,
                spot,
                "a sort is a field's name or an object",
            )),
        }
    }

    /// One sort: by what, and how.
    fn sort_by(&mut self, name: &str, by: &mut Value<'_>) -> Result<(), Refusal> {
        let special = find(SORT_TYPES, name);
        if special.is_none() {
            self.name(name)?;
        }
        if self.scope.is_shared()
            && let Value::String(order) = by
        {
            let order = std::mem::take(order);
            *by = Value::object([("order", Value::String(order))]);
            self.changed = true;
        }
        if name == "_id"
            && self
                .shared()
                .is_some_and(|index| !index.id_suffix.is_empty())
        {
            let why = "ids end in the partition here, which changes their order";
            return Err(self.refuse("sort by", name, why, "C1-08"));
        }
        let row = special.unwrap_or(&FIELD_SORT);
        self.row(row, "sort by", by, Compared::Ordinary)?;
        if self.scope.is_shared()
            && let Value::Object(options) = by
        {
            self.nested_sort |= self.shape.sort.is_empty()
                && (options.contains("nested") || options.contains("nested_path"));
            never_unmapped(name, special.is_none(), options);
            self.changed = true;
        }
        self.shape.sort.push(match name {
            "_doc" | "_shard_doc" if self.scope.is_shared() => SortValue::Position,
            "_id" if self.scope.is_shared() => SortValue::Id,
            _ => SortValue::Plain,
        });
        Ok(())
    }
}

/// Whether a field is mapped in a shared index can depend on another tenant, and a sort on an unmapped one is an error:
/// so it never is one here, and every document is without a value (rows C1-08, F-08).
fn never_unmapped(name: &str, is_field: bool, options: &mut Object<'_>) {
    if is_field && !options.contains("unmapped_type") {
        options.set("unmapped_type", Value::text(unmapped_type(options)));
    }
    if name == "_geo_distance" && !options.contains("ignore_unmapped") {
        options.set("ignore_unmapped", Value::Bool(true));
    }
}

/// An average of keywords would be an error again, so where the client asks for one, an unmapped field is a number.
fn unmapped_type(options: &Object<'_>) -> &'static str {
    let averages = |mode: &Value<'_>| {
        let mode = mode.as_str().unwrap_or_default();
        ["avg", "sum", "median"]
            .iter()
            .any(|one| one.eq_ignore_ascii_case(mode))
    };
    if options.contains("numeric_type") || options.get("mode").is_some_and(averages) {
        "long"
    } else {
        "keyword"
    }
}
