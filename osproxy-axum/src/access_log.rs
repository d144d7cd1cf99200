//! One log line a request: method, endpoint class, status, who answered, how long its head took.
//!
//! No line holds a path, an id, a parameter or a tenant: the class of an endpoint says what a request is for without
//! them. Two layers make it: [`AccessLogLayer`] outside of the stack writes the line, [`DispatchedLayer`] inside of it
//! sees whether anything went to a cluster.
//!
//! ```
//! use osproxy_axum::access_log::{AccessLogLayer, DispatchedLayer};
//! # use osproxy_axum::client::OpenSearchClient;
//! # use osproxy_layer::{OsproxyLayer, Router};
//! use tower::ServiceBuilder;
//!
//! # fn compose<R: Router>(router: R, client: OpenSearchClient) {
//! let service = ServiceBuilder::new()
//!     .layer(AccessLogLayer::new())
//!     .layer(OsproxyLayer::new(router))
//!     .layer(DispatchedLayer::new())
//!     .service(client);
//! # let _ = service;
//! # }
//! ```
//!
//! `answered_by` is `cluster` where a request of this caller's reached one and its answer was not refused. So the very
//! first `GET /`, for which the stack asks a cluster's version, is a cluster's.
//!
//! The lines are `tracing` events of target `osproxy::access` at level `INFO`.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use http::{Method, Request, Response};
use osproxy_layer::Rejection;
use osproxy_layer::endpoint::Endpoint;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

/// Writes the line. See the [module docs](self).
///
/// # Order
///
/// Outside of the stack and of [`UpstreamErrorLayer`](crate::UpstreamErrorLayer), so that refusals and failures have
/// their line, too.
#[derive(Clone, Copy, Debug, Default)]
pub struct AccessLogLayer {
    _priv: (),
}

impl AccessLogLayer {
    /// The layer.
    #[must_use]
    pub const fn new() -> Self {
        Self { _priv: () }
    }
}

impl<S> Layer<S> for AccessLogLayer {
    type Service = AccessLog<S>;

    fn layer(&self, inner: S) -> AccessLog<S> {
        AccessLog { inner }
    }
}

/// See [`AccessLogLayer`].
#[derive(Clone, Copy, Debug)]
pub struct AccessLog<S> {
    inner: S,
}

impl<S, B, T> Service<Request<B>> for AccessLog<S>
where
    S: Service<Request<B>, Response = Response<T>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let line = Line::of(&request);
        request.extensions_mut().insert(line.dispatched.clone());
        ResponseFuture {
            future: self.inner.call(request),
            line,
        }
    }
}

/// What is known of a request before it is answered.
struct Line {
    method: &'static str,
    class: &'static str,
    started: Instant,
    dispatched: Dispatched,
}

impl Line {
    fn of<B>(request: &Request<B>) -> Self {
        let endpoint = Endpoint::classify(request.method(), request.uri().path());
        Self {
            method: name_of(request.method()),
            class: endpoint.map_or("unknown", |endpoint| endpoint.route().class().as_str()),
            started: Instant::now(),
            dispatched: Dispatched::default(),
        }
    }

    fn write<T>(&self, response: &Response<T>) {
        let rejection = response.extensions().get::<Rejection>();
        let answered_by = if rejection.is_none() && self.dispatched.get() {
            "cluster"
        } else {
            "osproxy"
        };
        tracing::info!(
            target: "osproxy::access",
            method = self.method,
            endpoint = self.class,
            status = response.status().as_u16(),
            answered_by,
            rejection = rejection.map(|rejection| rejection.kind().as_str()),
            duration_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX),
        );
    }
}

/// A method's name is the client's own text unless it is a known one.
fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

pin_project! {
    /// The future of [`AccessLog`].
    pub struct ResponseFuture<F> {
        #[pin]
        future: F,
        line: Line,
    }
}

impl<F, T, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<T>, E>>,
{
    type Output = Result<Response<T>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.future.poll(cx));
        if let Ok(response) = &answer {
            this.line.write(response);
        }
        Poll::Ready(answer)
    }
}

impl<F> fmt::Debug for ResponseFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

/// Whether a physical request went to a cluster. Shared by a request and the sub-requests that it becomes.
#[derive(Clone, Default)]
struct Dispatched(Arc<AtomicBool>);

impl Dispatched {
    // The answer itself orders the two: it comes after the request was sent.
    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Notes that a request goes to a cluster. See the [module docs](self).
///
/// # Order
///
/// Inside of the stack, right outside of the client.
#[derive(Clone, Copy, Debug, Default)]
pub struct DispatchedLayer {
    _priv: (),
}

impl DispatchedLayer {
    /// The layer.
    #[must_use]
    pub const fn new() -> Self {
        Self { _priv: () }
    }
}

impl<S> Layer<S> for DispatchedLayer {
    type Service = Dispatch<S>;

    fn layer(&self, inner: S) -> Dispatch<S> {
        Dispatch { inner }
    }
}

/// See [`DispatchedLayer`].
#[derive(Clone, Copy, Debug)]
pub struct Dispatch<S> {
    inner: S,
}

impl<S, B> Service<Request<B>> for Dispatch<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> S::Future {
        if let Some(dispatched) = request.extensions().get::<Dispatched>() {
            dispatched.set();
        }
        self.inner.call(request)
    }
}
