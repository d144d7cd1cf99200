//! Highlighting (row C1-05). A query may stand at its root and at each field.
//!
//! Without one the wrap's own term would be highlighted, so the client's query is written there after the walk.

use super::{Keys, Kind, Row, allow, own_only};
use crate::rewrite::screen::schema::Decision::Refuse;
use crate::rewrite::screen::schema::{Names, SCORE, rewrite};

/// `highlight`, at the root of a search, in `top_hits` and in `inner_hits`.
pub(super) static HIGHLIGHT: Keys = Keys::of(&[
    OPTIONS,
    &[
        allow("tags_schema", Kind::Scalar, "C1-05"),
        allow("encoder", Kind::Scalar, "C1-05"),
        rewrite(
            "fields",
            Kind::OneOrMany(&Kind::FieldMap(Names::Printed, &Kind::Keys(&FIELD))),
            "C1-05",
        ),
    ],
]);

static FIELD: Keys = Keys::of(&[
    OPTIONS,
    &[allow("matched_fields", Kind::Fields(Names::Full), "C1-05")],
]);

/// Semantic highlighters and those of plug-ins read more than the hit.
pub(in super::super) const TYPES: Kind = Kind::OneOf(&["unified", "plain", "fvh"]);

static OPTIONS: &[Row] = &[
    allow("highlight_query", Kind::Query, "C1-05"),
    allow("type", TYPES, "C1-05"),
    allow("pre_tags", Kind::OneOrMany(&Kind::Scalar), "C1-05"),
    allow("post_tags", Kind::OneOrMany(&Kind::Scalar), "C1-05"),
    allow("number_of_fragments", Kind::Scalar, "C1-05"),
    allow("fragment_size", Kind::Scalar, "C1-05"),
    allow("fragment_offset", Kind::Scalar, "C1-05"),
    allow("fragmenter", Kind::Scalar, "C1-05"),
    allow("no_match_size", Kind::Scalar, "C1-05"),
    allow("order", Kind::Scalar, "C1-05").strict(Refuse(SCORE)),
    allow("require_field_match", Kind::Scalar, "C1-05"),
    allow("boundary_scanner", Kind::Scalar, "C1-05"),
    allow("boundary_scanner_locale", Kind::Scalar, "C1-05"),
    allow("boundary_chars", Kind::Scalar, "C1-05"),
    allow("boundary_max_scan", Kind::Scalar, "C1-05"),
    allow("phrase_limit", Kind::Scalar, "C1-05"),
    allow("force_source", Kind::Scalar, "C1-05"),
    allow("max_analyzer_offset", Kind::Scalar, "C1-05"),
    own_only(
        "options",
        Kind::Json,
        "C1-05",
        "they are for a plug-in's highlighter",
    ),
];
