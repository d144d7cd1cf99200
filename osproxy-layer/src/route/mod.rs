//! Spells a logical request for its cluster, and the answer back.
//!
//! Every request for one document, every search and every count passes here. The path, the parameters, the headers
//! and, on a shared index, the body are written anew from typed values; the answer is turned back in one pass. A
//! request on a dedicated cluster only has its path and headers rebuilt, and streams.
//!
//! ```
//! use osproxy_layer::{RouteLayer, Stack};
//! # use osproxy_layer::Router;
//! # fn route<R: Router>(router: R) {
//! let layer = RouteLayer::of(&Stack::new(router).max_body_bytes(10 * 1024 * 1024));
//! # let _ = layer;
//! # }
//! ```
//!
//! # Order
//!
//! Inside of [`ResolveLayer`](crate::ResolveLayer), whose findings it reads, and outside of
//! [`WriteGateLayer`](crate::WriteGateLayer). What [`DemuxLayer`](crate::DemuxLayer) handles passes through.
//!
//! # Errors
//!
//! 400 for what the screen refuses, 413 for a body over its bound, 415 for an encoded one, 502 for an answer that
//! can't be turned back.

mod answer;
mod forward;
mod work;

pub(crate) use forward::malformed;
pub(crate) use work::read;

use std::fmt;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::demux;
use crate::future::ResponseFuture;
use crate::outbound::{Outbound, take_ready};
use crate::rejection::Rejection;
use crate::router::{Router, Scope};
use crate::stack::Stack;
use crate::state::RequestState;

pub(crate) use answer::{NO_HITS, read_whole, unreadable};

/// See the [module](self).
pub struct RouteLayer<R> {
    stack: Stack<R>,
}

impl<R> RouteLayer<R> {
    /// A layer with a stack of its own.
    pub fn new(router: R) -> Self {
        Self {
            stack: Stack::new(router),
        }
    }

    /// The layer of this stack.
    #[must_use]
    pub fn of(stack: &Stack<R>) -> Self {
        Self {
            stack: stack.clone(),
        }
    }
}

impl<S, R> Layer<S> for RouteLayer<R> {
    type Service = Route<S, R>;

    fn layer(&self, inner: S) -> Route<S, R> {
        Route {
            inner,
            stack: self.stack.clone(),
        }
    }
}

/// See the [module](self).
pub struct Route<S, R> {
    inner: S,
    stack: Stack<R>,
}

impl<S, R, B, T> Service<Request<RequestBody<B>>> for Route<S, R>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    T: Body<Data = Bytes> + Send + 'static,
    T::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, T, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody<B>>) -> Self::Future {
        let mut inner = take_ready(&mut self.inner);
        let Some(state) = RequestState::get(request.extensions()) else {
            return ResponseFuture::answered(Rejection::missing_layer("ResolveLayer"));
        };
        if !state.is_logical() || demux::handles(state) {
            return ResponseFuture::passed(inner.call(request));
        }
        let Some(resolved) = state.resolved() else {
            return ResponseFuture::answered(Rejection::missing_layer("ResolveLayer"));
        };
        if matches!(resolved.scope(), Scope::Cluster(_)) {
            let resolved = resolved.clone();
            return match forward::physical(request, &resolved) {
                Ok(request) => ResponseFuture::passed(inner.call(request)),
                Err(rejection) => ResponseFuture::answered(rejection),
            };
        }
        let outbound = Outbound::ready(inner);
        let stack = self.stack.clone();
        ResponseFuture::worked(Box::pin(async move {
            work::work(stack, outbound, request)
                .await
                .or_else(|stopped| stopped.into_result())
        }))
    }
}

impl<R> Clone for RouteLayer<R> {
    fn clone(&self) -> Self {
        Self {
            stack: self.stack.clone(),
        }
    }
}

impl<R> fmt::Debug for RouteLayer<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteLayer")
            .field("stack", &self.stack)
            .finish()
    }
}

impl<S: Clone, R> Clone for Route<S, R> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            stack: self.stack.clone(),
        }
    }
}

impl<S: fmt::Debug, R> fmt::Debug for Route<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
