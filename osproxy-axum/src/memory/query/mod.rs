//! The query language: [`parse`] reads it, [`compile`] binds it to one index, [`bm25`] scores it.

mod bm25;
mod compile;
mod field;
mod keys;
mod parse;
mod pattern;
mod range;

pub(super) use compile::Matcher;
pub(super) use parse::parse;

use super::json::Json;

/// A query, not yet bound to a mapping.
#[derive(Clone, Debug)]
pub(super) struct Query {
    kind: Kind,
    boost: f32,
}

#[derive(Clone, Debug)]
enum Kind {
    MatchAll,
    MatchNone,
    Bool(Box<Bool>),
    ConstantScore(Box<Query>),
    Term {
        field: String,
        value: Json,
        case_insensitive: bool,
    },
    Terms {
        field: String,
        values: Vec<Json>,
    },
    Match {
        field: String,
        text: Json,
        and: bool,
        minimum: Option<Minimum>,
    },
    Phrase {
        field: String,
        text: Json,
    },
    Range(Range),
    Exists {
        field: String,
    },
    Ids {
        values: Vec<String>,
    },
    Prefix {
        field: String,
        value: String,
        case_insensitive: bool,
    },
    Wildcard {
        field: String,
        value: String,
        case_insensitive: bool,
    },
}

#[derive(Clone, Debug, Default)]
struct Bool {
    must: Vec<Query>,
    filter: Vec<Query>,
    should: Vec<Query>,
    must_not: Vec<Query>,
    minimum: Option<Minimum>,
}

#[derive(Clone, Debug, Default)]
struct Range {
    field: String,
    from: Option<(Json, bool)>,
    to: Option<(Json, bool)>,
    format: Option<String>,
}

/// `minimum_should_match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Minimum {
    /// Negative: so many may lack.
    Count(i64),
    Percent(i64),
}

impl Minimum {
    /// Of `total` clauses.
    fn of(self, total: usize) -> usize {
        let total = i64::try_from(total).unwrap_or(i64::MAX);
        let needed = match self {
            Self::Count(count) if count < 0 => total.saturating_add(count),
            Self::Count(count) => count,
            Self::Percent(percent) if percent < 0 => {
                total.saturating_sub(total.saturating_mul(percent.saturating_neg()) / 100)
            }
            Self::Percent(percent) => total.saturating_mul(percent) / 100,
        };
        usize::try_from(needed).unwrap_or(0)
    }
}

impl Query {
    pub(super) fn match_all() -> Self {
        Self {
            kind: Kind::MatchAll,
            boost: 1.0,
        }
    }
}
