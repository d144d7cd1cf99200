//! Parameters of deletes and updates by query, and of their tasks.

use super::common::{BODY_IN_URL, INDICES, NO_SOURCE, OUTPUT, QUERY_STRING, SEARCH_LEFTOVERS};
use super::value::ValueKind::{Boolean, Integer, List, Number, Text};
use super::value::{CONFLICTS, REFRESH, SEARCH_TYPES, SHARDS, SLICES};
use super::why::{IN_SCROLL, NO_DOCUMENTS, PIPELINE, ROUTING, SELECTORS, STATS_GROUPS};
use super::{Rows, dropped, forward, reject, rewrite};
use crate::endpoint::ParamDecision::Forward;

#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) static GROUPS: &[Rows] = &[
    Rows { group: "delete_by_query", sets: &[OUTPUT, BODY_IN_URL, INDICES, QUERY_STRING, SEARCH_LEFTOVERS], own: &[
        dropped("_source", List, NO_DOCUMENTS),
        dropped("_source_excludes", List, NO_DOCUMENTS),
        dropped("_source_includes", List, NO_DOCUMENTS),
        forward("conflicts", CONFLICTS),
        reject("from", Integer, IN_SCROLL),
        forward("max_docs", Integer),
        rewrite("preference", Text),
        forward("refresh", REFRESH),
        reject("request_cache", Boolean, IN_SCROLL),
        forward("requests_per_second", Number),
        reject("routing", List, ROUTING).on_dedicated_index(Forward),
        rewrite("scroll", Text),
        forward("scroll_size", Integer),
        forward("search_timeout", Text),
        forward("search_type", SEARCH_TYPES),
        forward("size", Integer),
        forward("slices", SLICES),
        rewrite("sort", List),
        dropped("stats", List, STATS_GROUPS),
        forward("terminate_after", Integer),
        forward("timeout", Text),
        forward("version", Boolean),
        forward("wait_for_active_shards", SHARDS),
        rewrite("wait_for_completion", Boolean),
    ] },
    Rows { group: "update_by_query", sets: &[OUTPUT, BODY_IN_URL, INDICES, QUERY_STRING, SEARCH_LEFTOVERS], own: &[
        dropped("_source", List, NO_DOCUMENTS),
        dropped("_source_excludes", List, NO_DOCUMENTS),
        dropped("_source_includes", List, NO_DOCUMENTS),
        forward("conflicts", CONFLICTS),
        reject("from", Integer, IN_SCROLL),
        forward("max_docs", Integer),
        reject("pipeline", Text, PIPELINE),
        rewrite("preference", Text),
        forward("refresh", REFRESH),
        reject("request_cache", Boolean, IN_SCROLL),
        forward("requests_per_second", Number),
        reject("routing", List, ROUTING).on_dedicated_index(Forward),
        rewrite("scroll", Text),
        forward("scroll_size", Integer),
        forward("search_timeout", Text),
        forward("search_type", SEARCH_TYPES),
        forward("size", Integer),
        forward("slices", SLICES),
        rewrite("sort", List),
        dropped("stats", List, STATS_GROUPS),
        forward("terminate_after", Integer),
        forward("timeout", Text),
        forward("version", Boolean),
        forward("wait_for_active_shards", SHARDS),
        rewrite("wait_for_completion", Boolean),
    ] },
    Rows { group: "delete_by_query_rethrottle", sets: &[OUTPUT, NO_SOURCE], own: &[
        forward("requests_per_second", Number),
    ] },
    Rows { group: "update_by_query_rethrottle", sets: &[OUTPUT, NO_SOURCE], own: &[
        forward("requests_per_second", Number),
    ] },
    Rows { group: "tasks.get", sets: &[OUTPUT, NO_SOURCE], own: &[
        forward("timeout", Text),
        forward("wait_for_completion", Boolean),
    ] },
    Rows { group: "tasks.cancel", sets: &[OUTPUT, NO_SOURCE], own: &[
        reject("actions", List, SELECTORS),
        reject("nodes", List, SELECTORS),
        reject("parent_task_id", Text, SELECTORS),
        reject("wait_for_completion", Boolean, SELECTORS),
    ] },
];
