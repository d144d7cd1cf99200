//! Aggregations that compare what matches with a background (row B-09).
//!
//! The background is the whole index unless the request says otherwise: so it says the partition, whatever the client says.

use super::buckets::{COUNTED, PICKED, SIZED};
use super::{Keys, Kind, Row, allow, script};
use crate::rewrite::screen::schema::{Hook, Names, rewrite};

pub(super) static ROWS: &[Row] = &[
    rewrite(
        "significant_terms",
        Kind::RootAgg(&SIGNIFICANT_TERMS),
        "B-09",
    ),
    rewrite("significant_text", Kind::RootAgg(&SIGNIFICANT_TEXT), "B-09"),
];

static SIGNIFICANT_TERMS: Keys = Keys::of(&[
    PICKED,
    SIZED,
    BACKGROUND,
    &[
        allow("field", Kind::Field, "B-09"),
        allow("value_type", Kind::Scalar, "B-09"),
        allow("format", Kind::Scalar, "B-09"),
        allow("execution_hint", Kind::Scalar, "B-09"),
        script("script"),
    ],
])
.required(&["field"])
.hook(Hook::Filter("background_filter"));

static SIGNIFICANT_TEXT: Keys = Keys::of(&[
    PICKED,
    SIZED,
    BACKGROUND,
    &[
        allow("field", Kind::Field, "B-09"),
        allow("source_fields", Kind::Fields(Names::Full), "B-09"),
        allow("filter_duplicate_text", Kind::Scalar, "B-09"),
    ],
])
.required(&["field"])
.hook(Hook::Filter("background_filter"));

/// What is compared with, and how.
static BACKGROUND: &[Row] = &[
    rewrite("background_filter", Kind::Query, "B-09"),
    allow("min_doc_count", COUNTED, "B-09"),
    allow("jlh", Kind::Keys(&HEURISTIC), "B-09"),
    allow("mutual_information", Kind::Keys(&HEURISTIC), "B-09"),
    allow("chi_square", Kind::Keys(&HEURISTIC), "B-09"),
    allow("gnd", Kind::Keys(&HEURISTIC), "B-09"),
    allow("percentage", Kind::Keys(&HEURISTIC), "B-09"),
    script("script_heuristic"),
];

static HEURISTIC: Keys = Keys::of(&[&[
    allow("include_negatives", Kind::Scalar, "B-09"),
    allow("background_is_superset", Kind::Scalar, "B-09"),
]]);
