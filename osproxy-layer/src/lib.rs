//! Tower layers that keep many tenants apart in OpenSearch.
//!
//! A service mounts [`OsproxyLayer`] in front of its own OpenSearch client. Its clients go on speaking the OpenSearch
//! API; which cluster, which index and which documents are theirs is decided here.
//!
//! ```
//! # use std::{convert::Infallible, sync::Arc};
//! # use bytes::Bytes;
//! # use http::{Request, Response};
//! # use http_body_util::{BodyExt, Full};
//! # use tower::{ServiceBuilder, ServiceExt, service_fn};
//! use osproxy_layer::spi::{
//!     ClusterId, IndexPattern, PartitionKeySpec, Placement, Principal, PrincipalAttr, PrincipalId, Target,
//! };
//! use osproxy_layer::{OsproxyLayer, PlacementTable, RequestBody, TableTenancy, TenancyRouter};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), osproxy_layer::BoxError> {
//! // The caller's attribute `tenant` names the partition; each has its own indices on the cluster `eu-1`.
//! let table = PlacementTable::new();
//! let pattern = IndexPattern::parse("{partition}.{index}")?;
//! table.put_default(Placement::dedicated_index(ClusterId::from("eu-1"), pattern))?;
//! let tenant = PartitionKeySpec::PrincipalAttr("tenant".into());
//! let router = TenancyRouter::new(TableTenancy::new(tenant, Arc::new(table)));
//!
//! // In place of the service's own client: a cluster that holds one document.
//! let client = service_fn(async |request: Request<RequestBody<Full<Bytes>>>| {
//!     let target = Target::get(request.extensions()).expect("what comes out of the stack is physical");
//!     assert_eq!((target.cluster().as_str(), request.uri().path()), ("eu-1", "/acme.orders/_doc/1"));
//!     let answer = r#"{"_index":"acme.orders","_id":"1","found":true,"_source":{"total":1.10}}"#;
//!     Ok::<_, Infallible>(Response::new(Full::<Bytes>::from(answer)))
//! });
//! let service = ServiceBuilder::new()
//!     // .layer(auth): the service's own, which inserts the `Principal`
//!     .layer(OsproxyLayer::new(router))
//!     .service(client);
//!
//! let mut request = Request::get("/orders/_doc/1").body(Full::default())?;
//! let caller = Principal::new(PrincipalId::from("acme-svc")).with_attr(PrincipalAttr::new("tenant", "acme"));
//! request.extensions_mut().insert(caller);
//! let answer = service.oneshot(request).await?.into_body().collect().await?.to_bytes();
//! assert_eq!(answer, r#"{"_index":"orders","_id":"1","found":true,"_source":{"total":1.10}}"#);
//! # Ok(())
//! # }
//! ```
//!
//! `osproxy-axum` has what a service needs around it: a pooled client, authentication, and errors as responses.
//!
//! # The stack
//!
//! | # | layer | reads | inserts | may answer |
//! |---|---|---|---|---|
//! | 1 | [`ResolveLayer`] | method, URI, [`Principal`](spi::Principal), the body only if the router says so | the endpoint and the [`Resolved`] placement | 400, 401, 404, 405, 503: what is refused or can't be placed; `GET /`, `HEAD /`, `OPTIONS` |
//! | 2 | [`DemuxLayer`] | bodies of `_bulk`, `_mget`, `_msearch` | one physical request a cluster, with the write stamps of its items | 400, 406, 413, 415; an item's own error; the merged answer |
//! | 3 | [`RouteLayer`] | the placement, the body | the physical URI, headers and body; the [`Target`](spi::Target); the write stamp | 400, 406, 413, 415: what the screen refuses; 404: a cursor that can't be opened; 429: too many of them; 502: an answer that can't be shown |
//! | 4 | [`WriteGateLayer`] | the write stamps | nothing; it holds the write's permit until the response's head | 429: a held write whose time ran out |
//!
//! [`OsproxyLayer`] is the four of them, between the edges that adapt the bodies. Each is a [`Layer`](tower_layer::Layer)
//! of its own, and [`Stack`] shows how to compose them by hand. A request that is still logical when it reaches the gate
//! is refused with a 500 that names the missing layer.
//!
//! What a layer finds travels in the request's extensions. The inner service reads [`Target`](spi::Target) there to
//! choose a cluster; it gets physical requests alone. The request's other extensions reach it as they came.
//!
//! # Bodies
//!
//! Any [`Body`](http_body::Body) of [`Bytes`](bytes::Bytes) goes in and out. The inner service gets [`RequestBody`]:
//! the caller's own body, or bytes of ours; one that wants the caller's type is wrapped in
//! `.map_request(|request| request.map(RequestBody::into_body))`. What needs no rewrite streams. A request body that is
//! rewritten is read whole, under a bound; a response is turned back as it streams, and held for no longer than a hit.
//!
//! # Errors
//!
//! The stack makes no error of its own: `Error` is the inner service's. A refusal is a response in OpenSearch's error
//! shape, of type [`REFUSED`] where it is ours and of the node's type where a node would say the same; its
//! [`Rejection`] is in the response's extensions. What a retry can't mend is a 400, 401, 404, 405, 406, 413 or 415; what a
//! retry mends is a 429 or 503 with `Retry-After`. An error of the cluster keeps its status. On a shared index its
//! reason is written anew, since a node's text can hold another tenant's values. One bad item of several is that item's
//! error.
//!
//! A document that comes back without its partition's mark is never served: the answer is a 502, or is broken off where
//! its head has gone out.
//!
//! # Limits
//!
//! | what | default | over it |
//! |---|---|---|
//! | a body that is read whole ([`OsproxyLayer::max_body_bytes`]) | 100 MiB | 413 |
//! | depth of a screened body, of a document | 32, 100 | 400 |
//! | query clauses in a screened body | 1,024 | 400 |
//! | query parameters | 128 | 400 |
//! | a physical document id | 512 bytes | 400 |
//! | scrolls and points in time that a partition has open ([`OsproxyLayer::max_open_cursors`]) | 100 | 429 |
//! | how long one of them is kept | a day | 400 |
//! | one request of a bulk to a cluster ([`OsproxyLayer::max_content_bytes`]) | 100 MiB | it is sent in parts, one after the other |
//! | clusters that one request's items are sent to at a time ([`OsproxyLayer::max_groups_in_flight`]) | 16 | the others wait |
//! | a write held while its partition is cut over ([`OsproxyLayer::hold`]) | 5 s | 429 |
//! | writes that are held at a time, and their bytes ([`OsproxyLayer::max_held_writes`], [`OsproxyLayer::max_held_bytes`]) | 10,000, 256 MiB | 429 |
//!
//! How long a request may take is bounded by the inner service and the host. An outer time-out must exceed the hold and
//! the client's own.
//!
//! # What the operator may choose
//!
//! | setter | default | what it changes |
//! |---|---|---|
//! | [`OsproxyLayer::zero_buckets`] | refused | `min_doc_count: 0` of an aggregation of terms on a shared index is sent as 1 |
//! | [`OsproxyLayer::client_routing`] | refused | a client's `routing` for a shared index is passed over |
//! | [`OsproxyLayer::strict`] | off | nothing is scored on a shared index, and sequence numbers are sealed |
//! | [`OsproxyLayer::managed_templates`] | none | index templates that are said to be there |
//! | [`OsproxyLayer::operator_routes`] | none | routes of a cluster itself, for the operator's own callers |
//! | [`SharedIndex::with_schema`](spi::SharedIndex::with_schema) | none | the fields that a logical index shows, where the mapping is everybody's |
//!
//! # Features
//!
//! None. No feature of a shared dependency that would change it for the host's whole binary is turned on.
//!
//! # Minimum supported Rust version
//!
//! 1.88. It is raised in a minor release only, and to no version younger than six months.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod cursor;
pub mod demux;
pub mod edge;
pub mod endpoint;
mod expand;
mod future;
pub mod gate;
mod layer;
mod mint;
mod mount;
mod operator;
mod outbound;
mod plan;
mod plumbing;
mod preflight;
mod rejection;
pub mod resolve;
pub mod rewrite;
mod rewriter;
pub mod route;
mod router;
mod settings;
pub mod spi;
mod stack;
mod state;
mod switches;

pub use body::{BoxError, RequestBody, ResponseBody};
pub use cursor::{CursorKeyError, CursorKeys};
pub use demux::DemuxLayer;
pub use edge::{RequestEdgeLayer, ResponseEdgeLayer};
pub use gate::WriteGateLayer;
pub use layer::{Osproxy, OsproxyLayer, ResponseFuture};
pub use mount::MountPath;
pub use operator::{OperatorRoute, OperatorRouteError, OperatorRoutes};
pub use rejection::{REFUSED, Rejection, RejectionKind};
pub use resolve::ResolveLayer;
pub use route::RouteLayer;
pub use router::{
    Cutover, MoveBounds, MoveError, MoveStatus, PlacementError, PlacementTable, Resolved, Router,
    RoutingRouter, TableTenancy, TenancyRouter,
};
pub use stack::Stack;
pub use switches::{ClientRouting, ZeroBuckets};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
