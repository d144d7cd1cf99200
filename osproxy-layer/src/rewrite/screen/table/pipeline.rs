//! Aggregations over the buckets of other aggregations (rows B-19, B-20).

use super::{Keys, Kind, Row, allow, own_only};

pub(super) static ROWS: &[Row] = &[
    allow("avg_bucket", Kind::Keys(&BUCKETS), "B-19"),
    allow("max_bucket", Kind::Keys(&BUCKETS), "B-19"),
    allow("min_bucket", Kind::Keys(&BUCKETS), "B-19"),
    allow("sum_bucket", Kind::Keys(&BUCKETS), "B-19"),
    allow("stats_bucket", Kind::Keys(&BUCKETS), "B-19"),
    allow("extended_stats_bucket", Kind::Keys(&EXTENDED_STATS), "B-19"),
    allow("percentiles_bucket", Kind::Keys(&PERCENTILES), "B-19"),
    allow("derivative", Kind::Keys(&DERIVATIVE), "B-19"),
    allow("cumulative_sum", Kind::Keys(&BUCKETS), "B-19"),
    allow("serial_diff", Kind::Keys(&SERIAL_DIFF), "B-19"),
    allow("bucket_sort", Kind::Keys(&BUCKET_SORT), "B-19"),
    allow("moving_avg", Kind::Keys(&MOVING_AVG), "B-19"),
    own_only("bucket_script", Kind::Json, "B-20", SCRIPT),
    own_only("bucket_selector", Kind::Json, "B-20", SCRIPT),
    own_only("moving_fn", Kind::Json, "B-20", SCRIPT),
];

const SCRIPT: &str = "it runs a script";

/// Paths lead through the request's own aggregations and nowhere else.
static PATHS: &[Row] = &[
    allow("buckets_path", Kind::Json, "B-19"),
    allow("gap_policy", Kind::Scalar, "B-19"),
    allow("format", Kind::Scalar, "B-19"),
];

static BUCKETS: Keys = Keys::of(&[PATHS]);

static EXTENDED_STATS: Keys = Keys::of(&[PATHS, &[allow("sigma", Kind::Scalar, "B-19")]]);

static PERCENTILES: Keys = Keys::of(&[
    PATHS,
    &[
        allow("percents", Kind::List(&Kind::Scalar), "B-19"),
        allow("keyed", Kind::Scalar, "B-19"),
    ],
]);

static DERIVATIVE: Keys = Keys::of(&[PATHS, &[allow("unit", Kind::Scalar, "B-19")]]);

static SERIAL_DIFF: Keys = Keys::of(&[PATHS, &[allow("lag", Kind::Scalar, "B-19")]]);

/// Sorts by aggregations, not by fields.
static BUCKET_SORT: Keys = Keys::of(&[&[
    allow("sort", Kind::Json, "B-19"),
    allow("from", Kind::Scalar, "B-19"),
    allow("size", Kind::Scalar, "B-19"),
    allow("gap_policy", Kind::Scalar, "B-19"),
]]);

static MOVING_AVG: Keys = Keys::of(&[
    PATHS,
    &[
        allow("window", Kind::Scalar, "B-19"),
        allow("model", Kind::Scalar, "B-19"),
        allow("predict", Kind::Scalar, "B-19"),
        allow("minimize", Kind::Scalar, "B-19"),
        allow("settings", Kind::Named(&Kind::Scalar), "B-19"),
    ],
]);
