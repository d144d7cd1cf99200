//! Intervals: a small language of rules inside one query (rows A3-06, A3-07).

use super::{ByField, Keys, Kind, Long, NAMED, Row, Types, allow, own_only, script};

/// `{"intervals": {FIELD: RULE}}`, and the keys that every query has beside the rule.
pub(super) static INTERVALS: ByField = ByField {
    id: false,
    short: None,
    long: Long::Keys(&Keys::of(&[NAMED, RULES])),
    siblings: &[],
};

static RULES: &[Row] = &[
    allow("match", Kind::Keys(&MATCH), "A3-06"),
    allow("any_of", Kind::Keys(&ANY_OF), "A3-06"),
    allow("all_of", Kind::Keys(&ALL_OF), "A3-06"),
    own_only("prefix", Kind::Json, "A3-07", CAPPED),
    own_only("wildcard", Kind::Json, "A3-07", CAPPED),
    own_only("regexp", Kind::Json, "A3-07", CAPPED),
    own_only("fuzzy", Kind::Json, "A3-07", CAPPED),
];

const CAPPED: &str = "it fails when the terms of all tenants are too many";

static RULE: Types = Types {
    what: "intervals rule",
    rows: &[RULES],
    unknown: "A3-06",
};

static MATCH: Keys = Keys::of(&[
    &[
        allow("query", Kind::Scalar, "A3-06"),
        allow("max_gaps", Kind::Scalar, "A3-06"),
        allow("ordered", Kind::Scalar, "A3-06"),
        allow("mode", Kind::Scalar, "A3-06"),
        allow("analyzer", Kind::Scalar, "A3-06"),
        allow("use_field", Kind::Field, "A3-06"),
    ],
    FILTERED,
]);

static ANY_OF: Keys = Keys::of(&[INNER, FILTERED]);

static ALL_OF: Keys = Keys::of(&[
    INNER,
    FILTERED,
    &[
        allow("max_gaps", Kind::Scalar, "A3-06"),
        allow("ordered", Kind::Scalar, "A3-06"),
        allow("mode", Kind::Scalar, "A3-06"),
    ],
]);

static INNER: &[Row] = &[allow("intervals", Kind::List(&Kind::Typed(&RULE)), "A3-06")];

static FILTERED: &[Row] = &[allow("filter", Kind::Typed(&FILTER), "A3-06")];

static FILTER: Types = Types {
    what: "intervals filter",
    rows: &[&[
        allow("after", Kind::Typed(&RULE), "A3-06"),
        allow("before", Kind::Typed(&RULE), "A3-06"),
        allow("contained_by", Kind::Typed(&RULE), "A3-06"),
        allow("containing", Kind::Typed(&RULE), "A3-06"),
        allow("not_contained_by", Kind::Typed(&RULE), "A3-06"),
        allow("not_containing", Kind::Typed(&RULE), "A3-06"),
        allow("not_overlapping", Kind::Typed(&RULE), "A3-06"),
        allow("overlapping", Kind::Typed(&RULE), "A3-06"),
        script("script"),
    ]],
    unknown: "A3-06",
};
