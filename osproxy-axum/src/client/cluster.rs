//! What the client knows of one cluster.

use std::time::Duration;

use super::base_url::BaseUrl;
use super::{ClusterCredentials, EndpointError};

/// One cluster: where it is, who we are there, and how long we wait for it.
#[derive(Clone, Debug)]
pub struct ClusterConfig {
    base: BaseUrl,
    credentials: Option<ClusterCredentials>,
    timeouts: Timeouts,
}

/// How long we wait for a cluster.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    pub(super) header: Duration,
    pub(super) body: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            header: ClusterConfig::DEFAULT_TIMEOUT,
            body: ClusterConfig::DEFAULT_TIMEOUT,
        }
    }
}

impl ClusterConfig {
    /// The default of both time-outs: as long as a node's own default for what it waits for (a minute).
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

    /// A cluster at this URL: `http://` or `https://`, a host, and optionally a port and a path prefix.
    ///
    /// # Errors
    /// When the text is no such URL.
    pub fn new(endpoint: &str) -> Result<Self, EndpointError> {
        Ok(Self {
            base: BaseUrl::parse(endpoint)?,
            credentials: None,
            timeouts: Timeouts::default(),
        })
    }

    /// Sets who we are there. Without it a request goes out with what the router's header operations set, if
    /// anything.
    #[must_use]
    pub fn with_credentials(mut self, credentials: ClusterCredentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets how long a response's head may take, from the call on. It bounds sending a large body too.
    #[must_use]
    pub fn with_header_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.header = timeout;
        self
    }

    /// Sets how long the cluster may be silent within a response's body. After it the body is broken off.
    #[must_use]
    pub fn with_body_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.body = timeout;
        self
    }

    pub(super) fn base(&self) -> &BaseUrl {
        &self.base
    }

    pub(super) fn credentials(&self) -> Option<&ClusterCredentials> {
        self.credentials.as_ref()
    }

    pub(super) fn timeouts(&self) -> Timeouts {
        self.timeouts
    }
}
