//! The two edges of the stack: where the caller's body types become ours.
//!
//! [`OsproxyLayer`](crate::OsproxyLayer) has both. Whoever composes the four layers by hand puts
//! [`RequestEdgeLayer`] outermost and [`ResponseEdgeLayer`] innermost.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::body::{RequestBody, ResponseBody};

/// Wraps the caller's request body, once.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestEdgeLayer {
    _priv: (),
}

impl RequestEdgeLayer {
    /// The layer.
    #[must_use]
    pub const fn new() -> Self {
        Self { _priv: () }
    }
}

impl<S> Layer<S> for RequestEdgeLayer {
    type Service = RequestEdge<S>;

    fn layer(&self, inner: S) -> RequestEdge<S> {
        RequestEdge { inner }
    }
}

/// See [`RequestEdgeLayer`].
#[derive(Clone, Copy, Debug)]
pub struct RequestEdge<S> {
    inner: S,
}

impl<S, B> Service<Request<B>> for RequestEdge<S>
where
    S: Service<Request<RequestBody<B>>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> S::Future {
        self.inner.call(request.map(RequestBody::new))
    }
}

/// Wraps the inner service's response body, once.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResponseEdgeLayer {
    _priv: (),
}

impl ResponseEdgeLayer {
    /// The layer.
    #[must_use]
    pub const fn new() -> Self {
        Self { _priv: () }
    }
}

impl<S> Layer<S> for ResponseEdgeLayer {
    type Service = ResponseEdge<S>;

    fn layer(&self, inner: S) -> ResponseEdge<S> {
        ResponseEdge { inner }
    }
}

/// See [`ResponseEdgeLayer`].
#[derive(Clone, Copy, Debug)]
pub struct ResponseEdge<S> {
    inner: S,
}

impl<S, Req, T> Service<Req> for ResponseEdge<S>
where
    S: Service<Req, Response = Response<T>>,
{
    type Response = Response<ResponseBody<T>>;
    type Error = S::Error;
    type Future = ResponseEdgeFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Req) -> Self::Future {
        ResponseEdgeFuture {
            future: self.inner.call(request),
        }
    }
}

pin_project! {
    /// The future of [`ResponseEdge`].
    #[derive(Debug)]
    pub struct ResponseEdgeFuture<F> {
        #[pin]
        future: F,
    }
}

impl<F, T, E> Future for ResponseEdgeFuture<F>
where
    F: Future<Output = Result<Response<T>, E>>,
{
    type Output = Result<Response<ResponseBody<T>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(
            ready!(self.project().future.poll(cx)).map(|response| response.map(ResponseBody::new)),
        )
    }
}
