//! The stack with four tenants: two in shared indices, one with indices of its own, one with a cluster of its own.
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use osproxy_layer::spi::{
    ClusterId, IndexPattern, PartitionId, PartitionKeySpec, Placement, Principal, PrincipalAttr,
    PrincipalId, SharedIndex,
};
use osproxy_layer::{
    BoxError, OsproxyLayer, PlacementTable, Rejection, ResponseBody, Router, TableTenancy,
    TenancyRouter,
};
use tower::util::BoxCloneService;
use tower::{Layer, ServiceExt};

use super::http::Reply;
use super::upstream::Upstream;

/// A tenant of shared indices.
pub const ACME: &str = "acme";
/// Another tenant of the same shared indices.
pub const GLOBEX: &str = "globex";
/// A tenant with indices of its own.
pub const INITECH: &str = "initech";
/// A tenant with a cluster of its own.
pub const UMBRELLA: &str = "umbrella";
/// One tenant a kind of placement.
pub const TENANTS: [&str; 3] = [ACME, INITECH, UMBRELLA];

/// The cluster that everybody but [`UMBRELLA`] is on.
pub const COMMON: &str = "eu-1";
/// The cluster of [`UMBRELLA`].
pub const OWN: &str = "us-1";

/// The physical name of a tenant's logical index.
pub fn physical(tenant: &str, logical: &str) -> String {
    match tenant {
        INITECH => format!("initech.{logical}"),
        UMBRELLA => logical.to_owned(),
        _ => format!("{logical}-shared"),
    }
}

/// Where the tenants live.
pub fn placements() -> Arc<PlacementTable> {
    let table = PlacementTable::new();
    let pattern = |text| IndexPattern::parse(text).unwrap();
    let common = ClusterId::from(COMMON);
    let shared = || Placement::from(SharedIndex::new(common.clone(), pattern("{index}-shared")));
    let own_index = Placement::dedicated_index(common.clone(), pattern("{partition}.{index}"));
    let own_cluster = Placement::dedicated_cluster(ClusterId::from(OWN));
    for (tenant, placement) in [
        (ACME, shared()),
        (GLOBEX, shared()),
        (INITECH, own_index),
        (UMBRELLA, own_cluster),
    ] {
        table
            .put(PartitionId::parse(tenant).unwrap(), placement)
            .unwrap();
    }
    Arc::new(table)
}

/// A router over them, which reads the tenant from the caller.
pub fn router() -> TenancyRouter<TableTenancy> {
    router_from(PartitionKeySpec::PrincipalAttr("tenant".into()))
}

/// A router over them with another source of the tenant.
pub fn router_from(source: PartitionKeySpec) -> TenancyRouter<TableTenancy> {
    TenancyRouter::new(TableTenancy::new(source, placements()))
}

/// A tenant as a caller.
pub fn principal(tenant: &str) -> Principal {
    Principal::new(PrincipalId::from("svc")).with_attr(PrincipalAttr::new("tenant", tenant))
}

type Answer = Response<ResponseBody<Full<Bytes>>>;

/// The stack in front of an upstream, and what a test sends through it.
#[derive(Clone, Debug)]
pub struct Stack {
    service: BoxCloneService<Request<Full<Bytes>>, Answer, BoxError>,
}

impl Stack {
    /// The four tenants, each named by its caller.
    pub fn new(upstream: Upstream) -> Self {
        Self::with_router(upstream, router())
    }

    pub fn with_router(upstream: Upstream, router: impl Router) -> Self {
        Self::with_layer(upstream, OsproxyLayer::new(router))
    }

    pub fn with_layer(upstream: Upstream, layer: OsproxyLayer<impl Router>) -> Self {
        let service = layer.layer(upstream);
        Self {
            service: BoxCloneService::new(service),
        }
    }

    /// Sends a request as a tenant: its body is JSON or NDJSON.
    pub async fn send(&self, tenant: &str, send: &str, body: impl Into<Bytes>) -> Reply {
        let body = body.into();
        let (method, target) = send.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(target);
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        self.request(tenant, request.body(Full::new(body)).unwrap())
            .await
    }

    /// Sends a request as it is, as a tenant.
    pub async fn request(&self, tenant: &str, request: Request<Full<Bytes>>) -> Reply {
        self.ask(tenant, request).await.0
    }

    /// The same, and whether the answer is a refusal of the stack's own.
    pub async fn ask(&self, tenant: &str, mut request: Request<Full<Bytes>>) -> (Reply, bool) {
        request.extensions_mut().insert(principal(tenant));
        let response = self.service.clone().oneshot(request).await.unwrap();
        let own = response.extensions().get::<Rejection>().is_some();
        (Reply::collect(response).await.unwrap(), own)
    }
}
