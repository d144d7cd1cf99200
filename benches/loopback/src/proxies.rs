//! Two proxies that differ in one line: with the stack, and without.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::error_handling::HandleErrorLayer;
use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{HeaderName, Request, Response, StatusCode, Uri};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error, ResponseFuture};
use hyper_util::rt::TokioExecutor;
use osproxy_layer::spi::{ClusterId, IndexPattern, PartitionKeySpec, SharedIndex};
use osproxy_layer::{OsproxyLayer, PlacementTable, RequestBody, TableTenancy, TenancyRouter};
use tokio::net::TcpListener;
use tower::{Service, ServiceBuilder};

use crate::Failed;

/// Without the stack.
pub async fn bare(port: u16, upstream: u16) -> Result<(), Failed> {
    let service = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(bad_gateway))
        .map_response(|response: Response<_>| response.map(Body::new))
        .service(Forward::<Body>::to(upstream)?);
    serve(port, Router::new().fallback_service(service)).await
}

/// With it: the tenants of a header, in one shared index.
pub async fn ours(port: u16, upstream: u16) -> Result<(), Failed> {
    let table = PlacementTable::new();
    let shared = SharedIndex::new(
        ClusterId::from("one"),
        IndexPattern::parse("{index}-shared")?,
    );
    table.put_default(shared.into())?;
    let tenant = PartitionKeySpec::Header(HeaderName::from_static("x-tenant"));
    let router = TenancyRouter::new(TableTenancy::new(tenant, Arc::new(table)));
    let stack = OsproxyLayer::new(router).finish_writes(|write| {
        tokio::spawn(write);
    });
    let service = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(bad_gateway))
        .map_response(|response: Response<_>| response.map(Body::new))
        .layer(stack)
        .service(Forward::<RequestBody<Body>>::to(upstream)?);
    serve(port, Router::new().fallback_service(service)).await
}

async fn bad_gateway(_error: Error) -> StatusCode {
    StatusCode::BAD_GATEWAY
}

async fn serve(port: u16, app: Router) -> Result<(), Failed> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    let listener = axum::serve::ListenerExt::tap_io(listener, |connection| {
        let _kept = connection.set_nodelay(true);
    });
    Ok(axum::serve(listener, app).await?)
}

/// Sends a request on as it is.
struct Forward<B> {
    client: Client<HttpConnector, B>,
    authority: Authority,
}

// Not derived: that would ask for `B: Clone`.
impl<B> Clone for Forward<B> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            authority: self.authority.clone(),
        }
    }
}

impl<B> Forward<B>
where
    B: http_body::Body<Data = Bytes> + Send + 'static + Unpin,
    B::Error: Into<Failed>,
{
    fn to(port: u16) -> Result<Self, Failed> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            authority: format!("127.0.0.1:{port}").parse()?,
        })
    }
}

impl<B> Service<Request<B>> for Forward<B>
where
    B: http_body::Body<Data = Bytes> + Send + 'static + Unpin,
    B::Error: Into<Failed>,
{
    type Response = Response<Incoming>;
    type Error = Error;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> ResponseFuture {
        let mut parts = std::mem::take(request.uri_mut()).into_parts();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(self.authority.clone());
        *request.uri_mut() = Uri::from_parts(parts).expect("a path and an authority");
        request.headers_mut().remove(http::header::HOST);
        self.client.request(request)
    }
}
