//! Parameters that many groups share, so that each is decided in one place.
//!
//! A set stands in a group only where every row of it is decided alike.

use super::value::ValueKind::{Boolean, List, Text};
use super::value::{EXPAND, OPERATORS};
use super::why::{ERROR_TRACE, NO_BODY, NOT_READ, UNDOCUMENTED};
use super::{Param, dropped, forward, reject, rewrite};

/// How the answer is written.
#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) const OUTPUT: &[Param] = &[
    dropped("error_trace", Boolean, ERROR_TRACE),
    rewrite("filter_path", List),
    rewrite("format", Text),
    forward("human", Boolean),
    rewrite("pretty", Boolean),
];

/// How an answer is written that has no body.
#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) const SILENT: &[Param] = &[
    dropped("error_trace", Boolean, ERROR_TRACE),
    dropped("filter_path", List, NO_BODY),
    rewrite("format", Text),
    dropped("human", Boolean, NO_BODY),
    dropped("pretty", Boolean, NO_BODY),
];

/// Endpoints that do not take a body in the URL.
#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) const NO_SOURCE: &[Param] = &[
    reject("source", Text, NOT_READ),
    reject("source_content_type", Text, NOT_READ),
];

/// A body in the URL.
#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) const BODY_IN_URL: &[Param] = &[
    rewrite("source", Text),
    rewrite("source_content_type", Text),
];

/// How index names are resolved.
#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) const INDICES: &[Param] = &[
    rewrite("allow_no_indices", Boolean),
    rewrite("expand_wildcards", EXPAND),
    rewrite("ignore_unavailable", Boolean),
];

/// A query in the URL.
#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) const QUERY_STRING: &[Param] = &[
    rewrite("analyze_wildcard", Boolean),
    rewrite("analyzer", Text),
    rewrite("default_operator", OPERATORS),
    rewrite("df", Text),
    rewrite("lenient", Boolean),
    rewrite("q", Text),
];

/// What calls by query read because they share the parsing of searches.
#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) const SEARCH_LEFTOVERS: &[Param] = &[
    reject("allow_partial_search_results", Text, UNDOCUMENTED),
    reject("batched_reduce_size", Text, UNDOCUMENTED),
    reject("cancel_after_time_interval", Text, UNDOCUMENTED),
    reject("ccs_minimize_roundtrips", Text, UNDOCUMENTED),
    reject("docvalue_fields", Text, UNDOCUMENTED),
    reject("explain", Text, UNDOCUMENTED),
    reject("ignore_throttled", Text, UNDOCUMENTED),
    reject("include_named_queries_score", Text, UNDOCUMENTED),
    reject("max_concurrent_shard_requests", Text, UNDOCUMENTED),
    reject("phase_took", Text, UNDOCUMENTED),
    reject("pre_filter_shard_size", Text, UNDOCUMENTED),
    reject("search_pipeline", Text, UNDOCUMENTED),
    reject("seq_no_primary_term", Text, UNDOCUMENTED),
    reject("stored_fields", Text, UNDOCUMENTED),
    reject("suggest_field", Text, UNDOCUMENTED),
    reject("suggest_mode", Text, UNDOCUMENTED),
    reject("suggest_size", Text, UNDOCUMENTED),
    reject("suggest_text", Text, UNDOCUMENTED),
    reject("track_scores", Text, UNDOCUMENTED),
    reject("track_total_hits", Text, UNDOCUMENTED),
    reject("verbose_pipeline", Text, UNDOCUMENTED),
];

/// Which parts of a source are returned.
#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) const SOURCE_FILTER: &[Param] = &[
    rewrite("_source", List),
    forward("_source_excludes", List),
    forward("_source_includes", List),
];

/// Who answers about metadata, and how long it may take.
#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) const MANAGER: &[Param] = &[
    forward("cluster_manager_timeout", Text),
    forward("local", Boolean),
    forward("master_timeout", Text),
];
