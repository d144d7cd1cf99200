//! What answers with hits of its own: inner hits, top hits, collapsed groups; and what is printed with a hit (rows A1-35,
//! B-16, C1-07, C1-12).

use super::highlight::HIGHLIGHT;
use super::{Keys, Kind, Row, allow, own_only};
use crate::rewrite::screen::schema::Decision::Empty;
use crate::rewrite::screen::schema::{Names, SCORE, own_or_empty, rewrite};

/// `inner_hits` of a nested or joined document.
pub(super) static INNER_HITS: Keys = Keys::of(&[
    HITS,
    NAMED_HITS,
    &[own_only(
        "seq_no_primary_term",
        Kind::Scalar,
        "A1-35",
        "nested documents have none",
    )],
]);

/// `inner_hits` of a collapsed group: hits of their own.
static GROUP_HITS: Keys = Keys::of(&[
    HITS,
    NAMED_HITS,
    WHOLE,
    &[allow("collapse", Kind::Keys(&INNER_COLLAPSE), "C1-07")],
]);

/// `top_hits`.
pub(super) static TOP_HITS: Keys = Keys::of(&[HITS, WHOLE]);

pub(super) static COLLAPSE: Keys = Keys::of(&[
    COLLAPSED,
    &[allow(
        "inner_hits",
        Kind::OneOrMany(&Kind::InnerHits(&GROUP_HITS)),
        "C1-07",
    )],
])
.required(&["field"]);

static INNER_COLLAPSE: Keys = Keys::of(&[COLLAPSED]).required(&["field"]);

static COLLAPSED: &[Row] = &[
    allow("field", Kind::Field, "C1-07"),
    allow("max_concurrent_group_searches", Kind::Scalar, "C1-07"),
];

static NAMED_HITS: &[Row] = &[
    allow("name", Kind::Scalar, "A1-35"),
    allow("ignore_unmapped", Kind::Scalar, "A1-35"),
];

/// Whole documents have a sequence number.
static WHOLE: &[Row] = &[allow("seq_no_primary_term", Kind::Scalar, "C1-18")];

/// What a hit's printing is asked for by.
static HITS: &[Row] = &[
    allow("from", Kind::Scalar, "B-16"),
    allow("size", Kind::Scalar, "B-16"),
    rewrite("sort", Kind::Sort, "B-16"),
    rewrite("_source", Kind::Source, "B-16"),
    allow("version", Kind::Scalar, "B-16"),
    allow("track_scores", Kind::Scalar, "B-16").strict(Empty(SCORE)),
    rewrite("highlight", Kind::Keys(&HIGHLIGHT), "C1-05"),
    FIELDS,
    DOCVALUE_FIELDS,
    STORED_FIELDS,
    own_or_empty("explain", Kind::Scalar, "C1-16", super::body::EXPLAIN),
    own_or_empty("script_fields", Kind::Json, "C1-13", super::body::SCRIPT),
];

/// Reserved names that a wildcard finds are left out of the answer.
pub(super) const FIELDS: Row = allow("fields", Kind::FieldsOr(Names::Printed, &PRINTED), "C1-12");

/// A wildcard is an error beside a text field, and finds reserved names: none here.
pub(in super::super) const DOCVALUE_FIELDS: Row = allow(
    "docvalue_fields",
    Kind::FieldsOr(Names::Full, &PRINTED_IN_FULL),
    "C1-12",
);

/// `_none_` would take the proof of whose hit it is out of the answer; it starts with an underscore, as all that is
/// reserved.
pub(in super::super) const STORED_FIELDS: Row =
    allow("stored_fields", Kind::Fields(Names::Printed), "C1-12");

static PRINTED: Keys = Keys::of(&[
    &[allow("field", Kind::Fields(Names::Printed), "C1-12")],
    FORMAT,
])
.required(&["field"]);

static PRINTED_IN_FULL: Keys =
    Keys::of(&[&[allow("field", Kind::Field, "C1-12")], FORMAT]).required(&["field"]);

static FORMAT: &[Row] = &[
    allow("format", Kind::Scalar, "C1-12"),
    allow("include_unmapped", Kind::Scalar, "C1-12"),
];
