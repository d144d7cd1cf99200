//! What can be sorted by (row C1-08).

use super::{ByField, Keys, Kind, Long, Row, allow, own_only};
use crate::rewrite::screen::schema::Decision::Refuse;
use crate::rewrite::screen::schema::{SCORE, rewrite};

/// Sorts that are not by a field of the documents.
pub(in super::super) static SORT_TYPES: &[&[Row]] = &[&[
    allow("_score", Kind::Keys(&ORDER), "C1-08").strict(Refuse(SCORE)),
    // the position in the shard counts other tenants' documents: it orders, and is not shown
    rewrite("_doc", Kind::Keys(&ORDER), "C1-08"),
    rewrite("_shard_doc", Kind::Keys(&ORDER), "C1-08"),
    // loads the ids of every tenant into memory, and prints physical ones
    rewrite("_id", Kind::Keys(&ORDER), "C1-08"),
    rewrite("_geo_distance", Kind::ByField(&GEO_DISTANCE), "C1-08"),
    own_only(
        "_script",
        Kind::Keys(&SCRIPT),
        "C1-08",
        "a script sees documents of every tenant",
    ),
]];

static ORDER: Keys = Keys::of(&[&[allow("order", Kind::Scalar, "C1-08")]]);

/// A sort by a field, which is given an `unmapped_type`.
pub(in super::super) static FIELD_SORT: Row = rewrite("field", Kind::Keys(&BY_FIELD), "C1-08");

static BY_FIELD: Keys = Keys::of(&[
    NESTED,
    &[
        allow("order", Kind::Scalar, "C1-08"),
        allow("mode", Kind::Scalar, "C1-08"),
        allow("missing", Kind::Scalar, "C1-08"),
        allow("unmapped_type", Kind::Scalar, "C1-08"),
        allow("numeric_type", Kind::Scalar, "C1-08"),
    ],
]);

/// Which nested documents count: a query position.
static NESTED: &[Row] = &[
    allow("nested", Kind::Keys(&NESTED_SORT), "C1-08"),
    allow("nested_path", Kind::Field, "C1-08"),
    allow("nested_filter", Kind::Query, "C1-08"),
];

static NESTED_SORT: Keys = Keys::of(&[&[
    allow("path", Kind::Field, "C1-08"),
    allow("filter", Kind::Query, "C1-08"),
    allow("max_children", Kind::Scalar, "C1-08"),
    allow("nested", Kind::Keys(&NESTED_SORT), "C1-08"),
]]);

static GEO_DISTANCE: ByField = ByField {
    id: false,
    short: Some(Kind::Json),
    long: Long::Json,
    siblings: &[
        NESTED,
        &[
            allow("order", Kind::Scalar, "C1-08"),
            allow("unit", Kind::Scalar, "C1-08"),
            allow("mode", Kind::Scalar, "C1-08"),
            allow("distance_type", Kind::Scalar, "C1-08"),
            allow("validation_method", Kind::Scalar, "C1-08"),
            allow("ignore_unmapped", Kind::Scalar, "C1-08"),
        ],
    ],
};

static SCRIPT: Keys = Keys::of(&[NESTED]);
