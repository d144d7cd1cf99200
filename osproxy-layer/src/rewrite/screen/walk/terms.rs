//! Highlighting by vectors beside queries that stand for many terms (row C1-05).
//!
//! The `fvh` highlighter writes such a query out against the terms of the whole shard, and highlights nothing once they
//! are too many: whether a hit is marked would tell of other tenants' words. The two may not stand in one body.

use super::super::refusal::Refusal;
use super::super::schema::Row;
use super::Walker;
use crate::rewrite::json::tree::Value;

/// Query types that stand for every term that fits.
const MANY_TERMS: &[&str] = &[
    "fuzzy",
    "match_bool_prefix",
    "prefix",
    "query_string",
    "range",
    "regexp",
    "simple_query_string",
    "wildcard",
];

/// Keys that make another query stand for several terms.
const MANY_TERMS_KEYS: &[&str] = &["case_insensitive", "fuzziness"];

/// What a body has of the two.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    many_terms: bool,
    vectors: bool,
}

impl Walker<'_> {
    /// Notes what a row and its value say.
    pub(super) fn see(&mut self, row: &Row, value: &Value<'_>) {
        let word = value.as_str().unwrap_or_default();
        self.seen.many_terms |= MANY_TERMS.contains(&row.name)
            || MANY_TERMS_KEYS.contains(&row.name)
            || word.eq_ignore_ascii_case("bool_prefix");
        self.seen.vectors |= row.name == "type" && word.eq_ignore_ascii_case("fvh");
    }

    /// Refuses the two together.
    pub(super) fn no_vectors_beside_many_terms(&self) -> Result<(), Refusal> {
        if self.scope.is_shared() && self.seen.many_terms && self.seen.vectors {
            let why = "beside a query for many terms it depends on the terms of every tenant; unified is offered instead";
            return Err(self
                .refuse("highlight type", "fvh", why, "C1-05")
                .under("highlight"));
        }
        Ok(())
    }
}
