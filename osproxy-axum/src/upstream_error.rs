//! Turns a transport error into a response in OpenSearch's own shape.
//!
//! The stack passes its inner service's error through untouched. At the mount point someone must answer: hyper
//! closes the connection on an error, and axum demands `Infallible`.
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response, StatusCode};
//! use http_body_util::Full;
//! use osproxy_axum::UpstreamErrorLayer;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let broken = service_fn(async |_: Request<()>| Err::<Response<Full<Bytes>>, _>(std::io::Error::other("gone")));
//! let service = ServiceBuilder::new().layer(UpstreamErrorLayer::new()).service(broken);
//! let response = service.oneshot(Request::new(())).await.unwrap();
//! assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
//! # });
//! ```
//!
//! # Order
//!
//! Outside of the stack, inside of whatever logs or counts responses: the [`Rejection`] is in the response's
//! extensions.
//!
//! # Errors
//!
//! 502, but 504 where [`ClientError`] says that the cluster did not answer in time, 413 where the caller's body is
//! over the host's limit, 400 where it broke off, and 500 where the target can't be used.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use osproxy_layer::{BoxError, Rejection, RejectionKind};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::client::{ClientError, ClientErrorKind, error_in};

/// Answers for an inner service that failed. See the [module docs](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct UpstreamErrorLayer {
    _priv: (),
}

impl UpstreamErrorLayer {
    /// The layer.
    #[must_use]
    pub const fn new() -> Self {
        Self { _priv: () }
    }
}

impl<S> Layer<S> for UpstreamErrorLayer {
    type Service = UpstreamError<S>;

    fn layer(&self, inner: S) -> UpstreamError<S> {
        UpstreamError {
            inner,
            failed: None,
        }
    }
}

/// See [`UpstreamErrorLayer`].
pub struct UpstreamError<S> {
    inner: S,
    /// A service that can't become ready answers the next call with this.
    failed: Option<Rejection>,
}

impl<S, B, T> Service<Request<B>> for UpstreamError<S>
where
    S: Service<Request<B>, Response = Response<T>>,
    S::Error: Into<BoxError>,
    T: From<Bytes>,
{
    type Response = S::Response;
    type Error = Infallible;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.failed = ready!(self.inner.poll_ready(cx))
            .err()
            .map(|error| reject(&*error.into()));
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let kind = match self.failed.take() {
            Some(rejection) => Kind::Failed {
                rejection: Some(rejection),
            },
            None => Kind::Called {
                future: self.inner.call(request),
            },
        };
        ResponseFuture { kind }
    }
}

impl<S: Clone> Clone for UpstreamError<S> {
    fn clone(&self) -> Self {
        // A clone has not been polled ready, so it has not failed either.
        Self {
            inner: self.inner.clone(),
            failed: None,
        }
    }
}

impl<S: fmt::Debug> fmt::Debug for UpstreamError<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamError")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// The future of [`UpstreamError`].
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        kind: Kind<F>,
    }
}

pin_project! {
    #[project = KindProj]
    #[derive(Debug)]
    enum Kind<F> {
        Failed { rejection: Option<Rejection> },
        Called { #[pin] future: F },
    }
}

impl<F, T, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<T>, E>>,
    E: Into<BoxError>,
    T: From<Bytes>,
{
    type Output = Result<Response<T>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().kind.project() {
            // Polled again after its end: the contract of futures is broken, and nobody waits for an answer.
            KindProj::Failed { rejection } => rejection.take().map_or(Poll::Pending, |rejection| {
                Poll::Ready(Ok(rejection.into_response()))
            }),
            KindProj::Called { future } => {
                let answer = ready!(future.poll(cx));
                Poll::Ready(Ok(
                    answer.unwrap_or_else(|error| reject(&*error.into()).into_response())
                ))
            }
        }
    }
}

/// Chooses the answer, and tells the log what kind of failure it was.
fn reject(error: &(dyn Error + 'static)) -> Rejection {
    let found = error_in::<ClientError>(error);
    match found.map(ClientError::kind) {
        // Nothing of the request has been sent, so the causes speak of names, addresses and certificates alone.
        Some(kind @ ClientErrorKind::Connect) => {
            tracing::warn!(kind = kind.as_str(), cause = %Causes(error), "no answer from the cluster");
        }
        Some(kind) => tracing::warn!(kind = kind.as_str(), "no answer from the cluster"),
        None => tracing::warn!(kind = "other", "no answer from the cluster"),
    }
    match found.map(ClientError::kind) {
        Some(ClientErrorKind::HeaderTimeout | ClientErrorKind::BodyTimeout) => Rejection::new(
            RejectionKind::Upstream,
            StatusCode::GATEWAY_TIMEOUT,
            "osproxy_upstream_exception",
            "the cluster did not answer in time",
        ),
        Some(ClientErrorKind::Connect) => Rejection::upstream("the cluster can't be reached"),
        Some(ClientErrorKind::RequestTooLarge) => Rejection::new(
            RejectionKind::TooLarge,
            StatusCode::PAYLOAD_TOO_LARGE,
            "content_too_long_exception",
            "the request body is larger than the service allows",
        ),
        Some(ClientErrorKind::RequestBody) => Rejection::malformed(
            "parse_exception",
            "the request body broke off or can't be decoded",
        ),
        Some(
            ClientErrorKind::NoTarget | ClientErrorKind::UnknownCluster | ClientErrorKind::Endpoint,
        ) => Rejection::new(
            RejectionKind::Internal,
            StatusCode::INTERNAL_SERVER_ERROR,
            "osproxy_upstream_exception",
            "the service doesn't know how to reach the cluster of this request",
        ),
        _ => Rejection::upstream("the cluster's answer was lost"),
    }
}

/// An error's causes on one line.
struct Causes<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut next = self.0.source();
        let mut separator = "";
        // As deep as a chain is followed elsewhere; a longer one is no more telling.
        for _ in 0..16 {
            let Some(cause) = next else {
                break;
            };
            write!(f, "{separator}{cause}")?;
            separator = ": ";
            next = cause.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use http_body_util::Full;
    use tower::{ServiceExt, service_fn};

    use super::*;

    async fn answer<E>(error: impl Fn() -> E) -> Response<Full<Bytes>>
    where
        E: Into<BoxError>,
    {
        let inner = service_fn(|_: Request<()>| ready(Err::<Response<Full<Bytes>>, E>(error())));
        let answer = UpstreamErrorLayer::new()
            .layer(inner)
            .oneshot(Request::new(()))
            .await;
        answer.unwrap_or_else(|never| match never {})
    }

    #[tokio::test]
    async fn each_failure_has_its_status() {
        for (kind, expected) in [
            (ClientErrorKind::NoTarget, 500),
            (ClientErrorKind::UnknownCluster, 500),
            (ClientErrorKind::Endpoint, 500),
            (ClientErrorKind::Connect, 502),
            (ClientErrorKind::HeaderTimeout, 504),
            (ClientErrorKind::BodyTimeout, 504),
            (ClientErrorKind::RequestBody, 400),
            (ClientErrorKind::RequestTooLarge, 413),
            (ClientErrorKind::Transport, 502),
        ] {
            let response = answer(|| ClientError::from(kind)).await;
            assert_eq!(response.status().as_u16(), expected, "{kind:?}");
            assert!(
                response.extensions().get::<Rejection>().is_some(),
                "{kind:?}"
            );
        }
    }

    #[tokio::test]
    async fn any_other_error_is_a_502_that_quotes_nothing() {
        let response = answer(|| "acme's secret".to_owned()).await;
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
        let body = format!("{:?}", response.body());
        assert!(
            body.contains("osproxy_upstream_exception") && !body.contains("secret"),
            "{body}"
        );
    }

    #[tokio::test]
    async fn a_wrapped_client_error_is_found() {
        #[derive(Debug)]
        struct Outer(ClientError);
        impl fmt::Display for Outer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("outer")
            }
        }
        impl Error for Outer {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.0)
            }
        }
        let response = answer(|| Outer(ClientErrorKind::HeaderTimeout.into())).await;
        assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
    }

    #[tokio::test]
    async fn a_service_that_never_gets_ready_is_answered_for() {
        #[derive(Clone)]
        struct Closed;
        impl Service<Request<()>> for Closed {
            type Response = Response<Full<Bytes>>;
            type Error = BoxError;
            type Future = std::future::Pending<Result<Self::Response, BoxError>>;
            fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
                Poll::Ready(Err("closed".into()))
            }
            fn call(&mut self, _: Request<()>) -> Self::Future {
                panic!("called without being ready")
            }
        }
        let service = UpstreamErrorLayer::new().layer(Closed);
        let response = service
            .oneshot(Request::new(()))
            .await
            .unwrap_or_else(|never| match never {});
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    }
}
