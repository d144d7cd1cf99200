//! Where a step is sent: straight to a cluster, or through the stack as one tenant.
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use serde::Deserialize;

use crate::support::http::{Client, Reply};

/// Where the tenant of a side lives. A single-tenant index is what the others are compared with.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    SingleTenant,
    SharedIndex,
    DedicatedIndex,
    DedicatedCluster,
}

type Answer = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// One way of sending the steps of a scenario.
pub struct Side {
    /// For messages.
    pub name: &'static str,
    pub placement: Placement,
    /// What the names of indices that this side sends start with. A single-tenant index has one of its own, so that it
    /// is another index than those behind the stack; it is taken out of the answers again.
    pub prefix: &'static str,
    /// The physical name behind a logical one, for the operator's part: creating and removing indices.
    pub physical: fn(&str) -> String,
    send: Box<dyn Fn(Request<Full<Bytes>>) -> Answer + Send + Sync>,
}

impl Side {
    /// A side that hands each request to a function.
    pub fn new<F>(
        name: &'static str,
        placement: Placement,
        prefix: &'static str,
        physical: fn(&str) -> String,
        send: impl Fn(Request<Full<Bytes>>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Reply> + Send + 'static,
    {
        Self {
            name,
            placement,
            prefix,
            physical,
            send: Box::new(move |request| Box::pin(send(request))),
        }
    }

    /// Single-tenant indices on a cluster, without the stack.
    pub fn direct(name: &'static str, prefix: &'static str, client: &Client, url: &str) -> Self {
        let (client, url) = (client.clone(), url.to_owned());
        Self::new(
            name,
            Placement::SingleTenant,
            prefix,
            str::to_owned,
            move |mut request| {
                let client = client.clone();
                *request.uri_mut() = format!("{url}{}", request.uri()).parse().unwrap();
                async move { client.request(request).await.unwrap() }
            },
        )
    }

    pub async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Reply {
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Full::from(body))
            .unwrap_or_else(|e| panic!("{method} {target}: {e}"));
        (self.send)(request).await
    }
}

impl fmt::Debug for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Side")
            .field("name", &self.name)
            .field("placement", &self.placement)
            .finish_non_exhaustive()
    }
}
