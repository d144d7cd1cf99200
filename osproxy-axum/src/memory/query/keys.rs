//! The keys of a query, each to be understood or refused; and the names that the server knows.

use super::super::error::ApiError;
use super::super::json::Json;

/// Types that the server has and the double has not.
pub(super) const OTHERS: &[&str] = &[
    "boosting",
    "combined_fields",
    "common",
    "dis_max",
    "distance_feature",
    "field_masking_span",
    "function_score",
    "fuzzy",
    "geo_bounding_box",
    "geo_distance",
    "geo_polygon",
    "geo_shape",
    "has_child",
    "has_parent",
    "hybrid",
    "intervals",
    "knn",
    "match_bool_prefix",
    "match_phrase_prefix",
    "more_like_this",
    "multi_match",
    "nested",
    "neural",
    "neural_sparse",
    "parent_id",
    "percolate",
    "query_string",
    "rank_feature",
    "regexp",
    "script",
    "script_score",
    "simple_query_string",
    "span_containing",
    "span_first",
    "span_multi",
    "span_near",
    "span_not",
    "span_or",
    "span_term",
    "span_within",
    "template",
    "terms_set",
    "wrapper",
    "xy_shape",
];

/// The keys of a query's body, each to be understood or refused.
pub(super) struct Keys<'a> {
    pub(super) name: &'a str,
    pub(super) body: &'a Json,
}

impl Keys<'_> {
    /// `understand` gives false for a key, or a value of it, that the double does not know.
    pub(super) fn read(
        &self,
        mut understand: impl FnMut(&str, &Json) -> Result<bool, ApiError>,
    ) -> Result<(), ApiError> {
        let name = self.name;
        let Some(members) = self.body.members() else {
            return Err(parsing(format!(
                "[{name}] query malformed, no start_object after query name"
            )));
        };
        for (key, value) in members {
            if understand(key, value)? {
                continue;
            }
            if KNOWN_KEYS.contains(&key.as_str()) {
                return Err(ApiError::unsupported(format_args!(
                    "[{key}], or this value of it, in a [{name}] query"
                )));
            }
            return Err(match name {
                "bool" | "match_all" | "match_none" | "constant_score" => ApiError::bad(
                    "x_content_parse_exception",
                    format!("[{name}] unknown field [{key}]"),
                ),
                _ => parsing(format!("[{name}] query does not support [{key}]")),
            });
        }
        Ok(())
    }
}

/// Keys of queries that the server has.
const KNOWN_KEYS: &[&str] = &[
    "_name",
    "adjust_pure_negative",
    "analyzer",
    "auto_generate_synonyms_phrase_query",
    "boost",
    "case_insensitive",
    "cutoff_frequency",
    "field",
    "filter",
    "format",
    "from",
    "fuzziness",
    "fuzzy_rewrite",
    "fuzzy_transpositions",
    "include_lower",
    "include_upper",
    "lenient",
    "max_expansions",
    "minimum_should_match",
    "must",
    "must_not",
    "operator",
    "prefix_length",
    "query",
    "relation",
    "rewrite",
    "should",
    "slop",
    "time_zone",
    "to",
    "value",
    "value_type",
    "values",
    "zero_terms_query",
];

pub(super) fn parsing(reason: String) -> ApiError {
    ApiError::bad("parsing_exception", reason)
}

/// Sets `slot` when there is a value; false makes the caller refuse the key.
pub(super) fn set<T>(slot: &mut T, value: Option<T>) -> Result<bool, ApiError> {
    let known = value.is_some();
    if let Some(value) = value {
        *slot = value;
    }
    Ok(known)
}

pub(super) fn float(value: &Json) -> Option<f32> {
    value.as_f64().map(|number| number as f32)
}
