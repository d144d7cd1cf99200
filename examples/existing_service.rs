//! A service that has routes, layers, authentication and a customer store of its own; osproxy is nested under `/os`:
//! `cargo run --example existing_service`, then
//! `curl -u acme:acme-pass -H 'Content-Type: application/json' -i -XPOST http://127.0.0.1:9201/os/orders/_doc -d '{}'`.

use std::collections::HashMap;
use std::error::Error;
use std::future::{Ready, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use axum::routing::get;
use osproxy_axum::MountPathLayer;
use osproxy_axum::extract::Caller;
use osproxy_axum::memory::MemoryCluster;
use osproxy_layer::spi::{
    Admission, ClusterId, Epoch, IndexPattern, PartitionId, Placement, PlacementAt, Principal,
    PrincipalAttr, PrincipalId, RequestCtx, SpiError, WritePermit,
};
use osproxy_layer::{BoxError, Resolved};
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower_http::auth::{AsyncAuthorizeRequest, AsyncRequireAuthorizationLayer};
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    let app = app().map_err(|error| error as Box<dyn Error>)?;
    let listener = TcpListener::bind("127.0.0.1:9201").await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

pub fn app() -> Result<Router, BoxError> {
    let opensearch = ServiceBuilder::new()
        .layer(MountPathLayer::new())
        .layer(osproxy_axum::layer(Customers::load()?))
        .service(MemoryCluster::new());
    let routes = Router::new()
        .route(
            "/whoami",
            get(async |Caller(caller): Caller| caller.id().to_string()),
        )
        .nest_service("/os", opensearch);
    Ok(around(routes).route("/health", get(async || "up")))
}

/// What the service has around all that needs a caller.
pub fn around(routes: Router) -> Router {
    routes.layer(
        ServiceBuilder::new()
            .layer(TraceLayer::new_for_http())
            .layer(CompressionLayer::new())
            // Above what a held write and a slow cluster may take together.
            .layer(TimeoutLayer::with_status_code(
                StatusCode::GATEWAY_TIMEOUT,
                Duration::from_secs(90),
            ))
            .layer(AsyncRequireAuthorizationLayer::new(Passwords)),
    )
}

/// The service's own authentication. It fills in the [`Principal`], and keeps the password to itself.
#[derive(Clone)]
struct Passwords;

impl AsyncAuthorizeRequest<Body> for Passwords {
    type RequestBody = Body;
    type ResponseBody = Body;
    type Future = Ready<Result<Request<Body>, Response<Body>>>;

    fn authorize(&mut self, mut request: Request<Body>) -> Self::Future {
        // acme:acme-pass and globex:globex-pass. A real service asks its store, and compares in constant time.
        let customer = match request.headers_mut().remove(header::AUTHORIZATION) {
            Some(header) if header == "Basic YWNtZTphY21lLXBhc3M=" => "acme",
            Some(header) if header == "Basic Z2xvYmV4Omdsb2JleC1wYXNz" => "globex",
            _ => {
                // The stack's own answer: an OpenSearch client understands it.
                let challenge = osproxy_layer::Rejection::from(SpiError::PrincipalMissing);
                return ready(Err(challenge.into_response()));
            }
        };
        let principal = Principal::new(PrincipalId::from(customer))
            .with_attr(PrincipalAttr::new("customer", customer));
        request.extensions_mut().insert(principal);
        ready(Ok(request))
    }
}

/// The service's own [`Router`](osproxy_layer::Router): it knows its customers and where their data is.
struct Customers {
    placements: HashMap<PartitionId, Placement>,
}

impl Customers {
    fn load() -> Result<Self, BoxError> {
        let own_indices = || Ok::<_, BoxError>(IndexPattern::parse("{partition}.{index}")?);
        let on = |cluster: &str| {
            Ok::<_, BoxError>(Placement::dedicated_index(
                ClusterId::from(cluster),
                own_indices()?,
            ))
        };
        let placements = HashMap::from([
            (PartitionId::parse("acme")?, on("eu-1")?),
            (PartitionId::parse("globex")?, on("eu-1")?),
        ]);
        Ok(Self { placements })
    }
}

impl osproxy_layer::Router for Customers {
    fn resolve_partition(&self, ctx: &RequestCtx<'_>) -> Result<Option<PartitionId>, SpiError> {
        let caller = ctx.principal().ok_or(SpiError::PrincipalMissing)?;
        let missing = || SpiError::PrincipalAttrMissing {
            attr: "customer".to_owned(),
        };
        let customer = caller.attr("customer").ok_or_else(missing)?;
        PartitionId::parse(customer)
            .map(Some)
            .map_err(|_| SpiError::PlacementMissing)
    }

    async fn resolve_placement(
        &self,
        ctx: &RequestCtx<'_>,
        partition: PartitionId,
    ) -> Result<Resolved, SpiError> {
        let placement = self
            .placements
            .get(&partition)
            .cloned()
            .ok_or(SpiError::PlacementMissing)?;
        Resolved::from_placement(
            ctx,
            partition,
            &PlacementAt::new(placement, Epoch::ZERO),
            None,
            &[],
        )
    }

    async fn resolve(&self, ctx: &RequestCtx<'_>) -> Result<Resolved, SpiError> {
        let partition = self
            .resolve_partition(ctx)?
            .ok_or(SpiError::PlacementMissing)?;
        self.resolve_placement(ctx, partition).await
    }

    // No customer is ever moved.
    fn admit_write(&self, _partition: &PartitionId, _epoch: Epoch) -> Admission {
        Admission::Admitted(WritePermit::none())
    }

    async fn settled(&self, _partition: &PartitionId, _epoch: Epoch) {}
}
