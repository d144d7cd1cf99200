//! The keys of a search body and of a count body (section C1).

use super::highlight::HIGHLIGHT;
use super::hits::{COLLAPSE, DOCVALUE_FIELDS, FIELDS, STORED_FIELDS};
use super::{Keys, Kind, Row, allow};
use crate::rewrite::screen::schema::Decision::{Empty, Refuse};
use crate::rewrite::screen::schema::{
    SCORE, empty_only, own_or_empty, refuse, rewrite, rewrite_both,
};

/// A search.
pub(in super::super) static SEARCH_BODY: Row = rewrite("search", Kind::Keys(&SEARCH), "C1-01");

/// A count: a query and nothing else.
pub(in super::super) static COUNT_BODY: Row = rewrite("count", Kind::Keys(&COUNT), "C3-01");

pub(super) const EXPLAIN: &str = "it prints how often all tenants use a word";
const PROFILE: &str = "it prints words of every tenant and the server's own names";
const SUGGEST: &str = "it reads the words of every tenant";
const PIPELINE: &str =
    "it changes the search after the check, or the answer before it is turned back";
pub(super) const SCRIPT: &str = "a script sees documents of every tenant";

static COUNT: Keys = Keys::of(&[&[rewrite("query", Kind::Query, "C1-01")]]).closed();

static SEARCH: Keys = Keys::of(&[
    &[
        rewrite("query", Kind::Query, "C1-01"),
        allow("post_filter", Kind::Query, "C1-02"),
        allow("aggs", Kind::Aggs, "C1-03"),
        allow("aggregations", Kind::Aggs, "C1-03"),
        own_or_empty("suggest", Kind::Named(&SUGGESTION), "C1-04", SUGGEST),
        rewrite("highlight", Kind::Keys(&HIGHLIGHT), "C1-05"),
        allow("rescore", Kind::OneOrMany(&Kind::Keys(&RESCORE)), "C1-06").strict(Empty(SCORE)),
        allow("collapse", Kind::Keys(&COLLAPSE), "C1-07"),
        rewrite("sort", Kind::Sort, "C1-08"),
        rewrite("search_after", Kind::List(&Kind::Scalar), "C1-09"),
        allow("slice", Kind::Keys(&SLICE), "C1-10"),
        rewrite("_source", Kind::Source, "C1-11"),
        FIELDS,
        DOCVALUE_FIELDS,
        STORED_FIELDS,
        own_or_empty("script_fields", Kind::Json, "C1-13", SCRIPT),
        own_or_empty("derived", Kind::Json, "C1-14", SCRIPT),
        own_or_empty("explain", Kind::Scalar, "C1-16", EXPLAIN),
        own_or_empty("profile", Kind::Scalar, "C1-17", PROFILE),
        allow("version", Kind::Scalar, "C1-18"),
        allow("seq_no_primary_term", Kind::Scalar, "C1-18"),
        empty_only("indices_boost", "C1-20", "it names physical indices"),
        rewrite_both("stats", Kind::Dropped, "C1-21"),
        rewrite_both("pit", Kind::PointInTime, "C1-22"),
        empty_only("ext", "C1-23", PIPELINE),
        refuse("search_pipeline", "C1-24", PIPELINE),
        refuse("verbose_pipeline", "C1-24", PIPELINE),
        allow("include_named_queries_score", Kind::Scalar, "C1-25").strict(Empty(SCORE)),
    ],
    PAGE,
])
.closed()
.exclusive(&[("aggs", "aggregations")]);

/// Row C1-19: local to the documents that match.
static PAGE: &[Row] = &[
    allow("from", Kind::Scalar, "C1-19"),
    allow("size", Kind::Scalar, "C1-19"),
    allow("timeout", Kind::Scalar, "C1-19"),
    allow("terminate_after", Kind::Scalar, "C1-19"),
    allow("track_scores", Kind::Scalar, "C1-19").strict(Empty(SCORE)),
    allow("track_total_hits", Kind::Scalar, "C1-19"),
    allow("min_score", Kind::Scalar, "C1-19").strict(Refuse(SCORE)),
];

/// A part of a scroll or of a point in time, by the ids' hashes or by a number; the node fails without either.
static SLICE: Keys = Keys::of(&[&[
    allow("id", Kind::Scalar, "C1-10"),
    allow("max", Kind::Scalar, "C1-10"),
    allow("field", Kind::Field, "C1-10"),
]]);

static RESCORE: Keys = Keys::of(&[&[
    allow("window_size", Kind::Scalar, "C1-06"),
    allow("query", Kind::Keys(&RESCORE_QUERY), "C1-06"),
]]);

static RESCORE_QUERY: Keys = Keys::of(&[&[
    allow("rescore_query", Kind::Query, "C1-06"),
    allow("query_weight", Kind::Scalar, "C1-06"),
    allow("rescore_query_weight", Kind::Scalar, "C1-06"),
    allow("score_mode", Kind::Scalar, "C1-06"),
]]);

/// One suggestion; text for all of them is a scalar and passes.
static SUGGESTION: Kind = Kind::Keys(&Keys::of(&[&[
    allow("phrase", Kind::Keys(&PHRASE), "C1-04"),
    allow("term", Kind::Json, "C1-04"),
    allow("completion", Kind::Json, "C1-04"),
]]));

static PHRASE: Keys = Keys::of(&[&[refuse(
    "collate",
    "C1-04",
    "it holds a query that is filled in after the check",
)]]);
