//! Writes while their partition moves: they are held, resolved anew, and go to where it then lives.
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use osproxy_layer::spi::{ClusterId, PartitionKeySpec, Placement};
use osproxy_layer::{OsproxyLayer, PlacementTable, TableTenancy, TenancyRouter};
use tower::Layer;
use tower::buffer::Buffer;
use tower::limit::ConcurrencyLimit;

use crate::movable::poll_once;
use crate::stack::*;

pub const HOMES: [fn() -> Placement; 3] = [
    || shared("eu", "{index}-shared"),
    || Placement::dedicated_index(ClusterId::from("us"), pattern("{partition}.{index}")),
    || Placement::dedicated_cluster(ClusterId::from("own")),
];

pub fn table(home: Placement) -> Arc<PlacementTable> {
    let table = PlacementTable::new();
    table.put(partition("acme"), home).unwrap();
    Arc::new(table)
}

pub fn router(table: &Arc<PlacementTable>) -> TenancyRouter<TableTenancy> {
    let source = PartitionKeySpec::PrincipalAttr("tenant".into());
    TenancyRouter::new(TableTenancy::new(source, Arc::clone(table)))
}

pub fn cluster_of(sent: &Recorded) -> String {
    sent.target.as_ref().unwrap().cluster().as_str().to_owned()
}

/// From each kind of placement to each other one, with a client that never retries.
#[tokio::test(start_paused = true)]
async fn a_held_write_goes_to_the_new_placement() {
    for (from, home) in HOMES.iter().enumerate() {
        for to in (0..HOMES.len()).filter(|to| *to != from) {
            let table = table(home());
            let acme = partition("acme");
            let cluster = Cluster::honest();
            let limited = ConcurrencyLimit::new(Strict::new(cluster.clone()), 1);
            let stack = OsproxyLayer::new(router(&table)).layer(limited);
            table.begin_move(&acme, HOMES[to]()).unwrap();
            let cutover = table.cutover(&acme).await.unwrap();
            let chunk = [Ok::<_, BodyError>(Frame::data(Bytes::from_static(
                b"{\"a\":1}",
            )))];
            let body = BodyExt::boxed_unsync(StreamBody::new(stream::iter(chunk)));
            let request = put("/orders/_doc/1", "acme", "{}").map(|_| body);
            let (parts, body) = request.into_parts();
            let mut request = http::Request::from_parts(parts, body);
            request.headers_mut().remove("content-length");
            let mut write = Box::pin(call(&stack, request));
            assert!(poll_once(write.as_mut()).await.is_none(), "{from} {to}");
            assert!(cluster.take().is_empty(), "{from} {to}");
            tokio::time::sleep(Duration::from_secs(1)).await;
            cutover.complete().unwrap();
            let reply = write.await;
            assert_eq!(
                reply.status,
                StatusCode::CREATED,
                "{from} {to}: {}",
                reply.text()
            );
            let sent = cluster.one();
            let homes = ["eu", "us", "own"];
            assert_eq!(cluster_of(&sent), homes[to], "{from} {to}");
            let paths = [
                "/orders-shared/_doc/acme%3A1",
                "/acme.orders/_doc/1",
                "/orders/_doc/1",
            ];
            assert_eq!(sent.path(), paths[to], "{from} {to}");
            assert_eq!(sent.json()["a"], 1, "{from} {to}: the body is sent once");
            assert_eq!(table.status(&acme).unwrap().open(), 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_aborted_cutover_sends_what_it_held_to_the_old_placement() {
    let table = table(HOMES[0]());
    let acme = partition("acme");
    let cluster = Cluster::honest();
    let stack = OsproxyLayer::new(router(&table)).layer(Buffer::new(cluster.clone(), 1));
    table.begin_move(&acme, HOMES[1]()).unwrap();
    let cutover = table.cutover(&acme).await.unwrap();
    let mut write = Box::pin(stack_call(stack, put("/orders/_doc/1", "acme", "{}")));
    assert!(poll_once(write.as_mut()).await.is_none());
    drop(cutover);
    assert_eq!(write.await, StatusCode::CREATED);
    assert_eq!(cluster_of(&cluster.one()), "eu");
}

async fn stack_call<S>(service: S, request: http::Request<Body>) -> StatusCode
where
    S: tower::Service<
            http::Request<Body>,
            Response = http::Response<osproxy_layer::ResponseBody<Body>>,
        >,
    S::Error: std::fmt::Debug,
{
    tower::ServiceExt::oneshot(service, request)
        .await
        .unwrap()
        .status()
}
