//! The types of error that keep their name on a shared index, with the text that stands for the cluster's.
//!
//! A type is the name of a class of the server and says nothing about anybody's data. Its own text can: each row names what
//! forbids to pass it. `{index}` is the logical name.

/// One type of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) kind: &'static str,
    pub(super) reason: &'static str,
    /// The row of the catalogue that says what the cluster's own text would tell.
    pub(super) catalogue: &'static str,
}

const fn known(kind: &'static str, reason: &'static str, catalogue: &'static str) -> Known {
    Known {
        kind,
        reason,
        catalogue,
    }
}

/// The type of what is in no row, and of what is no error of OpenSearch at all.
pub(super) const UNKNOWN: Known = known(
    "osproxy_upstream_exception",
    "the cluster refused the request; its own text is not shown on a shared index",
    "H-05",
);

/// The type of what is no error of OpenSearch at all.
pub(super) const UNREADABLE: Known = known(
    "osproxy_upstream_exception",
    "the cluster's answer was an error that can't be read",
    "H-07",
);

/// Sorted by type.
const TABLE: &[Known] = &[
    known(
        "action_request_validation_exception",
        "the request is not valid",
        "H-05",
    ),
    known(
        "aggregation_execution_exception",
        "an aggregation failed",
        "F-08",
    ),
    known(
        "aggregation_initialization_exception",
        "an aggregation could not be started",
        "F-08",
    ),
    known(
        "already_closed_exception",
        "the shard was closed while the request ran; try again",
        "H-05",
    ),
    known(
        "array_index_out_of_bounds_exception",
        "the cluster failed",
        "H-05",
    ),
    known(
        "circuit_breaking_exception",
        "the cluster is short of memory; try again later",
        "F-22",
    ),
    known("class_cast_exception", "the cluster failed", "F-08"),
    known(
        "cluster_block_exception",
        "the index [{index}] is blocked for this request",
        "F-15",
    ),
    known(
        "cluster_manager_not_discovered_exception",
        "the cluster has no cluster manager now; try again later",
        "H-05",
    ),
    known(
        "date_time_parse_exception",
        "a date could not be read",
        "F-08",
    ),
    known(
        "document_missing_exception",
        "the document is missing",
        "F-10",
    ),
    known(
        "document_source_missing_exception",
        "the document has no source",
        "F-10",
    ),
    known("engine_exception", "the shard failed", "H-05"),
    known("failed_node_exception", "a node failed", "H-05"),
    known(
        "illegal_argument_exception",
        "a value of the request does not fit the index or the call",
        "F-09",
    ),
    known("illegal_state_exception", "the cluster failed", "H-05"),
    known(
        "index_closed_exception",
        "the index [{index}] is closed",
        "H-05",
    ),
    known(
        "index_creation_exception",
        "the index [{index}] could not be created",
        "H-05",
    ),
    known(
        "index_not_found_exception",
        "no such index [{index}]",
        "H-05",
    ),
    known(
        "index_shard_closed_exception",
        "the shard was closed while the request ran; try again",
        "H-05",
    ),
    known(
        "index_shard_not_recovering_exception",
        "the shard is not ready; try again",
        "H-05",
    ),
    known(
        "index_shard_not_started_exception",
        "the shard is not started; try again",
        "H-05",
    ),
    known(
        "input_coercion_exception",
        "a number does not fit the type of its field",
        "F-08",
    ),
    known(
        "invalid_index_name_exception",
        "the index name is not valid",
        "H-05",
    ),
    known("json_e_o_f_exception", "the body ends too early", "F-11"),
    known("json_parse_exception", "the body is not valid JSON", "F-11"),
    known(
        "mapper_exception",
        "the document does not fit the mapping",
        "F-09",
    ),
    known(
        "mapper_parsing_exception",
        "failed to parse the document: a value does not fit the type of its field",
        "F-09",
    ),
    known(
        "master_not_discovered_exception",
        "the cluster has no cluster manager now; try again later",
        "H-05",
    ),
    known(
        "no_node_available_exception",
        "no node is available; try again later",
        "H-05",
    ),
    known(
        "no_shard_available_action_exception",
        "the shard is not available; try again later",
        "H-05",
    ),
    known(
        "node_closed_exception",
        "the node was stopped; try again",
        "H-05",
    ),
    known(
        "node_disconnected_exception",
        "a node was lost; try again",
        "H-05",
    ),
    known(
        "node_not_connected_exception",
        "a node can't be reached; try again",
        "H-05",
    ),
    known(
        "not_serializable_exception_wrapper",
        "the cluster failed",
        "H-05",
    ),
    known(
        "not_x_content_exception",
        "the body is not valid JSON",
        "F-11",
    ),
    known("null_pointer_exception", "the cluster failed", "H-05"),
    known(
        "number_format_exception",
        "a number could not be read",
        "F-08",
    ),
    known(
        "parse_exception",
        "a part of the request could not be read",
        "F-11",
    ),
    known(
        "parsing_exception",
        "a part of the body could not be read",
        "F-11",
    ),
    known(
        "primary_shard_closed_exception",
        "the primary shard was closed; try again",
        "H-05",
    ),
    known(
        "process_cluster_event_timeout_exception",
        "the cluster manager was too slow; try again later",
        "F-15",
    ),
    known(
        "query_phase_execution_exception",
        "the query failed",
        "F-08",
    ),
    known(
        "query_shard_exception",
        "the query does not fit the mapping",
        "F-08",
    ),
    known(
        "receive_timeout_transport_exception",
        "a node was too slow",
        "F-15",
    ),
    known(
        "rejected_execution_exception",
        "the cluster is busy; try again later",
        "F-15",
    ),
    known("remote_transport_exception", "a node failed", "H-05"),
    known(
        "resource_already_exists_exception",
        "the index [{index}] already exists",
        "H-05",
    ),
    known(
        "resource_not_found_exception",
        "what was asked for does not exist",
        "F-10",
    ),
    known("routing_missing_exception", "routing is missing", "F-10"),
    known("script_exception", "a script failed", "F-05"),
    known(
        "search_context_missing_exception",
        "the search context is gone",
        "H-05",
    ),
    known(
        "search_exception",
        "parts of the search do not go together, or not with the index",
        "F-08",
    ),
    known(
        "search_parse_exception",
        "the search could not be read",
        "F-11",
    ),
    known(
        "search_phase_execution_exception",
        "all shards failed",
        "F-08",
    ),
    known(
        "security_exception",
        "the cluster does not allow the request",
        "H-05",
    ),
    known("shard_not_found_exception", "no such shard", "H-05"),
    known(
        "shard_not_in_primary_mode_exception",
        "the shard is moving; try again",
        "H-05",
    ),
    known(
        "status_exception",
        "the cluster refused the request",
        "H-05",
    ),
    known(
        "strict_dynamic_mapping_exception",
        "the document has a field that the mapping does not allow",
        "F-09",
    ),
    known(
        "task_cancelled_exception",
        "the request was cancelled",
        "F-15",
    ),
    known("timeout_exception", "the request took too long", "F-15"),
    known(
        "too_many_buckets_exception",
        "the aggregations have too many buckets",
        "F-22",
    ),
    known(
        "too_many_clauses",
        "the query has too many clauses",
        "A1-18",
    ),
    known(
        "too_many_nested_clauses",
        "the query has too many nested clauses",
        "A1-18",
    ),
    known("translog_exception", "the shard failed", "H-05"),
    known(
        "unavailable_shards_exception",
        "the shard is not available; try again later",
        "H-05",
    ),
    known(
        "unsupported_operation_exception",
        "the field's type does not support the operation",
        "F-08",
    ),
    known("validation_exception", "the request is not valid", "F-22"),
    known(
        "version_conflict_engine_exception",
        "version conflict: the document is not the version that the request expects",
        "F-10",
    ),
    known(
        "x_content_e_o_f_exception",
        "the body ends too early",
        "F-11",
    ),
    known(
        "x_content_parse_exception",
        "a part of the body could not be read",
        "F-11",
    ),
];

/// The row of a type; `None` for one that is not known.
pub(super) fn find(kind: &str) -> Option<&'static Known> {
    let at = TABLE.binary_search_by(|known| known.kind.cmp(kind)).ok()?;
    TABLE.get(at)
}

/// All rows.
pub(super) fn all() -> &'static [Known] {
    TABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_named_and_found() {
        assert!(TABLE.windows(2).all(|pair| pair[0].kind < pair[1].kind));
        for known in TABLE {
            assert_eq!(find(known.kind).unwrap().reason, known.reason);
            assert!(!known.reason.is_empty());
        }
        assert!(find("no_such_exception").is_none());
        assert!(find(UNKNOWN.kind).is_none() && find(UNREADABLE.kind).is_none());
    }
}
