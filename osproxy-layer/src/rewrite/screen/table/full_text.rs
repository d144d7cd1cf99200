//! Queries on analysed text (rows A1-05, A1-19 to A1-26).

use super::{ByField, Keys, Kind, Long, NAMED, Row, allow, own_only};
use crate::rewrite::screen::schema::{Force, Hook, Names, rewrite};

pub(super) static ROWS: &[Row] = &[
    rewrite("match", Kind::ByField(&MATCH), "A1-22"),
    allow("match_phrase", Kind::ByField(&MATCH_PHRASE), "A1-22"),
    own_only("match_phrase_prefix", Kind::Json, "A1-20", PREFIX_PHRASE),
    allow(
        "match_bool_prefix",
        Kind::ByField(&MATCH_BOOL_PREFIX),
        "A1-21",
    ),
    allow("multi_match", Kind::Keys(&MULTI_MATCH), "A1-22"),
    allow("combined_fields", Kind::Keys(&COMBINED_FIELDS), "A1-22"),
    own_only("common", Kind::Json, "A1-23", CUTOFF),
    rewrite("query_string", Kind::Keys(&QUERY_STRING), "A1-25"),
    rewrite(
        "simple_query_string",
        Kind::Keys(&SIMPLE_QUERY_STRING),
        "A1-26",
    ),
];

const PREFIX_PHRASE: &str =
    "it keeps the first terms of all tenants that fit; match_bool_prefix is offered instead";
const CUTOFF: &str = "it splits words by how often all tenants use them";

/// The default rewrite keeps the closest terms of the whole shard; this one keeps them all.
static FUZZY_REWRITE: &[Force] = &[Force {
    key: "fuzzy_rewrite",
    word: "constant_score",
    when: Some("fuzziness"),
    catalogue: "A1-19",
}];

static FUZZY: &[Row] = &[
    rewrite("fuzziness", Kind::Scalar, "A1-19"),
    allow("prefix_length", Kind::Scalar, "A1-19"),
    allow("max_expansions", Kind::Scalar, "A1-19"),
    allow("fuzzy_transpositions", Kind::Scalar, "A1-19"),
    rewrite("fuzzy_rewrite", Kind::Always("constant_score"), "A1-19"),
];

static ANALYSED: &[Row] = &[
    allow("analyzer", Kind::Scalar, "A1-22"),
    allow("zero_terms_query", Kind::Scalar, "A1-22"),
];

static LOOSE: &[Row] = &[
    allow("operator", Kind::Scalar, "A1-22"),
    allow("minimum_should_match", Kind::Scalar, "A1-22"),
    allow("lenient", Kind::Scalar, "A1-22"),
    allow("auto_generate_synonyms_phrase_query", Kind::Scalar, "A1-22"),
    own_only("cutoff_frequency", Kind::Scalar, "A1-23", CUTOFF),
];

static MATCH: ByField = ByField {
    id: true,
    short: Some(Kind::Compared),
    long: Long::Keys(
        &Keys::of(&[
            NAMED,
            ANALYSED,
            LOOSE,
            FUZZY,
            &[allow("query", Kind::Compared, "A1-22")],
        ])
        .required(&["query"])
        .force(FUZZY_REWRITE),
    ),
    siblings: &[],
};

static MATCH_PHRASE: ByField = ByField {
    id: true,
    short: Some(Kind::Compared),
    long: Long::Keys(
        &Keys::of(&[
            NAMED,
            ANALYSED,
            &[
                allow("query", Kind::Compared, "A1-22"),
                allow("slop", Kind::Scalar, "A1-22"),
            ],
        ])
        .required(&["query"]),
    ),
    siblings: &[],
};

static MATCH_BOOL_PREFIX: ByField = ByField {
    id: false,
    short: Some(Kind::Scalar),
    long: Long::Keys(
        &Keys::of(&[
            NAMED,
            FUZZY,
            &[
                allow("query", Kind::Scalar, "A1-21"),
                allow("analyzer", Kind::Scalar, "A1-21"),
                allow("operator", Kind::Scalar, "A1-21"),
                allow("minimum_should_match", Kind::Scalar, "A1-21"),
            ],
        ])
        .force(FUZZY_REWRITE),
    ),
    siblings: &[],
};

static MULTI_MATCH: Keys = Keys::of(&[
    NAMED,
    ANALYSED,
    LOOSE,
    FUZZY,
    &[
        allow("query", Kind::Scalar, "A1-22"),
        allow("fields", Kind::Fields(Names::Searched), "A1-24"),
        allow("type", MULTI_MATCH_TYPES, "A1-20"),
        allow("slop", Kind::Scalar, "A1-22"),
        allow("tie_breaker", Kind::Scalar, "A1-22"),
    ],
])
.force(FUZZY_REWRITE);

/// All but `phrase_prefix`, which keeps the first terms of all tenants that fit.
const MULTI_MATCH_TYPES: Kind = Kind::OneOf(&[
    "best_fields",
    "most_fields",
    "cross_fields",
    "phrase",
    "bool_prefix",
]);

static COMBINED_FIELDS: Keys = Keys::of(&[
    NAMED,
    &[
        allow("query", Kind::Scalar, "A1-22"),
        allow("fields", Kind::Fields(Names::Searched), "A1-24"),
        allow("operator", Kind::Scalar, "A1-22"),
        allow("minimum_should_match", Kind::Scalar, "A1-22"),
        allow("auto_generate_synonyms_phrase_query", Kind::Scalar, "A1-22"),
        allow("zero_terms_query", Kind::Scalar, "A1-22"),
    ],
]);

/// The text itself is looked at by the hook.
static QUERY_STRING: Keys = Keys::of(&[
    NAMED,
    FUZZY_TEXT,
    &[
        allow("query", Kind::Scalar, "A1-25"),
        allow("default_field", Kind::Fields(Names::Searched), "A1-25"),
        allow("fields", Kind::Fields(Names::Searched), "A1-24"),
        allow("type", MULTI_MATCH_TYPES, "A1-25"),
        allow("default_operator", Kind::Scalar, "A1-25"),
        allow("analyzer", Kind::Scalar, "A1-25"),
        allow("quote_analyzer", Kind::Scalar, "A1-25"),
        allow("quote_field_suffix", Kind::Scalar, "A1-25"),
        allow("allow_leading_wildcard", Kind::Scalar, "A1-25"),
        allow("analyze_wildcard", Kind::Scalar, "A1-25"),
        allow("max_determinized_states", Kind::Scalar, "A1-25"),
        allow("enable_position_increments", Kind::Scalar, "A1-25"),
        allow("escape", Kind::Scalar, "A1-25"),
        allow("phrase_slop", Kind::Scalar, "A1-25"),
        allow("tie_breaker", Kind::Scalar, "A1-25"),
        allow("minimum_should_match", Kind::Scalar, "A1-25"),
        allow("lenient", Kind::Scalar, "A1-25"),
        allow("time_zone", Kind::Scalar, "A1-25"),
        allow("auto_generate_synonyms_phrase_query", Kind::Scalar, "A1-25"),
        own_only("rewrite", Kind::Scalar, "A1-25", REWRITE),
    ],
])
.required(&["query"])
.force(&[Force {
    key: "fuzzy_rewrite",
    word: "constant_score",
    when: None,
    catalogue: "A1-25",
}])
.hook(Hook::QueryString);

const REWRITE: &str = "it picks or counts words of every tenant";

static FUZZY_TEXT: &[Row] = &[
    allow("fuzziness", Kind::Scalar, "A1-25"),
    allow("fuzzy_prefix_length", Kind::Scalar, "A1-25"),
    allow("fuzzy_max_expansions", Kind::Scalar, "A1-25"),
    allow("fuzzy_transpositions", Kind::Scalar, "A1-25"),
    rewrite("fuzzy_rewrite", Kind::Always("constant_score"), "A1-25"),
];

static SIMPLE_QUERY_STRING: Keys = Keys::of(&[
    NAMED,
    &[
        allow("query", Kind::Scalar, "A1-26"),
        allow("fields", Kind::Fields(Names::Searched), "A1-24"),
        rewrite("flags", Kind::Scalar, "A1-26"),
        allow("default_operator", Kind::Scalar, "A1-26"),
        allow("analyzer", Kind::Scalar, "A1-26"),
        allow("analyze_wildcard", Kind::Scalar, "A1-26"),
        allow("lenient", Kind::Scalar, "A1-26"),
        allow("minimum_should_match", Kind::Scalar, "A1-26"),
        allow("quote_field_suffix", Kind::Scalar, "A1-26"),
        allow("auto_generate_synonyms_phrase_query", Kind::Scalar, "A1-26"),
        allow("fuzzy_prefix_length", Kind::Scalar, "A1-26"),
        allow("fuzzy_max_expansions", Kind::Scalar, "A1-26"),
        allow("fuzzy_transpositions", Kind::Scalar, "A1-26"),
    ],
])
.required(&["query"])
.hook(Hook::SimpleQueryString);
