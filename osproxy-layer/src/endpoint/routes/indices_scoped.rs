//! Index administration of the index in the path.
//!
//! Columns: see [`super`]. The reasons are in [`crate::endpoint::why`].

use super::{old, row};
use crate::endpoint::decision::Decision::{Forward, Operator, Reject, Rewrite, Virtual};
use crate::endpoint::methods::{DELETE, GET, HEAD, POST, PUT};
use crate::endpoint::why::{
    ALIASES, ALL_NUMBERS, CACHES, FLUSH, HEAVY_IO, INDEX_SETTINGS, LEGACY, NAMES_BY_SERVER, NONE,
    PULLED, SCHEMA, SECOND_INDEX, SHARD_ADDRESSES, WHOLE_INDEX,
};
use crate::endpoint::{EndpointClass as C, Operation as O, Route};

#[rustfmt::skip] // one line a route: a table is read by column
pub(super) static ROUTES: &[Route] = &[
    row(POST,       "/{alias}/_rollover",               "indices.rollover",          O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], NAMES_BY_SERVER),
    row(POST,       "/{alias}/_rollover/{new_index}",   "indices.rollover",          O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], NAMES_BY_SERVER),
    row(GET,        "/{index}",                         "indices.get",               O::IndexGet,        C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(HEAD,       "/{index}",                         "indices.exists",            O::IndexExists,     C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(PUT,        "/{index}",                         "indices.create",            O::IndexCreate,     C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(DELETE,     "/{index}",                         "indices.delete",            O::IndexDelete,     C::IndexAdmin, [Reject,  Operator, Forward ], WHOLE_INDEX),
    row(GET,        "/{index}/_alias",                  "indices.get_alias",         O::GetAlias,        C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(PUT,        "/{index}/_alias",                  "indices.put_alias",         O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], ALIASES),
    row(GET,        "/{index}/_alias/{name}",           "indices.get_alias",         O::GetAlias,        C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(HEAD,       "/{index}/_alias/{name}",           "indices.exists_alias",      O::ExistsAlias,     C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(POST | PUT, "/{index}/_alias/{name}",           "indices.put_alias",         O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], ALIASES),
    row(DELETE,     "/{index}/_alias/{name}",           "indices.delete_alias",      O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], ALIASES),
    old(PUT,        "/{index}/_aliases",                "indices.put_alias",         O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], ALIASES),
    old(POST | PUT, "/{index}/_aliases/{name}",         "indices.put_alias",         O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], ALIASES),
    old(DELETE,     "/{index}/_aliases/{name}",         "indices.delete_alias",      O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], ALIASES),
    row(GET | POST, "/{index}/_analyze",                "indices.analyze",           O::Analyze,         C::IndexAdmin, [Rewrite, Rewrite,  Forward ], NONE),
    row(PUT,        "/{index}/_block/{block}",          "indices.add_block",         O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], WHOLE_INDEX),
    row(POST,       "/{index}/_cache/clear",            "indices.clear_cache",       O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], CACHES),
    row(POST | PUT, "/{index}/_clone/{target}",         "indices.clone",             O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], SECOND_INDEX),
    row(POST,       "/{index}/_close",                  "indices.close",             O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], WHOLE_INDEX),
    row(GET | POST, "/{index}/_flush",                  "indices.flush",             O::Flush,           C::IndexAdmin, [Reject,  Rewrite,  Forward ], FLUSH),
    row(POST,       "/{index}/_forcemerge",             "indices.forcemerge",        O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], HEAVY_IO),
    row(GET,        "/{index}/_mapping",                "indices.get_mapping",       O::GetMapping,      C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(POST | PUT, "/{index}/_mapping",                "indices.put_mapping",       O::PutMapping,      C::IndexAdmin, [Reject,  Rewrite,  Forward ], SCHEMA),
    row(GET,        "/{index}/_mapping/field/{fields}", "indices.get_field_mapping", O::GetFieldMapping, C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(POST,       "/{index}/_open",                   "indices.open",              O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], WHOLE_INDEX),
    row(GET,        "/{index}/_recovery",               "indices.recovery",          O::Other,           C::IndexAdmin, [Reject,  Operator, Operator], SHARD_ADDRESSES),
    row(GET | POST, "/{index}/_refresh",                "indices.refresh",           O::Refresh,         C::IndexAdmin, [Rewrite, Rewrite,  Forward ], NONE),
    row(GET,        "/{index}/_segments",               "indices.segments",          O::Other,           C::IndexAdmin, [Reject,  Operator, Operator], SHARD_ADDRESSES),
    row(GET,        "/{index}/_settings",               "indices.get_settings",      O::GetSettings,     C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(PUT,        "/{index}/_settings",               "indices.put_settings",      O::PutSettings,     C::IndexAdmin, [Reject,  Operator, Forward ], INDEX_SETTINGS),
    row(GET,        "/{index}/_settings/{name}",        "indices.get_settings",      O::GetSettings,     C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(GET,        "/{index}/_shard_stores",           "indices.shard_stores",      O::Other,           C::IndexAdmin, [Reject,  Operator, Operator], SHARD_ADDRESSES),
    row(POST | PUT, "/{index}/_shrink/{target}",        "indices.shrink",            O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], SECOND_INDEX),
    row(POST | PUT, "/{index}/_split/{target}",         "indices.split",             O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], SECOND_INDEX),
    row(GET,        "/{index}/_stats",                  "indices.stats",             O::Stats,           C::IndexAdmin, [Reject,  Rewrite,  Forward ], ALL_NUMBERS),
    row(GET,        "/{index}/_stats/{metric}",         "indices.stats",             O::Stats,           C::IndexAdmin, [Reject,  Rewrite,  Forward ], ALL_NUMBERS),
    old(GET,        "/{index}/_upgrade",                "indices.get_upgrade",       O::Other,           C::IndexAdmin, [Reject,  Reject,   Forward ], LEGACY),
    old(POST,       "/{index}/_upgrade",                "indices.upgrade",           O::Other,           C::IndexAdmin, [Reject,  Reject,   Forward ], LEGACY),
    row(POST,       "/{index}/ingestion/_pause",        "ingestion.pause",           O::Other,           C::IndexAdmin, [Reject,  Reject,   Operator], PULLED),
    row(POST,       "/{index}/ingestion/_resume",       "ingestion.resume",          O::Other,           C::IndexAdmin, [Reject,  Reject,   Operator], PULLED),
    row(GET,        "/{index}/ingestion/_state",        "ingestion.get_state",       O::Other,           C::IndexAdmin, [Reject,  Reject,   Operator], PULLED),
    row(HEAD,       "/{index}/_alias",                  "indices.exists_alias",      O::ExistsAlias,     C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(GET,        "/{index}/_mappings",               "indices.get_mapping",       O::GetMapping,      C::IndexAdmin, [Virtual, Rewrite,  Forward ], NONE),
    row(POST | PUT, "/{index}/_mappings",               "indices.put_mapping",       O::PutMapping,      C::IndexAdmin, [Reject,  Rewrite,  Forward ], SCHEMA),
    row(POST,       "/{index}/_scale",                  "indices.scale",             O::Other,           C::IndexAdmin, [Reject,  Operator, Forward ], WHOLE_INDEX),
    old(GET | POST, "/{index}/_flush/synced",           "indices.flush_synced",      O::Other,           C::IndexAdmin, [Reject,  Reject,   Forward ], LEGACY),
];
