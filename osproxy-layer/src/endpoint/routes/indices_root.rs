//! Index administration without an index in the path.
//!
//! Columns: see [`super`]. The reasons are in [`crate::endpoint::why`].

use super::{old, row};
use crate::endpoint::decision::Decision::{Forward, Operator, Reject, Rewrite, Virtual};
use crate::endpoint::methods::{DELETE, GET, HEAD, POST, PUT};
use crate::endpoint::why::{
    ALIASES, ALL_NUMBERS, CACHES, DATA_STREAMS, FLUSH, HEAVY_IO, INDEX_SETTINGS, LEGACY, NONE,
    SHARD_ADDRESSES, TEMPLATE_LIST, TEMPLATE_NAMES,
};
use crate::endpoint::{EndpointClass as C, Operation as O, Route};

#[rustfmt::skip] // one line a route: a table is read by column
pub(super) static ROUTES: &[Route] = &[
    row(GET,        "/_component_template",                    "cluster.get_component_template",    O::GetComponentTemplate,    C::IndexAdmin, [Virtual, Virtual,  Forward ], NONE),
    row(GET,        "/_component_template/{name}",             "cluster.get_component_template",    O::GetComponentTemplate,    C::IndexAdmin, [Virtual, Virtual,  Forward ], NONE),
    row(HEAD,       "/_component_template/{name}",             "cluster.exists_component_template", O::ExistsComponentTemplate, C::IndexAdmin, [Virtual, Virtual,  Forward ], NONE),
    row(POST | PUT, "/_component_template/{name}",             "cluster.put_component_template",    O::PutComponentTemplate,    C::IndexAdmin, [Reject,  Operator, Forward ], TEMPLATE_NAMES),
    row(DELETE,     "/_component_template/{name}",             "cluster.delete_component_template", O::Other,                   C::IndexAdmin, [Reject,  Operator, Forward ], TEMPLATE_NAMES),
    row(GET,        "/_alias",                                 "indices.get_alias",                 O::GetAlias,                C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(PUT,        "/_alias",                                 "indices.put_alias",                 O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], ALIASES),
    row(GET,        "/_alias/{name}",                          "indices.get_alias",                 O::GetAlias,                C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(HEAD,       "/_alias/{name}",                          "indices.exists_alias",              O::ExistsAlias,             C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(POST | PUT, "/_alias/{name}",                          "indices.put_alias",                 O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], ALIASES),
    row(POST,       "/_aliases",                               "indices.update_aliases",            O::Other,                   C::IndexAdmin, [Reject,  Operator, Forward ], ALIASES),
    old(POST | PUT, "/_aliases/{name}",                        "indices.put_alias",                 O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], ALIASES),
    row(GET | POST, "/_analyze",                               "indices.analyze",                   O::Analyze,                 C::IndexAdmin, [Rewrite, Rewrite,  Forward ], NONE),
    row(POST,       "/_cache/clear",                           "indices.clear_cache",               O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], CACHES),
    row(GET,        "/_data_stream",                           "indices.get_data_stream",           O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], DATA_STREAMS),
    row(GET,        "/_data_stream/_stats",                    "indices.data_streams_stats",        O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], DATA_STREAMS),
    row(GET,        "/_data_stream/{name}",                    "indices.get_data_stream",           O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], DATA_STREAMS),
    row(PUT,        "/_data_stream/{name}",                    "indices.create_data_stream",        O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], DATA_STREAMS),
    row(DELETE,     "/_data_stream/{name}",                    "indices.delete_data_stream",        O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], DATA_STREAMS),
    row(GET,        "/_data_stream/{name}/_stats",             "indices.data_streams_stats",        O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], DATA_STREAMS),
    row(GET | POST, "/_flush",                                 "indices.flush",                     O::Flush,                   C::IndexAdmin, [Reject,  Rewrite,  Forward ], FLUSH),
    row(POST,       "/_forcemerge",                            "indices.forcemerge",                O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], HEAVY_IO),
    row(GET,        "/_index_template",                        "indices.get_index_template",        O::GetIndexTemplate,        C::IndexAdmin, [Virtual, Virtual,  Forward ], NONE),
    row(POST,       "/_index_template/_simulate",              "indices.simulate_template",         O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], TEMPLATE_LIST),
    row(POST,       "/_index_template/_simulate/{name}",       "indices.simulate_template",         O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], TEMPLATE_LIST),
    row(POST,       "/_index_template/_simulate_index/{name}", "indices.simulate_index_template",   O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], TEMPLATE_LIST),
    row(GET,        "/_index_template/{name}",                 "indices.get_index_template",        O::GetIndexTemplate,        C::IndexAdmin, [Virtual, Virtual,  Forward ], NONE),
    row(HEAD,       "/_index_template/{name}",                 "indices.exists_index_template",     O::ExistsIndexTemplate,     C::IndexAdmin, [Virtual, Virtual,  Forward ], NONE),
    row(POST | PUT, "/_index_template/{name}",                 "indices.put_index_template",        O::PutIndexTemplate,        C::IndexAdmin, [Reject,  Operator, Forward ], TEMPLATE_NAMES),
    row(DELETE,     "/_index_template/{name}",                 "indices.delete_index_template",     O::Other,                   C::IndexAdmin, [Reject,  Operator, Forward ], TEMPLATE_NAMES),
    row(GET,        "/_mapping",                               "indices.get_mapping",               O::GetMapping,              C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(GET,        "/_mapping/field/{fields}",                "indices.get_field_mapping",         O::GetFieldMapping,         C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(GET,        "/_recovery",                              "indices.recovery",                  O::Other,                   C::IndexAdmin, [Reject,  Reject,   Operator], SHARD_ADDRESSES),
    row(GET | POST, "/_refresh",                               "indices.refresh",                   O::Refresh,                 C::IndexAdmin, [Rewrite, Rewrite,  Forward ], NONE),
    row(GET,        "/_resolve/index/{name}",                  "indices.resolve_index",             O::ResolveIndex,            C::IndexAdmin, [Virtual, Virtual,  Forward ], NONE),
    row(GET,        "/_segments",                              "indices.segments",                  O::Other,                   C::IndexAdmin, [Reject,  Reject,   Operator], SHARD_ADDRESSES),
    row(GET,        "/_settings",                              "indices.get_settings",              O::GetSettings,             C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(PUT,        "/_settings",                              "indices.put_settings",              O::PutSettings,             C::IndexAdmin, [Reject,  Reject,   Forward ], INDEX_SETTINGS),
    row(GET,        "/_settings/{name}",                       "indices.get_settings",              O::GetSettings,             C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(GET,        "/_shard_stores",                          "indices.shard_stores",              O::Other,                   C::IndexAdmin, [Reject,  Reject,   Operator], SHARD_ADDRESSES),
    row(GET,        "/_stats",                                 "indices.stats",                     O::Stats,                   C::IndexAdmin, [Reject,  Rewrite,  Forward ], ALL_NUMBERS),
    row(GET,        "/_stats/{metric}",                        "indices.stats",                     O::Stats,                   C::IndexAdmin, [Reject,  Rewrite,  Forward ], ALL_NUMBERS),
    row(GET,        "/_template",                              "indices.get_template",              O::GetTemplate,             C::IndexAdmin, [Virtual, Virtual,  Forward ], NONE),
    row(GET,        "/_template/{name}",                       "indices.get_template",              O::GetTemplate,             C::IndexAdmin, [Virtual, Virtual,  Forward ], NONE),
    row(HEAD,       "/_template/{name}",                       "indices.exists_template",           O::ExistsTemplate,          C::IndexAdmin, [Virtual, Virtual,  Forward ], NONE),
    row(POST | PUT, "/_template/{name}",                       "indices.put_template",              O::PutTemplate,             C::IndexAdmin, [Reject,  Operator, Forward ], TEMPLATE_NAMES),
    row(DELETE,     "/_template/{name}",                       "indices.delete_template",           O::Other,                   C::IndexAdmin, [Reject,  Operator, Forward ], TEMPLATE_NAMES),
    old(GET,        "/_upgrade",                               "indices.get_upgrade",               O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], LEGACY),
    old(POST,       "/_upgrade",                               "indices.upgrade",                   O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], LEGACY),
    row(GET,        "/_aliases",                               "indices.get_alias",                 O::GetAlias,                C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(GET,        "/_mappings",                              "indices.get_mapping",               O::GetMapping,              C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(POST,       "/_data_stream/_modify",                   "indices.modify_data_stream",        O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], DATA_STREAMS),
    old(GET | POST, "/_flush/synced",                          "indices.flush_synced",              O::Other,                   C::IndexAdmin, [Reject,  Reject,   Forward ], LEGACY),
];
