//! Queries made of queries (rows A1-01, A1-27 to A1-30, A1-35), and scores made of fields.

use super::{ByField, Keys, Kind, Long, NAMED, Row, allow, own_only, script};
use crate::rewrite::screen::schema::Decision::Refuse;
use crate::rewrite::screen::schema::{SCORE, rewrite};
use crate::rewrite::screen::table::hits::INNER_HITS;

pub(super) static ROWS: &[Row] = &[
    allow("bool", Kind::Keys(&BOOL), "A1-01"),
    allow("constant_score", Kind::Keys(&CONSTANT_SCORE), "A1-01"),
    allow("dis_max", Kind::Keys(&DIS_MAX), "A1-01"),
    allow("boosting", Kind::Keys(&BOOSTING), "A1-01"),
    allow("nested", Kind::NestedQuery(&NESTED), "A1-35"),
    allow("function_score", Kind::Keys(&FUNCTION_SCORE), "A1-27").strict(Refuse(SCORE)),
    own_only("script_score", Kind::Keys(&SCRIPT_SCORE), "A1-28", SCRIPT),
    own_only("script", Kind::Json, "A1-28", SCRIPT),
    allow("distance_feature", Kind::Keys(&DISTANCE_FEATURE), "A1-29").strict(Refuse(ONLY_SCORE)),
    allow("rank_feature", Kind::Keys(&RANK_FEATURE), "A1-30").strict(Refuse(ONLY_SCORE)),
];

const ONLY_SCORE: &str = "it only gives scores, and there are none here; sort by the field";
const SCRIPT: &str = "a script sees documents of every tenant";
const MIN_SCORE: &str =
    "it turns a score, which depends on documents of every tenant, into a match";

static BOOL: Keys = Keys::of(&[
    NAMED,
    &[
        allow("must", Kind::Queries, "A1-01"),
        allow("filter", Kind::Queries, "A1-01"),
        allow("should", Kind::Queries, "A1-01"),
        allow("must_not", Kind::Queries, "A1-01"),
        own_only("mustNot", Kind::Queries, "A1-01", "its name is must_not"),
        allow("minimum_should_match", Kind::Scalar, "A1-01"),
        allow("adjust_pure_negative", Kind::Scalar, "A1-01"),
    ],
]);

static CONSTANT_SCORE: Keys =
    Keys::of(&[NAMED, &[allow("filter", Kind::Query, "A1-01")]]).required(&["filter"]);

static DIS_MAX: Keys = Keys::of(&[
    NAMED,
    &[
        allow("queries", Kind::Queries, "A1-01"),
        allow("tie_breaker", Kind::Scalar, "A1-01"),
    ],
])
.required(&["queries"]);

static BOOSTING: Keys = Keys::of(&[
    NAMED,
    &[
        allow("positive", Kind::Query, "A1-01"),
        allow("negative", Kind::Query, "A1-01"),
        allow("negative_boost", Kind::Scalar, "A1-01"),
    ],
])
.required(&["positive", "negative"]);

static NESTED: Keys = Keys::of(&[
    NAMED,
    &[
        allow("path", Kind::Field, "A1-35"),
        allow("query", Kind::Query, "A1-35"),
        allow("score_mode", Kind::Scalar, "A1-35"),
        allow("ignore_unmapped", Kind::Scalar, "A1-35"),
        rewrite("inner_hits", Kind::InnerHits(&INNER_HITS), "A1-35"),
    ],
])
.required(&["path", "query"]);

static FUNCTION_SCORE: Keys = Keys::of(&[
    NAMED,
    FUNCTIONS,
    &[
        allow("query", Kind::Query, "A1-27"),
        allow("functions", Kind::List(&Kind::Keys(&FUNCTION)), "A1-27"),
        allow("score_mode", Kind::Scalar, "A1-27"),
        allow("boost_mode", Kind::Scalar, "A1-27"),
        allow("max_boost", Kind::Scalar, "A1-27"),
        own_only("min_score", Kind::Scalar, "A1-27", MIN_SCORE),
    ],
]);

static FUNCTION: Keys = Keys::of(&[FUNCTIONS, &[allow("filter", Kind::Query, "A1-27")]]);

static FUNCTIONS: &[Row] = &[
    allow("weight", Kind::Scalar, "A1-27"),
    allow("gauss", Kind::ByField(&DECAY), "A1-27"),
    allow("linear", Kind::ByField(&DECAY), "A1-27"),
    allow("exp", Kind::ByField(&DECAY), "A1-27"),
    allow(
        "field_value_factor",
        Kind::Keys(&FIELD_VALUE_FACTOR),
        "A1-27",
    ),
    allow("random_score", Kind::Keys(&RANDOM_SCORE), "A1-27"),
    script("script_score"),
];

static DECAY: ByField = ByField {
    id: false,
    short: None,
    long: Long::Keys(&Keys::of(&[&[
        allow("origin", Kind::Json, "A1-27"), // a point may be an object
        allow("scale", Kind::Scalar, "A1-27"),
        allow("offset", Kind::Scalar, "A1-27"),
        allow("decay", Kind::Scalar, "A1-27"),
    ]])),
    siblings: &[&[allow("multi_value_mode", Kind::Scalar, "A1-27")]],
};

static FIELD_VALUE_FACTOR: Keys = Keys::of(&[&[
    allow("field", Kind::Field, "A1-27"),
    allow("factor", Kind::Scalar, "A1-27"),
    allow("modifier", Kind::Scalar, "A1-27"),
    allow("missing", Kind::Scalar, "A1-27"),
]])
.required(&["field"]);

/// With a seed and no field the server reads the ids of the whole shard.
static RANDOM_SCORE: Keys = Keys::of(&[&[
    allow("seed", Kind::Scalar, "A1-27"),
    allow("field", Kind::Field, "A1-27"),
]])
.required(&["seed", "field"]);

static SCRIPT_SCORE: Keys = Keys::of(&[
    NAMED,
    &[
        allow("query", Kind::Query, "A1-28"),
        allow("script", Kind::Json, "A1-28"),
    ],
]);

static DISTANCE_FEATURE: Keys = Keys::of(&[
    NAMED,
    &[
        allow("field", Kind::Field, "A1-29"),
        allow("origin", Kind::Json, "A1-29"), // a point may be an object
        allow("pivot", Kind::Scalar, "A1-29"),
    ],
]);

static RANK_FEATURE: Keys = Keys::of(&[
    NAMED,
    &[
        allow("field", Kind::Field, "A1-30"),
        allow("saturation", Kind::Keys(&PIVOT), "A1-30"),
        allow("log", Kind::Json, "A1-30"),
        allow("sigmoid", Kind::Json, "A1-30"),
        allow("linear", Kind::Json, "A1-30"),
    ],
])
.required(&["field"])
.any_of(&["saturation", "log", "sigmoid", "linear"]);

/// Without a pivot the server derives one from the values of every tenant.
static PIVOT: Keys = Keys::of(&[&[allow("pivot", Kind::Scalar, "A1-30")]]).required(&["pivot"]);
