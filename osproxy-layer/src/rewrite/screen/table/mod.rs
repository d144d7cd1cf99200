//! The tables: what a search may hold, a row a construct.
//!
//! The catalogue's section A is [`term`], [`full_text`], [`compound`], [`proximity`], [`intervals`], [`elsewhere`]; section B is [`metrics`],
//! [`buckets`], [`ranges`], [`significant`], [`pipeline`]; section C1 is [`body`], [`sort`], [`hits`], [`highlight`].

mod body;
mod buckets;
mod compound;
mod elsewhere;
mod full_text;
mod highlight;
mod hits;
mod intervals;
mod metrics;
mod pipeline;
mod proximity;
mod ranges;
mod significant;
mod sort;
mod term;

use super::schema::{ByField, Keys, Kind, Long, Row, Types, allow, own_only};

pub(super) use body::{COUNT_BODY, SEARCH_BODY};
pub(super) use hits::{DOCVALUE_FIELDS, STORED_FIELDS};
pub(super) use sort::{FIELD_SORT, SORT_TYPES};

/// Every query type that is known.
pub(super) static QUERY_TYPES: Types = Types {
    what: "query type",
    rows: &[
        term::ROWS,
        full_text::ROWS,
        compound::ROWS,
        proximity::ROWS,
        elsewhere::ROWS,
    ],
    unknown: "A1-36",
};

/// Every aggregation type that is known.
pub(super) static AGGREGATION_TYPES: Types = Types {
    what: "aggregation type",
    rows: &[
        metrics::ROWS,
        buckets::ROWS,
        ranges::ROWS,
        significant::ROWS,
        pipeline::ROWS,
    ],
    unknown: "B-23",
};

/// The two keys that every query has.
static NAMED: &[Row] = &[
    allow("boost", Kind::Scalar, "A1-01"),
    // echoed in `matched_queries`; the wrap itself has none
    allow("_name", Kind::Scalar, "C1-25"),
];

/// What stands for nothing but its presence: `match_all`.
static PLAIN: Keys = Keys::of(&[NAMED]);

/// A key that holds a script. In a large segment the server evaluates a clause on documents that the partition's filter
/// would leave out, and a script's error prints what it saw.
const fn script(name: &'static str) -> Row {
    let why = "a script sees documents of every tenant";
    own_only(name, Kind::Json, "A1-28", why)
}

/// One construct and the place where it stands.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it stands, such as `query type` or `key of [match]`.
    pub place: String,
    /// Its row.
    pub row: &'static Row,
}

/// Every row of every table, each once, at the place from which it is first reached. For the generated page, and for
/// the tests that join the tables with the catalogue.
///
/// ```
/// let rows = osproxy_layer::rewrite::screen::rows();
/// assert!(rows.iter().any(|entry| entry.row.name == "bool" && entry.row.catalogue == "A1-01"));
/// ```
pub fn rows() -> Vec<Entry> {
    let mut found = Found::default();
    found.rows("search body", &[std::slice::from_ref(&SEARCH_BODY)]);
    found.rows("count body", &[std::slice::from_ref(&COUNT_BODY)]);
    found.entries
}

#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
}

impl Found {
    fn rows(&mut self, place: &str, rows: &[&'static [Row]]) {
        for row in rows.iter().copied().flatten() {
            if self
                .entries
                .iter()
                .any(|entry| std::ptr::eq(entry.row, row))
            {
                continue;
            }
            self.entries.push(Entry {
                place: place.to_owned(),
                row,
            });
            self.kind(row.name, row.kind);
        }
    }

    fn kind(&mut self, name: &str, kind: Kind) {
        let place = format!("key of [{name}]");
        if let Some(keys) = kind.object() {
            self.rows(&place, keys.rows);
            return;
        }
        match kind {
            Kind::List(kind)
            | Kind::OneOrMany(kind)
            | Kind::Named(kind)
            | Kind::FieldMap(_, kind)
            | Kind::NamedOrList(kind) => self.kind(name, *kind),
            Kind::ByField(ByField {
                long,
                siblings,
                short,
                ..
            }) => {
                self.rows(&place, siblings);
                if let Some(kind) = short {
                    self.kind(name, *kind);
                }
                if let Long::Keys(keys) | Long::Lengthen(keys, _) = long {
                    self.rows(&place, keys.rows);
                }
            }
            Kind::Typed(types) => self.rows(types.what, types.rows),
            Kind::Query | Kind::Queries => self.rows(QUERY_TYPES.what, QUERY_TYPES.rows),
            Kind::Aggs => self.rows(AGGREGATION_TYPES.what, AGGREGATION_TYPES.rows),
            Kind::Sort => {
                self.rows("sort by", SORT_TYPES);
                self.rows("sort by", &[std::slice::from_ref(&FIELD_SORT)]);
            }
            _ => {}
        }
    }
}
