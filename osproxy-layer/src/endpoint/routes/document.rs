//! Documents by id and in bulk, and what deletes or updates them by query.
//!
//! Columns: see [`super`]. The reasons are in [`crate::endpoint::why`].

use super::row;
use crate::endpoint::decision::Decision::{Forward, Reject, Rewrite};
use crate::endpoint::methods::{DELETE, GET, HEAD, POST, PUT};
use crate::endpoint::why::{NONE, STREAMED};
use crate::endpoint::{EndpointClass as C, Operation as O, Route};

#[rustfmt::skip] // one line a route: a table is read by column
pub(super) static ROUTES: &[Route] = &[
    row(POST | PUT, "/_bulk",                    "bulk",            O::Bulk,          C::IngestBulk,    [Rewrite, Rewrite,  Forward ], NONE),
    row(POST | PUT, "/_bulk/stream",             "bulk_stream",     O::BulkStream,    C::IngestBulk,    [Reject,  Reject,   Forward ], STREAMED),
    row(GET | POST, "/_mget",                    "mget",            O::Mget,          C::MultiGet,      [Rewrite, Rewrite,  Forward ], NONE),
    row(POST | PUT, "/{index}/_bulk",            "bulk",            O::Bulk,          C::IngestBulk,    [Rewrite, Rewrite,  Forward ], NONE),
    row(POST | PUT, "/{index}/_bulk/stream",     "bulk_stream",     O::BulkStream,    C::IngestBulk,    [Reject,  Reject,   Forward ], STREAMED),
    row(POST | PUT, "/{index}/_create/{id}",     "create",          O::Create,        C::IngestDoc,     [Rewrite, Rewrite,  Forward ], NONE),
    row(POST,       "/{index}/_delete_by_query", "delete_by_query", O::DeleteByQuery, C::DeleteByQuery, [Rewrite, Rewrite,  Forward ], NONE),
    row(POST,       "/{index}/_doc",             "index",           O::Index,         C::IngestDoc,     [Rewrite, Rewrite,  Forward ], NONE),
    row(GET,        "/{index}/_doc/{id}",        "get",             O::Get,           C::GetById,       [Rewrite, Rewrite,  Forward ], NONE),
    row(HEAD,       "/{index}/_doc/{id}",        "exists",          O::Exists,        C::GetById,       [Rewrite, Rewrite,  Forward ], NONE),
    row(POST | PUT, "/{index}/_doc/{id}",        "index",           O::Index,         C::IngestDoc,     [Rewrite, Rewrite,  Forward ], NONE),
    row(DELETE,     "/{index}/_doc/{id}",        "delete",          O::Delete,        C::DeleteById,    [Rewrite, Rewrite,  Forward ], NONE),
    row(GET | POST, "/{index}/_mget",            "mget",            O::Mget,          C::MultiGet,      [Rewrite, Rewrite,  Forward ], NONE),
    row(GET,        "/{index}/_source/{id}",     "get_source",      O::GetSource,     C::GetById,       [Rewrite, Rewrite,  Forward ], NONE),
    row(HEAD,       "/{index}/_source/{id}",     "exists_source",   O::ExistsSource,  C::GetById,       [Rewrite, Rewrite,  Forward ], NONE),
    row(POST,       "/{index}/_update/{id}",     "update",          O::Update,        C::UpdateDoc,     [Rewrite, Rewrite,  Forward ], NONE),
    row(POST,       "/{index}/_update_by_query", "update_by_query", O::UpdateByQuery, C::UpdateByQuery, [Rewrite, Rewrite,  Forward ], NONE),
];
