//! Parameters of index administration.

use super::common::{BODY_IN_URL, INDICES, MANAGER, NO_SOURCE, OUTPUT, SILENT};
use super::value::ValueKind::{Boolean, List, Text};
use super::value::{EXPAND, SHARDS, STATS_LEVELS};
use super::why::{ENDPOINT, LOCAL};
use super::{Rows, dropped, forward, reject, rewrite};
use crate::endpoint::ParamDecision::{Forward, Rewrite};

#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) static GROUPS: &[Rows] = &[
    Rows { group: "indices.exists", sets: &[SILENT, NO_SOURCE, INDICES], own: &[
        forward("cluster_manager_timeout", Text),
        rewrite("flat_settings", Boolean),
        rewrite("include_defaults", Boolean),
        forward("local", Boolean),
    ] },
    Rows { group: "indices.get", sets: &[OUTPUT, NO_SOURCE, INDICES, MANAGER], own: &[
        rewrite("flat_settings", Boolean),
        rewrite("include_defaults", Boolean),
    ] },
    Rows { group: "indices.create", sets: &[OUTPUT, NO_SOURCE], own: &[
        dropped("cluster_manager_timeout", Text, LOCAL).on_dedicated_index(Forward),
        dropped("master_timeout", Text, LOCAL).on_dedicated_index(Forward),
        dropped("timeout", Text, LOCAL).on_dedicated_index(Forward),
        dropped("wait_for_active_shards", SHARDS, LOCAL).on_dedicated_index(Forward),
    ] },
    Rows { group: "indices.refresh", sets: &[OUTPUT, NO_SOURCE, INDICES], own: &[] },
    Rows { group: "indices.flush", sets: &[OUTPUT, NO_SOURCE, INDICES], own: &[
        forward("force", Boolean),
        forward("wait_if_ongoing", Boolean),
    ] },
    Rows { group: "indices.get_mapping", sets: &[OUTPUT, NO_SOURCE, INDICES, MANAGER], own: &[
        rewrite("index", List),
    ] },
    Rows { group: "indices.put_mapping", sets: &[OUTPUT, NO_SOURCE, INDICES], own: &[
        forward("cluster_manager_timeout", Text),
        forward("master_timeout", Text),
        forward("timeout", Text),
        forward("write_index_only", Boolean),
    ] },
    Rows { group: "indices.get_field_mapping", sets: &[OUTPUT, NO_SOURCE, INDICES], own: &[
        forward("include_defaults", Boolean),
        forward("local", Boolean),
    ] },
    Rows { group: "indices.get_settings", sets: &[OUTPUT, NO_SOURCE, INDICES, MANAGER], own: &[
        rewrite("flat_settings", Boolean),
        rewrite("include_defaults", Boolean),
    ] },
    Rows { group: "indices.get_alias", sets: &[OUTPUT, NO_SOURCE, INDICES], own: &[
        forward("local", Boolean),
    ] },
    Rows { group: "indices.exists_alias", sets: &[SILENT, NO_SOURCE, INDICES], own: &[
        forward("local", Boolean),
    ] },
    Rows { group: "indices.analyze", sets: &[OUTPUT, BODY_IN_URL], own: &[
        rewrite("index", Text),
    ] },
    Rows { group: "indices.stats", sets: &[OUTPUT, NO_SOURCE], own: &[
        reject("completion_fields", List, ENDPOINT).on_dedicated_index(Forward),
        rewrite("expand_wildcards", EXPAND),
        reject("fielddata_fields", List, ENDPOINT).on_dedicated_index(Forward),
        reject("fields", List, ENDPOINT).on_dedicated_index(Forward),
        reject("forbid_closed_indices", Boolean, ENDPOINT).on_dedicated_index(Forward),
        reject("groups", List, ENDPOINT).on_dedicated_index(Forward),
        reject("include_segment_file_sizes", Boolean, ENDPOINT).on_dedicated_index(Forward),
        reject("include_unloaded_segments", Boolean, ENDPOINT).on_dedicated_index(Forward),
        reject("level", STATS_LEVELS, ENDPOINT).on_dedicated_index(Rewrite),
    ] },
    Rows { group: "indices.resolve_index", sets: &[OUTPUT, NO_SOURCE], own: &[
        rewrite("expand_wildcards", EXPAND),
    ] },
    Rows { group: "indices.exists_template", sets: &[SILENT, NO_SOURCE, MANAGER], own: &[
        rewrite("flat_settings", Boolean),
    ] },
    Rows { group: "indices.get_template", sets: &[OUTPUT, NO_SOURCE, MANAGER], own: &[
        rewrite("flat_settings", Boolean),
    ] },
    Rows { group: "indices.exists_index_template", sets: &[SILENT, NO_SOURCE, MANAGER], own: &[
        rewrite("flat_settings", Boolean),
    ] },
    Rows { group: "indices.get_index_template", sets: &[OUTPUT, NO_SOURCE, MANAGER], own: &[
        rewrite("flat_settings", Boolean),
    ] },
];
