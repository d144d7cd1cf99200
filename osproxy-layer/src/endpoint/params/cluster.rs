//! Parameters of the root, the cluster, its nodes and tables.

use super::common::{MANAGER, NO_SOURCE, OUTPUT, SILENT};
use super::value::ValueKind::{Boolean, List, Text};
use super::value::{
    BYTE_UNITS, EVENTS, EXPAND, FORMATS, HEALTH_LEVELS, SHARDS, STATUSES, TIME_UNITS,
};
use super::why::{ERROR_TRACE, LOCAL};
use super::{Rows, dropped, forward, rewrite};

#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) static GROUPS: &[Rows] = &[
    Rows { group: "info", sets: &[OUTPUT, NO_SOURCE], own: &[] },
    Rows { group: "ping", sets: &[SILENT, NO_SOURCE], own: &[] },
    Rows { group: "cluster.health", sets: &[OUTPUT, NO_SOURCE, MANAGER], own: &[
        rewrite("awareness_attribute", Text),
        rewrite("expand_wildcards", EXPAND),
        rewrite("level", HEALTH_LEVELS),
        rewrite("timeout", Text),
        rewrite("wait_for_active_shards", SHARDS),
        rewrite("wait_for_events", EVENTS),
        rewrite("wait_for_no_initializing_shards", Boolean),
        rewrite("wait_for_no_relocating_shards", Boolean),
        rewrite("wait_for_nodes", Text),
        rewrite("wait_for_status", STATUSES),
    ] },
    Rows { group: "nodes.info", sets: &[OUTPUT, NO_SOURCE], own: &[
        dropped("flat_settings", Boolean, LOCAL),
        dropped("timeout", Text, LOCAL),
    ] },
    Rows { group: "cat.indices", sets: &[NO_SOURCE, MANAGER], own: &[
        rewrite("bytes", BYTE_UNITS),
        dropped("error_trace", Boolean, ERROR_TRACE),
        rewrite("expand_wildcards", EXPAND),
        rewrite("filter_path", List),
        rewrite("format", FORMATS),
        rewrite("h", List),
        rewrite("health", STATUSES),
        rewrite("help", Boolean),
        forward("human", Boolean),
        rewrite("include_unloaded_segments", Boolean),
        rewrite("pretty", Boolean),
        rewrite("pri", Boolean),
        rewrite("s", List),
        rewrite("time", TIME_UNITS),
        rewrite("v", Boolean),
    ] },
    Rows { group: "cat.count", sets: &[NO_SOURCE], own: &[
        dropped("error_trace", Boolean, ERROR_TRACE),
        rewrite("filter_path", List),
        rewrite("format", FORMATS),
        rewrite("h", List),
        rewrite("help", Boolean),
        forward("human", Boolean),
        rewrite("pretty", Boolean),
        rewrite("s", List),
        rewrite("v", Boolean),
    ] },
    Rows { group: "cat.health", sets: &[NO_SOURCE], own: &[
        dropped("error_trace", Boolean, ERROR_TRACE),
        rewrite("filter_path", List),
        rewrite("format", FORMATS),
        rewrite("h", List),
        rewrite("help", Boolean),
        forward("human", Boolean),
        rewrite("pretty", Boolean),
        rewrite("s", List),
        rewrite("time", TIME_UNITS),
        rewrite("ts", Boolean),
        rewrite("v", Boolean),
    ] },
];
