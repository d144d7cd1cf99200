//! The cluster itself: settings, state, stores.
//!
//! Columns: see [`super`]. The reasons are in [`crate::endpoint::why`].

use super::row;
use crate::endpoint::decision::Decision::{Forward, Operator, Reject, Rewrite, Virtual};
use crate::endpoint::methods::{DELETE, GET, POST, PUT};
use crate::endpoint::why::{
    ALL_NUMBERS, CACHES, CLUSTER_INTERNALS, CLUSTER_SETTINGS, CLUSTER_STATE, DANGLING, NONE,
    SNAPSHOTS,
};
use crate::endpoint::{EndpointClass as C, Operation as O, Route};

#[rustfmt::skip] // one line a route: a table is read by column
pub(super) static ROUTES: &[Route] = &[
    row(GET | POST, "/_cluster/allocation/explain",                                                            "cluster.allocation_explain",              O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(DELETE,     "/_cluster/decommission/awareness",                                                        "cluster.delete_decommission_awareness",   O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,        "/_cluster/decommission/awareness/{awareness_attribute_name}/_status",                     "cluster.get_decommission_awareness",      O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(PUT,        "/_cluster/decommission/awareness/{awareness_attribute_name}/{awareness_attribute_value}", "cluster.put_decommission_awareness",      O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,        "/_cluster/health",                                                                        "cluster.health",                          O::ClusterHealth, C::ClusterAdmin, [Virtual, Virtual,  Forward ], NONE),
    row(GET,        "/_cluster/health/{index}",                                                                "cluster.health",                          O::ClusterHealth, C::ClusterAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(GET,        "/_cluster/pending_tasks",                                                                 "cluster.pending_tasks",                   O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(POST,       "/_cluster/reroute",                                                                       "cluster.reroute",                         O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(DELETE,     "/_cluster/routing/awareness/weights",                                                     "cluster.delete_weighted_routing",         O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,        "/_cluster/routing/awareness/{attribute}/weights",                                         "cluster.get_weighted_routing",            O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(PUT,        "/_cluster/routing/awareness/{attribute}/weights",                                         "cluster.put_weighted_routing",            O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,        "/_cluster/settings",                                                                      "cluster.get_settings",                    O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_SETTINGS),
    row(PUT,        "/_cluster/settings",                                                                      "cluster.put_settings",                    O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_SETTINGS),
    row(GET,        "/_cluster/state",                                                                         "cluster.state",                           O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_STATE),
    row(GET,        "/_cluster/state/{metric}",                                                                "cluster.state",                           O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_STATE),
    row(GET,        "/_cluster/state/{metric}/{index}",                                                        "cluster.state",                           O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_STATE),
    row(GET,        "/_cluster/stats",                                                                         "cluster.stats",                           O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], ALL_NUMBERS),
    row(POST,       "/_cluster/voting_config_exclusions",                                                      "cluster.post_voting_config_exclusions",   O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(DELETE,     "/_cluster/voting_config_exclusions",                                                      "cluster.delete_voting_config_exclusions", O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,        "/_remote/info",                                                                           "cluster.remote_info",                     O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,        "/_dangling",                                                                              "dangling_indices.list_dangling_indices",  O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], DANGLING),
    row(POST,       "/_dangling/{index_uuid}",                                                                 "dangling_indices.import_dangling_index",  O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], DANGLING),
    row(DELETE,     "/_dangling/{index_uuid}",                                                                 "dangling_indices.delete_dangling_index",  O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], DANGLING),
    row(POST,       "/_remotestore/_restore",                                                                  "remote_store.restore",                    O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(POST,       "/_cache/filecache/prune",                                                                 "cache.prune",                             O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CACHES),
    row(POST,       "/_blockcache/prune",                                                                      "cache.prune",                             O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CACHES),
    row(GET,        "/_hunspell/cache",                                                                        "hunspell",                                O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CACHES),
    row(POST,       "/_hunspell/cache/_invalidate",                                                            "hunspell",                                O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CACHES),
    row(POST,       "/_hunspell/cache/_invalidate_all",                                                        "hunspell",                                O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CACHES),
    row(GET,        "/_remotestore/stats/{index}",                                                             "remote_store.stats",                      O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,        "/_remotestore/stats/{index}/{shard_id}",                                                  "remote_store.stats",                      O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,        "/_remotestore/metadata/{index}",                                                          "remote_store.stats",                      O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,        "/_remotestore/metadata/{index}/{shard_id}",                                               "remote_store.stats",                      O::Other,         C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
];
