//! Aggregations by ranges, intervals and cells of a field's values: all local to the documents that match (row B-12).

use super::metrics::VALUES;
use super::{Keys, Kind, Row, allow};

pub(super) static ROWS: &[Row] = &[
    allow("range", Kind::Keys(&RANGE), "B-12"),
    allow("date_range", Kind::Keys(&RANGE), "B-12"),
    allow("ip_range", Kind::Keys(&RANGE), "B-12"),
    allow("histogram", Kind::GapsAgg(&HISTOGRAM), "B-12"),
    allow("date_histogram", Kind::GapsAgg(&HISTOGRAM), "B-12"),
    allow(
        "auto_date_histogram",
        Kind::GapsAgg(&AUTO_DATE_HISTOGRAM),
        "B-12",
    ),
    allow(
        "variable_width_histogram",
        Kind::Keys(&VARIABLE_WIDTH),
        "B-12",
    ),
    allow("geo_distance", Kind::Keys(&GEO_DISTANCE), "B-12"),
    allow("geohash_grid", Kind::Keys(&GRID), "B-12"),
    allow("geotile_grid", Kind::Keys(&GRID), "B-12"),
    allow("geohex_grid", Kind::Keys(&GRID), "B-12"),
];

static RANGE: Keys = Keys::of(&[
    VALUES,
    &[
        allow("ranges", Kind::List(&Kind::Keys(&ONE_RANGE)), "B-12"),
        allow("keyed", Kind::Scalar, "B-12"),
        allow("time_zone", Kind::Scalar, "B-12"),
    ],
]);

static ONE_RANGE: Keys = Keys::of(&[&[
    allow("key", Kind::Scalar, "B-12"),
    allow("from", Kind::Scalar, "B-12"),
    allow("to", Kind::Scalar, "B-12"),
    allow("mask", Kind::Scalar, "B-12"),
]]);

/// How wide a bucket is, and where it begins.
pub(super) static INTERVAL: &[Row] = &[
    allow("interval", Kind::Scalar, "B-12"),
    allow("calendar_interval", Kind::Scalar, "B-12"),
    allow("fixed_interval", Kind::Scalar, "B-12"),
    allow("time_zone", Kind::Scalar, "B-12"),
    allow("offset", Kind::Scalar, "B-12"),
];

static HISTOGRAM: Keys = Keys::of(&[
    VALUES,
    INTERVAL,
    &[
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

static AUTO_DATE_HISTOGRAM: Keys = Keys::of(&[
    VALUES,
    &[
        allow("buckets", Kind::Scalar, "B-12"),
        allow("minimum_interval", Kind::Scalar, "B-12"),
        allow("time_zone", Kind::Scalar, "B-12"),
    ],
]);

static VARIABLE_WIDTH: Keys = Keys::of(&[
    VALUES,
    &[
        allow("buckets", Kind::Scalar, "B-12"),
        allow("shard_size", Kind::Scalar, "B-12"),
        allow("initial_buffer", Kind::Scalar, "B-12"),
    ],
]);

static GEO_DISTANCE: Keys = Keys::of(&[
    VALUES,
    &[
        allow("origin", Kind::Json, "B-12"), // a point may be an object
        allow("unit", Kind::Scalar, "B-12"),
        allow("distance_type", Kind::Scalar, "B-12"),
        allow("ranges", Kind::List(&Kind::Keys(&ONE_RANGE)), "B-12"),
        allow("keyed", Kind::Scalar, "B-12"),
    ],
]);

static GRID: Keys = Keys::of(&[
    VALUES,
    &[
        allow("precision", Kind::Scalar, "B-12"),
        allow("size", Kind::Scalar, "B-12"),
        allow("shard_size", Kind::Scalar, "B-12"),
        allow("bounds", Kind::Json, "B-12"), // corners may be objects
    ],
]);
