//! The columns of the tables, as the node's own `help` lists them (3.8.0). Those of `_cat/indices` that describe a whole
//! index's memory are left out: no per-tenant view of them exists.

use super::Column;

const fn left(
    name: &'static str,
    aliases: &'static [&'static str],
    shown: bool,
    about: &'static str,
) -> Column {
    Column {
        name,
        aliases,
        right: false,
        shown,
        about,
    }
}

const fn right(
    name: &'static str,
    aliases: &'static [&'static str],
    shown: bool,
    about: &'static str,
) -> Column {
    Column {
        name,
        aliases,
        right: true,
        shown,
        about,
    }
}

/// `_cat/health`
#[rustfmt::skip] // one line a column: a table is read by column
pub(crate) static HEALTH: &[Column] = &[
    left("epoch",                       &["t", "time"],                                       true, "seconds since 1970-01-01 00:00:00"),
    left("timestamp",                   &["ts", "hms", "hhmmss"],                             true, "time in HH:MM:SS"),
    left("cluster",                     &["cl"],                                              true, "cluster name"),
    left("status",                      &["st"],                                              true, "health status"),
    right("node.total",                 &["nt", "nodeTotal"],                                 true, "total number of nodes"),
    right("node.data",                  &["nd", "nodeData"],                                  true, "number of nodes that can store data"),
    right("discovered_cluster_manager", &["dcm", "dm", "discovered_master"],                  true, "cluster manager is discovered or not"),
    right("shards",                     &["t", "sh", "shards.total", "shardsTotal"],          true, "total number of shards"),
    right("pri",                        &["p", "shards.primary", "shardsPrimary"],            true, "number of primary shards"),
    right("relo",                       &["r", "shards.relocating", "shardsRelocating"],      true, "number of relocating nodes"),
    right("init",                       &["i", "shards.initializing", "shardsInitializing"],  true, "number of initializing nodes"),
    right("unassign",                   &["u", "shards.unassigned", "shardsUnassigned"],      true, "number of unassigned shards"),
    right("pending_tasks",              &["pt", "pendingTasks"],                              true, "number of pending tasks"),
    right("max_task_wait_time",         &["mtwt", "maxTaskWaitTime"],                         true, "wait time of longest task pending"),
    right("active_shards_percent",      &["asp", "activeShardsPercent"],                      true, "active number of shards in percent"),
];

/// `_cat/indices`
#[rustfmt::skip] // one line a column: a table is read by column
pub(crate) static INDICES: &[Column] = &[
    left("health",               &["h"],                                  true,  "current health status"),
    left("status",               &["s"],                                  true,  "open/close status"),
    left("index",                &["i", "idx"],                           true,  "index name"),
    left("uuid",                 &["id", "uuid"],                         true,  "index uuid"),
    right("pri",                 &["p", "shards.primary", "shardsPrimary"], true, "number of primary shards"),
    right("rep",                 &["r", "shards.replica", "shardsReplica"], true, "number of replica shards"),
    right("docs.count",          &["dc", "docsCount"],                    true,  "available docs"),
    right("docs.deleted",        &["dd", "docsDeleted"],                  true,  "deleted docs"),
    left("creation.date",        &["cd"],                                 false, "index creation date (millisecond value)"),
    left("creation.date.string", &["cds"],                                false, "index creation date (as string)"),
    right("store.size",          &["ss", "storeSize"],                    true,  "store size of primaries & replicas"),
    right("pri.store.size",      &[],                                     true,  "store size of primaries"),
];

/// `_cat/count`
#[rustfmt::skip] // one line a column: a table is read by column
pub(crate) static COUNT: &[Column] = &[
    left("epoch",     &["t", "time"],               true, "seconds since 1970-01-01 00:00:00"),
    left("timestamp", &["ts", "hms", "hhmmss"],     true, "time in HH:MM:SS"),
    left("count",     &["dc", "docs.count", "docsCount"], true, "the document count"),
];
