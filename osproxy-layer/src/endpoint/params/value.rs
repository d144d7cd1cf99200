//! What the server takes as the value of a parameter.

use ValueKind::{BooleanOr, IntegerOr, ListOf, OneOf};

/// The kind of a parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueKind {
    /// `true`, `false`, or nothing for true.
    Boolean,
    /// A whole number.
    Integer,
    /// A decimal number.
    Number,
    /// Anything.
    Text,
    /// Anything, read as a list at its commas.
    List,
    /// As `Boolean` or `Integer`.
    BooleanOrInteger,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// As `Boolean`, or one of these words.
    BooleanOr(&'static [&'static str]),
    /// As `Integer`, or one of these words.
    IntegerOr(&'static [&'static str]),
    /// Some of these words, with commas between them.
    ListOf(&'static [&'static str]),
}

impl ValueKind {
    /// Whether a value is of this kind.
    ///
    /// For parameters that are answered here; where the server reads the value, its own error is the better one.
    #[must_use]
    pub fn accepts(self, value: &str) -> bool {
        let boolean = || matches!(value, "" | "true" | "false");
        let integer = || value.parse::<i64>().is_ok();
        match self {
            Self::Text | Self::List => true,
            Self::Boolean => boolean(),
            Self::Integer => integer(),
            Self::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            Self::BooleanOrInteger => boolean() || integer(),
            Self::OneOf(words) => words.contains(&value),
            Self::BooleanOr(words) => boolean() || words.contains(&value),
            Self::IntegerOr(words) => integer() || words.contains(&value),
            Self::ListOf(words) => value.split(',').all(|part| words.contains(&part)),
        }
    }
}

pub(super) const BYTE_UNITS: ValueKind =
    OneOf(&["b", "k", "kb", "m", "mb", "g", "gb", "t", "tb", "p", "pb"]);
pub(super) const CONFLICTS: ValueKind = OneOf(&["abort", "proceed"]);
pub(super) const CREATE_ONLY: ValueKind = OneOf(&["create"]);
pub(super) const EVENTS: ValueKind =
    OneOf(&["immediate", "urgent", "high", "normal", "low", "languid"]);
pub(super) const EXPAND: ValueKind = ListOf(&["all", "open", "closed", "hidden", "none"]);
pub(super) const FORMATS: ValueKind = OneOf(&["cbor", "json", "smile", "text", "yaml"]);
pub(super) const HEALTH_LEVELS: ValueKind =
    OneOf(&["awareness_attributes", "cluster", "indices", "shards"]);
pub(super) const OPERATORS: ValueKind = OneOf(&["and", "AND", "or", "OR"]);
pub(super) const OP_TYPES: ValueKind = OneOf(&["create", "index"]);
pub(super) const REFRESH: ValueKind = BooleanOr(&["wait_for"]);
pub(super) const SEARCH_TYPES: ValueKind = OneOf(&["dfs_query_then_fetch", "query_then_fetch"]);
pub(super) const SHARDS: ValueKind = IntegerOr(&["all"]);
pub(super) const SLICES: ValueKind = IntegerOr(&["auto"]);
pub(super) const STATS_LEVELS: ValueKind = OneOf(&["cluster", "indices", "shards"]);
pub(super) const STATUSES: ValueKind = OneOf(&["green", "GREEN", "yellow", "YELLOW", "red", "RED"]);
pub(super) const SUGGEST_MODES: ValueKind = OneOf(&["always", "missing", "popular"]);
pub(super) const TIME_UNITS: ValueKind = OneOf(&["nanos", "micros", "ms", "s", "m", "h", "d"]);
pub(super) const VERSIONS: ValueKind = OneOf(&["external", "external_gte", "internal"]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_servers() {
        for (kind, good, bad) in [
            (ValueKind::Boolean, "", "TRUE"),
            (ValueKind::Integer, "-1", "1.5"),
            (ValueKind::Number, "1e3", "inf"),
            (ValueKind::BooleanOrInteger, "false", "x"),
            (REFRESH, "wait_for", "wait"),
            (SHARDS, "all", ""),
            (EXPAND, "open,hidden", "open,"),
            (OPERATORS, "AND", "And"),
        ] {
            assert!(kind.accepts(good), "{kind:?} {good}");
            assert!(!kind.accepts(bad), "{kind:?} {bad}");
        }
        assert!(ValueKind::Text.accepts("anything") && ValueKind::List.accepts(""));
    }
}
