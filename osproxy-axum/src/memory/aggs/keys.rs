//! The keys of an aggregation, each to be understood or refused; and the names that the server knows.

use super::super::error::ApiError;
use super::super::json::Json;

/// Types that the server has and the double has not.
pub(super) const OTHERS: &[&str] = &[
    "adjacency_matrix",
    "auto_date_histogram",
    "avg_bucket",
    "bucket_script",
    "bucket_selector",
    "bucket_sort",
    "children",
    "composite",
    "cumulative_sum",
    "date_range",
    "derivative",
    "diversified_sampler",
    "extended_stats_bucket",
    "geo_bounds",
    "geo_centroid",
    "geo_distance",
    "geohash_grid",
    "geohex_grid",
    "geotile_grid",
    "global",
    "ip_range",
    "matrix_stats",
    "max_bucket",
    "median_absolute_deviation",
    "min_bucket",
    "moving_avg",
    "moving_fn",
    "multi_terms",
    "nested",
    "parent",
    "percentile_ranks",
    "percentiles",
    "percentiles_bucket",
    "rare_terms",
    "reverse_nested",
    "sampler",
    "scripted_metric",
    "serial_diff",
    "significant_terms",
    "significant_text",
    "stats_bucket",
    "sum_bucket",
    "top_hits",
    "variable_width_histogram",
    "weighted_avg",
];

/// The body of an aggregation, each of whose keys is to be understood or refused.
pub(super) struct Keys<'a> {
    kind: &'a str,
    members: &'a [(String, Json)],
}

impl<'a> Keys<'a> {
    pub(super) fn of(kind: &'a str, body: &'a Json) -> Result<Self, ApiError> {
        let members = body
            .members()
            .ok_or_else(|| parsing(format!("Expected [START_OBJECT] under [{kind}]")))?;
        Ok(Self { kind, members })
    }

    pub(super) fn read(
        self,
        mut understand: impl FnMut(&str, &Json) -> Result<bool, ApiError>,
    ) -> Result<(), ApiError> {
        let kind = self.kind;
        for (key, value) in self.members {
            if understand(key, value)? {
                continue;
            }
            if KNOWN_KEYS.contains(&key.as_str()) {
                return Err(ApiError::unsupported(format_args!(
                    "[{key}], or this value of it, in a [{kind}] aggregation"
                )));
            }
            return Err(ApiError::bad(
                "x_content_parse_exception",
                format!("[{kind}] unknown field [{key}]"),
            ));
        }
        Ok(())
    }
}

/// Keys of aggregations that the server has.
const KNOWN_KEYS: &[&str] = &[
    "exclude",
    "extended_bounds",
    "field",
    "filters",
    "format",
    "hard_bounds",
    "include",
    "interval",
    "keyed",
    "min_doc_count",
    "missing",
    "offset",
    "order",
    "other_bucket",
    "other_bucket_key",
    "precision_threshold",
    "ranges",
    "rehash",
    "script",
    "shard_min_doc_count",
    "shard_size",
    "sigma",
    "size",
    "time_zone",
    "value_type",
];

pub(super) fn set<T>(slot: &mut T, value: Option<T>) -> bool {
    let given = value.is_some();
    if let Some(value) = value {
        *slot = value;
    }
    given
}

pub(super) fn no_field() -> ApiError {
    ApiError::illegal_argument("Required one of fields [field, script], but none were specified. ")
}

pub(super) fn parsing(reason: String) -> ApiError {
    ApiError::bad("parsing_exception", reason)
}
