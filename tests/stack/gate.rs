//! The write gate: who is admitted, and what counts as under way.
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::RETRY_AFTER;
use http::{Method, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use osproxy_layer::gate::Superseded;
use osproxy_layer::spi::{JsonPath, PartitionKeySpec};
use osproxy_layer::{OsproxyLayer, RejectionKind};
use tokio::time::{Instant, timeout};
use tower::limit::ConcurrencyLimit;
use tower::{Layer, ServiceExt};

use crate::honest;
use crate::movable::*;
use crate::stack::*;

#[tokio::test]
async fn a_write_holds_its_permit_until_the_head_of_the_answer() {
    for tenant in ["acme", "globex", "hooli"] {
        for request in writes(tenant) {
            let what = format!("{} {} of {tenant}", request.method(), request.uri());
            let router = Movable::new(tenants());
            let held = Holding::default();
            let stack = stack(router.clone(), &held.cluster());
            let mut write = Box::pin(stack.oneshot(request));
            assert!(poll_once(write.as_mut()).await.is_none());
            assert_eq!((held.running(), router.open()), (1, 1), "{what}");
            held.go.notify_one();
            assert!(write.await.unwrap().status().is_success(), "{what}");
            assert_eq!((router.open(), router.in_doubt()), (0, 0), "{what}");
        }
    }
}

/// A slow reader must not hold a move back.
#[tokio::test]
async fn the_body_of_the_answer_holds_no_permit() {
    let router = Movable::new(tenants());
    let cluster = Cluster::answering(|_| {
        let body = StreamBody::new(stream::pending::<Result<Frame<Bytes>, BodyError>>());
        Ok(Response::new(BodyExt::boxed_unsync(body)))
    });
    let stack = stack(router.clone(), &cluster);
    for request in [
        put("/orders/_doc/1", "globex", "{}"),
        post("/orders/_bulk", "globex", BULK),
    ] {
        let mut write = Box::pin(stack.clone().oneshot(request));
        assert!(
            poll_once(write.as_mut()).await.is_none(),
            "the answer is still read"
        );
        assert_eq!(
            (router.moves.asked.load(SeqCst) > 0, router.open()),
            (true, 0)
        );
        drop(write);
        assert_eq!(router.in_doubt(), 0);
    }
    let reply = stack
        .oneshot(put("/orders/_doc/1", "hooli", "{}"))
        .await
        .unwrap();
    assert_eq!((reply.status(), router.open()), (StatusCode::OK, 0));
}

#[tokio::test]
async fn a_read_asks_for_no_permit() {
    let router = Movable::new(tenants());
    router
        .moves
        .moving
        .lock()
        .unwrap()
        .extend(["acme", "globex", "hooli"]);
    let stack = stack(router.clone(), &Cluster::honest());
    for tenant in ["acme", "globex", "hooli"] {
        for request in reads(tenant) {
            assert_eq!(call(&stack, request).await.status, 200);
        }
    }
    assert_eq!(router.moves.asked.load(SeqCst), 0);
}

#[tokio::test]
async fn an_outcome_that_nobody_knows_is_in_doubt() {
    for (status, in_doubt) in [
        (200, 0),
        (400, 0),
        (409, 0),
        (429, 0),
        (500, 0),
        (503, 0),
        (502, 1),
        (504, 1),
    ] {
        for tenant in ["acme", "globex", "hooli"] {
            for request in writes(tenant) {
                let what = format!(
                    "{status}: {} {} of {tenant}",
                    request.method(),
                    request.uri()
                );
                let router = Movable::new(tenants());
                let stack = stack(router.clone(), &Cluster::saying(status, "{}"));
                call(&stack, request).await;
                assert_eq!((router.open(), router.in_doubt()), (0, in_doubt), "{what}");
            }
        }
    }
    for request in writes("acme") {
        let router = Movable::new(tenants());
        let cluster = Cluster::answering(|request| match request.is_preflight() {
            true => Ok(honest::answer(request)),
            false => Err(Down("reset")),
        });
        let stack = stack(router.clone(), &cluster);
        let _ = stack.oneshot(request).await;
        assert_eq!((router.open(), router.in_doubt()), (0, 1));
    }
}

#[track_caller]
fn assert_superseded(reply: &Reply, partitions: &[&str]) {
    reply.assert_refused(429, "osproxy_moving_exception");
    assert_eq!(
        reply.rejection.as_ref().unwrap().kind(),
        RejectionKind::Busy
    );
    assert!(reply.headers.contains_key(RETRY_AFTER));
    let superseded: &Superseded = reply.extensions.get().expect("who has moved");
    let names: Vec<_> = superseded
        .partitions()
        .iter()
        .map(|id| id.as_str())
        .collect();
    assert_eq!(names, partitions);
}

/// Later the layers outside will resolve it anew; now the client is told to.
#[tokio::test(start_paused = true)]
async fn a_moving_write_is_held_until_its_partition_has_settled() {
    let router = Movable::new(tenants());
    router.moves.moving.lock().unwrap().push("acme");
    let cluster = Cluster::honest();
    let limited = ConcurrencyLimit::new(Strict::new(cluster.clone()), 1);
    let stack = OsproxyLayer::new(router.clone()).layer(limited);
    let begun = Instant::now();
    let other = stack.clone();
    let held = tokio::spawn(async move { call(&stack, put("/orders/_doc/1", "acme", "{}")).await });
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!held.is_finished());
    // Meanwhile it has no slot: others come through, writes of settled partitions among them.
    for (request, status) in [
        (put("/orders/_doc/1", "globex", "{}"), 201),
        (get("/orders/_doc/1", "acme"), 200),
    ] {
        let reply = timeout(Duration::from_millis(1), call(&other, request)).await;
        assert_eq!(reply.expect("no deadlock").status, status);
    }
    router.moves.moving.lock().unwrap().clear();
    router.moves.settled.notify_waiters();
    assert_superseded(&held.await.unwrap(), &["acme"]);
    assert_eq!(begun.elapsed(), Duration::from_secs(2));
    let written: Vec<_> = cluster.take().iter().map(|sent| sent.uri.clone()).collect();
    assert_eq!(
        written,
        [
            "/globex.orders/_doc/1",
            "/orders-shared/_doc/acme%3A1?routing=acme"
        ]
    );
    assert_eq!(cluster.take()[1].method, Method::GET);
    assert_eq!((router.open(), router.in_doubt()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_write_is_held_no_longer_than_the_bound() {
    for (bound, expected) in [(None, 5), (Some(2), 2), (Some(0), 0)] {
        let router = Movable::new(tenants());
        router.moves.moving.lock().unwrap().push("acme");
        let layer = OsproxyLayer::new(router.clone());
        let layer = match bound {
            Some(seconds) => layer.hold(Duration::from_secs(seconds)),
            None => layer,
        };
        let stack = layer.layer(Strict::new(Cluster::honest()));
        let begun = Instant::now();
        let reply = call(&stack, put("/orders/_doc/1", "acme", "{}")).await;
        assert_superseded(&reply, &["acme"]);
        let waited = begun.elapsed();
        assert!(waited >= Duration::from_secs(expected), "{waited:?}");
        assert!(
            waited < Duration::from_secs(expected) + Duration::from_millis(50),
            "{waited:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_superseded_write_is_told_at_once() {
    let router = Movable::new(tenants());
    router.moves.superseded.lock().unwrap().push("acme");
    let cluster = Cluster::honest();
    let stack = stack(router.clone(), &cluster);
    let begun = Instant::now();
    let reply = call(&stack, put("/orders/_doc/1", "acme", "{}")).await;
    assert_superseded(&reply, &["acme"]);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert!(cluster.take().is_empty());
}

/// In a bulk the client is told item by item: shippers send those again, and a 429 for the whole would send all.
#[tokio::test(start_paused = true)]
async fn a_group_is_admitted_as_a_whole_or_not_at_all() {
    let by_line = PartitionKeySpec::BodyField(JsonPath::new("t"));
    let router = Movable::new(placed(
        by_line,
        [
            ("acme", shared("eu", "{index}-shared")),
            ("umbrella", shared("eu", "{index}-shared")),
            ("initech", shared("us", "{index}-shared")),
        ],
    ));
    router.moves.moving.lock().unwrap().push("umbrella");
    let cluster = Cluster::honest();
    let stack = stack(router.clone(), &cluster);
    let line = |tenant: &str| format!("{{\"index\":{{\"_id\":\"1\"}}}}\n{{\"t\":\"{tenant}\"}}\n");
    let begun = Instant::now();
    let lines = ["acme", "umbrella", "initech", "acme"].map(line).concat();
    let reply = call(&stack, request(Method::POST, "/orders/_bulk", lines)).await;
    let statuses: Vec<_> = reply.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["index"]["status"].as_u64().unwrap())
        .collect();
    // The rest of the group was sent at once, and the moving part was held.
    assert!(begun.elapsed() >= Duration::from_secs(5));
    assert_eq!(
        (reply.status.as_u16(), &*statuses),
        (200, &[201, 429, 201, 201][..])
    );
    let sent = cluster.take().into_iter();
    let mut clusters: Vec<_> = sent
        .map(|sent| sent.target.unwrap().cluster().as_str().to_owned())
        .collect();
    clusters.sort();
    assert_eq!(clusters, ["eu", "us"]);
    assert_eq!(
        (router.open(), router.in_doubt()),
        (0, 0),
        "no permit of a refused group is kept"
    );
}
