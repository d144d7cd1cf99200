//! Queries: one clause is an object with exactly one known type (row A1-02).

use super::super::refusal::Refusal;
use super::super::schema::{Kind, find};
use super::super::table::QUERY_TYPES;
use super::{Fate, Spot, Walker, misshapen};
use crate::rewrite::json::tree::{Object, Value};

impl Walker<'_> {
    /// One query.
    pub(super) fn query(&mut self, value: &mut Value<'_>, spot: Spot) -> Result<(), Refusal> {
        self.clauses += 1;
        if self.clauses > self.scope.limits.clauses {
            let construct = format!("more than {} query clauses", self.scope.limits.clauses);
            return Err(Refusal::not_allowed(
                construct,
                "in one body",
                "split the query",
                "A1-03",
            ));
        }
        if let (Value::Object(object), true) = (&mut *value, self.scope.is_shared()) {
            self.exists_on_id(object);
        }
        self.typed(&QUERY_TYPES, value, spot)
    }

    /// A query or several. `null` and `[]` mean nothing to the server (row A1-02), and clients send them.
    pub(super) fn queries(&mut self, value: &mut Value<'_>, spot: Spot) -> Result<Fate, Refusal> {
        match value {
            Value::Null => {
                self.changed = true;
                return Ok(Fate::Drop);
            }
            Value::Object(_) => self.query(value, spot)?,
            Value::Array(_) => self.list(&Kind::Query, value, spot)?,
            other => {
                return Err(misshapen(
                    other,
                    spot,
                    "it must be a query or a list of queries",
                ));
            }
        }
        Ok(Fate::Keep)
    }

    /// Every document has an id, so `exists` on `_id` is `match_all` (row A1-07).
    fn exists_on_id(&mut self, query: &mut Object<'_>) {
        for (name, body) in query.iter_mut() {
            let is_exists =
                find(QUERY_TYPES.rows, name).is_some_and(|row| matches!(row.kind, Kind::Exists(_)));
            let Value::Object(body) = body else { return };
            if !is_exists || body.get("field").and_then(Value::as_str) != Some("_id") {
                return;
            }
            body.remove("field");
        }
        if query.len() == 1 {
            query.rename("exists", "match_all");
            self.changed = true;
        }
    }
}
