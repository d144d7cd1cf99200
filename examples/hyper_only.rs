//! The stack in a plain hyper server, without axum: `cargo run --example hyper_only`, then
//! `curl -H 'x-tenant: acme' http://127.0.0.1:9201/`.

use std::error::Error;
use std::sync::Arc;

use http::HeaderName;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use osproxy_axum::memory::MemoryCluster;
use osproxy_layer::spi::{ClusterId, IndexPattern, PartitionKeySpec, Placement};
use osproxy_layer::{BoxError, OsproxyLayer, PlacementTable, TableTenancy, TenancyRouter};
use tokio::net::TcpListener;
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:9201").await?;
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener)
        .await
        .map_err(|error| error as Box<dyn Error>)
}

/// Serves each connection on a task of its own.
pub async fn serve(listener: TcpListener) -> Result<(), BoxError> {
    // A header names the tenant: only behind something that sets it itself, such as a service mesh.
    let tenant = PartitionKeySpec::Header(HeaderName::from_static("x-tenant"));
    let table = PlacementTable::new();
    let own_indices = IndexPattern::parse("{partition}.{index}")?;
    table.put_default(Placement::dedicated_index(
        ClusterId::from("demo"),
        own_indices,
    ))?;
    let router = TenancyRouter::new(TableTenancy::new(tenant, Arc::new(table)));

    // A write goes on when its client hangs up. Whose runtime finishes it is the host's choice.
    let stack = OsproxyLayer::new(router).finish_writes(|write| {
        tokio::spawn(write);
    });
    let service = TowerToHyperService::new(
        ServiceBuilder::new()
            .layer(stack)
            .service(MemoryCluster::new()),
    );
    loop {
        let (connection, _) = listener.accept().await?;
        let service = service.clone();
        tokio::spawn(async move {
            if let Err(error) = http1::Builder::new()
                .serve_connection(TokioIo::new(connection), service)
                .await
            {
                eprintln!("connection: {error}");
            }
        });
    }
}
