//! Finds out what a request is for, whose it is and where it goes.
//!
//! The path is looked up in the endpoint table, the router names the partition and its placement, and the table's
//! column for that placement decides: on, answered here, or refused. What is refused costs no upstream request and,
//! where the path decides, not even a look at the body.
//!
//! ```
//! use osproxy_layer::{ResolveLayer, Stack};
//! # use osproxy_layer::Router;
//! # fn resolve<R: Router>(router: R) {
//! let layer = ResolveLayer::of(&Stack::new(router));
//! # let _ = layer;
//! # }
//! ```
//!
//! # Order
//!
//! Outside of all others, and inside of the service's own authentication, which inserts the
//! [`Principal`](crate::spi::Principal).
//!
//! # Errors
//!
//! 400 for what is refused or can't be placed, 401 without a principal where one is needed, 404 for an unknown
//! partition, 405 for a method that the path doesn't have, 503 where the placement store is down.

mod again;
mod caller;
mod decide;
mod info;
mod virtual_answer;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

pub(crate) use self::again::again;
pub(crate) use self::decide::document_of_update;
use self::decide::{Decided, decide};
pub(crate) use self::info::Versions;
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::{Endpoint, EndpointError, Query};
use crate::outbound::{Outbound, take_ready};
use crate::plan::is_pretty;
use crate::plumbing::stack_layer;
use crate::rejection::Rejection;
use crate::route::spaced;
use crate::router::Router;

stack_layer!(ResolveLayer, Resolve);

impl<S, R, B, T> Service<Request<RequestBody<B>>> for Resolve<S, R>
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
    type Future = ResponseFuture<S, B, T>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody<B>>) -> Self::Future {
        let outbound = Outbound::ready(take_ready(&mut self.inner));
        let pretty = wants_pretty(&request);
        let endpoint = match classify(&request) {
            Ok(endpoint) => endpoint,
            Err(rejection) => {
                return ResponseFuture {
                    kind: Kind::Answered {
                        response: Some(rejection.into_response()),
                    },
                    pretty,
                };
            }
        };
        let decide = Box::pin(decide(
            self.stack.clone(),
            outbound,
            request,
            Arc::new(endpoint),
        ));
        ResponseFuture {
            kind: Kind::Deciding { decide },
            pretty,
        }
    }
}

/// Whether the client wants line breaks in what is refused here. A cheap look first, for hardly anyone does.
fn wants_pretty<B>(request: &Request<B>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    query.contains("pretty")
        && *request.method() != Method::HEAD
        && Query::parse(query).is_ok_and(|query| is_pretty(&query))
}

/// A refusal with line breaks, whichever layer it came from.
fn spaced_refusal<T>(mut response: Response<ResponseBody<T>>) -> Response<ResponseBody<T>> {
    if let Some(rejection) = response.extensions().get::<Rejection>() {
        let mut body = rejection.body();
        spaced(&mut body, true);
        *response.body_mut() = ResponseBody::from(Bytes::from(body));
    }
    response
}

/// The endpoint of a request, by its path.
fn classify<B>(request: &Request<B>) -> Result<Endpoint, Rejection> {
    Endpoint::classify(request.method(), request.uri().path()).map_err(|error| match error {
        EndpointError::MethodNotAllowed { allowed } => {
            Rejection::method_not_allowed(&allowed.to_string())
        }
        EndpointError::UnknownRoute => {
            Rejection::refused(format!("[{}] {error}", request.method()))
        }
        other => Rejection::malformed("illegal_argument_exception", other.to_string()),
    })
}

pin_project! {
    /// The future of [`Resolve`].
    pub struct ResponseFuture<S, B, T>
    where
        S: Service<Request<RequestBody<B>>>,
    {
        #[pin]
        kind: Kind<S, B, T>,
        pretty: bool,
    }
}

/// The user's router is asynchronous code without a name, so its future is boxed; the inner one never is.
type Deciding<S, B, T, E> = Pin<Box<dyn Future<Output = Decided<S, B, T, E>> + Send>>;

pin_project! {
    #[project = KindProj]
    enum Kind<S, B, T>
    where
        S: Service<Request<RequestBody<B>>>,
    {
        Deciding { decide: Deciding<S, B, T, S::Error> },
        Sending { outbound: Outbound<S>, request: Option<Box<Request<RequestBody<B>>>> },
        Forwarded { #[pin] future: S::Future },
        Answered { response: Option<Response<ResponseBody<T>>> },
    }
}

impl<S, B, T> Future for ResponseFuture<S, B, T>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>>,
{
    type Output = Result<Response<ResponseBody<T>>, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.kind.poll(cx));
        Poll::Ready(match *this.pretty {
            true => answer.map(spaced_refusal),
            false => answer,
        })
    }
}

impl<S, B, T> Kind<S, B, T>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>>,
{
    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Response<ResponseBody<T>>, S::Error>> {
        loop {
            let next = match self.as_mut().project() {
                KindProj::Deciding { decide } => match ready!(decide.as_mut().poll(cx)) {
                    Decided::Answer(answer) => return Poll::Ready(answer),
                    Decided::Forward(outbound, request) => Self::Sending {
                        outbound,
                        request: Some(request),
                    },
                },
                KindProj::Sending { outbound, request } => {
                    ready!(outbound.poll_ready(cx))?;
                    let Some(request) = request.take() else {
                        return Poll::Pending;
                    };
                    Self::Forwarded {
                        future: outbound.call(*request),
                    }
                }
                KindProj::Forwarded { future } => return future.poll(cx),
                KindProj::Answered { response } => {
                    return response
                        .take()
                        .map_or(Poll::Pending, |response| Poll::Ready(Ok(response)));
                }
            };
            self.set(next);
        }
    }
}

impl<S, B, T> fmt::Debug for ResponseFuture<S, B, T>
where
    S: Service<Request<RequestBody<B>>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
