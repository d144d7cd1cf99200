//! The stack in front of a service's own `opensearch` client: `cargo run --example opensearch_rs` with a cluster at
//! `OPENSEARCH_URL` (else http://127.0.0.1:9200).

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use opensearch::OpenSearch;
use opensearch::http::transport::{SingleNodeConnectionPool, TransportBuilder};
use osproxy_axum::UpstreamErrorLayer;
use osproxy_axum::auth::{AuthLayer, StaticCredentials};
use osproxy_axum::opensearch_rs::OpenSearchRs;
use osproxy_layer::spi::{
    ClusterId, IndexPattern, PartitionKeySpec, Principal, PrincipalAttr, PrincipalId, SharedIndex,
};
use osproxy_layer::{BoxError, PlacementTable, TableTenancy, TenancyRouter};
use tokio::net::TcpListener;
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url =
        std::env::var("OPENSEARCH_URL").unwrap_or_else(|_| "http://127.0.0.1:9200".to_owned());
    let app = app(own_client(&url)?).map_err(|error| error as Box<dyn Error>)?;
    let listener = TcpListener::bind("127.0.0.1:9201").await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

/// What the service has already.
pub fn own_client(url: &str) -> Result<OpenSearch, Box<dyn Error>> {
    let pool = SingleNodeConnectionPool::new(url.parse()?);
    Ok(OpenSearch::new(
        TransportBuilder::new(pool).disable_proxy().build()?,
    ))
}

pub fn app(own_client: OpenSearch) -> Result<Router, BoxError> {
    let main = ClusterId::from("main");
    let table = PlacementTable::new();
    table.put_default(
        SharedIndex::new(main.clone(), IndexPattern::parse("{index}-shared")?).into(),
    )?;
    let tenant = PartitionKeySpec::PrincipalAttr("tenant".into());
    let router = TenancyRouter::new(TableTenancy::new(tenant, Arc::new(table)));
    let acme = Principal::new(PrincipalId::from("acme-svc"))
        .with_attr(PrincipalAttr::new("tenant", "acme"));

    let opensearch = ServiceBuilder::new()
        .layer(AuthLayer::new(
            StaticCredentials::new().with_token("acme-token", acme),
        ))
        .layer(UpstreamErrorLayer::new())
        .layer(osproxy_axum::layer(router))
        .service(OpenSearchRs::new(main, own_client));
    Ok(Router::new().fallback_service(opensearch))
}
