//! Whole prefixes: plug-ins, typed paths of old servers, and OPTIONS.
//!
//! Columns: see [`super`]. The reasons are in [`crate::endpoint::why`].

use super::{old, row};
use crate::endpoint::decision::Decision::{Forward, Operator, Reject, Virtual};
use crate::endpoint::methods::{ANY, OPTIONS};
use crate::endpoint::why::{
    ASYNC_SEARCH, BACKGROUND, BODY_INDEX, CLUSTER_INTERNALS, DASHBOARDS, NONE, PLUGIN_GLOBAL,
    QUERY_TEXT, SECURITY, TASK_LIST, TYPED,
};
use crate::endpoint::{EndpointClass as C, Operation as O, Route};

#[rustfmt::skip] // one line a route: a table is read by column
pub(super) static ROUTES: &[Route] = &[
    row(OPTIONS, "/**",                                    "options",               O::Options, C::Info,        [Virtual, Virtual,  Virtual ], NONE),
    old(ANY,     "/{index}/{type}/**",                     "typed",                 O::Other,   C::Unsupported, [Reject,  Reject,   Reject  ], TYPED),
    row(ANY,     "/_opensearch_dashboards/**",             "dashboards module",     O::Other,   C::Unsupported, [Reject,  Reject,   Operator], DASHBOARDS),
    old(ANY,     "/_opendistro/**",                        "legacy plugin prefix",  O::Other,   C::Unsupported, [Reject,  Reject,   Operator], PLUGIN_GLOBAL),
    row(ANY,     "/_plugins/_alerting/**",                 "alerting",              O::Other,   C::Unsupported, [Reject,  Reject,   Operator], BACKGROUND),
    row(ANY,     "/_plugins/_anomaly_detection/**",        "anomaly_detection",     O::Other,   C::Unsupported, [Reject,  Reject,   Operator], BACKGROUND),
    row(ANY,     "/_plugins/_reports/**",                  "reports",               O::Other,   C::Unsupported, [Reject,  Reject,   Operator], PLUGIN_GLOBAL),
    row(ANY,     "/_plugins/_performanceanalyzer/**",      "performance analyzer",  O::Other,   C::Unsupported, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(ANY,     "/_plugins/_job_scheduler/**",            "job_scheduler",         O::Other,   C::Unsupported, [Reject,  Reject,   Operator], PLUGIN_GLOBAL),
    row(ANY,     "/_wlm/workload_group/**",                "wlm",                   O::Other,   C::Unsupported, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(ANY,     "/_wlm/stats/**",                         "wlm",                   O::Other,   C::Unsupported, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(ANY,     "/_rules/**",                             "rules",                 O::Other,   C::Unsupported, [Reject,  Reject,   Operator], PLUGIN_GLOBAL),
    row(ANY,     "/_plugins/_asynchronous_search/**",      "asynchronous_search.*", O::Other,   C::Search,      [Reject,  Reject,   Forward ], ASYNC_SEARCH),
    row(ANY,     "/_plugins/_flow_framework/**",           "flow_framework.*",      O::Other,   C::Unsupported, [Reject,  Reject,   Operator], BACKGROUND),
    row(ANY,     "/_plugins/geospatial/**",                "geospatial.*",          O::Other,   C::Unsupported, [Reject,  Reject,   Operator], BODY_INDEX),
    row(ANY,     "/_insights/**",                          "insights.*",            O::Other,   C::Unsupported, [Reject,  Reject,   Operator], TASK_LIST),
    row(ANY,     "/_plugins/_ism/**",                      "ism.*",                 O::Other,   C::Unsupported, [Reject,  Reject,   Operator], BACKGROUND),
    row(ANY,     "/_plugins/_refresh_search_analyzers/**", "ism.*",                 O::Other,   C::Unsupported, [Reject,  Reject,   Operator], BACKGROUND),
    row(ANY,     "/_plugins/_knn/**",                      "knn.*",                 O::Other,   C::Unsupported, [Reject,  Reject,   Operator], BODY_INDEX),
    row(ANY,     "/_ltr/**",                               "ltr.*",                 O::Other,   C::Unsupported, [Reject,  Reject,   Operator], PLUGIN_GLOBAL),
    row(ANY,     "/_plugins/_ltr/**",                      "ltr.*",                 O::Other,   C::Unsupported, [Reject,  Reject,   Operator], PLUGIN_GLOBAL),
    row(ANY,     "/_plugins/_ml/**",                       "ml.*",                  O::Other,   C::Unsupported, [Reject,  Reject,   Operator], BODY_INDEX),
    row(ANY,     "/_plugins/_neural/**",                   "neural.*",              O::Other,   C::Unsupported, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
    row(ANY,     "/_plugins/_notifications/**",            "notifications.*",       O::Other,   C::Unsupported, [Reject,  Reject,   Operator], PLUGIN_GLOBAL),
    row(ANY,     "/_plugins/_observability/**",            "observability.*",       O::Other,   C::Unsupported, [Reject,  Reject,   Forward ], PLUGIN_GLOBAL),
    row(ANY,     "/_plugins/_ppl/**",                      "ppl.*",                 O::Other,   C::Unsupported, [Reject,  Reject,   Forward ], QUERY_TEXT),
    row(ANY,     "/_plugins/_query/**",                    "query.*",               O::Other,   C::Unsupported, [Reject,  Reject,   Operator], PLUGIN_GLOBAL),
    row(ANY,     "/_plugins/_replication/**",              "replication.*",         O::Other,   C::Unsupported, [Reject,  Reject,   Operator], BODY_INDEX),
    row(ANY,     "/_plugins/_rollup/**",                   "rollups.*",             O::Other,   C::Unsupported, [Reject,  Reject,   Forward ], BACKGROUND),
    row(ANY,     "/_plugins/_search_relevance/**",         "search_relevance.*",    O::Other,   C::Unsupported, [Reject,  Reject,   Forward ], BACKGROUND),
    row(ANY,     "/_opendistro/_security/**",              "security.*",            O::Other,   C::Unsupported, [Reject,  Reject,   Operator], SECURITY),
    row(ANY,     "/_plugins/_security/**",                 "security.*",            O::Other,   C::Unsupported, [Reject,  Reject,   Operator], SECURITY),
    row(ANY,     "/_plugins/_security_analytics/**",       "security_analytics.*",  O::Other,   C::Unsupported, [Reject,  Reject,   Operator], PLUGIN_GLOBAL),
    row(ANY,     "/_plugins/_sm/**",                       "sm.*",                  O::Other,   C::Unsupported, [Reject,  Reject,   Operator], BACKGROUND),
    row(ANY,     "/_plugins/_query/**",                    "sql.*",                 O::Other,   C::Unsupported, [Reject,  Reject,   Operator], QUERY_TEXT),
    row(ANY,     "/_plugins/_sql/**",                      "sql.*",                 O::Other,   C::Unsupported, [Reject,  Reject,   Forward ], QUERY_TEXT),
    row(ANY,     "/_plugins/_transform/**",                "transforms.*",          O::Other,   C::Unsupported, [Reject,  Reject,   Forward ], BACKGROUND),
    row(ANY,     "/_plugins/ubi/**",                       "ubi.*",                 O::Other,   C::Unsupported, [Reject,  Reject,   Forward ], PLUGIN_GLOBAL),
    row(ANY,     "/_wlm/**",                               "wlm.*",                 O::Other,   C::Unsupported, [Reject,  Reject,   Operator], CLUSTER_INTERNALS),
];
