//! What the published proxy got wrong, one named test each.
//!
//! Every test runs over the in-process cluster, and over a real node where there is one.
mod bulk;
mod documents;
mod headers;
mod ids;
mod limits;
mod names;
mod parameters;
mod two_clusters;
mod upstream_errors;

use std::sync::atomic::{AtomicU32, Ordering};

use crate::support::tenants::{GLOBEX, Stack, TENANTS, physical};
use crate::support::upstream::Upstream;

/// A cluster, the stack in front of it, and a logical index that no other test uses.
struct Case {
    upstream: Upstream,
    stack: Stack,
    index: String,
}

impl Case {
    fn new(upstream: Upstream) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let index = format!(
            "r{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        Self {
            stack: Stack::new(upstream.clone()),
            upstream,
            index,
        }
    }

    /// One case a cluster that the tests run over.
    async fn all() -> Vec<Self> {
        Upstream::all().await.into_iter().map(Self::new).collect()
    }

    /// Removes the physical indices of the logical ones that start with the case's own.
    async fn remove(self) {
        let logical = ["", "-other"].map(|suffix| format!("{}{suffix}", self.index));
        let tenants = TENANTS.iter().chain([&GLOBEX]);
        let names = tenants.flat_map(|tenant| logical.iter().map(|index| physical(tenant, index)));
        for name in names {
            self.upstream
                .direct("DELETE", &format!("/{name}?ignore_unavailable=true"), "")
                .await;
        }
    }
}

/// The reason and the type of an error answer, for messages and checks.
fn error_type(reply: &crate::support::http::Reply) -> String {
    reply.json()["error"]["type"]
        .as_str()
        .unwrap_or("none")
        .to_owned()
}
