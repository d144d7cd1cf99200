//! Where a physical request goes.

use std::sync::Arc;

use http::Extensions;

use super::{ClusterId, IndexName, Protocol};
use crate::state::RequestState;

/// One cluster (and its endpoint, where the router names one) and the physical index.
///
/// The inner service reads it from the request's extensions to choose its client:
///
/// ```
/// use osproxy_layer::spi::Target;
///
/// fn cluster_of<B>(request: &http::Request<B>) -> Option<&str> {
///     Some(Target::get(request.extensions())?.cluster().as_str())
/// }
/// # let _ = cluster_of::<()>;
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    cluster: ClusterId,
    indices: Arc<[IndexName]>,
    endpoint: Option<Arc<str>>,
    protocol: Option<Protocol>,
}

impl Target {
    /// One index of a cluster.
    #[must_use]
    pub fn new(cluster: ClusterId, index: IndexName) -> Self {
        Self {
            cluster,
            indices: Arc::new([index]),
            endpoint: None,
            protocol: None,
        }
    }

    /// A cluster as a whole: no index, or several of them.
    #[must_use]
    pub fn with_indices(cluster: ClusterId, indices: impl IntoIterator<Item = IndexName>) -> Self {
        Self {
            cluster,
            indices: indices.into_iter().collect(),
            endpoint: None,
            protocol: None,
        }
    }

    /// Sets the cluster's base URL, for a client that doesn't know the cluster by name.
    #[must_use]
    pub fn with_endpoint(mut self, endpoint: Option<Arc<str>>) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// Sets the protocol to speak there.
    #[must_use]
    pub fn with_protocol(mut self, protocol: Option<Protocol>) -> Self {
        self.protocol = protocol;
        self
    }

    /// The target of a physical request, as `RouteLayer` or `DemuxLayer` left it.
    #[must_use]
    pub fn get(extensions: &Extensions) -> Option<&Self> {
        RequestState::get(extensions)?.target()
    }

    /// The cluster.
    #[must_use]
    pub fn cluster(&self) -> &ClusterId {
        &self.cluster
    }

    /// The physical index, where the request is for just one.
    #[must_use]
    pub fn index(&self) -> Option<&IndexName> {
        match &*self.indices {
            [index] => Some(index),
            _ => None,
        }
    }

    /// Every physical index of the request.
    #[must_use]
    pub fn indices(&self) -> &[IndexName] {
        &self.indices
    }

    /// The protocol to speak there: a [`RouteDecision`](super::RouteDecision)'s word. `None` leaves it to the client.
    #[must_use]
    pub fn protocol(&self) -> Option<Protocol> {
        self.protocol
    }

    /// The cluster's base URL, where the router gave one.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }
}
