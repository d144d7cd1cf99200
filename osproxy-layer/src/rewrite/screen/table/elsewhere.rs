//! Queries that reach outside the documents that they match: joins, documents by reference, stored or encoded queries,
//! plug-ins that plan the search anew (rows A1-34, A2, A3-01 to A3-03, A5).
//!
//! All are for dedicated indices at most, so only keys that hold an object, or that lead out of the index, are listed.

use super::{Keys, Kind, Row, allow, own_only};
use crate::rewrite::screen::schema::refuse;
use crate::rewrite::screen::table::hits::INNER_HITS;

pub(super) static ROWS: &[Row] = &[
    own_only(
        "more_like_this",
        Kind::Keys(&MORE_LIKE_THIS),
        "A2-02",
        VOCABULARY,
    ),
    own_only("percolate", Kind::Keys(&PERCOLATE), "A2-04", STORED),
    own_only("has_child", Kind::Keys(&JOINED), "A3-02", JOIN),
    own_only("has_parent", Kind::Keys(&JOINED), "A3-01", JOIN),
    own_only("parent_id", Kind::Json, "A3-03", JOIN),
    own_only("hybrid", Kind::Keys(&HYBRID), "A5-01", PLANNED),
    refuse("wrapper", "A1-34", "it hides a query that can't be checked"),
    refuse("template", "A5-04", "it is filled in after the check"),
    refuse(
        "agentic",
        "A5-05",
        "it is replaced, with its index, after the check",
    ),
];

const VOCABULARY: &str =
    "it picks words by how often all tenants use them; match with operator or is offered instead";
const STORED: &str = "it runs stored queries of every tenant";
const JOIN: &str = "a join follows ids into documents of every tenant";
const PLANNED: &str = "it is planned anew, without the partition's filter";
const BY_REFERENCE: &str = "it reads any document of any index";

static MORE_LIKE_THIS: Keys = Keys::of(&[&[
    allow("like", Kind::OneOrMany(&Kind::Keys(&LIKE)), "A2-01"),
    allow("unlike", Kind::OneOrMany(&Kind::Keys(&LIKE)), "A2-01"),
]]);

/// An artificial document may stand here; one by reference may not. Text is a scalar and passes.
static LIKE: Keys = Keys::of(&[&[
    refuse("_index", "A2-01", BY_REFERENCE),
    refuse("_id", "A2-01", BY_REFERENCE),
    refuse("_routing", "A2-01", BY_REFERENCE),
    refuse("routing", "A2-01", BY_REFERENCE),
    allow("doc", Kind::Json, "A2-02"),
    allow("per_field_analyzer", Kind::Json, "A2-02"),
]]);

static PERCOLATE: Keys = Keys::of(&[&[
    refuse("index", "A2-03", BY_REFERENCE),
    refuse("id", "A2-03", BY_REFERENCE),
    refuse("routing", "A2-03", BY_REFERENCE),
    refuse("preference", "A2-03", BY_REFERENCE),
    refuse("version", "A2-03", BY_REFERENCE),
    allow("document", Kind::Json, "A2-04"),
    allow("documents", Kind::Json, "A2-04"),
]]);

static JOINED: Keys = Keys::of(&[&[
    allow("query", Kind::Query, "A3-02"),
    allow("inner_hits", Kind::InnerHits(&INNER_HITS), "A3-02"),
]]);

static HYBRID: Keys = Keys::of(&[&[
    allow("queries", Kind::List(&Kind::Query), "A5-01"),
    allow("filter", Kind::Query, "A5-01"),
]]);
