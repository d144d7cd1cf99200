//! Who hangs up: a read is dropped, a dispatched write is finished, and what nobody will know is in doubt.
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::stream;
use http::{Method, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use osproxy_layer::spi::{JsonPath, PartitionKeySpec};
use osproxy_layer::{OsproxyLayer, RequestBody};
use tokio::sync::oneshot;
use tower::{Layer, ServiceExt, service_fn};

use crate::movable::*;
use crate::stack::*;

#[tokio::test]
async fn a_read_that_nobody_waits_for_is_dropped() {
    for tenant in ["acme", "globex", "hooli"] {
        for request in reads(tenant) {
            let held = Holding::default();
            let stack = stack(tenants(), &held.cluster());
            let mut read = Box::pin(stack.oneshot(request));
            assert!(poll_once(read.as_mut()).await.is_none());
            assert_eq!(held.running(), 1);
            drop(read);
            assert_eq!(held.running(), 0);
        }
    }
}

#[tokio::test]
async fn a_dispatched_write_is_finished_by_the_hook() {
    for tenant in ["acme", "globex", "hooli"] {
        for request in writes(tenant) {
            let what = format!("{} {} of {tenant}", request.method(), request.uri());
            let router = Movable::new(tenants());
            let held = Holding::default();
            let (spawned, finished) = std::sync::mpsc::channel();
            let stack = OsproxyLayer::new(router.clone())
                .finish_writes(move |rest| spawned.send(tokio::spawn(rest)).unwrap())
                .layer(Strict::new(held.cluster()));
            let mut write = Box::pin(stack.oneshot(request));
            assert!(poll_once(write.as_mut()).await.is_none());
            drop(write);
            let rest = finished.recv().unwrap();
            tokio::task::yield_now().await;
            assert_eq!((held.running(), router.open()), (1, 1), "{what}");
            held.go.notify_one();
            rest.await.unwrap();
            assert_eq!(
                (held.running(), router.open(), router.in_doubt()),
                (0, 0, 0),
                "{what}"
            );
        }
    }
}

/// A write that came to its end has nothing left for the hook.
#[tokio::test]
async fn the_hook_is_not_called_for_what_was_waited_for() {
    let called = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&called);
    let stack = OsproxyLayer::new(tenants())
        .finish_writes(move |_| {
            count.fetch_add(1, SeqCst);
        })
        .layer(Strict::new(Cluster::honest()));
    for request in writes("acme").into_iter().chain(reads("acme")) {
        call(&stack, request).await;
    }
    assert_eq!(called.load(SeqCst), 0);
}

#[tokio::test]
async fn a_write_that_the_hook_could_not_finish_is_in_doubt() {
    for keeps in [true, false] {
        let router = Movable::new(tenants());
        let held = Holding::default();
        let kept: Arc<Mutex<Vec<_>>> = Arc::default();
        let shelf = Arc::clone(&kept);
        let stack = OsproxyLayer::new(router.clone())
            .finish_writes(move |rest| {
                if keeps {
                    shelf.lock().unwrap().push(rest);
                }
            })
            .layer(Strict::new(held.cluster()));
        let mut write = Box::pin(stack.oneshot(put("/orders/_doc/1", "acme", "{}")));
        assert!(poll_once(write.as_mut()).await.is_none());
        drop(write);
        assert_eq!(
            (router.open(), router.in_doubt()),
            if keeps { (1, 0) } else { (0, 1) }
        );
        // The runtime of the hook stops.
        kept.lock().unwrap().clear();
        assert_eq!((router.open(), router.in_doubt()), (0, 1));
    }
}

#[tokio::test]
async fn without_a_hook_a_dropped_write_is_in_doubt() {
    for request in writes("acme") {
        let router = Movable::new(tenants());
        let held = Holding::default();
        let stack = stack(router.clone(), &held.cluster());
        let mut write = Box::pin(stack.oneshot(request));
        assert!(poll_once(write.as_mut()).await.is_none());
        drop(write);
        assert_eq!(
            (held.running(), router.open(), router.in_doubt()),
            (0, 0, 1)
        );
    }
}

#[tokio::test]
async fn a_write_that_was_never_dispatched_is_not_in_doubt() {
    let router = Movable::new(tenants());
    let cluster = Cluster::honest();
    let stack = stack(router.clone(), &cluster);
    let waiting = StreamBody::new(stream::pending::<Result<Frame<Bytes>, BodyError>>());
    let request = put("/orders/_doc/1", "acme", "{}").map(|_| BodyExt::boxed_unsync(waiting));
    let mut write = Box::pin(stack.oneshot(request));
    assert!(poll_once(write.as_mut()).await.is_none());
    drop(write);
    assert_eq!((router.moves.asked.load(SeqCst), router.in_doubt()), (0, 0));
    assert!(cluster.all().is_empty());
}

/// A write whose client hangs up while its body is still on its way up is the cluster's to judge, not ours.
#[tokio::test]
async fn a_streamed_write_is_finished_too() {
    let (told, seen) = oneshot::channel();
    let told = Arc::new(Mutex::new(Some(told)));
    let inner = service_fn(move |request: Request<RequestBody<Body>>| {
        let told = told.lock().unwrap().take().unwrap();
        async move {
            let body = request.into_body().collect().await.unwrap().to_bytes();
            told.send(body).unwrap();
            pending::<Result<Response<Body>, Down>>().await
        }
    });
    let stack = OsproxyLayer::new(tenants())
        .finish_writes(|rest| drop(tokio::spawn(rest)))
        .layer(inner);
    let slow = stream::unfold(0, |at| async move {
        tokio::task::yield_now().await;
        (at < 3).then(|| (Ok(Frame::data(Bytes::from_static(b"x"))), at + 1))
    });
    let request =
        put("/orders/_doc/1", "hooli", "{}").map(|_| BodyExt::boxed_unsync(StreamBody::new(slow)));
    let mut write = Box::pin(stack.oneshot(request));
    assert!(poll_once(write.as_mut()).await.is_none());
    drop(write);
    assert_eq!(seen.await.unwrap(), "xxx");
}

/// Of a bulk over several clusters, what was dispatched is finished and what was not is never sent.
#[tokio::test]
async fn the_dispatched_groups_of_a_dropped_bulk_are_finished() {
    let names = ["p0", "p1", "p2"];
    let placements = names.map(|name| (name, shared(name, "{index}-shared")));
    let by_line = PartitionKeySpec::BodyField(JsonPath::new("t"));
    let router = Movable::new(placed(by_line, placements));
    let held = Holding::default();
    let cluster = held.cluster();
    let (spawned, finished) = std::sync::mpsc::channel();
    let stack = OsproxyLayer::new(router.clone())
        .max_groups_in_flight(2)
        .finish_writes(move |rest| spawned.send(tokio::spawn(rest)).unwrap())
        .layer(Strict::new(cluster.clone()));
    let line = |name| format!("{{\"index\":{{\"_id\":\"1\"}}}}\n{{\"t\":\"{name}\"}}\n");
    let lines = names.map(line).concat();
    let mut bulk = Box::pin(stack.oneshot(request(Method::POST, "/orders/_bulk", lines)));
    assert!(poll_once(bulk.as_mut()).await.is_none());
    assert_eq!((held.running(), router.open()), (2, 2));
    drop(bulk);
    let rest = [finished.recv().unwrap(), finished.recv().unwrap()];
    assert_eq!((held.running(), router.open()), (2, 2));
    tokio::task::yield_now().await;
    held.go.notify_waiters();
    for rest in rest {
        rest.await.unwrap();
    }
    assert_eq!(
        (held.running(), router.open(), router.in_doubt()),
        (0, 0, 0)
    );
    assert_eq!(cluster.take().len(), 2);
}
