//! The whole stack as one layer.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::cursor::CursorKeys;
use crate::demux::{Demux, DemuxLayer};
use crate::edge::{RequestEdge, RequestEdgeLayer, ResponseEdge, ResponseEdgeLayer};
use crate::gate::{WriteGate, WriteGateLayer};
use crate::operator::OperatorRoutes;
use crate::resolve::{Resolve, ResolveLayer, ResponseFuture as Resolving};
use crate::route::{Route, RouteLayer};
use crate::router::Router;
use crate::stack::Stack;
use crate::switches::{ClientRouting, ZeroBuckets};

/// The four layers and the two edges, in order: see the [crate](crate#the-stack).
///
/// ```
/// use std::convert::Infallible;
/// use std::sync::Arc;
///
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use osproxy_layer::spi::{ClusterId, IndexPattern, PartitionId, PartitionKeySpec, SharedIndex};
/// use osproxy_layer::{OsproxyLayer, PlacementTable, RequestBody, TableTenancy, TenancyRouter};
/// use tower::{ServiceBuilder, service_fn};
///
/// let table = Arc::new(PlacementTable::new());
/// let shared = SharedIndex::new(ClusterId::from("eu-1"), IndexPattern::parse("{index}-shared").unwrap());
/// table.put(PartitionId::parse("acme").unwrap(), shared.into()).unwrap();
/// let router = TenancyRouter::new(TableTenancy::new(PartitionKeySpec::PrincipalAttr("tenant".into()), table));
///
/// let service = ServiceBuilder::new()
///     // .layer(auth): the service's own, which inserts the `Principal`
///     .layer(OsproxyLayer::new(router))
///     .service(service_fn(|_request: Request<RequestBody<Full<Bytes>>>| async {
///         Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("{}"))))
///     }));
/// # let _ = service;
/// ```
pub struct OsproxyLayer<R> {
    stack: Stack<R>,
}

/// Private, so that the order can change without breaking anyone.
type Layers<S, R> = RequestEdge<Resolve<Demux<Route<WriteGate<ResponseEdge<S>, R>, R>, R>, R>>;

/// What the resolve layer has inside.
type Inside<S, R> = Demux<Route<WriteGate<ResponseEdge<S>, R>, R>, R>;

impl<R> OsproxyLayer<R> {
    /// The stack on this router, with default bounds.
    pub fn new(router: R) -> Self {
        Self {
            stack: Stack::new(router),
        }
    }

    /// See [`Stack::max_body_bytes`].
    #[must_use]
    pub fn max_body_bytes(self, bytes: usize) -> Self {
        Self {
            stack: self.stack.max_body_bytes(bytes),
        }
    }

    /// See [`Stack::max_content_bytes`].
    #[must_use]
    pub fn max_content_bytes(self, bytes: usize) -> Self {
        Self {
            stack: self.stack.max_content_bytes(bytes),
        }
    }

    /// See [`Stack::max_groups_in_flight`].
    #[must_use]
    pub fn max_groups_in_flight(self, groups: usize) -> Self {
        Self {
            stack: self.stack.max_groups_in_flight(groups),
        }
    }

    /// See [`Stack::hold`].
    #[must_use]
    pub fn hold(self, bound: Duration) -> Self {
        Self {
            stack: self.stack.hold(bound),
        }
    }

    /// See [`Stack::max_held_writes`].
    #[must_use]
    pub fn max_held_writes(self, writes: usize) -> Self {
        Self {
            stack: self.stack.max_held_writes(writes),
        }
    }

    /// See [`Stack::max_held_bytes`].
    #[must_use]
    pub fn max_held_bytes(self, bytes: usize) -> Self {
        Self {
            stack: self.stack.max_held_bytes(bytes),
        }
    }

    /// See [`Stack::managed_templates`].
    #[must_use]
    pub fn managed_templates(self, names: impl IntoIterator<Item = String>) -> Self {
        Self {
            stack: self.stack.managed_templates(names),
        }
    }

    /// See [`Stack::finish_writes`].
    #[must_use]
    pub fn finish_writes<F>(self, hook: F) -> Self
    where
        F: Fn(Pin<Box<dyn Future<Output = ()> + Send>>) + Send + Sync + 'static,
    {
        Self {
            stack: self.stack.finish_writes(hook),
        }
    }

    /// See [`Stack::cursor_keys`].
    #[must_use]
    pub fn cursor_keys(self, keys: CursorKeys) -> Self {
        Self {
            stack: self.stack.cursor_keys(keys),
        }
    }

    /// See [`Stack::max_open_cursors`].
    #[must_use]
    pub fn max_open_cursors(self, cursors: usize) -> Self {
        Self {
            stack: self.stack.max_open_cursors(cursors),
        }
    }

    /// See [`Stack::zero_buckets`].
    #[must_use]
    pub fn zero_buckets(self, choice: ZeroBuckets) -> Self {
        Self {
            stack: self.stack.zero_buckets(choice),
        }
    }

    /// See [`Stack::strict`].
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        Self {
            stack: self.stack.strict(strict),
        }
    }

    /// See [`Stack::operator_routes`].
    #[must_use]
    pub fn operator_routes(self, routes: OperatorRoutes) -> Self {
        Self {
            stack: self.stack.operator_routes(routes),
        }
    }

    /// See [`Stack::client_routing`].
    #[must_use]
    pub fn client_routing(self, choice: ClientRouting) -> Self {
        Self {
            stack: self.stack.client_routing(choice),
        }
    }
}

impl<S, R> Layer<S> for OsproxyLayer<R> {
    type Service = Osproxy<S, R>;

    fn layer(&self, inner: S) -> Osproxy<S, R> {
        let layers = (
            RequestEdgeLayer::new(),         // the caller's body becomes ours, once
            ResolveLayer::of(&self.stack),   // first: everything below reads what it finds
            DemuxLayer::of(&self.stack),     // bulks, which have no single placement
            RouteLayer::of(&self.stack),     // below here every request is physical
            WriteGateLayer::of(&self.stack), // last: as close to dispatch as can be
            ResponseEdgeLayer::new(),        // the inner service's body becomes ours, once
        );
        Osproxy {
            layers: layers.layer(inner),
        }
    }
}

/// The service of [`OsproxyLayer`].
pub struct Osproxy<S, R> {
    layers: Layers<S, R>,
}

impl<S, R, B, T> Service<Request<B>> for Osproxy<S, R>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<T>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    T: Body<Data = Bytes> + Send + 'static,
    T::Error: Into<BoxError>,
{
    type Response = Response<ResponseBody<T>>;
    type Error = S::Error;
    type Future = ResponseFuture<S, R, B, T>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.layers.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        ResponseFuture {
            future: self.layers.call(request),
        }
    }
}

pin_project! {
    /// The future of [`Osproxy`].
    pub struct ResponseFuture<S, R, B, T>
    where
        Inside<S, R>: Service<Request<RequestBody<B>>>,
    {
        #[pin]
        future: Resolving<Inside<S, R>, B, T>,
    }
}

impl<S, R, B, T> Future for ResponseFuture<S, R, B, T>
where
    Inside<S, R>: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>>,
{
    type Output = Result<
        Response<ResponseBody<T>>,
        <Inside<S, R> as Service<Request<RequestBody<B>>>>::Error,
    >;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().future.poll(cx)
    }
}

impl<S, R, B, T> fmt::Debug for ResponseFuture<S, R, B, T>
where
    Inside<S, R>: Service<Request<RequestBody<B>>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

impl<R> Clone for OsproxyLayer<R> {
    fn clone(&self) -> Self {
        Self {
            stack: self.stack.clone(),
        }
    }
}

impl<R> fmt::Debug for OsproxyLayer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OsproxyLayer")
            .field("stack", &self.stack)
            .finish()
    }
}

impl<S: Clone, R> Clone for Osproxy<S, R> {
    fn clone(&self) -> Self {
        Self {
            layers: self.layers.clone(),
        }
    }
}

impl<S: fmt::Debug, R> fmt::Debug for Osproxy<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Osproxy").finish_non_exhaustive()
    }
}
