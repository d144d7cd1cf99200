//! What the double answers: one row a route.

use http::Method;

/// One operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Info,
    Index,
    IndexAuto,
    Create,
    Get,
    GetSource,
    Delete,
    Update,
    Bulk,
    MultiGet,
    Search,
    Count,
    DeleteByQuery,
    Refresh,
    CreateIndex,
    GetIndex,
    DeleteIndex,
    GetMapping,
    PutMapping,
    GetSettings,
    ResolveIndex,
    Health,
}

/// One row of the routing table. `{index}` and `{id}` capture a segment.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) methods: &'static [Method],
    pub(super) segments: &'static [&'static str],
    pub(super) operation: Operation,
}

const fn route(
    methods: &'static [Method],
    segments: &'static [&'static str],
    operation: Operation,
) -> Route {
    Route {
        methods,
        segments,
        operation,
    }
}

const READ: &[Method] = &[Method::GET, Method::HEAD];
const GET: &[Method] = &[Method::GET];
const GET_POST: &[Method] = &[Method::GET, Method::POST];
const PUT_POST: &[Method] = &[Method::PUT, Method::POST];
const PUT: &[Method] = &[Method::PUT];
const POST: &[Method] = &[Method::POST];
const DELETE: &[Method] = &[Method::DELETE];

/// All routes; literal segments come before captures.
pub(super) const ROUTES: &[Route] = &[
    route(READ, &[], Operation::Info),
    route(PUT_POST, &["_bulk"], Operation::Bulk),
    route(GET_POST, &["_mget"], Operation::MultiGet),
    route(GET_POST, &["_search"], Operation::Search),
    route(GET_POST, &["_count"], Operation::Count),
    route(GET_POST, &["_refresh"], Operation::Refresh),
    route(GET, &["_mapping"], Operation::GetMapping),
    route(GET, &["_settings"], Operation::GetSettings),
    route(
        GET,
        &["_resolve", "index", "{index}"],
        Operation::ResolveIndex,
    ),
    route(GET, &["_cluster", "health"], Operation::Health),
    route(GET, &["_cluster", "health", "{index}"], Operation::Health),
    route(PUT_POST, &["{index}", "_doc", "{id}"], Operation::Index),
    route(READ, &["{index}", "_doc", "{id}"], Operation::Get),
    route(DELETE, &["{index}", "_doc", "{id}"], Operation::Delete),
    route(POST, &["{index}", "_doc"], Operation::IndexAuto),
    route(PUT_POST, &["{index}", "_create", "{id}"], Operation::Create),
    route(READ, &["{index}", "_source", "{id}"], Operation::GetSource),
    route(POST, &["{index}", "_update", "{id}"], Operation::Update),
    route(PUT_POST, &["{index}", "_bulk"], Operation::Bulk),
    route(GET_POST, &["{index}", "_mget"], Operation::MultiGet),
    route(GET_POST, &["{index}", "_search"], Operation::Search),
    route(GET_POST, &["{index}", "_count"], Operation::Count),
    route(
        POST,
        &["{index}", "_delete_by_query"],
        Operation::DeleteByQuery,
    ),
    route(GET_POST, &["{index}", "_refresh"], Operation::Refresh),
    route(GET, &["{index}", "_mapping"], Operation::GetMapping),
    route(PUT_POST, &["{index}", "_mapping"], Operation::PutMapping),
    route(GET, &["{index}", "_settings"], Operation::GetSettings),
    route(PUT, &["{index}"], Operation::CreateIndex),
    route(READ, &["{index}"], Operation::GetIndex),
    route(DELETE, &["{index}"], Operation::DeleteIndex),
];
