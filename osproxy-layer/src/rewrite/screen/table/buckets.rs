//! Aggregations that sort documents into buckets (rows B-01 to B-15).

use super::metrics::VALUES;
use super::{Keys, Kind, Row, allow, later, own_only};

pub(super) static ROWS: &[Row] = &[
    allow("terms", Kind::Keys(&TERMS), "B-06"),
    allow("date_histogram", Kind::Keys(&DATE_HISTOGRAM), "B-12"),
    own_only(
        "global",
        Kind::Json,
        "B-01",
        "it counts the documents of every tenant",
    ),
    later("multi_terms", Kind::Json, "B-04"),
    later("rare_terms", Kind::Json, "B-08"),
    later("significant_terms", Kind::Keys(&SIGNIFICANT), "B-09"),
    later("significant_text", Kind::Keys(&SIGNIFICANT), "B-09"),
    later("sampler", Kind::Json, "B-10"),
    later("diversified_sampler", Kind::Json, "B-10"),
    later("filter", Kind::Query, "B-11"),
    later("filters", Kind::Keys(&FILTERS), "B-11"),
    later("adjacency_matrix", Kind::Keys(&FILTERS), "B-11"),
    later("missing", Kind::Json, "B-12"),
    later("range", Kind::Json, "B-12"),
    later("date_range", Kind::Json, "B-12"),
    later("ip_range", Kind::Json, "B-12"),
    later("histogram", Kind::Json, "B-12"),
    later("auto_date_histogram", Kind::Json, "B-12"),
    later("variable_width_histogram", Kind::Json, "B-12"),
    later("geo_distance", Kind::Json, "B-12"),
    later("geohash_grid", Kind::Json, "B-12"),
    later("geotile_grid", Kind::Json, "B-12"),
    later("geohex_grid", Kind::Json, "B-12"),
    later("composite", Kind::Json, "B-13"),
    later("nested", Kind::Json, "B-14"),
    later("reverse_nested", Kind::Json, "B-14"),
    own_only("children", Kind::Json, "B-15", JOIN),
    own_only("parent", Kind::Json, "B-15", JOIN),
];

const JOIN: &str = "a join follows ids into documents of every tenant";

static TERMS: Keys = Keys::of(&[
    VALUES,
    &[
        allow("size", Kind::Scalar, "B-06"),
        allow("shard_size", Kind::Scalar, "B-06"),
        // with 0 every term of the shard is printed, other tenants' too
        allow("min_doc_count", Kind::AtLeast(1), "B-02"),
        allow("shard_min_doc_count", Kind::Scalar, "B-05"),
        allow("show_term_doc_count_error", Kind::Scalar, "B-06"),
        allow("order", Kind::Json, "B-06"),
        allow("include", Kind::Json, "B-06"),
        allow("exclude", Kind::Json, "B-06"),
        allow("collect_mode", Kind::Scalar, "B-06"),
        allow("execution_hint", Kind::Scalar, "B-06"),
    ],
]);

static DATE_HISTOGRAM: Keys = Keys::of(&[
    VALUES,
    &[
        allow("interval", Kind::Scalar, "B-12"),
        allow("calendar_interval", Kind::Scalar, "B-12"),
        allow("fixed_interval", Kind::Scalar, "B-12"),
        allow("time_zone", Kind::Scalar, "B-12"),
        allow("offset", Kind::Scalar, "B-12"),
        // 0 fills the gaps between buckets of the client's own
        allow("min_doc_count", Kind::Scalar, "B-12"),
        allow("keyed", Kind::Scalar, "B-12"),
        allow("order", Kind::Json, "B-12"),
        allow("extended_bounds", Kind::Keys(&BOUNDS), "B-12"),
        allow("hard_bounds", Kind::Keys(&BOUNDS), "B-12"),
    ],
]);

static BOUNDS: Keys = Keys::of(&[&[
    allow("min", Kind::Scalar, "B-12"),
    allow("max", Kind::Scalar, "B-12"),
]]);

static SIGNIFICANT: Keys = Keys::of(&[&[allow("background_filter", Kind::Query, "B-09")]]);

static FILTERS: Keys = Keys::of(&[&[allow("filters", Kind::NamedOrList(&Kind::Query), "B-11")]]);
