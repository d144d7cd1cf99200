//! The inner service of a stack: sends each physical request to the cluster that its [`Target`] names.
//!
//! One pool of connections serves all clusters. The request's path and query go out byte for byte as the
//! stack wrote them (behind the cluster's path prefix, where it has one); redirects are not followed, and no proxy
//! of the environment is used. How many requests are in flight at a time is not bounded here: put tower's
//! `ConcurrencyLimit` between the stack and the client for that.
//!
//! ```
//! use osproxy_axum::client::{ClusterConfig, ClusterCredentials, OpenSearchClient};
//! use osproxy_layer::spi::ClusterId;
//!
//! let eu = ClusterConfig::new("https://eu-1.example:9200/search")?
//!     .with_credentials(ClusterCredentials::basic("osproxy", "secret")?);
//! let client: OpenSearchClient = OpenSearchClient::builder().cluster(ClusterId::from("eu-1"), eu).build()?;
//! # let _ = client;
//! # Ok::<(), osproxy_layer::BoxError>(())
//! ```
//!
//! # Protocols
//!
//! HTTP/1.1, whatever the caller came by. With the feature `http2` a request whose target asks for it
//! ([`Target::protocol`]) goes by HTTP/2: on `https` as the server agrees to (or not at all), on `http` with prior
//! knowledge. Without the feature the target's word is a wish that this client can't grant, and HTTP/1.1 is spoken.
//!
//! # TLS
//!
//! Server certificates are checked against the system's roots, and those of
//! [`ClientBuilder::add_root_certificates`]. Nothing turns the check off.
//!
//! # Time-outs
//!
//! | what | default | counted |
//! |---|---|---|
//! | connect | 5 s | TCP alone, for each address of the host |
//! | header | 60 s | from the call to the response's head: waiting for a connection, TLS and sending the body included |
//! | body | 60 s | while the client waits for one frame of the response's body; a slow reader doesn't count |
//!
//! # Errors
//!
//! [`ClientError`]; [`UpstreamErrorLayer`](crate::UpstreamErrorLayer) turns it into a response. A request without a
//! [`Target`] did not pass the stack and is not sent.

mod base_url;
mod body;
mod builder;
mod cluster;
mod credentials;
mod error;
mod future;
mod headers;
mod roots;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::body::Body as AxumBody;
use bytes::Bytes;
use http::{Request, Response, Version};
use http_body::Body;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
#[cfg(feature = "http2")]
use osproxy_layer::spi::Protocol;
use osproxy_layer::spi::{ClusterId, Target};
use osproxy_layer::{BoxError, RequestBody};
use tower_service::Service;

pub use base_url::EndpointError;
pub use body::ClientBody;
pub use builder::{BuildError, ClientBuilder};
pub use cluster::ClusterConfig;
pub use credentials::{ClusterCredentials, CredentialsError};
pub use error::{ClientError, ClientErrorKind};
pub use future::ResponseFuture;

pub(crate) use error::error_in;
#[cfg(feature = "opensearch-rs")]
pub(crate) use headers::strip;

use base_url::BaseUrl;
use body::Outgoing;
use cluster::Timeouts;

type Pool<B> = Client<HttpsConnector<HttpConnector>, Outgoing<B>>;

/// The pooled client. See the [module docs](self).
///
/// `B` is the body that the stack sends: [`RequestBody`] of the host's own body type. Clones share the pool.
pub struct OpenSearchClient<B = RequestBody<AxumBody>> {
    inner: Arc<Inner<B>>,
}

struct Inner<B> {
    http: Pool<B>,
    #[cfg(feature = "http2")]
    http2: Pool<B>,
    clusters: HashMap<ClusterId, ClusterConfig>,
}

impl OpenSearchClient {
    /// A client with the default bounds and no cluster.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }
}

impl<B> OpenSearchClient<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    /// Sends a request of the service's own to a cluster, without the stack: a health check, say. Nothing keeps it
    /// inside a tenant.
    pub fn send(&self, target: &Target, mut request: Request<B>) -> ResponseFuture {
        match self.address(target, &mut request) {
            Ok(timeouts) => {
                let pool = self.pool(target);
                ResponseFuture::sent(pool.request(request.map(Outgoing::new)), timeouts)
            }
            Err(error) => ResponseFuture::failed(error),
        }
    }

    #[cfg(feature = "http2")]
    fn pool(&self, target: &Target) -> &Pool<B> {
        match target.protocol() {
            Some(Protocol::Http2) => &self.inner.http2,
            _ => &self.inner.http,
        }
    }

    #[cfg(not(feature = "http2"))]
    fn pool(&self, _target: &Target) -> &Pool<B> {
        &self.inner.http
    }

    /// Spells a request for its cluster, and says how long to wait for it.
    fn address(&self, target: &Target, request: &mut Request<B>) -> Result<Timeouts, ClientError> {
        let known = self.inner.clusters.get(target.cluster());
        let uri = match (target.endpoint(), known) {
            // The router's word goes first: it may know where a cluster has moved to.
            (Some(url), _) => {
                let base = BaseUrl::parse(url)
                    .map_err(|error| ClientError::caused(ClientErrorKind::Endpoint, error))?;
                base.join(request.uri())
            }
            (None, Some(cluster)) => cluster.base().join(request.uri()),
            (None, None) => return Err(ClientErrorKind::UnknownCluster.into()),
        };
        *request.uri_mut() =
            uri.map_err(|error| ClientError::caused(ClientErrorKind::Endpoint, error))?;
        // The caller may have come by HTTP/2, which says nothing about this hop: the pool's connections decide.
        *request.version_mut() = Version::HTTP_11;
        headers::prepare(
            request.headers_mut(),
            known.and_then(ClusterConfig::credentials),
        );
        // A cluster that only the router knows has no credentials here, and the default time-outs.
        Ok(known.map(ClusterConfig::timeouts).unwrap_or_default())
    }
}

impl<B> Service<Request<B>> for OpenSearchClient<B>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<ClientBody>;
    type Error = ClientError;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), ClientError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        match Target::get(request.extensions()).cloned() {
            Some(target) => self.send(&target, request),
            None => ResponseFuture::failed(ClientErrorKind::NoTarget.into()),
        }
    }
}

impl<B> Clone for OpenSearchClient<B> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<B> fmt::Debug for OpenSearchClient<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenSearchClient")
            .field("clusters", &self.inner.clusters)
            .finish_non_exhaustive()
    }
}
