//! The root, ingest pipelines, scripts, and what belongs to no other group.
//!
//! Columns: see [`super`]. The reasons are in [`crate::endpoint::why`].

use super::row;
use crate::endpoint::decision::Decision::{Forward, Operator, Reject, Virtual};
use crate::endpoint::methods::{DELETE, GET, HEAD, POST, PUT};
use crate::endpoint::why::{
    NONE, PIPELINES, RANK_EVAL, REINDEX, SCRIPT_RUN, SEARCH_PIPELINES, SHARD_ADDRESSES,
    STATIC_LIST, STORED_SCRIPTS, VIEWS,
};
use crate::endpoint::{EndpointClass as C, Operation as O, Route};

#[rustfmt::skip] // one line a route: a table is read by column
pub(super) static ROUTES: &[Route] = &[
    row(GET,        "/",                                "info",                     O::Info,    C::Info,           [Virtual, Virtual,  Forward ], NONE),
    row(HEAD,       "/",                                "ping",                     O::Ping,    C::Info,           [Virtual, Virtual,  Forward ], NONE),
    row(GET | POST, "/_rank_eval",                      "rank_eval",                O::Other,   C::Unsupported,    [Reject,  Reject,   Forward ], RANK_EVAL),
    row(POST,       "/_reindex",                        "reindex",                  O::Reindex, C::Unsupported,    [Reject,  Reject,   Forward ], REINDEX),
    row(GET,        "/_script_context",                 "get_script_context",       O::Other,   C::Info,           [Reject,  Reject,   Forward ], STATIC_LIST),
    row(GET,        "/_script_language",                "get_script_languages",     O::Other,   C::Info,           [Reject,  Reject,   Forward ], STATIC_LIST),
    row(GET | POST, "/_scripts/painless/_execute",      "scripts_painless_execute", O::Other,   C::Unsupported,    [Reject,  Reject,   Forward ], SCRIPT_RUN),
    row(GET,        "/_scripts/{id}",                   "get_script",               O::Other,   C::ClusterAdmin,   [Reject,  Reject,   Forward ], STORED_SCRIPTS),
    row(POST | PUT, "/_scripts/{id}",                   "put_script",               O::Other,   C::ClusterAdmin,   [Reject,  Reject,   Forward ], STORED_SCRIPTS),
    row(DELETE,     "/_scripts/{id}",                   "delete_script",            O::Other,   C::ClusterAdmin,   [Reject,  Reject,   Forward ], STORED_SCRIPTS),
    row(POST | PUT, "/_scripts/{id}/{context}",         "put_script",               O::Other,   C::ClusterAdmin,   [Reject,  Reject,   Forward ], STORED_SCRIPTS),
    row(GET | POST, "/_search_shards",                  "search_shards",            O::Other,   C::Unsupported,    [Reject,  Reject,   Operator], SHARD_ADDRESSES),
    row(GET | POST, "/{index}/_rank_eval",              "rank_eval",                O::Other,   C::Unsupported,    [Reject,  Reject,   Forward ], RANK_EVAL),
    row(GET | POST, "/{index}/_search_shards",          "search_shards",            O::Other,   C::Unsupported,    [Reject,  Reject,   Operator], SHARD_ADDRESSES),
    row(GET,        "/_ingest/pipeline",                "ingest.get_pipeline",      O::Other,   C::IngestPipeline, [Reject,  Reject,   Forward ], PIPELINES),
    row(GET | POST, "/_ingest/pipeline/_simulate",      "ingest.simulate",          O::Other,   C::IngestPipeline, [Reject,  Reject,   Forward ], PIPELINES),
    row(GET,        "/_ingest/pipeline/{id}",           "ingest.get_pipeline",      O::Other,   C::IngestPipeline, [Reject,  Reject,   Forward ], PIPELINES),
    row(PUT,        "/_ingest/pipeline/{id}",           "ingest.put_pipeline",      O::Other,   C::IngestPipeline, [Reject,  Reject,   Forward ], PIPELINES),
    row(DELETE,     "/_ingest/pipeline/{id}",           "ingest.delete_pipeline",   O::Other,   C::IngestPipeline, [Reject,  Reject,   Forward ], PIPELINES),
    row(GET | POST, "/_ingest/pipeline/{id}/_simulate", "ingest.simulate",          O::Other,   C::IngestPipeline, [Reject,  Reject,   Forward ], PIPELINES),
    row(GET,        "/_ingest/processor/grok",          "ingest.processor_grok",    O::Other,   C::IngestPipeline, [Reject,  Reject,   Forward ], STATIC_LIST),
    row(GET,        "/_search/pipeline",                "search_pipeline.get",      O::Other,   C::ClusterAdmin,   [Reject,  Reject,   Forward ], SEARCH_PIPELINES),
    row(GET,        "/_search/pipeline/{id}",           "search_pipeline.get",      O::Other,   C::ClusterAdmin,   [Reject,  Reject,   Forward ], SEARCH_PIPELINES),
    row(PUT,        "/_search/pipeline/{id}",           "search_pipeline.put",      O::Other,   C::ClusterAdmin,   [Reject,  Reject,   Forward ], SEARCH_PIPELINES),
    row(DELETE,     "/_search/pipeline/{id}",           "search_pipeline.delete",   O::Other,   C::ClusterAdmin,   [Reject,  Reject,   Forward ], SEARCH_PIPELINES),
    row(GET,        "/favicon.ico",                     "favicon",                  O::Favicon, C::Info,           [Virtual, Virtual,  Virtual ], NONE),
    row(POST,       "/views",                           "views.create",             O::Other,   C::Unsupported,    [Reject,  Reject,   Forward ], VIEWS),
    row(GET,        "/views",                           "views.list",               O::Other,   C::Unsupported,    [Reject,  Reject,   Forward ], VIEWS),
    row(GET,        "/views/{view_name}",               "views.get",                O::Other,   C::Unsupported,    [Reject,  Reject,   Forward ], VIEWS),
    row(PUT,        "/views/{view_name}",               "views.update",             O::Other,   C::Unsupported,    [Reject,  Reject,   Forward ], VIEWS),
    row(DELETE,     "/views/{view_name}",               "views.delete",             O::Other,   C::Unsupported,    [Reject,  Reject,   Forward ], VIEWS),
    row(GET | POST, "/views/{view_name}/_search",       "views.search",             O::Other,   C::Unsupported,    [Reject,  Reject,   Forward ], VIEWS),
    row(GET,        "/_scripts/painless/_context",      "painless_context",         O::Other,   C::Info,           [Reject,  Reject,   Forward ], STATIC_LIST),
];
