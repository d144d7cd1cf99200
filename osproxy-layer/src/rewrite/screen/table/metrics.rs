//! Aggregations that are figures (rows B-16 to B-18).

use super::hits::TOP_HITS;
use super::{Keys, Kind, Row, allow, own_only, script};
use crate::rewrite::screen::schema::{Names, rewrite};

pub(super) static ROWS: &[Row] = &[
    allow("avg", Kind::Keys(&FIGURE), "B-17"),
    allow("sum", Kind::Keys(&FIGURE), "B-17"),
    allow("min", Kind::Keys(&FIGURE), "B-17"),
    allow("max", Kind::Keys(&FIGURE), "B-17"),
    allow("stats", Kind::Keys(&FIGURE), "B-17"),
    allow("value_count", Kind::Keys(&FIGURE), "B-17"),
    // new in 3.x: documents with several values
    allow("multivalue_doc_count", Kind::Keys(&FIGURE), "B-17"),
    allow("extended_stats", Kind::Keys(&EXTENDED_STATS), "B-17"),
    allow("cardinality", Kind::Keys(&CARDINALITY), "B-17"),
    allow("percentiles", Kind::Keys(&PERCENTILES), "B-17"),
    allow("percentile_ranks", Kind::Keys(&PERCENTILES), "B-17"),
    allow("median_absolute_deviation", Kind::Keys(&DEVIATION), "B-17"),
    allow("weighted_avg", Kind::Keys(&WEIGHTED_AVG), "B-17"),
    allow("matrix_stats", Kind::Keys(&MATRIX_STATS), "B-17"),
    allow("geo_bounds", Kind::Keys(&GEO_BOUNDS), "B-17"),
    allow("geo_centroid", Kind::Keys(&FIGURE), "B-17"),
    rewrite("top_hits", Kind::TopHits(&TOP_HITS), "B-16"),
    own_only(
        "scripted_metric",
        Kind::Json,
        "B-18",
        "a script sees documents of every tenant",
    ),
];

/// Where the values come from.
pub(super) static VALUES: &[Row] = &[
    allow("field", Kind::Field, "B-06"),
    allow("missing", Kind::Scalar, "B-06"),
    allow("value_type", Kind::Scalar, "B-06"),
    allow("format", Kind::Scalar, "B-06"),
    script("script"),
];

static FIGURE: Keys = Keys::of(&[VALUES]);

static EXTENDED_STATS: Keys = Keys::of(&[VALUES, &[allow("sigma", Kind::Scalar, "B-17")]]);

static CARDINALITY: Keys = Keys::of(&[
    VALUES,
    &[
        allow("precision_threshold", Kind::Scalar, "B-17"),
        allow("rehash", Kind::Scalar, "B-17"),
        allow("execution_hint", Kind::Scalar, "B-17"),
    ],
]);

static PERCENTILES: Keys = Keys::of(&[
    VALUES,
    &[
        allow("percents", Kind::List(&Kind::Scalar), "B-17"),
        allow("values", Kind::List(&Kind::Scalar), "B-17"),
        allow("keyed", Kind::Scalar, "B-17"),
        allow("tdigest", Kind::Keys(&TDIGEST), "B-17"),
        allow("hdr", Kind::Keys(&HDR), "B-17"),
    ],
]);

static TDIGEST: Keys = Keys::of(&[&[
    allow("compression", Kind::Scalar, "B-17"),
    allow("execution_hint", Kind::Scalar, "B-17"),
]]);

static HDR: Keys = Keys::of(&[&[allow(
    "number_of_significant_value_digits",
    Kind::Scalar,
    "B-17",
)]]);

static DEVIATION: Keys = Keys::of(&[
    VALUES,
    &[
        allow("compression", Kind::Scalar, "B-17"),
        allow("execution_hint", Kind::Scalar, "B-17"),
    ],
]);

static WEIGHTED_AVG: Keys = Keys::of(&[&[
    allow("value", Kind::Keys(&FIGURE), "B-17"),
    allow("weight", Kind::Keys(&FIGURE), "B-17"),
    allow("value_type", Kind::Scalar, "B-17"),
    allow("format", Kind::Scalar, "B-17"),
]]);

static MATRIX_STATS: Keys = Keys::of(&[&[
    allow("fields", Kind::Fields(Names::Full), "B-17"),
    allow("missing", Kind::Json, "B-17"), // a value a field
    allow("mode", Kind::Scalar, "B-17"),
]]);

static GEO_BOUNDS: Keys = Keys::of(&[VALUES, &[allow("wrap_longitude", Kind::Scalar, "B-17")]]);
