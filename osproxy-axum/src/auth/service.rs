//! The service of [`AuthLayer`](super::AuthLayer).

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use http::{Request, Response, StatusCode};
use osproxy_layer::spi::{Principal, SpiError};
use osproxy_layer::{BoxError, Rejection, RejectionKind};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::{Authenticate, Presented};

/// See [`AuthLayer`](super::AuthLayer).
pub struct Auth<S, A> {
    inner: S,
    authenticate: Arc<A>,
    optional: bool,
}

impl<S, A> Auth<S, A> {
    pub(super) fn new(inner: S, authenticate: Arc<A>, optional: bool) -> Self {
        Self {
            inner,
            authenticate,
            optional,
        }
    }
}

impl<S, A, B, T> Service<Request<B>> for Auth<S, A>
where
    S: Service<Request<B>, Response = Response<T>> + Clone,
    A: Authenticate,
    T: From<Bytes>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S, B, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let state = match present(request.headers_mut()) {
            Ok(None) if self.optional => State::Called {
                future: self.inner.call(request),
            },
            Ok(Some(presented)) => {
                let authenticate = Arc::clone(&self.authenticate);
                let asking: Asking =
                    Box::pin(async move { authenticate.authenticate(&presented).await });
                let spare = self.inner.clone();
                // The instance that was polled ready goes along; the clone was not and stays.
                let inner = mem::replace(&mut self.inner, spare);
                State::Asking {
                    asking: Some(asking),
                    inner,
                    is_ready: true,
                    request: Some(request),
                }
            }
            Ok(None) | Err(Unreadable) => State::Rejected,
        };
        ResponseFuture { state }
    }
}

/// The header can't be credentials that we know.
struct Unreadable;

/// Takes the credentials out of the headers, right or not.
fn present(headers: &mut HeaderMap) -> Result<Option<Presented>, Unreadable> {
    let is_doubled = headers.get_all(AUTHORIZATION).iter().nth(1).is_some();
    match headers.remove(AUTHORIZATION) {
        None => Ok(None),
        Some(_) if is_doubled => Err(Unreadable),
        Some(header) => Presented::parse(&header).map(Some).ok_or(Unreadable),
    }
}

type Asking = Pin<Box<dyn Future<Output = Result<Option<Principal>, BoxError>> + Send>>;

pin_project! {
    /// The future of [`Auth`].
    pub struct ResponseFuture<S, B, F> {
        #[pin]
        state: State<S, B, F>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, B, F> {
        Rejected,
        Asking { asking: Option<Asking>, inner: S, is_ready: bool, request: Option<Request<B>> },
        Called { #[pin] future: F },
    }
}

impl<S, B, T> Future for ResponseFuture<S, B, S::Future>
where
    S: Service<Request<B>, Response = Response<T>> + Clone,
    T: From<Bytes>,
{
    type Output = Result<S::Response, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProj::Rejected => return Poll::Ready(Ok(unauthenticated())),
                StateProj::Called { future } => return future.poll(cx),
                StateProj::Asking {
                    asking,
                    inner,
                    is_ready,
                    request,
                } => {
                    if let Some(question) = asking {
                        let Poll::Ready(answer) = question.as_mut().poll(cx) else {
                            // A ready instance holds a slot that others wait for: it is given back while we wait.
                            if mem::take(is_ready) {
                                *inner = inner.clone();
                            }
                            return Poll::Pending;
                        };
                        *asking = None;
                        match (answer, request.as_mut()) {
                            (Ok(Some(principal)), Some(request)) => {
                                request.extensions_mut().insert(principal)
                            }
                            (Err(_), _) => return Poll::Ready(Ok(unavailable())),
                            (Ok(_), _) => return Poll::Ready(Ok(unauthenticated())),
                        };
                    }
                    if !*is_ready {
                        ready!(inner.poll_ready(cx))?;
                    }
                    match request.take() {
                        Some(request) => State::Called {
                            future: inner.call(request),
                        },
                        None => State::Rejected,
                    }
                }
            };
            state.set(next);
        }
    }
}

fn unauthenticated<T: From<Bytes>>() -> Response<T> {
    Rejection::from(SpiError::PrincipalMissing).into_response()
}

/// A store that is down is no reason to take the caller for an unknown one.
fn unavailable<T: From<Bytes>>() -> Response<T> {
    tracing::warn!("credentials can't be checked now");
    let rejection = Rejection::new(
        RejectionKind::Unauthenticated,
        StatusCode::SERVICE_UNAVAILABLE,
        "osproxy_authentication_exception",
        "the credentials can't be checked now: try again later",
    );
    let mut response = rejection.into_response();
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(1));
    response
}

impl<S: Clone, A> Clone for Auth<S, A> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            authenticate: Arc::clone(&self.authenticate),
            optional: self.optional,
        }
    }
}

impl<S: fmt::Debug, A> fmt::Debug for Auth<S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth")
            .field("inner", &self.inner)
            .field("optional", &self.optional)
            .finish_non_exhaustive()
    }
}

impl<S, B, F> fmt::Debug for ResponseFuture<S, B, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, Full};
    use osproxy_layer::spi::{PrincipalAttr, PrincipalId};
    use tower::limit::ConcurrencyLimit;
    use tower::{ServiceExt, service_fn};
    use tower_layer::Layer;

    use super::super::{AuthLayer, StaticCredentials};
    use super::*;

    type Answer = Response<Full<Bytes>>;

    /// Answers with the caller, and with whether the credentials came through.
    async fn whoami(request: Request<()>) -> Result<Answer, BoxError> {
        let caller =
            Principal::get(request.extensions()).map_or("nobody", |caller| caller.id().as_str());
        let leak = if request.headers().contains_key(AUTHORIZATION) {
            " leaked"
        } else {
            ""
        };
        Ok(Response::new(Full::new(Bytes::from(format!(
            "{caller}{leak}"
        )))))
    }

    fn layer() -> AuthLayer<StaticCredentials> {
        let acme = Principal::new(PrincipalId::from("acme-svc"))
            .with_attr(PrincipalAttr::new("tenant", "acme"));
        AuthLayer::new(
            StaticCredentials::new()
                .with_token("t", acme.clone())
                .with_user("acme", "p", acme),
        )
    }

    async fn send(layer: &AuthLayer<impl Authenticate>, headers: &[&str]) -> (u16, String) {
        let mut request = Request::new(());
        for header in headers {
            request
                .headers_mut()
                .append(AUTHORIZATION, header.parse().expect("a header"));
        }
        let response = layer
            .layer(service_fn(whoami))
            .oneshot(request)
            .await
            .expect("infallible here");
        let status = response.status().as_u16();
        let body = response
            .into_body()
            .collect()
            .await
            .expect("full")
            .to_bytes();
        (status, String::from_utf8(body.to_vec()).expect("UTF-8"))
    }

    #[tokio::test]
    async fn credentials_by_table() {
        let demanded = layer();
        let optional = layer().optional();
        for (headers, when_demanded, when_optional) in [
            (&["Bearer t"][..], Some("acme-svc"), Some("acme-svc")),
            (&["Basic YWNtZTpw"], Some("acme-svc"), Some("acme-svc")),
            (&[], None, Some("nobody")),
            (&["Bearer x"], None, None),
            (&["Basic YWNtZTp4"], None, None),
            (&["Digest x"], None, None),
            (&["Bearer t", "Bearer t"], None, None),
        ] {
            for (layer, expected) in [(&demanded, when_demanded), (&optional, when_optional)] {
                let (status, body) = send(layer, headers).await;
                match expected {
                    Some(caller) => {
                        assert_eq!((status, body.as_str()), (200, caller), "{headers:?}");
                    }
                    None => assert_eq!(status, 401, "{headers:?}: {body}"),
                }
            }
        }
    }

    #[tokio::test]
    async fn a_store_that_is_down_is_no_401() {
        struct Down;
        impl Authenticate for Down {
            async fn authenticate(&self, _: &Presented) -> Result<Option<Principal>, BoxError> {
                Err("down".into())
            }
        }
        let request = Request::builder()
            .header(AUTHORIZATION, "Bearer t")
            .body(())
            .expect("a request");
        let response = AuthLayer::new(Down)
            .layer(service_fn(whoami))
            .oneshot(request)
            .await
            .expect("infallible here");
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key(RETRY_AFTER));
    }

    /// While it asks, the only slot of the inner service must be free: the store may ask through the same service.
    #[tokio::test(start_paused = true)]
    async fn no_slot_is_held_while_the_store_is_asked() {
        #[derive(Clone)]
        struct Through<S>(S);
        impl<S> Authenticate for Through<S>
        where
            S: Service<Request<()>, Response = Answer, Error = BoxError, Future: Send>
                + Clone
                + Send
                + Sync
                + 'static,
        {
            async fn authenticate(&self, _: &Presented) -> Result<Option<Principal>, BoxError> {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                self.0.clone().oneshot(Request::new(())).await?;
                Ok(Some(Principal::new(PrincipalId::from("asked"))))
            }
        }
        let limited = ConcurrencyLimit::new(service_fn(whoami), 1);
        let layer = AuthLayer::new(Through(limited.clone()));
        let request = Request::builder()
            .header(AUTHORIZATION, "Bearer t")
            .body(())
            .expect("a request");
        let answer = tokio::time::timeout(
            std::time::Duration::from_secs(60),
            layer.layer(limited).oneshot(request),
        );
        let body = format!(
            "{:?}",
            answer.await.expect("not stuck").expect("answered").body()
        );
        assert!(body.contains("asked"), "{body}");
    }
}
