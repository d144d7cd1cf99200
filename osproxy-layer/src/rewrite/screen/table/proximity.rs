//! Queries on positions and places: spans, intervals, shapes, vectors (rows A1-31 to A1-33, A3-04 to A3-07, A4).

use super::intervals::INTERVALS;
use super::{ByField, Keys, Kind, Long, NAMED, Row, allow, own_only};
use crate::rewrite::screen::schema::{Hook, refuse, rewrite};

pub(super) static ROWS: &[Row] = &[
    allow("span_term", Kind::ByField(&SPAN_TERM), "A3-04"),
    allow("span_near", Kind::Keys(&SPAN_NEAR), "A3-04"),
    allow("span_or", Kind::Keys(&SPAN_OR), "A3-04"),
    allow("span_not", Kind::Keys(&SPAN_NOT), "A3-04"),
    allow("span_first", Kind::Keys(&SPAN_FIRST), "A3-04"),
    allow("span_within", Kind::Keys(&SPAN_LITTLE_BIG), "A3-04"),
    allow("span_containing", Kind::Keys(&SPAN_LITTLE_BIG), "A3-04"),
    allow("span_gap", Kind::ByField(&SPAN_GAP), "A3-04"),
    // the server's other name for it
    allow(
        "span_field_masking",
        Kind::Keys(&FIELD_MASKING_SPAN),
        "A3-04",
    ),
    allow(
        "field_masking_span",
        Kind::Keys(&FIELD_MASKING_SPAN),
        "A3-04",
    ),
    own_only("span_multi", Kind::Keys(&SPAN_MULTI), "A3-05", CAPPED),
    allow("intervals", Kind::ByField(&INTERVALS), "A3-06"),
    allow("geo_distance", Kind::ByField(&GEO_DISTANCE), "A1-31"),
    allow("geo_bounding_box", Kind::ByField(&GEO_BOX), "A1-31"),
    allow("geo_polygon", Kind::ByField(&GEO_POLYGON), "A1-31"),
    allow("geo_shape", Kind::ByField(&SHAPE), "A1-32"),
    allow("xy_shape", Kind::ByField(&SHAPE), "A1-32"),
    rewrite("knn", Kind::ByField(&KNN), "A4-01"),
    own_only("neural", Kind::ByField(&NEURAL), "A4-03", MODEL),
    own_only("neural_knn", Kind::ByField(&NEURAL), "A4-03", MODEL),
    own_only("neural_sparse", Kind::ByField(&NEURAL), "A4-04", MODEL),
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

/// A gap between the clauses of a `span_near`.
static SPAN_GAP: ByField = ByField {
    id: false,
    short: Some(Kind::Scalar),
    long: Long::Keys(&Keys::of(&[NAMED])),
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
            allow("shape", Kind::Geometry, "A1-32"),
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

static GEO_DISTANCE: ByField = ByField {
    id: false,
    short: Some(Kind::Json),
    long: Long::Json,
    siblings: &[
        NAMED,
        GEO,
        &[
            allow("distance", Kind::Scalar, "A1-31"),
            allow("distance_type", Kind::Scalar, "A1-31"),
            allow("unit", Kind::Scalar, "A1-31"),
        ],
    ],
};

static GEO_BOX: ByField = ByField {
    id: false,
    short: None,
    long: Long::Json,
    siblings: &[NAMED, GEO, &[allow("type", Kind::Scalar, "A1-31")]],
};

static GEO_POLYGON: ByField = ByField {
    id: false,
    short: None,
    long: Long::Json,
    siblings: &[NAMED, GEO],
};

static GEO: &[Row] = &[
    allow("validation_method", Kind::Scalar, "A1-31"),
    allow("ignore_unmapped", Kind::Scalar, "A1-31"),
];

/// The nearest of all tenants would be found first and filtered then: so the filter goes inside. An engine that can't
/// filter refuses one.
static KNN: ByField = ByField {
    id: false,
    short: None,
    long: Long::Keys(
        &Keys::of(&[
            NAMED,
            &[
                rewrite("filter", Kind::Query, "A4-01"),
                allow("vector", Kind::List(&Kind::Scalar), "A4-02"),
                allow("k", Kind::Scalar, "A4-02"),
                allow("min_score", Kind::Scalar, "A4-02"),
                allow("max_distance", Kind::Scalar, "A4-02"),
                allow("rescore", Kind::Json, "A4-02"),
                allow("method_parameters", Kind::Json, "A4-02"),
                allow("ignore_unmapped", Kind::Scalar, "A4-02"),
                own_only("expand_nested_docs", Kind::Scalar, "A4-02", NESTED_VECTORS),
            ],
        ])
        .required(&["vector"])
        .hook(Hook::VectorFilter("filter")),
    ),
    siblings: &[NAMED],
};

const NESTED_VECTORS: &str = "whether the partition's filter reaches nested vectors is not shown";

/// A filter may stand in these too.
static NEURAL: ByField = ByField {
    id: false,
    short: None,
    long: Long::Keys(&Keys::of(&[&[
        allow("filter", Kind::Query, "A4-03"),
        allow("query_tokens", Kind::Json, "A4-04"),
        allow("method_parameters", Kind::Json, "A4-05"),
        allow("rescore", Kind::Json, "A4-03"),
    ]])),
    siblings: &[NAMED],
};
