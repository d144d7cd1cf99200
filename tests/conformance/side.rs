//! Where a step is sent: straight to a cluster, or through the stack as one tenant.
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use serde::Deserialize;

use crate::support::http::Reply;
use crate::support::tenants::{self, Stack};
use crate::support::upstream::Upstream;

/// What a side is. A single-tenant index is what the others are compared with.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    SingleTenant,
    SharedIndex,
    DedicatedIndex,
    DedicatedCluster,
    /// A single-tenant index of the in-process cluster.
    InProcess,
}

/// One way of sending the steps of a scenario.
#[derive(Debug)]
pub struct Side {
    /// The tenant, or a name for messages.
    pub name: &'static str,
    pub placement: Placement,
    /// What the names of indices that this side sends start with. A single-tenant index has one of its own, so that it
    /// is another index than those behind the stack; it is taken out of the answers again.
    pub prefix: &'static str,
    upstream: Upstream,
    stack: Option<Stack>,
}

impl Side {
    /// Single-tenant indices on a cluster, without the stack.
    pub fn direct(prefix: &'static str, upstream: &Upstream) -> Self {
        let upstream = upstream.clone();
        Self {
            name: "direct",
            placement: Placement::SingleTenant,
            prefix,
            upstream,
            stack: None,
        }
    }

    /// The same on the in-process cluster.
    pub fn in_process() -> Self {
        let upstream = Upstream::memory();
        Self {
            name: "in process",
            placement: Placement::InProcess,
            prefix: "",
            upstream,
            stack: None,
        }
    }

    /// A tenant behind the stack.
    pub fn tenant(
        name: &'static str,
        placement: Placement,
        stack: &Stack,
        upstream: &Upstream,
    ) -> Self {
        Self {
            name,
            placement,
            prefix: "",
            upstream: upstream.clone(),
            stack: Some(stack.clone()),
        }
    }

    /// The physical name of a logical index.
    pub fn physical(&self, logical: &str) -> String {
        match self.stack {
            Some(_) => tenants::physical(self.name, logical),
            None => format!("{}{logical}", self.prefix),
        }
    }

    /// The operator's own request, past the stack.
    pub async fn operate(&self, method: &str, target: &str, body: impl Into<Bytes>) -> Reply {
        self.upstream.direct(method, target, body).await
    }

    /// Sends a step's request. Tells too whether the answer is a refusal of the stack's own.
    pub async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> (Reply, bool) {
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Full::from(body))
            .unwrap_or_else(|e| panic!("{method} {target}: {e}"));
        match &self.stack {
            Some(stack) => stack.ask(self.name, request).await,
            None => (self.upstream.request(request).await, false),
        }
    }
}
