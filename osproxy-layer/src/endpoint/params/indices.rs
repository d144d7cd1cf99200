//! Parameters of index administration.

use super::common::{BODY_IN_URL, INDICES, MANAGER, NO_SOURCE, OUTPUT, SILENT};
use super::value::ValueKind::{Boolean, List, Text};
use super::value::{EXPAND, SHARDS, STATS_LEVELS};
use super::why::{ENDPOINT, LOCAL};
use super::{Group, dropped, forward, reject, rewrite};
use crate::endpoint::ParamDecision::{Forward, Rewrite};

#[rustfmt::skip] // one line a parameter: a table is read by column
pub(super) static GROUPS: &[Group] = &[
    Group { name: "indices.exists", sets: &[SILENT, NO_SOURCE, INDICES], own: &[
        forward("cluster_manager_timeout", Text),
        rewrite("flat_settings", Boolean),
        rewrite("include_defaults", Boolean),
        forward("local", Boolean),
    ] },
    Group { name: "indices.get", sets: &[OUTPUT, NO_SOURCE, INDICES, MANAGER], own: &[
        rewrite("flat_settings", Boolean),
        rewrite("include_defaults", Boolean),
    ] },
    Group { name: "indices.create", sets: &[OUTPUT, NO_SOURCE], own: &[
        dropped("cluster_manager_timeout", Text, LOCAL).on_dedicated_index(Forward),
        dropped("master_timeout", Text, LOCAL).on_dedicated_index(Forward),
        dropped("timeout", Text, LOCAL).on_dedicated_index(Forward),
        dropped("wait_for_active_shards", SHARDS, LOCAL).on_dedicated_index(Forward),
    ] },
    Group { name: "indices.refresh", sets: &[OUTPUT, NO_SOURCE, INDICES], own: &[] },
    Group { name: "indices.flush", sets: &[OUTPUT, NO_SOURCE, INDICES], own: &[
        forward("force", Boolean),
        forward("wait_if_ongoing", Boolean),
    ] },
    Group { name: "indices.get_mapping", sets: &[OUTPUT, NO_SOURCE, INDICES, MANAGER], own: &[
        rewrite("index", List),
    ] },
    Group { name: "indices.put_mapping", sets: &[OUTPUT, NO_SOURCE, INDICES], own: &[
        forward("cluster_manager_timeout", Text),
        forward("master_timeout", Text),
        forward("timeout", Text),
        forward("write_index_only", Boolean),
    ] },
    Group { name: "indices.get_field_mapping", sets: &[OUTPUT, NO_SOURCE, INDICES], own: &[
        forward("include_defaults", Boolean),
        forward("local", Boolean),
    ] },
    Group { name: "indices.get_settings", sets: &[OUTPUT, NO_SOURCE, INDICES, MANAGER], own: &[
        rewrite("flat_settings", Boolean),
        rewrite("include_defaults", Boolean),
    ] },
    Group { name: "indices.get_alias", sets: &[OUTPUT, NO_SOURCE, INDICES], own: &[
        forward("local", Boolean),
    ] },
    Group { name: "indices.exists_alias", sets: &[SILENT, NO_SOURCE, INDICES], own: &[
        forward("local", Boolean),
    ] },
    Group { name: "indices.analyze", sets: &[OUTPUT, BODY_IN_URL], own: &[
        rewrite("index", Text),
    ] },
    Group { name: "indices.stats", sets: &[OUTPUT, NO_SOURCE], own: &[
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
    Group { name: "indices.resolve_index", sets: &[OUTPUT, NO_SOURCE], own: &[
        rewrite("expand_wildcards", EXPAND),
    ] },
    Group { name: "indices.exists_template", sets: &[SILENT, NO_SOURCE, MANAGER], own: &[
        rewrite("flat_settings", Boolean),
    ] },
    Group { name: "indices.get_template", sets: &[OUTPUT, NO_SOURCE, MANAGER], own: &[
        rewrite("flat_settings", Boolean),
    ] },
    Group { name: "indices.exists_index_template", sets: &[SILENT, NO_SOURCE, MANAGER], own: &[
        rewrite("flat_settings", Boolean),
    ] },
    Group { name: "indices.get_index_template", sets: &[OUTPUT, NO_SOURCE, MANAGER], own: &[
        rewrite("flat_settings", Boolean),
    ] },
];
