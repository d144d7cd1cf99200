//! Putting a client together.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body::Body;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use osproxy_layer::BoxError;
use osproxy_layer::spi::ClusterId;

use super::{ClusterConfig, Inner, OpenSearchClient, roots};

/// Builds an [`OpenSearchClient`].
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    clusters: HashMap<ClusterId, ClusterConfig>,
    connect_timeout: Duration,
    idle_timeout: Duration,
    max_idle: usize,
    /// PEM, each with one or more certificates.
    roots: Vec<Vec<u8>>,
}

/// So long a connection is probed after it fell silent, so that a middlebox doesn't forget it.
const TCP_KEEPALIVE: Duration = Duration::from_secs(60);

impl ClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            clusters: HashMap::new(),
            connect_timeout: Duration::from_secs(5),
            // Below the minute after which common load balancers close a silent connection.
            idle_timeout: Duration::from_secs(50),
            max_idle: 64,
            roots: Vec::new(),
        }
    }

    /// Adds a cluster, or replaces it.
    #[must_use]
    pub fn cluster(mut self, id: ClusterId, config: ClusterConfig) -> Self {
        self.clusters.insert(id, config);
        self
    }

    /// Sets how long making a TCP connection may take, for each address of a host. Default: 5 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets for how long a connection without a request is kept. Default: 50 s.
    #[must_use]
    pub fn pool_idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Sets how many connections without a request are kept for each host. Default: 64. Zero keeps none.
    #[must_use]
    pub fn pool_max_idle_per_host(mut self, connections: usize) -> Self {
        self.max_idle = connections;
        self
    }

    /// Trusts these root certificates, too: PEM, one or more of them. For a cluster whose certificate a private authority
    /// has signed.
    #[must_use]
    pub fn add_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// The client.
    ///
    /// Server certificates are checked against the system's roots (the variable `SSL_CERT_FILE` names others) and the
    /// [added](Self::add_root_certificates) ones.
    ///
    /// # Errors
    /// [`BuildError`], when there is no root certificate and a cluster is reached by `https`, or when an added one can't
    /// be read.
    pub fn build<B>(self) -> Result<OpenSearchClient<B>, BuildError>
    where
        B: Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<BoxError>,
    {
        let (tls, has_roots) = roots::trusted(&self.roots)?;
        // A machine without certificates may still talk to clusters on its own network.
        if !has_roots
            && self
                .clusters
                .values()
                .any(|cluster| cluster.base().is_https())
        {
            return Err(BuildError::new(BuildErrorKind::NoRoots));
        }
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(TCP_KEEPALIVE));
        tcp.set_connect_timeout(Some(self.connect_timeout));
        // Each pool's connector offers one protocol alone, so that no connection of the other gets into it.
        #[cfg(feature = "http2")]
        let http2 = {
            let connector = HttpsConnectorBuilder::new()
                .with_tls_config(tls.clone())
                .https_or_http()
                .enable_http2()
                .wrap_connector(tcp.clone());
            let mut pool = Client::builder(TokioExecutor::new());
            pool.pool_timer(TokioTimer::new())
                .pool_idle_timeout(self.idle_timeout)
                .pool_max_idle_per_host(self.max_idle)
                .http2_only(true)
                .build(connector)
        };
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(self.idle_timeout)
            .pool_max_idle_per_host(self.max_idle)
            .build(connector);
        let inner = Inner {
            http,
            #[cfg(feature = "http2")]
            http2,
            clusters: self.clusters,
        };
        Ok(OpenSearchClient {
            inner: Arc::new(inner),
        })
    }
}

/// Why a client can't be built.
#[derive(Debug)]
pub struct BuildError {
    kind: BuildErrorKind,
    cause: Option<BoxError>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BuildErrorKind {
    Tls,
    NoRoots,
    Certificate,
}

impl BuildError {
    fn new(kind: BuildErrorKind) -> Self {
        Self { kind, cause: None }
    }

    pub(super) fn caused(kind: BuildErrorKind, cause: impl Into<BoxError>) -> Self {
        Self {
            kind,
            cause: Some(cause.into()),
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            BuildErrorKind::Tls => "TLS can't be set up",
            BuildErrorKind::NoRoots => "a cluster is reached by https, and the system has no root certificates (SSL_CERT_FILE can name some)",
            BuildErrorKind::Certificate => "a root certificate can't be read: PEM with one or more certificates is wanted",
        })
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
