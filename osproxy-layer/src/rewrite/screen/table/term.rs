//! Queries on terms: exact values, ranges, existence, ids (rows A1-01 to A1-19).

use super::{ByField, Keys, Kind, Long, NAMED, PLAIN, Row, allow};
use crate::rewrite::screen::schema::{Force, rewrite};

pub(super) static ROWS: &[Row] = &[
    allow("match_all", Kind::Keys(&PLAIN), "A1-01"),
    allow("match_none", Kind::Keys(&PLAIN), "A1-01"),
    rewrite("term", Kind::ByField(&TERM), "A1-05"),
    rewrite("terms", Kind::ByField(&TERMS), "A1-05"),
    rewrite("ids", Kind::Keys(&IDS), "A1-05"),
    allow("range", Kind::ByField(&RANGE), "A1-15"),
    rewrite("exists", Kind::Exists(&EXISTS), "A1-07"),
    allow("prefix", Kind::ByField(&PREFIX), "A1-16"),
    allow("wildcard", Kind::ByField(&WILDCARD), "A1-16"),
    allow("regexp", Kind::ByField(&REGEXP), "A1-16"),
    rewrite("fuzzy", Kind::ByField(&FUZZY), "A1-19"),
    allow("terms_set", Kind::ByField(&TERMS_SET), "A1-14"),
];

static TERM: ByField = ByField {
    id: true,
    short: Some(Kind::Compared),
    long: Long::Keys(
        &Keys::of(&[
            NAMED,
            &[
                allow("value", Kind::Compared, "A1-04"),
                allow("case_insensitive", Kind::Scalar, "A1-04"),
            ],
        ])
        .required(&["value"]),
    ),
    siblings: &[],
};

static TERMS: ByField = ByField {
    id: true,
    short: Some(Kind::List(&Kind::Compared)),
    long: Long::Refuse(
        "a lookup reads its terms from any document of any index",
        "A1-11",
    ),
    siblings: &[
        NAMED,
        &[allow(
            "value_type",
            Kind::OneOf(&["default", "bitmap"]),
            "A1-13",
        )],
    ],
};

static IDS: Keys =
    Keys::of(&[NAMED, &[rewrite("values", Kind::Ids, "A1-05")]]).required(&["values"]);

static RANGE: ByField = ByField {
    id: false,
    short: None,
    long: Long::Keys(&Keys::of(&[
        NAMED,
        &[
            allow("gt", Kind::Scalar, "A1-15"),
            allow("gte", Kind::Scalar, "A1-15"),
            allow("lt", Kind::Scalar, "A1-15"),
            allow("lte", Kind::Scalar, "A1-15"),
            allow("from", Kind::Scalar, "A1-15"),
            allow("to", Kind::Scalar, "A1-15"),
            allow("include_lower", Kind::Scalar, "A1-15"),
            allow("include_upper", Kind::Scalar, "A1-15"),
            allow("format", Kind::Scalar, "A1-15"),
            allow("time_zone", Kind::Scalar, "A1-15"),
            allow("relation", Kind::Scalar, "A1-15"),
        ],
    ])),
    siblings: &[],
};

/// `exists` on `_id` becomes `match_all` before this table is asked.
static EXISTS: Keys =
    Keys::of(&[NAMED, &[allow("field", Kind::Field, "A1-15")]]).required(&["field"]);

/// How a multi-term query is written out: only ways that keep every term of the shard. The others keep the best terms of
/// *all* tenants, or fail when there are too many of them.
const REWRITES: Kind = Kind::OneOf(&["constant_score", "constant_score_blended"]);

static PREFIX: ByField = ByField {
    id: false,
    short: Some(Kind::Scalar),
    long: Long::Keys(&Keys::of(&[
        NAMED,
        &[
            allow("value", Kind::Scalar, "A1-16"),
            allow("case_insensitive", Kind::Scalar, "A1-16"),
            allow("rewrite", REWRITES, "A1-17"),
        ],
    ])),
    siblings: &[],
};

static WILDCARD: ByField = ByField {
    id: false,
    short: Some(Kind::Scalar),
    long: Long::Keys(&Keys::of(&[
        NAMED,
        &[
            allow("value", Kind::Scalar, "A1-16"),
            allow("wildcard", Kind::Scalar, "A1-16"),
            allow("case_insensitive", Kind::Scalar, "A1-16"),
            allow("rewrite", REWRITES, "A1-17"),
        ],
    ])),
    siblings: &[],
};

static REGEXP: ByField = ByField {
    id: false,
    short: Some(Kind::Scalar),
    long: Long::Keys(&Keys::of(&[
        NAMED,
        &[
            allow("value", Kind::Scalar, "A1-16"),
            allow("flags", Kind::Scalar, "A1-16"),
            allow("flags_value", Kind::Scalar, "A1-16"),
            allow("case_insensitive", Kind::Scalar, "A1-16"),
            allow("max_determinized_states", Kind::Scalar, "A1-16"),
            allow("rewrite", REWRITES, "A1-17"),
        ],
    ])),
    siblings: &[],
};

/// The default rewrite keeps the closest terms of the whole shard: an exact oracle for another tenant's words.
static FUZZY: ByField = ByField {
    id: false,
    short: Some(Kind::Scalar),
    long: Long::Lengthen(
        &Keys::of(&[
            NAMED,
            &[
                allow("value", Kind::Scalar, "A1-19"),
                allow("fuzziness", Kind::Scalar, "A1-19"),
                allow("prefix_length", Kind::Scalar, "A1-19"),
                allow("max_expansions", Kind::Scalar, "A1-19"),
                allow("transpositions", Kind::Scalar, "A1-19"),
                rewrite("rewrite", Kind::Always("constant_score"), "A1-19"),
            ],
        ])
        .force(&[Force {
            key: "rewrite",
            word: "constant_score",
            when: None,
            catalogue: "A1-19",
        }]),
        "value",
    ),
    siblings: &[],
};

static TERMS_SET: ByField = ByField {
    id: false,
    short: None,
    long: Long::Keys(&Keys::of(&[
        NAMED,
        &[
            allow("terms", Kind::List(&Kind::Scalar), "A1-14"),
            allow("minimum_should_match_field", Kind::Field, "A1-14"),
            super::script("minimum_should_match_script"),
        ],
    ])),
    siblings: &[],
};
