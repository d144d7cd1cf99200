//! The parameters of each operation, as data.
//!
//! `refused` are parameters that the server knows and the double does not; what is in neither list is unknown to the server too.

use super::operation::Operation;

/// The parameters of an operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    pub(super) accepted: &'static [&'static str],
    pub(super) refused: &'static [&'static str],
}

const WRITE: &[&str] = &[
    "if_primary_term",
    "if_seq_no",
    "op_type",
    "refresh",
    "require_alias",
    "routing",
    "timeout",
    "version",
    "version_type",
    "wait_for_active_shards",
];

const SEARCH_REFUSED: &[&str] = &[
    "allow_partial_search_results",
    "analyze_wildcard",
    "analyzer",
    "batched_reduce_size",
    "cancel_after_time_interval",
    "ccs_minimize_roundtrips",
    "default_operator",
    "df",
    "docvalue_fields",
    "explain",
    "ignore_throttled",
    "include_named_queries_score",
    "lenient",
    "min_score",
    "phase_took",
    "pre_filter_shard_size",
    "q",
    "scroll",
    "search_pipeline",
    "source",
    "source_content_type",
    "stats",
    "stored_fields",
    "suggest_field",
    "suggest_mode",
    "suggest_size",
    "suggest_text",
    "terminate_after",
    "verbose_pipeline",
];

impl Operation {
    pub(super) fn params(self) -> Table {
        let (accepted, refused): (&[&str], &[&str]) = match self {
            Self::Info => (&[], &[]),
            Self::Index | Self::Create => (WRITE, &["pipeline"]),
            // The id is read from the query string here, which would go past every id rule (params.csv).
            Self::IndexAuto => (WRITE, &["pipeline", "id"]),
            Self::Get => (
                &[
                    "_source",
                    "_source_excludes",
                    "_source_includes",
                    "preference",
                    "realtime",
                    "refresh",
                    "routing",
                    "stored_fields",
                    "version",
                    "version_type",
                ],
                &[],
            ),
            Self::GetSource => (
                &[
                    "_source",
                    "_source_excludes",
                    "_source_includes",
                    "preference",
                    "realtime",
                    "refresh",
                    "routing",
                ],
                &[],
            ),
            Self::Delete => (
                &[
                    "if_primary_term",
                    "if_seq_no",
                    "refresh",
                    "routing",
                    "timeout",
                    "version",
                    "version_type",
                    "wait_for_active_shards",
                ],
                &[],
            ),
            Self::Update => (
                &[
                    "_source",
                    "_source_excludes",
                    "_source_includes",
                    "doc_as_upsert",
                    "if_primary_term",
                    "if_seq_no",
                    "refresh",
                    "require_alias",
                    "retry_on_conflict",
                    "routing",
                    "timeout",
                    "version",
                    "version_type",
                    "wait_for_active_shards",
                ],
                &["lang"],
            ),
            Self::Bulk => (
                &[
                    "_source",
                    "_source_excludes",
                    "_source_includes",
                    "index",
                    "refresh",
                    "require_alias",
                    "routing",
                    "timeout",
                    "wait_for_active_shards",
                ],
                &["pipeline", "type", "batch_size"],
            ),
            Self::MultiGet => (
                &[
                    "_source",
                    "_source_excludes",
                    "_source_includes",
                    "preference",
                    "realtime",
                    "refresh",
                    "routing",
                    "stored_fields",
                ],
                &["index", "source", "source_content_type"],
            ),
            Self::Search => (
                &[
                    "_source",
                    "_source_excludes",
                    "_source_includes",
                    "allow_no_indices",
                    "expand_wildcards",
                    "from",
                    "ignore_unavailable",
                    "max_concurrent_shard_requests",
                    "preference",
                    "request_cache",
                    "rest_total_hits_as_int",
                    "routing",
                    "search_type",
                    "seq_no_primary_term",
                    "size",
                    "sort",
                    "timeout",
                    "track_scores",
                    "track_total_hits",
                    "typed_keys",
                    "version",
                ],
                SEARCH_REFUSED,
            ),
            Self::Count => (
                &[
                    "allow_no_indices",
                    "expand_wildcards",
                    "ignore_unavailable",
                    "preference",
                    "routing",
                ],
                &[
                    "analyze_wildcard",
                    "analyzer",
                    "default_operator",
                    "df",
                    "ignore_throttled",
                    "lenient",
                    "min_score",
                    "q",
                    "source",
                    "source_content_type",
                    "terminate_after",
                ],
            ),
            Self::DeleteByQuery => (
                &[
                    "allow_no_indices",
                    "conflicts",
                    "expand_wildcards",
                    "ignore_unavailable",
                    "max_docs",
                    "preference",
                    "refresh",
                    "request_cache",
                    "requests_per_second",
                    "routing",
                    "scroll_size",
                    "search_timeout",
                    "search_type",
                    "timeout",
                    "wait_for_active_shards",
                    "wait_for_completion",
                ],
                &[
                    "_source",
                    "_source_excludes",
                    "_source_includes",
                    "analyze_wildcard",
                    "analyzer",
                    "default_operator",
                    "df",
                    "from",
                    "lenient",
                    "q",
                    "scroll",
                    "size",
                    "slices",
                    "sort",
                    "source",
                    "source_content_type",
                    "stats",
                    "terminate_after",
                    "version",
                ],
            ),
            Self::Refresh => (
                &["allow_no_indices", "expand_wildcards", "ignore_unavailable"],
                &["index"],
            ),
            Self::CreateIndex => (
                &[
                    "cluster_manager_timeout",
                    "master_timeout",
                    "timeout",
                    "wait_for_active_shards",
                ],
                &[],
            ),
            Self::DeleteIndex => (
                &[
                    "allow_no_indices",
                    "cluster_manager_timeout",
                    "expand_wildcards",
                    "ignore_unavailable",
                    "master_timeout",
                    "timeout",
                ],
                &[],
            ),
            Self::GetIndex | Self::GetSettings => (
                &[
                    "allow_no_indices",
                    "cluster_manager_timeout",
                    "expand_wildcards",
                    "flat_settings",
                    "ignore_unavailable",
                    "local",
                    "master_timeout",
                ],
                &["include_defaults", "index"],
            ),
            Self::GetMapping => (
                &[
                    "allow_no_indices",
                    "cluster_manager_timeout",
                    "expand_wildcards",
                    "ignore_unavailable",
                    "local",
                    "master_timeout",
                ],
                &["index"],
            ),
            Self::PutMapping => (
                &[
                    "allow_no_indices",
                    "cluster_manager_timeout",
                    "expand_wildcards",
                    "ignore_unavailable",
                    "master_timeout",
                    "timeout",
                ],
                &["write_index_only"],
            ),
            Self::ResolveIndex => (&["expand_wildcards"], &[]),
            Self::Health => (
                &[
                    "cluster_manager_timeout",
                    "local",
                    "master_timeout",
                    "timeout",
                    "wait_for_active_shards",
                    "wait_for_events",
                    "wait_for_no_initializing_shards",
                    "wait_for_no_relocating_shards",
                    "wait_for_nodes",
                    "wait_for_status",
                ],
                &[
                    "awareness_attribute",
                    "expand_wildcards",
                    "level",
                    "ensure_node_weighed_in",
                ],
            ),
        };
        Table { accepted, refused }
    }
}

#[cfg(test)]
mod tests {
    use super::super::operation::ROUTES;

    #[test]
    fn no_parameter_is_both_accepted_and_refused() {
        for route in ROUTES {
            let table = route.operation.params();
            for name in table.accepted {
                assert!(
                    !table.refused.contains(name),
                    "{:?} {name}",
                    route.operation
                );
            }
        }
    }
}
