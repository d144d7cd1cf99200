//! Readiness: what was polled ready is used or given back, and what waits for something else holds no slot.
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;
use http::{Method, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use osproxy_layer::spi::{
    Admission, BodyDoc, Epoch, JsonPath, PartitionId, PartitionKeySpec, PlacementAt, RequestCtx,
    SpiError, TenancySpi, WritePermit,
};
use osproxy_layer::{Osproxy, OsproxyLayer, RequestBody, ResponseBody, Router, TenancyRouter};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tower::buffer::Buffer;
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceExt};

use crate::honest;
use crate::stack::*;

/// A cluster that takes its time.
fn slow() -> Cluster {
    Cluster::later(|request| async move {
        sleep(Duration::from_millis(10)).await;
        Ok(honest::answer(&request))
    })
}

/// A request of every class that the stack tells apart.
fn every_class(tenant: &str) -> Vec<Request<Body>> {
    let bulk = "{\"index\":{\"_id\":\"1\"}}\n{}\n{\"delete\":{\"_id\":\"2\"}}\n";
    vec![
        get("/", tenant),
        request(Method::HEAD, "/", "").by(tenant),
        request(Method::OPTIONS, "/orders", "").by(tenant),
        get("/orders/_doc/1", tenant),
        request(Method::HEAD, "/orders/_doc/1", "").by(tenant),
        get("/orders/_source/1", tenant),
        request(Method::HEAD, "/orders/_source/1", "").by(tenant),
        put("/orders/_doc/1", tenant, "{}"),
        put("/orders/_create/1", tenant, "{}"),
        post("/orders/_doc", tenant, "{}"),
        post("/orders/_update/1", tenant, r#"{"doc":{}}"#),
        request(Method::DELETE, "/orders/_doc/1", "").by(tenant),
        post("/orders/_bulk", tenant, bulk),
        post("/orders/_search", tenant, "{}"),
        get("/orders,users/_search", tenant),
        post("/orders/_count", tenant, "{}"),
        post("/orders/_refresh", tenant, ""),
        post(
            "/_mget",
            tenant,
            r#"{"docs":[{"_index":"orders","_id":"1"}]}"#,
        ),
        post("/_msearch", tenant, "{\"index\":\"orders\"}\n{}\n"),
        post(
            "/orders/_delete_by_query",
            tenant,
            r#"{"query":{"match_all":{}}}"#,
        ),
        get("/_tasks", tenant),
        get("/*/_search", tenant),
        put("/orders/_doc/1", tenant, r#"{"_tenant":"x"}"#),
        get("/orders/_doc/1?unknown=1", tenant),
        request(Method::HEAD, "/orders", "").by(tenant),
        request(Method::PUT, "/orders", "").by(tenant),
        get("/orders/_doc/1", "nobody"),
        request(Method::GET, "/orders/_doc/1", ""),
    ]
}

#[tokio::test]
async fn no_class_of_request_calls_an_unready_service() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for tenant in ["acme", "globex", "hooli"] {
        for request in every_class(tenant) {
            let what = format!("{} {} of {tenant}", request.method(), request.uri());
            let reply = call(&stack, request).await;
            assert!(reply.status.as_u16() < 500, "{what}: {}", reply.text());
        }
    }
}

/// Ready once it is told.
#[derive(Clone)]
struct Gated {
    open: Arc<AtomicBool>,
    inner: Cluster,
}

impl Service<Request<RequestBody<Body>>> for Gated {
    type Response = Response<Body>;
    type Error = Down;
    type Future = <Cluster as Service<Request<RequestBody<Body>>>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Down>> {
        if !self.open.load(Ordering::SeqCst) {
            return Poll::Pending;
        }
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody<Body>>) -> Self::Future {
        self.inner.call(request)
    }
}

fn poll_ready<S: Service<Request<Body>>>(service: &mut S) -> Poll<Result<(), S::Error>> {
    service.poll_ready(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn back_pressure_passes_through() {
    let gated = Gated {
        open: Arc::default(),
        inner: Cluster::honest(),
    };
    let mut stack = OsproxyLayer::new(tenants()).layer(Strict::new(gated.clone()));
    assert!(poll_ready(&mut stack).is_pending());
    gated.open.store(true, Ordering::SeqCst);
    assert!(poll_ready(&mut stack).is_ready());
    assert!(poll_ready(&mut stack.clone()).is_ready());
}

/// The two services that punish whoever holds a ready instance too long.
fn narrow(cluster: &Cluster) -> ConcurrencyLimit<Strict<Cluster>> {
    ConcurrencyLimit::new(Strict::new(cluster.clone()), 1)
}

type Sent = Request<RequestBody<Body>>;

fn buffered(cluster: &Cluster) -> Buffer<Sent, <Cluster as Service<Sent>>::Future> {
    Buffer::new(Strict::new(cluster.clone()), 1)
}

/// Sends all at once, and gives up after an hour of paused time.
async fn all_at_once<S, E>(stack: &S, requests: Vec<Request<Body>>) -> Vec<Reply>
where
    S: Service<Request<Body>, Response = Response<ResponseBody<Body>>, Error = E> + Clone,
    E: std::fmt::Debug,
{
    let all = join_all(requests.into_iter().map(|request| call(stack, request)));
    timeout(Duration::from_secs(3600), all)
        .await
        .expect("no deadlock")
}

/// The same through a limit of one and through a buffer of one, inside and outside of the stack.
async fn through_the_eye<R, F>(router: impl Fn() -> R, requests: F)
where
    R: Router,
    F: Fn() -> Vec<Request<Body>>,
{
    let check = |replies: Vec<Reply>| {
        for reply in replies {
            assert!(reply.status.is_success(), "{}", reply.text());
        }
    };
    let limited = OsproxyLayer::new(router()).layer(narrow(&slow()));
    check(all_at_once(&limited, requests()).await);
    let buffered = OsproxyLayer::new(router()).layer(buffered(&slow()));
    check(all_at_once(&buffered, requests()).await);
    let outside = ConcurrencyLimit::new(OsproxyLayer::new(router()).layer(narrow(&slow())), 1);
    check(all_at_once(&outside, requests()).await);
    let outside = ConcurrencyLimit::new(
        OsproxyLayer::new(router()).layer(self::buffered(&slow())),
        2,
    );
    check(all_at_once(&outside, requests()).await);
}

#[tokio::test(start_paused = true)]
async fn concurrent_requests_of_every_class_get_through_a_limit_of_one() {
    let works = || {
        let mut all = Vec::new();
        for _ in 0..3 {
            for tenant in ["acme", "globex", "hooli"] {
                all.extend(every_class(tenant).drain(..20));
            }
        }
        all
    };
    through_the_eye(tenants, works).await;
}

fn spread() -> TenancyRouter<osproxy_layer::TableTenancy> {
    let names: Vec<_> = (0..8)
        .map(|at| (format!("p{at}"), format!("c{at}")))
        .collect();
    let placements = names
        .iter()
        .map(|(name, cluster)| (name.as_str(), shared(cluster, "{index}-shared")));
    placed(PartitionKeySpec::BodyField(JsonPath::new("t")), placements)
}

#[tokio::test(start_paused = true)]
async fn bulks_over_several_clusters_get_through_a_limit_of_one() {
    let lines: String = (0..16)
        .map(|at| {
            format!(
                "{{\"index\":{{\"_id\":\"{at}\"}}}}\n{{\"t\":\"p{}\"}}\n",
                at % 8
            )
        })
        .collect();
    let bulks = move || {
        let bulk = || request(Method::POST, "/orders/_bulk", lines.clone());
        (0..5).map(|_| bulk()).collect()
    };
    through_the_eye(spread, bulks).await;
}

/// One asks for the mapping; those that wait for it hold no slot that it needs.
#[tokio::test(start_paused = true)]
async fn many_wait_for_one_pre_flight() {
    let cluster = slow();
    let stack = OsproxyLayer::new(tenants()).layer(narrow(&cluster));
    let requests = (0..50).map(|at| {
        let tenant = if at % 2 == 0 { "acme" } else { "umbrella" };
        match at % 3 {
            0 => put("/orders/_doc/1", tenant, "{}"),
            1 => post("/orders/_bulk", tenant, "{\"index\":{\"_id\":\"1\"}}\n{}\n"),
            _ => post("/orders/_search", tenant, "{}"),
        }
    });
    let replies = all_at_once(&stack, requests.collect()).await;
    assert!(replies.iter().all(|reply| reply.status.is_success()));
    let all = cluster.all();
    let asked = all.iter().filter(|sent| sent.is_preflight()).count();
    assert_eq!((asked, all.len()), (1, 51));
}

/// A fleet of clients that starts says hello at once; the cluster is asked for its version by one of them.
#[tokio::test(start_paused = true)]
async fn many_that_say_hello_ask_for_one_version() {
    let cluster = slow();
    let stack = OsproxyLayer::new(tenants()).layer(narrow(&cluster));
    let hello = |at: usize| get("/", ["acme", "umbrella"][at % 2]);
    let replies = all_at_once(&stack, (0..50).map(hello).collect()).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    assert_eq!(cluster.all().len(), 1);
    // One that can't say it is asked again by those that come later, not by all that have waited.
    let dead = Cluster::later(|_| async move {
        sleep(Duration::from_millis(10)).await;
        Err(Down("gone"))
    });
    let stack = OsproxyLayer::new(tenants()).layer(Strict::new(dead.clone()));
    let asked = join_all((0..20).map(|at| stack.clone().oneshot(hello(at)))).await;
    let failed = asked.iter().filter(|reply| reply.is_err()).count();
    assert_eq!((failed, dead.all().len()), (1, 1));
    assert!(stack.clone().oneshot(hello(0)).await.is_err());
    assert_eq!(dead.all().len(), 2);
}

/// Whoever asks may give up: the next one asks instead.
#[tokio::test(start_paused = true)]
async fn a_pre_flight_whose_asker_gives_up_is_asked_by_the_next() {
    let cluster = slow();
    let stack = OsproxyLayer::new(tenants()).layer(narrow(&cluster));
    let mut first = Box::pin(call(&stack, get("/orders/_doc/1", "acme")));
    assert!(poll_once(first.as_mut()).await.is_none());
    let second = call(&stack, get("/orders/_doc/2", "acme"));
    let mut second = Box::pin(second);
    assert!(poll_once(second.as_mut()).await.is_none());
    drop(first);
    let reply = timeout(Duration::from_secs(60), second)
        .await
        .expect("no deadlock");
    assert_eq!(reply.status, 200);
}

async fn poll_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|cx| {
        Poll::Ready(match future.as_mut().poll(cx) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

/// A placement store that is asked over the network.
struct SlowStore;

impl TenancySpi for SlowStore {
    fn resolve_partition(
        &self,
        _: &RequestCtx<'_>,
        _: BodyDoc<'_>,
    ) -> Result<PartitionId, SpiError> {
        Ok(partition("acme"))
    }

    async fn placement_for(&self, _: &PartitionId) -> Result<PlacementAt, SpiError> {
        sleep(Duration::from_millis(50)).await;
        Ok(PlacementAt::new(
            shared("eu", "{index}-shared"),
            Epoch::ZERO,
        ))
    }

    fn admit_write(&self, _: &PartitionId, _: Epoch) -> Admission {
        Admission::Admitted(WritePermit::none())
    }
}

/// A body that comes in three pieces, slowly.
fn dripping(text: &'static str) -> Body {
    let third = text.len() / 3;
    let pieces = [&text[..third], &text[third..2 * third], &text[2 * third..]];
    let frames = stream::iter(pieces).then(|piece| async move {
        sleep(Duration::from_millis(30)).await;
        Ok(Frame::data(bytes::Bytes::from_static(piece.as_bytes())))
    });
    BodyExt::boxed_unsync(StreamBody::new(frames))
}

#[tokio::test(start_paused = true)]
async fn slow_routers_and_slow_bodies_get_through_a_limit_of_one() {
    let bulk = "{\"index\":{\"_id\":\"1\"}}\n{}\n{\"delete\":{\"_id\":\"2\"}}\n";
    let dripped = move || {
        let mut all: Vec<Request<Body>> = every_class("acme").drain(3..20).collect();
        for _ in 0..5 {
            all.push(put("/orders/_doc/1", "acme", "{}").map(|_| dripping("{\"a\":1}")));
            all.push(post("/orders/_bulk", "acme", bulk).map(move |_| dripping(bulk)));
            all.push(post("/orders/_search", "acme", "{}").map(|_| dripping("{\"size\":0}")));
        }
        all
    };
    through_the_eye(|| TenancyRouter::new(SlowStore), dripped).await;
    let streamed = || {
        let one = |tenant| put("/orders/_doc/1", tenant, "{}").map(|_| dripping("{\"a\":1}"));
        (0..6).map(|at| one(["globex", "hooli"][at % 2])).collect()
    };
    through_the_eye(tenants, streamed).await;
}

/// A placement store that lives on the very cluster, asked through the very client.
struct ThroughTheSameClient {
    client: ConcurrencyLimit<Strict<Cluster>>,
}

impl TenancySpi for ThroughTheSameClient {
    fn resolve_partition(
        &self,
        _: &RequestCtx<'_>,
        _: BodyDoc<'_>,
    ) -> Result<PartitionId, SpiError> {
        Ok(partition("acme"))
    }

    async fn placement_for(&self, _: &PartitionId) -> Result<PlacementAt, SpiError> {
        let request = Request::get("/placements/_doc/acme");
        let request = request
            .body(RequestBody::from(bytes::Bytes::new()))
            .unwrap();
        let asked = self.client.clone().oneshot(request).await;
        asked.map_err(|_| SpiError::PlacementBackend { retryable: true })?;
        Ok(PlacementAt::new(
            shared("eu", "{index}-shared"),
            Epoch::ZERO,
        ))
    }
}

#[tokio::test(start_paused = true)]
async fn a_router_may_ask_through_the_same_client() {
    let client = narrow(&slow());
    let router = ThroughTheSameClient {
        client: client.clone(),
    };
    let stack = OsproxyLayer::new(TenancyRouter::new(router)).layer(client);
    let requests = every_class("acme").drain(3..20).collect();
    let replies = all_at_once(&stack, requests).await;
    assert!(replies.iter().all(|reply| reply.status.is_success()));
}

/// Whether the one slot is free.
async fn is_free(limited: &ConcurrencyLimit<Strict<Cluster>>) -> bool {
    let mut other = limited.clone();
    let ready = poll_fn(|cx| Poll::Ready(Service::<Sent>::poll_ready(&mut other, cx)));
    ready.await.is_ready()
}

type Narrow<R> = Osproxy<ConcurrencyLimit<Strict<Cluster>>, R>;

/// Polls a call once, and keeps it.
macro_rules! begun {
    ($stack:expr, $request:expr) => {{
        let mut stack: Narrow<_> = $stack.clone();
        poll_fn(|cx| Service::<Request<Body>>::poll_ready(&mut stack, cx))
            .await
            .unwrap();
        let mut future = Box::pin(stack.call($request));
        let answered = poll_once(future.as_mut()).await;
        (stack, future, answered)
    }};
}

#[tokio::test(start_paused = true)]
async fn what_is_answered_without_a_call_gives_its_slot_back() {
    let cluster = Cluster::honest();
    let limited = narrow(&cluster);
    let stack = OsproxyLayer::new(tenants()).layer(limited.clone());
    for request in [
        get("/_tasks", "acme"),
        get("/_nothing", "acme"),
        get("//", "acme"),
        get("/orders/_doc/1", "nobody"),
        request(Method::GET, "/orders/_doc/1", ""),
        request(Method::HEAD, "/", "").by("acme"),
        request(Method::OPTIONS, "/", ""),
        get("/-x/_search", "acme"),
        get("/orders/_doc/1?unknown=1", "globex"),
        get("/a:b/_search", "hooli"),
        put("/orders/_doc/1", "acme", r#"{"_tenant":1}"#),
        post("/orders/_bulk", "acme", "{}\n"),
        post(
            "/orders/_bulk",
            "acme",
            "{\"index\":{\"_id\":\"1\",\"routing\":\"x\"}}\n{}\n",
        ),
    ] {
        let what = format!("{} {}", request.method(), request.uri());
        // The future isn't dropped, nor is the service that the call was made on.
        let (_stack, _future, answered) = begun!(stack, request);
        assert!(answered.is_some(), "{what}");
        assert!(is_free(&limited).await, "{what}");
        let sent: Vec<_> = cluster
            .take()
            .iter()
            .map(|sent| sent.uri.clone() + &sent.text())
            .collect();
        assert!(sent.is_empty(), "{what}: {sent:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_waiting_router_holds_no_slot() {
    let limited = narrow(&slow());
    let stack = OsproxyLayer::new(TenancyRouter::new(SlowStore)).layer(limited.clone());
    for request in [
        get("/orders/_doc/1", "acme"),
        put("/orders/_doc/1", "acme", "{}"),
        post("/orders/_bulk", "acme", "{\"index\":{\"_id\":\"1\"}}\n{}\n"),
        get("/", "acme"),
    ] {
        let (_stack, future, answered) = begun!(stack, request);
        assert!(answered.is_none() && is_free(&limited).await);
        let reply = timeout(Duration::from_secs(60), future).await;
        assert!(reply.expect("no deadlock").unwrap().status().is_success());
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_waited_for_holds_no_slot() {
    let limited = narrow(&slow());
    let stack = OsproxyLayer::new(tenants()).layer(limited.clone());
    let bulk = "{\"index\":{\"_id\":\"1\"}}\n{}\n";
    for (request, text) in [
        (put("/orders/_doc/1", "acme", "{}"), "{\"a\":1}"),
        (post("/orders/_update/1", "acme", "{}"), "{\"doc\":{}}"),
        (post("/orders/_search", "globex", "{}"), "{\"size\":0}"),
        (post("/orders/_bulk", "globex", "{}"), bulk),
        (get("/orders/_doc/1", "acme"), ""),
    ] {
        let what = format!("{} {}", request.method(), request.uri());
        let (_stack, future, answered) = begun!(stack, request.map(|_| dripping(text)));
        assert!(answered.is_none() && is_free(&limited).await, "{what}");
        let reply = timeout(Duration::from_secs(60), future).await;
        assert!(
            reply.expect("no deadlock").unwrap().status().is_success(),
            "{what}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_anothers_pre_flight_holds_no_slot() {
    let told = Arc::new(Notify::new());
    let wait = Arc::clone(&told);
    let cluster = Cluster::later(move |request| {
        let wait = Arc::clone(&wait);
        async move {
            if request.is_preflight() {
                wait.notified().await;
            }
            Ok(honest::answer(&request))
        }
    });
    let limited = ConcurrencyLimit::new(Strict::new(cluster.clone()), 2);
    let stack = OsproxyLayer::new(tenants()).layer(limited.clone());
    let (_one, leader, answered) = begun!(stack, get("/orders/_doc/1", "acme"));
    assert!(answered.is_none());
    let (_two, follower, answered) = begun!(stack, get("/orders/_doc/2", "acme"));
    assert!(answered.is_none());
    // Two slots: the asker has one, and the other is free.
    assert!(is_free(&limited).await);
    told.notify_one();
    for waiting in [leader, follower] {
        let reply = timeout(Duration::from_secs(60), waiting).await;
        assert_eq!(reply.expect("no deadlock").unwrap().status(), 200);
    }
}

/// Ready so many times, and never again.
#[derive(Clone)]
struct Tired {
    left: Arc<AtomicUsize>,
    inner: Cluster,
}

impl Service<Sent> for Tired {
    type Response = Response<Body>;
    type Error = Down;
    type Future = <Cluster as Service<Sent>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Down>> {
        let left = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        Poll::Ready(left.map(drop).map_err(|_| Down("closed")))
    }

    fn call(&mut self, request: Sent) -> Self::Future {
        self.inner.call(request)
    }
}

fn tired(times: usize) -> Strict<Tired> {
    Strict::new(Tired {
        left: Arc::new(AtomicUsize::new(times)),
        inner: Cluster::honest(),
    })
}

#[tokio::test(start_paused = true)]
async fn an_error_of_readiness_is_the_inner_services_own() {
    // At once; after the router was waited for; after the pre-flight.
    let mut stack = OsproxyLayer::new(tenants()).layer(tired(0));
    assert_eq!(poll_ready(&mut stack), Poll::Ready(Err(Down("closed"))));
    let waiting = OsproxyLayer::new(TenancyRouter::new(SlowStore)).layer(tired(1));
    let after = OsproxyLayer::new(tenants()).layer(tired(1));
    let request = || get("/orders/_doc/1", "acme");
    assert_eq!(
        waiting.oneshot(request()).await.unwrap_err(),
        Down("closed")
    );
    assert_eq!(after.oneshot(request()).await.unwrap_err(), Down("closed"));
    // In a bulk it is the error of the items that the call was for: here two look-ups and one group get through.
    let bulk = "{\"index\":{\"_id\":\"1\"}}\n{\"t\":\"p0\"}\n{\"index\":{\"_id\":\"1\"}}\n{\"t\":\"p1\"}\n";
    let stack = OsproxyLayer::new(spread()).layer(tired(3));
    let reply = call(&stack, request_of(bulk)).await;
    let items = reply.json()["items"].clone();
    assert_eq!(items[0]["index"]["status"], 201);
    assert_eq!(items[1]["index"]["status"], 503);
}

fn request_of(bulk: &'static str) -> Request<Body> {
    request(Method::POST, "/orders/_bulk", bulk)
}
