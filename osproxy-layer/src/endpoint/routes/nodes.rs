//! Nodes of the cluster.
//!
//! Columns: see [`super`]. The reasons are in [`crate::endpoint::why`].

use super::{old, row};
use crate::endpoint::decision::Decision::{Operator, Reject, Virtual};
use crate::endpoint::methods::{GET, POST};
use crate::endpoint::why::{ALL_NUMBERS, CLUSTER_INTERNALS, NONE};
use crate::endpoint::{EndpointClass as C, Operation as O, Route};

#[rustfmt::skip] // one line a route: a table is read by column
pub(super) static ROUTES: &[Route] = &[
    row(GET,  "/_cluster/stats/nodes/{node_id}",                         "cluster.stats",                O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], ALL_NUMBERS),
    row(GET,  "/_cluster/stats/{metric}/nodes/{node_id}",                "cluster.stats",                O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], ALL_NUMBERS),
    row(GET,  "/_cluster/stats/{metric}/{index_metric}/nodes/{node_id}", "cluster.stats",                O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], ALL_NUMBERS),
    old(GET,  "/_cluster/nodes/hot_threads",                             "nodes.hot_threads",            O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    old(GET,  "/_cluster/nodes/{node_id}/hot_threads",                   "nodes.hot_threads",            O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes",                                                 "nodes.info",                   O::NodesInfo, C::ClusterAdmin, [Virtual, Virtual,  Virtual ], NONE),
    row(GET,  "/_nodes/hot_threads",                                     "nodes.hot_threads",            O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(POST, "/_nodes/reload_secure_settings",                          "nodes.reload_secure_settings", O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes/stats",                                           "nodes.stats",                  O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes/stats/{metric}",                                  "nodes.stats",                  O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes/stats/{metric}/{index_metric}",                   "nodes.stats",                  O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes/usage",                                           "nodes.usage",                  O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes/usage/{metric}",                                  "nodes.usage",                  O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes/{node_id_or_metric}",                             "nodes.info",                   O::NodesInfo, C::ClusterAdmin, [Virtual, Virtual,  Virtual ], NONE),
    row(GET,  "/_nodes/{node_id}/hot_threads",                           "nodes.hot_threads",            O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(POST, "/_nodes/{node_id}/reload_secure_settings",                "nodes.reload_secure_settings", O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes/{node_id}/stats",                                 "nodes.stats",                  O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes/{node_id}/stats/{metric}",                        "nodes.stats",                  O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes/{node_id}/stats/{metric}/{index_metric}",         "nodes.stats",                  O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes/{node_id}/usage",                                 "nodes.usage",                  O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes/{node_id}/usage/{metric}",                        "nodes.usage",                  O::Other,     C::ClusterAdmin, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(GET,  "/_nodes/{node_id}/{metric}",                              "nodes.info",                   O::NodesInfo, C::ClusterAdmin, [Virtual, Virtual,  Virtual ], NONE),
];
