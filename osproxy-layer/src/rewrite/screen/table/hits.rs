//! What answers with hits of its own: inner hits, top hits, collapsed groups; and what is printed with a hit.

use super::{Keys, Kind, Row, allow, later, own_only, script};

/// `inner_hits` of a nested, joined or collapsed hit.
pub(super) static INNER_HITS: Keys = Keys::of(&[
    HITS,
    &[
        allow("name", Kind::Scalar, "A1-35"),
        allow("ignore_unmapped", Kind::Scalar, "A1-35"),
        later("collapse", Kind::Keys(&COLLAPSE), "C1-07"),
    ],
]);

/// `top_hits`.
pub(super) static TOP_HITS: Keys = Keys::of(&[HITS]);

pub(super) static COLLAPSE: Keys = Keys::of(&[&[
    allow("field", Kind::Field, "C1-07"),
    allow("max_concurrent_group_searches", Kind::Scalar, "C1-07"),
    later(
        "inner_hits",
        Kind::OneOrMany(&Kind::InnerHits(&INNER_HITS)),
        "C1-07",
    ),
]]);

/// What a hit's printing is asked for by.
static HITS: &[Row] = &[
    allow("from", Kind::Scalar, "B-16"),
    allow("size", Kind::Scalar, "B-16"),
    allow("sort", Kind::Sort, "B-16"),
    allow("_source", Kind::Source, "B-16"),
    allow("version", Kind::Scalar, "B-16"),
    allow("track_scores", Kind::Scalar, "B-16"),
    later("seq_no_primary_term", Kind::Scalar, "A1-35"),
    later("highlight", Kind::Keys(&HIGHLIGHT), "C1-05"),
    later("fields", Kind::Json, "C1-12"),
    later("docvalue_fields", Kind::Json, "C1-12"),
    later("stored_fields", Kind::Json, "C1-12"),
    own_only("explain", Kind::Scalar, "C1-16", super::body::EXPLAIN),
    script("script_fields"),
];

/// `highlight`: a query may stand at its root and at each field.
pub(super) static HIGHLIGHT: Keys = Keys::of(&[&[
    allow("highlight_query", Kind::Query, "C1-05"),
    allow(
        "fields",
        Kind::OneOrMany(&Kind::Named(&Kind::Keys(&HIGHLIGHT_FIELD))),
        "C1-05",
    ),
]]);

static HIGHLIGHT_FIELD: Keys = Keys::of(&[&[allow("highlight_query", Kind::Query, "C1-05")]]);
