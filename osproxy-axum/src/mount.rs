//! Nesting the stack in a service that has routes of its own.
//!
//! ```
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use axum::routing::get;
//! use osproxy_axum::client::OpenSearchClient;
//! use osproxy_axum::{MountPathLayer, UpstreamErrorLayer};
//! use osproxy_layer::spi::PartitionKeySpec;
//! use osproxy_layer::{PlacementTable, TableTenancy, TenancyRouter};
//! use tower::ServiceBuilder;
//!
//! # let rt = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! # let _context = rt.enter();
//! let from = PartitionKeySpec::PrincipalAttr("tenant".into());
//! let router = TenancyRouter::new(TableTenancy::new(from, Arc::new(PlacementTable::new())));
//! let opensearch = ServiceBuilder::new()
//!     .layer(UpstreamErrorLayer::new())
//!     .layer(MountPathLayer::new())
//!     .layer(osproxy_axum::layer(router))
//!     .service(OpenSearchClient::builder().build()?);
//! let app: Router = Router::new().route("/health", get(async || "up")).nest_service("/os", opensearch);
//! # let _ = app;
//! # Ok::<(), osproxy_layer::BoxError>(())
//! ```

use std::task::{Context, Poll};

use axum::extract::OriginalUri;
use http::{Extensions, Request, Uri};
use osproxy_layer::{MountPath, OsproxyLayer, Router};
use tower_layer::Layer;
use tower_service::Service;

/// The stack with the hook that axum's runtime allows: a dispatched write whose client has gone is finished by
/// `tokio::spawn`. A service that waits for such writes when it stops sets a hook of its own.
pub fn layer<R: Router>(router: R) -> OsproxyLayer<R> {
    OsproxyLayer::new(router).finish_writes(|write| {
        tokio::spawn(write);
    })
}

/// Tells the stack under which path axum has nested it, so that a `Location` leads back through the mount.
///
/// # Order
///
/// Outside of the stack, inside of the axum router that nests it: it compares the path that is left with the one that
/// came. A host whose own front cuts a path off before axum sees it names the whole path with
/// [`fixed`](Self::fixed).
#[derive(Clone, Debug, Default)]
pub struct MountPathLayer {
    fixed: Option<MountPath>,
}

impl MountPathLayer {
    /// The mount path as axum tells it.
    #[must_use]
    pub const fn new() -> Self {
        Self { fixed: None }
    }

    /// This mount path, whatever axum tells.
    #[must_use]
    pub fn fixed(path: &str) -> Self {
        Self {
            fixed: Some(MountPath::new(path)),
        }
    }
}

impl<S> Layer<S> for MountPathLayer {
    type Service = Mounted<S>;

    fn layer(&self, inner: S) -> Mounted<S> {
        Mounted {
            inner,
            fixed: self.fixed.clone(),
        }
    }
}

/// See [`MountPathLayer`].
#[derive(Clone, Debug)]
pub struct Mounted<S> {
    inner: S,
    fixed: Option<MountPath>,
}

impl<S, B> Service<Request<B>> for Mounted<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        let path = self
            .fixed
            .clone()
            .or_else(|| nested(request.extensions(), request.uri()));
        if let Some(path) = path {
            request.extensions_mut().insert(path);
        }
        self.inner.call(request)
    }
}

fn nested(extensions: &Extensions, left: &Uri) -> Option<MountPath> {
    let OriginalUri(original) = extensions.get()?;
    cut(original.path(), left.path()).map(MountPath::new)
}

/// What was cut off the front of a path.
fn cut<'a>(original: &'a str, left: &str) -> Option<&'a str> {
    match original.strip_suffix(left) {
        Some(prefix) => Some(prefix).filter(|prefix| !prefix.is_empty()),
        // The mount itself, without a slash at its end, becomes the root.
        None => (left == "/").then_some(original),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_nesting_cut_off_is_the_mount() {
        for (original, left, mount) in [
            ("/os/orders/_doc/1", "/orders/_doc/1", Some("/os")),
            ("/a/b/orders", "/orders", Some("/a/b")),
            ("/os%20x/orders/a%2Fb", "/orders/a%2Fb", Some("/os%20x")),
            ("/os", "/", Some("/os")),
            ("/os/", "/", Some("/os")),
            ("/orders", "/orders", None),
            ("/", "/", None),
            ("/os/orders", "/other", None),
        ] {
            assert_eq!(
                cut(original, left).map(|path| path.trim_end_matches('/')),
                mount,
                "{original} {left}"
            );
        }
    }
}
