//! The layers of this crate keep tower's contract: an instance is called only after it was ready.
#![allow(clippy::expect_used)] // helpers of tests

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::mem;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use osproxy_axum::access_log::{AccessLogLayer, DispatchedLayer};
use osproxy_axum::auth::{AuthLayer, Authenticate, Presented, StaticCredentials};
use osproxy_axum::client::OpenSearchClient;
use osproxy_axum::{MountPathLayer, UpstreamErrorLayer};
use osproxy_layer::BoxError;
use osproxy_layer::spi::{Principal, PrincipalId};
use tower::{Service, ServiceBuilder, ServiceExt};

/// Panics where it is called without having been ready. A clone never is.
#[derive(Debug)]
struct Strict {
    ready: bool,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self { ready: false }
    }
}

impl Service<Request<()>> for Strict {
    type Response = Response<Full<Bytes>>;
    type Error = BoxError;
    type Future = Ready<Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: Request<()>) -> Self::Future {
        assert!(mem::take(&mut self.ready), "called before it was ready");
        ready(Ok(Response::default()))
    }
}

/// Knows everybody, after a while.
struct Slow;

impl Authenticate for Slow {
    async fn authenticate(&self, _: &Presented) -> Result<Option<Principal>, BoxError> {
        tokio::task::yield_now().await;
        Ok(Some(Principal::new(PrincipalId::from("somebody"))))
    }
}

fn stack<A: Authenticate>(
    authenticate: A,
) -> impl Service<Request<()>, Response = Response<Full<Bytes>>, Error = Infallible> + Clone {
    ServiceBuilder::new()
        .layer(AccessLogLayer::new())
        .layer(UpstreamErrorLayer::new())
        .layer(AuthLayer::new(authenticate))
        .layer(MountPathLayer::new())
        .layer(DispatchedLayer::new())
        .service(Strict { ready: false })
}

fn request() -> Request<()> {
    Request::builder()
        .header("authorization", "Bearer t")
        .body(())
        .expect("a request")
}

#[tokio::test]
async fn every_instance_is_ready_when_it_is_called() {
    let known =
        StaticCredentials::new().with_token("t", Principal::new(PrincipalId::from("somebody")));
    let mut at_once = stack(known);
    let mut after_a_while = stack(Slow);
    for _ in 0..3 {
        let answer = at_once
            .ready()
            .await
            .expect("infallible")
            .call(request())
            .await;
        assert_eq!(answer.expect("infallible").status(), 200);
        let answer = after_a_while
            .ready()
            .await
            .expect("infallible")
            .call(request())
            .await;
        assert_eq!(answer.expect("infallible").status(), 200);
        assert_eq!(
            after_a_while
                .clone()
                .oneshot(request())
                .await
                .expect("infallible")
                .status(),
            200
        );
    }
}

const _: () = {
    const fn mountable<T: Clone + Send + Sync + 'static>() {}
    mountable::<OpenSearchClient>();
    mountable::<OpenSearchClient<Full<Bytes>>>();
    mountable::<AuthLayer<StaticCredentials>>();
    mountable::<UpstreamErrorLayer>();
};
