//! Tables for people: `_cat` and `_list`.
//!
//! Columns: see [`super`]. The reasons are in [`crate::endpoint::why`].

use super::{old, row};
use crate::endpoint::decision::Decision::{Forward, Operator, Reject, Rewrite, Virtual};
use crate::endpoint::methods::GET;
use crate::endpoint::why::{
    ALIAS_LIST, CLUSTER_INTERNALS, NONE, PAGED_LIST, STATIC_LIST, TEMPLATE_LIST,
};
use crate::endpoint::{EndpointClass as C, Operation as O, Route};

#[rustfmt::skip] // one line a route: a table is read by column
pub(super) static ROUTES: &[Route] = &[
    row(GET, "/_cat",                                    "cat.help",                O::Other,      C::Cat, [Reject,  Reject,   Forward ], STATIC_LIST),
    row(GET, "/_cat/aliases",                            "cat.aliases",             O::Other,      C::Cat, [Reject,  Reject,   Forward ], ALIAS_LIST),
    row(GET, "/_cat/aliases/{name}",                     "cat.aliases",             O::Other,      C::Cat, [Reject,  Reject,   Forward ], ALIAS_LIST),
    row(GET, "/_cat/allocation",                         "cat.allocation",          O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/allocation/{node_id}",               "cat.allocation",          O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/cluster_manager",                    "cat.cluster_manager",     O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/count",                              "cat.count",               O::CatCount,   C::Cat, [Rewrite, Rewrite,  Forward ], NONE),
    row(GET, "/_cat/count/{index}",                      "cat.count",               O::CatCount,   C::Cat, [Rewrite, Rewrite,  Forward ], NONE),
    row(GET, "/_cat/fielddata",                          "cat.fielddata",           O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/fielddata/{fields}",                 "cat.fielddata",           O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/health",                             "cat.health",              O::CatHealth,  C::Cat, [Virtual, Virtual,  Forward ], NONE),
    row(GET, "/_cat/indices",                            "cat.indices",             O::CatIndices, C::Cat, [Virtual, Virtual,  Forward ], NONE),
    row(GET, "/_cat/indices/{index}",                    "cat.indices",             O::CatIndices, C::Cat, [Virtual, Virtual,  Forward ], NONE),
    old(GET, "/_cat/master",                             "cat.master",              O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/nodeattrs",                          "cat.nodeattrs",           O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/nodes",                              "cat.nodes",               O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/pending_tasks",                      "cat.pending_tasks",       O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/pit_segments",                       "cat.pit_segments",        O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/pit_segments/_all",                  "cat.all_pit_segments",    O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/plugins",                            "cat.plugins",             O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/recovery",                           "cat.recovery",            O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/recovery/{index}",                   "cat.recovery",            O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/repositories",                       "cat.repositories",        O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/segment_replication",                "cat.segment_replication", O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/segment_replication/{index}",        "cat.segment_replication", O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/segments",                           "cat.segments",            O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/segments/{index}",                   "cat.segments",            O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/shards",                             "cat.shards",              O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/shards/{index}",                     "cat.shards",              O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/snapshots",                          "cat.snapshots",           O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/snapshots/{repository}",             "cat.snapshots",           O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/tasks",                              "cat.tasks",               O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/templates",                          "cat.templates",           O::Other,      C::Cat, [Reject,  Reject,   Forward ], TEMPLATE_LIST),
    row(GET, "/_cat/templates/{name}",                   "cat.templates",           O::Other,      C::Cat, [Reject,  Reject,   Forward ], TEMPLATE_LIST),
    row(GET, "/_cat/thread_pool",                        "cat.thread_pool",         O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/thread_pool/{thread_pool_patterns}", "cat.thread_pool",         O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_list",                                   "list.help",               O::Other,      C::Cat, [Reject,  Reject,   Forward ], STATIC_LIST),
    row(GET, "/_list/indices",                           "list.indices",            O::Other,      C::Cat, [Reject,  Reject,   Forward ], PAGED_LIST),
    row(GET, "/_list/indices/{index}",                   "list.indices",            O::Other,      C::Cat, [Reject,  Reject,   Forward ], PAGED_LIST),
    row(GET, "/_list/shards",                            "list.shards",             O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_list/shards/{index}",                    "list.shards",             O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/segment_topology",                   "cat.segment_topology",    O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET, "/_cat/segment_topology/{index}",           "cat.segment_topology",    O::Other,      C::Cat, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
];
