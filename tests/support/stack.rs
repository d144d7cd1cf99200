//! The stack on its bench: the routers in front of an in-process cluster, the requests, and what comes back.
//!
//! ```ignore
//! let cluster = Cluster::honest();
//! let reply = call(&stack(tenants(), &cluster), get("/orders/_doc/1", "acme")).await;
//! assert_eq!(cluster.one().uri, "/orders-shared/_doc/acme%3A1?routing=acme");
//! ```
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Extensions, HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use osproxy_layer::spi::{
    ClusterId, IndexPattern, PartitionId, PartitionKeySpec, Placement, Principal, PrincipalAttr,
    PrincipalId, SharedIndex,
};
use osproxy_layer::{
    Osproxy, OsproxyLayer, PlacementTable, Rejection, ResponseBody, Router, TableTenancy,
    TenancyRouter,
};
use serde_json::Value;
use tower::{Layer, Service, ServiceExt};

pub use crate::cluster::*;

/// The stack before a cluster that insists on readiness.
pub fn stack<R: Router>(router: R, cluster: &Cluster) -> Osproxy<Strict<Cluster>, R> {
    OsproxyLayer::new(router).layer(Strict::new(cluster.clone()))
}

pub type Tenants = TenancyRouter<TableTenancy>;

/// `acme` and `umbrella` share indices on the cluster `eu`, `globex` has its own there, `hooli` has the cluster `own`. The caller's
/// attribute `tenant` tells.
pub fn tenants() -> Tenants {
    tenants_from(PartitionKeySpec::PrincipalAttr("tenant".into()))
}

pub fn tenants_from(source: PartitionKeySpec) -> Tenants {
    let eu = ClusterId::from("eu");
    placed(
        source,
        [
            ("acme", shared("eu", "{index}-shared")),
            ("umbrella", shared("eu", "{index}-shared")),
            (
                "globex",
                Placement::dedicated_index(eu, pattern("{partition}.{index}")),
            ),
            (
                "hooli",
                Placement::dedicated_cluster(ClusterId::from("own")),
            ),
        ],
    )
}

pub fn placed<'a>(
    source: PartitionKeySpec,
    placements: impl IntoIterator<Item = (&'a str, Placement)>,
) -> Tenants {
    let table = PlacementTable::new();
    for (name, placement) in placements {
        table.put(partition(name), placement).unwrap();
    }
    TenancyRouter::new(TableTenancy::new(source, Arc::new(table)))
}

pub fn shared(cluster: &str, index: &str) -> Placement {
    SharedIndex::new(ClusterId::from(cluster), pattern(index)).into()
}

pub fn pattern(text: &str) -> IndexPattern {
    IndexPattern::parse(text).unwrap()
}

pub fn partition(name: &str) -> PartitionId {
    PartitionId::parse(name).unwrap()
}

/// A request without a caller.
pub fn request(method: Method, uri: &str, body: impl Into<Bytes>) -> Request<Body> {
    let body = body.into();
    let mut request = Request::builder().method(method).uri(uri);
    if !body.is_empty() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    request.body(full(body)).unwrap()
}

/// The same from a caller of this tenant.
pub trait By {
    fn by(self, tenant: &str) -> Self;
}

impl<B> By for Request<B> {
    fn by(mut self, tenant: &str) -> Self {
        let caller = Principal::new(PrincipalId::from("svc"));
        let caller = caller.with_attr(PrincipalAttr::new("tenant", tenant));
        self.extensions_mut().insert(caller);
        self
    }
}

pub fn get(uri: &str, tenant: &str) -> Request<Body> {
    request(Method::GET, uri, "").by(tenant)
}

pub fn put(uri: &str, tenant: &str, body: &'static str) -> Request<Body> {
    request(Method::PUT, uri, body).by(tenant)
}

pub fn post(uri: &str, tenant: &str, body: impl Into<Bytes>) -> Request<Body> {
    request(Method::POST, uri, body).by(tenant)
}

/// What the client got.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub rejection: Option<Rejection>,
    pub extensions: Extensions,
}

impl Reply {
    pub fn json(&self) -> Value {
        json(&self.body)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn error_type(&self) -> String {
        self.json()["error"]["type"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub fn reason(&self) -> String {
        self.json()["error"]["reason"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// That the stack has refused the request, in OpenSearch's own shape.
    #[track_caller]
    pub fn assert_refused(&self, status: u16, error_type: &str) {
        assert_eq!(self.status, status, "{}", self.text());
        let error = self.json();
        assert_eq!(error["status"], status);
        assert_eq!(error["error"]["type"], error_type, "{error}");
        assert_eq!(error["error"]["root_cause"][0]["type"], error_type);
        assert!(error["error"]["reason"].is_string());
        let rejection = self.rejection.as_ref().expect("the typed rejection");
        assert_eq!(rejection.status(), self.status);
        assert_eq!(rejection.error_type(), error_type);
    }
}

/// Sends one request and reads its answer to the end.
pub async fn call<S, B>(service: &S, request: Request<B>) -> Reply
where
    S: Service<Request<B>, Response = Response<ResponseBody<Body>>> + Clone,
    S::Error: fmt::Debug,
{
    read(service.clone().oneshot(request).await.unwrap()).await
}

pub async fn read(response: Response<ResponseBody<Body>>) -> Reply {
    let (parts, body) = response.into_parts();
    Reply {
        status: parts.status,
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes(),
        rejection: parts.extensions.get::<Rejection>().cloned(),
        extensions: parts.extensions,
    }
}
