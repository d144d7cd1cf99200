//! Queries on positions and places: spans, intervals, shapes, vectors (rows A1-31 to A1-33, A3-04 to A3-07, A4).

use super::{ByField, Keys, Kind, Long, NAMED, Row, allow, later, own_only};
use crate::rewrite::screen::schema::refuse;

pub(super) static ROWS: &[Row] = &[
    later("span_term", Kind::ByField(&SPAN_TERM), "A3-04"),
    later("span_near", Kind::Keys(&SPAN_NEAR), "A3-04"),
    later("span_or", Kind::Keys(&SPAN_OR), "A3-04"),
    later("span_not", Kind::Keys(&SPAN_NOT), "A3-04"),
    later("span_first", Kind::Keys(&SPAN_FIRST), "A3-04"),
    later("span_within", Kind::Keys(&SPAN_LITTLE_BIG), "A3-04"),
    later("span_containing", Kind::Keys(&SPAN_LITTLE_BIG), "A3-04"),
    later("span_gap", Kind::Json, "A3-04"),
    later(
        "field_masking_span",
        Kind::Keys(&FIELD_MASKING_SPAN),
        "A3-04",
    ),
    own_only("span_multi", Kind::Keys(&SPAN_MULTI), "A3-05", CAPPED),
    later("intervals", Kind::Json, "A3-06"),
    later("geo_distance", Kind::Json, "A1-31"),
    later("geo_bounding_box", Kind::Json, "A1-31"),
    later("geo_polygon", Kind::Json, "A1-31"),
    later("geo_shape", Kind::ByField(&SHAPE), "A1-32"),
    later("xy_shape", Kind::ByField(&SHAPE), "A1-32"),
    later("knn", Kind::ByField(&KNN), "A4-01"),
    own_only("neural", Kind::ByField(&KNN), "A4-03", MODEL),
    own_only("neural_knn", Kind::ByField(&KNN), "A4-03", MODEL),
    own_only("neural_sparse", Kind::ByField(&KNN), "A4-04", MODEL),
];

const CAPPED: &str = "it fails when the terms of all tenants are too many";
const MODEL: &str = "it calls a model of the client's choice";

static SPAN_TERM: ByField = ByField {
    id: false,
    short: Some(Kind::Scalar),
    long: Long::Keys(&Keys::of(&[
        NAMED,
        &[
            allow("value", Kind::Scalar, "A3-04"),
            allow("term", Kind::Scalar, "A3-04"),
        ],
    ])),
    siblings: &[],
};

static SPAN_NEAR: Keys = Keys::of(&[
    NAMED,
    &[
        allow("clauses", Kind::List(&Kind::Query), "A3-04"),
        allow("slop", Kind::Scalar, "A3-04"),
        allow("in_order", Kind::Scalar, "A3-04"),
    ],
]);

static SPAN_OR: Keys = Keys::of(&[
    NAMED,
    &[allow("clauses", Kind::List(&Kind::Query), "A3-04")],
]);

static SPAN_NOT: Keys = Keys::of(&[
    NAMED,
    &[
        allow("include", Kind::Query, "A3-04"),
        allow("exclude", Kind::Query, "A3-04"),
        allow("dist", Kind::Scalar, "A3-04"),
        allow("pre", Kind::Scalar, "A3-04"),
        allow("post", Kind::Scalar, "A3-04"),
    ],
]);

static SPAN_FIRST: Keys = Keys::of(&[
    NAMED,
    &[
        allow("match", Kind::Query, "A3-04"),
        allow("end", Kind::Scalar, "A3-04"),
    ],
]);

static SPAN_LITTLE_BIG: Keys = Keys::of(&[
    NAMED,
    &[
        allow("little", Kind::Query, "A3-04"),
        allow("big", Kind::Query, "A3-04"),
    ],
]);

static FIELD_MASKING_SPAN: Keys = Keys::of(&[
    NAMED,
    &[
        allow("query", Kind::Query, "A3-04"),
        allow("field", Kind::Field, "A3-04"),
    ],
]);

static SPAN_MULTI: Keys = Keys::of(&[NAMED, &[allow("match", Kind::Query, "A3-05")]]);

static SHAPE: ByField = ByField {
    id: false,
    short: None,
    long: Long::Keys(&Keys::of(&[
        NAMED,
        &[
            allow("shape", Kind::Json, "A1-32"),
            allow("relation", Kind::Scalar, "A1-32"),
            allow("strategy", Kind::Scalar, "A1-32"),
            refuse(
                "indexed_shape",
                "A1-33",
                "it reads a shape from any document of any index",
            ),
        ],
    ])),
    siblings: &[NAMED, &[allow("ignore_unmapped", Kind::Scalar, "A1-32")]],
};

static KNN: ByField = ByField {
    id: false,
    short: None,
    long: Long::Keys(&Keys::of(&[
        NAMED,
        &[allow("filter", Kind::Query, "A4-02")],
    ])),
    siblings: &[NAMED],
};
