//! Aggregations that sort documents into buckets (rows B-01 to B-08, B-10 to B-15).

use super::metrics::VALUES;
use super::ranges;
use super::{Keys, Kind, Row, Types, allow, own_only, script};

pub(super) static ROWS: &[Row] = &[
    own_only(
        "global",
        Kind::Json,
        "B-01",
        "it counts the documents of every tenant",
    ),
    allow("terms", Kind::Keys(&TERMS), "B-06"),
    allow("multi_terms", Kind::Keys(&MULTI_TERMS), "B-04"),
    allow("rare_terms", Kind::Keys(&RARE_TERMS), "B-08"),
    allow("sampler", Kind::ParentAgg(&SAMPLER), "B-10"),
    allow(
        "diversified_sampler",
        Kind::ParentAgg(&DIVERSIFIED_SAMPLER),
        "B-10",
    ),
    allow("filter", Kind::Query, "B-11"),
    allow("filters", Kind::Keys(&FILTERS), "B-11"),
    allow("adjacency_matrix", Kind::Keys(&ADJACENCY_MATRIX), "B-11"),
    allow("missing", Kind::Keys(&MISSING), "B-12"),
    allow("composite", Kind::Keys(&COMPOSITE), "B-13"),
    allow("nested", Kind::NestedAgg(&NESTED), "B-14"),
    allow("reverse_nested", Kind::NestedAgg(&NESTED), "B-14"),
    own_only("children", Kind::Json, "B-15", JOIN),
    own_only("parent", Kind::Json, "B-15", JOIN),
];

const JOIN: &str = "a join follows ids into documents of every tenant";

/// With 0 every term of the shard would be printed, other tenants' too.
pub(super) const COUNTED: Kind = Kind::AtLeast(1);

static TERMS: Keys = Keys::of(&[
    VALUES,
    PICKED,
    SIZED,
    &[
        allow("min_doc_count", COUNTED, "B-02"),
        allow("order", Kind::Json, "B-06"),
        allow("collect_mode", Kind::Scalar, "B-06"),
        allow("show_term_doc_count_error", Kind::Scalar, "B-06"),
        allow("execution_hint", Kind::Scalar, "B-06"),
    ],
]);

/// Which terms count: a pattern, a list, a partition of them.
pub(super) static PICKED: &[Row] = &[
    allow("include", Kind::Json, "B-06"),
    allow("exclude", Kind::Json, "B-06"),
];

pub(super) static SIZED: &[Row] = &[
    allow("size", Kind::Scalar, "B-06"),
    allow("shard_size", Kind::Scalar, "B-06"),
    allow("shard_min_doc_count", Kind::Scalar, "B-05"),
];

static MULTI_TERMS: Keys = Keys::of(&[
    SIZED,
    &[
        allow("terms", Kind::List(&Kind::Keys(&ONE_OF_TERMS)), "B-04"),
        allow("min_doc_count", COUNTED, "B-04"),
        allow("order", Kind::Json, "B-04"),
        allow("collect_mode", Kind::Scalar, "B-04"),
        allow("show_term_doc_count_error", Kind::Scalar, "B-04"),
        allow("format", Kind::Scalar, "B-04"),
    ],
]);

static ONE_OF_TERMS: Keys = Keys::of(&[VALUES, PICKED]);

static RARE_TERMS: Keys = Keys::of(&[
    VALUES,
    PICKED,
    &[
        allow("max_doc_count", Kind::Scalar, "B-08"),
        allow("precision", Kind::Scalar, "B-08"),
    ],
]);

static SAMPLER: Keys = Keys::of(&[&[allow("shard_size", Kind::Scalar, "B-10")]]);

static DIVERSIFIED_SAMPLER: Keys = Keys::of(&[
    VALUES,
    &[
        allow("shard_size", Kind::Scalar, "B-10"),
        allow("max_docs_per_value", Kind::Scalar, "B-10"),
        allow("execution_hint", Kind::Scalar, "B-10"),
    ],
]);

static FILTERS: Keys = Keys::of(&[&[
    allow("filters", Kind::NamedOrList(&Kind::Query), "B-11"),
    allow("other_bucket", Kind::Scalar, "B-11"),
    allow("other_bucket_key", Kind::Scalar, "B-11"),
]])
.required(&["filters"]);

static ADJACENCY_MATRIX: Keys = Keys::of(&[&[
    allow("filters", Kind::Named(&Kind::Query), "B-11"),
    allow("separator", Kind::Scalar, "B-11"),
]])
.required(&["filters"]);

static MISSING: Keys = Keys::of(&[VALUES]);

static COMPOSITE: Keys = Keys::of(&[&[
    allow("size", Kind::Scalar, "B-13"),
    allow(
        "sources",
        Kind::List(&Kind::Named(&Kind::Typed(&SOURCE))),
        "B-13",
    ),
    // only compared: another tenant's key merely skips
    allow("after", Kind::Named(&Kind::Scalar), "B-13"),
]]);

static SOURCE: Types = Types {
    what: "composite source",
    rows: &[&[
        allow("terms", Kind::Keys(&SOURCE_KEYS), "B-13"),
        allow("histogram", Kind::Keys(&SOURCE_KEYS), "B-13"),
        allow("date_histogram", Kind::Keys(&SOURCE_KEYS), "B-13"),
        allow("geotile_grid", Kind::Keys(&SOURCE_KEYS), "B-13"),
    ]],
    unknown: "B-13",
};

static SOURCE_KEYS: Keys = Keys::of(&[
    &[
        allow("field", Kind::Field, "B-13"),
        allow("missing_bucket", Kind::Scalar, "B-13"),
        allow("missing_order", Kind::Scalar, "B-13"),
        allow("order", Kind::Scalar, "B-13"),
        allow("value_type", Kind::Scalar, "B-13"),
        allow("format", Kind::Scalar, "B-13"),
        allow("precision", Kind::Scalar, "B-13"),
        allow("bounds", Kind::Json, "B-13"),
        script("script"),
    ],
    ranges::INTERVAL,
])
.required(&["field"]);

static NESTED: Keys = Keys::of(&[&[allow("path", Kind::Field, "B-14")]]);
