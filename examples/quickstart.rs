//! Two tenants on one shared index, over a cluster in memory: `cargo run --example quickstart`, then the curl lines
//! that it prints.

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use osproxy_axum::auth::{AuthLayer, StaticCredentials};
use osproxy_axum::memory::MemoryCluster;
use osproxy_layer::spi::{
    ClusterId, IndexPattern, PartitionKeySpec, Principal, PrincipalAttr, PrincipalId, SharedIndex,
};
use osproxy_layer::{BoxError, PlacementTable, TableTenancy, TenancyRouter};
use tokio::net::TcpListener;
use tower::ServiceBuilder;

pub const ADDRESS: &str = "127.0.0.1:9201";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = app().map_err(|error| error as Box<dyn Error>)?;
    let listener = TcpListener::bind(ADDRESS).await?;
    println!("listening on http://{ADDRESS}");
    println!("{}", HINTS.trim_end());
    Ok(axum::serve(listener, app).await?)
}

/// The whole wiring. In a service of your own, `MemoryCluster` is `osproxy_axum::client::OpenSearchClient`.
pub fn app() -> Result<Router, BoxError> {
    // Every tenant's index `orders` is the physical index `orders-shared`.
    let table = PlacementTable::new();
    let pattern = IndexPattern::parse("{index}-shared")?;
    table.put_default(SharedIndex::new(ClusterId::from("demo"), pattern).into())?;
    // The tenant is what the caller's token says, and nothing else.
    let tenant = PartitionKeySpec::PrincipalAttr("tenant".into());
    let router = TenancyRouter::new(TableTenancy::new(tenant, Arc::new(table)));
    let credentials = StaticCredentials::new()
        .with_token("acme-token", principal("acme"))
        .with_token("globex-token", principal("globex"));

    let opensearch = ServiceBuilder::new()
        .layer(AuthLayer::new(credentials))
        .layer(osproxy_axum::layer(router))
        .service(MemoryCluster::new());
    Ok(Router::new().fallback_service(opensearch))
}

fn principal(tenant: &str) -> Principal {
    Principal::new(PrincipalId::from(format!("{tenant}-svc")))
        .with_attr(PrincipalAttr::new("tenant", tenant))
}

pub const HINTS: &str = r#"
Two tenants write a document with the same id into the same index:
  curl -H 'Authorization: Bearer acme-token' -H 'Content-Type: application/json' \
       -X PUT 'http://127.0.0.1:9201/orders/_doc/1' -d '{"item":"anvil","total":49.90}'
  curl -H 'Authorization: Bearer globex-token' -H 'Content-Type: application/json' \
       -X PUT 'http://127.0.0.1:9201/orders/_doc/1' -d '{"item":"hammock","total":1.10}'

Each finds its own alone:
  curl -H 'Authorization: Bearer acme-token'   'http://127.0.0.1:9201/orders/_search?pretty'
  curl -H 'Authorization: Bearer globex-token' 'http://127.0.0.1:9201/orders/_search?pretty'

What can't be kept inside a tenant is refused:
  curl -H 'Authorization: Bearer acme-token'   'http://127.0.0.1:9201/_tasks?pretty'
"#;
