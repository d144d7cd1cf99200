//! Bulks and writes by query while partitions of theirs move: what has settled goes at once, what moves is held, and each item is
//! told its own end.
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::RETRY_AFTER;
use http::{Method, Request, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use osproxy_layer::spi::{
    Admission, ClusterId, Epoch, JsonPath, PartitionId, PartitionKeySpec, Placement, RequestCtx,
    SpiError, WritePermit,
};
use osproxy_layer::{
    OsproxyLayer, PlacementTable, REFUSED, Resolved, Router, TableTenancy, TenancyRouter,
};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tower::Layer;
use tower::limit::ConcurrencyLimit;

use crate::honest;
use crate::movable::*;
use crate::moves::{HOMES, cluster_of, router, table};
use crate::stack::*;

/// `acme` and `umbrella` share an index on `eu`, `initech` one on `us`; each line names its own.
fn by_line() -> Arc<PlacementTable> {
    let table = PlacementTable::new();
    for (name, cluster) in [("acme", "eu"), ("umbrella", "eu"), ("initech", "us")] {
        table
            .put(partition(name), shared(cluster, "{index}-shared"))
            .unwrap();
    }
    Arc::new(table)
}

fn line_router(table: &Arc<PlacementTable>) -> TenancyRouter<TableTenancy> {
    let source = PartitionKeySpec::BodyField(JsonPath::new("t"));
    TenancyRouter::new(TableTenancy::new(source, Arc::clone(table)))
}

fn elsewhere() -> Placement {
    Placement::dedicated_index(ClusterId::from("us"), pattern("{partition}.{index}"))
}

/// One document a tenant, numbered as they come.
fn bulk(tenants: &[&str]) -> Request<Body> {
    let lines = tenants
        .iter()
        .enumerate()
        .map(|(n, tenant)| format!("{{\"index\":{{\"_id\":\"{n}\"}}}}\n{{\"t\":\"{tenant}\"}}\n"));
    request(Method::POST, "/orders/_bulk", lines.collect::<String>())
}

/// Sends it beside the test.
fn spawn<R: osproxy_layer::Router>(
    layer: &OsproxyLayer<R>,
    cluster: &Cluster,
    request: Request<Body>,
) -> JoinHandle<Reply> {
    let limited = ConcurrencyLimit::new(Strict::new(cluster.clone()), 1);
    let stack = layer.layer(limited);
    tokio::spawn(async move { call(&stack, request).await })
}

fn items(reply: &Reply) -> Vec<(String, u64)> {
    let reply = reply.json();
    let items = reply["items"].as_array().unwrap();
    let item = |item: &Value| {
        let item = item.as_object().unwrap().values().next().unwrap();
        let id = item["_id"].as_str().unwrap().to_owned();
        (id, item["status"].as_u64().unwrap())
    };
    items.iter().map(item).collect()
}

fn statuses(reply: &Reply) -> Vec<u64> {
    items(reply).into_iter().map(|(_, status)| status).collect()
}

/// What reached the clusters: of each bulk its cluster and the physical ids in it.
fn sent(cluster: &Cluster) -> Vec<(String, Vec<String>)> {
    let ids = |sent: &Recorded| {
        let actions = sent.lines().into_iter().filter_map(|line| {
            let meta = line.as_object()?.values().next()?.as_object()?;
            Some(meta.get("_id")?.as_str()?.to_owned())
        });
        actions.collect()
    };
    let taken = cluster.take();
    taken
        .iter()
        .map(|sent| (cluster_of(sent), ids(sent)))
        .collect()
}

fn own(pairs: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let own = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    pairs
        .iter()
        .map(|(cluster, ids)| ((*cluster).to_owned(), own(ids)))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn the_settled_part_of_a_bulk_goes_at_once_and_the_moving_part_to_its_new_home() {
    for most in [1, 16] {
        let table = by_line();
        let umbrella = partition("umbrella");
        let layer = OsproxyLayer::new(line_router(&table)).max_groups_in_flight(most);
        let cluster = Cluster::honest();
        table.begin_move(&umbrella, elsewhere()).unwrap();
        let cutover = table.cutover(&umbrella).await.unwrap();
        let lines = bulk(&["acme", "umbrella", "initech", "umbrella", "acme"]);
        let reply = spawn(&layer, &cluster, lines);
        sleep(Duration::from_secs(2)).await;
        let mut at_once = sent(&cluster);
        at_once.sort();
        assert_eq!(
            at_once,
            own(&[("eu", &["acme:0", "acme:4"]), ("us", &["initech:2"])])
        );
        assert_eq!(table.status(&umbrella).unwrap().writes_waiting(), 1);
        let begun = Instant::now();
        cutover.complete().unwrap();
        let reply = reply.await.unwrap();
        assert_eq!(begun.elapsed(), Duration::ZERO);
        assert_eq!(sent(&cluster)[2..], own(&[("us", &["1", "3"])]));
        let expected = ["0", "1", "2", "3", "4"].map(|id| (id.to_owned(), 201));
        assert_eq!(items(&reply), expected);
        assert_eq!(reply.json()["errors"], false);
        assert!(!reply.text().contains("shared") && !reply.text().contains("umbrella."));
        for name in ["acme", "umbrella", "initech"] {
            let status = table.status(&partition(name)).unwrap();
            assert_eq!(
                (status.open(), status.writes_waiting(), status.in_doubt()),
                (0, 0, 0)
            );
        }
    }
}

/// The bound is the request's, however many of its groups wait one after the other.
#[tokio::test(start_paused = true)]
async fn past_the_bound_the_moving_items_are_told_to_come_again_and_the_others_are_applied() {
    for most in [1, 16] {
        let table = by_line();
        let layer = OsproxyLayer::new(line_router(&table)).max_groups_in_flight(most);
        let cluster = Cluster::honest();
        let mut held = Vec::new();
        for name in ["acme", "umbrella"] {
            let moving = partition(name);
            table.begin_move(&moving, elsewhere()).unwrap();
            held.push(table.cutover(&moving).await.unwrap());
        }
        let begun = Instant::now();
        let lines = bulk(&["umbrella", "initech", "acme", "umbrella"]);
        let reply = spawn(&layer, &cluster, lines).await.unwrap();
        let waited = begun.elapsed();
        assert!(
            waited >= Duration::from_secs(5) && waited < Duration::from_millis(5100),
            "{waited:?}"
        );
        assert_eq!(
            (reply.status, statuses(&reply)),
            (StatusCode::OK, vec![429, 201, 429, 429])
        );
        let error = &reply.json()["items"][0]["index"]["error"];
        assert_eq!(error["type"], "osproxy_moving_exception");
        assert_eq!(sent(&cluster), own(&[("us", &["initech:1"])]));
        drop(held);
    }
}

/// Nor by the clusters that they are for: the second group is sent when the first has had its time.
#[tokio::test(start_paused = true)]
async fn groups_that_wait_one_after_the_other_wait_no_longer() {
    let table = by_line();
    let layer = OsproxyLayer::new(line_router(&table)).max_groups_in_flight(1);
    let mut held = Vec::new();
    for name in ["acme", "initech"] {
        let own = Placement::dedicated_cluster(ClusterId::from(name));
        table.begin_move(&partition(name), own).unwrap();
        held.push(table.cutover(&partition(name)).await.unwrap());
    }
    let begun = Instant::now();
    let cluster = Cluster::honest();
    let reply = spawn(&layer, &cluster, bulk(&["acme", "initech"])).await;
    let waited = begun.elapsed();
    assert!(waited < Duration::from_millis(5100), "{waited:?}");
    assert_eq!(statuses(&reply.unwrap()), [429, 429]);
    drop(held);
}

/// A client that hangs up while its write waits takes its place with it.
#[tokio::test(start_paused = true)]
async fn a_write_that_is_given_up_while_it_waits_leaves_nothing() {
    let table = table(HOMES[0]());
    let acme = partition("acme");
    table.begin_move(&acme, HOMES[1]()).unwrap();
    let cutover = table.cutover(&acme).await.unwrap();
    let layer = OsproxyLayer::new(router(&table)).max_held_writes(1);
    let cluster = Cluster::honest();
    for request in writes("acme") {
        let waiting = spawn(&layer, &cluster, request);
        sleep(Duration::from_millis(1)).await;
        assert_eq!(table.status(&acme).unwrap().writes_waiting(), 1);
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        let status = table.status(&acme).unwrap();
        let counts = (status.open(), status.in_doubt(), status.writes_waiting());
        assert_eq!(counts, (0, 0, 0));
    }
    cutover.complete().unwrap();
    assert!(cluster.take().is_empty());
}

/// Of two that move together, the one that settles goes: the other holds it back no longer than its own move takes.
#[tokio::test(start_paused = true)]
async fn a_partition_that_settles_late_holds_back_no_other() {
    let table = by_line();
    let layer = OsproxyLayer::new(line_router(&table));
    let cluster = Cluster::honest();
    let mut cutovers = Vec::new();
    for name in ["acme", "umbrella"] {
        table.begin_move(&partition(name), elsewhere()).unwrap();
        cutovers.push(table.cutover(&partition(name)).await.unwrap());
    }
    let reply = spawn(&layer, &cluster, bulk(&["acme", "umbrella", "acme"]));
    sleep(Duration::from_secs(1)).await;
    assert!(cluster.take().is_empty());
    cutovers.remove(0).complete().unwrap();
    sleep(Duration::from_millis(1)).await;
    assert_eq!(sent(&cluster), own(&[("us", &["0", "2"])]));
    assert_eq!(statuses(&reply.await.unwrap()), [201, 429, 201]);
}

#[tokio::test(start_paused = true)]
async fn the_items_of_an_aborted_cutover_go_to_the_old_home_in_their_order() {
    let table = by_line();
    let umbrella = partition("umbrella");
    let cluster = Cluster::honest();
    let layer = OsproxyLayer::new(line_router(&table));
    table.begin_move(&umbrella, elsewhere()).unwrap();
    let cutover = table.cutover(&umbrella).await.unwrap();
    let line = "{\"index\":{\"_id\":\"7\"}}\n{\"t\":\"umbrella\",\"n\":1}\n{\"index\":{\"_id\":\"7\"}}\n{\"t\":\"umbrella\",\"n\":2}\n";
    let both = request(Method::POST, "/orders/_bulk", line);
    let reply = spawn(&layer, &cluster, both);
    sleep(Duration::from_secs(1)).await;
    drop(cutover);
    assert_eq!(statuses(&reply.await.unwrap()), [201, 201]);
    let sent = cluster.one();
    assert_eq!(cluster_of(&sent), "eu");
    let numbers: Vec<_> = sent
        .lines()
        .iter()
        .filter_map(|line| line["n"].as_u64())
        .collect();
    assert_eq!(numbers, [1, 2]);
}

/// Of a bulk that goes in parts, the first part's moving items are a group of their own. The second part has later ones.
#[tokio::test(start_paused = true)]
async fn two_writes_of_a_document_keep_their_order_over_the_parts_of_a_bulk() {
    let table = by_line();
    let umbrella = partition("umbrella");
    let first_is_through = Arc::new(AtomicUsize::new(0));
    let through = Arc::clone(&first_is_through);
    let cluster = Cluster::later(move |request| {
        let through = Arc::clone(&through);
        async move {
            if request.text().contains("\"n\":1") {
                sleep(Duration::from_secs(1)).await;
                through.store(1, SeqCst);
            }
            if request.text().contains("\"n\":2") {
                assert_eq!(
                    through.load(SeqCst),
                    1,
                    "the second write overtook the first"
                );
                through.store(2, SeqCst);
            }
            Ok(honest::answer(&request))
        }
    });
    let layer = OsproxyLayer::new(line_router(&table)).max_content_bytes(300);
    table.begin_move(&umbrella, elsewhere()).unwrap();
    let cutover = table.cutover(&umbrella).await.unwrap();
    let line = |tenant: &str, n: u64| {
        format!("{{\"index\":{{\"_id\":\"7\"}}}}\n{{\"t\":\"{tenant}\",\"n\":{n}}}\n")
    };
    let lines = [line("acme", 0), line("umbrella", 1), line("umbrella", 2)].concat();
    let both = request(Method::POST, "/orders/_bulk", lines);
    let limited = ConcurrencyLimit::new(Strict::new(cluster.clone()), 4);
    let stack = layer.layer(limited);
    let reply = tokio::spawn(async move { call(&stack, both).await });
    sleep(Duration::from_secs(1)).await;
    assert_eq!(sent(&cluster), own(&[("eu", &["acme:7"])]));
    cutover.complete().unwrap();
    assert_eq!(statuses(&reply.await.unwrap()), [201, 201, 201]);
    assert_eq!(first_is_through.load(SeqCst), 2);
    assert_eq!(cluster.take().len(), 3);
}

/// What its new home doesn't take is that item's error.
#[tokio::test(start_paused = true)]
async fn an_item_that_the_new_home_refuses_is_refused_alone() {
    let table = table(HOMES[1]());
    let acme = partition("acme");
    let cluster = Cluster::honest();
    table.begin_move(&acme, HOMES[0]()).unwrap();
    let cutover = table.cutover(&acme).await.unwrap();
    let lines = "{\"index\":{\"_id\":\"1\",\"routing\":\"r\"}}\n{}\n{\"index\":{\"_id\":\"2\"}}\n{\"_x\":1}\n{\"index\":{\"_id\":\"3\"}}\n{}\n";
    let layer = OsproxyLayer::new(router(&table));
    let reply = spawn(&layer, &cluster, post("/orders/_bulk", "acme", lines));
    sleep(Duration::from_secs(1)).await;
    cutover.complete().unwrap();
    assert_eq!(statuses(&reply.await.unwrap()), [400, 400, 201]);
    assert_eq!(sent(&cluster), own(&[("eu", &["acme:3"])]));
}

/// What the query string may ask for is the new home's to say, and who looks at the request sees the new home.
#[tokio::test(start_paused = true)]
async fn the_parameters_of_a_held_bulk_are_those_of_its_new_home() {
    for (home, status) in [(0, 400), (1, 201)] {
        let acme = partition("acme");
        let before = pattern("{partition}.old.{index}");
        let table = table(Placement::dedicated_index(ClusterId::from("us"), before));
        let cluster = Cluster::honest();
        table.begin_move(&acme, HOMES[home]()).unwrap();
        let cutover = table.cutover(&acme).await.unwrap();
        let layer = OsproxyLayer::new(router(&table));
        let lines = "{\"index\":{\"_id\":\"1\"}}\n{}\n";
        let reply = spawn(
            &layer,
            &cluster,
            post("/orders/_bulk?routing=r&refresh=true", "acme", lines),
        );
        sleep(Duration::from_secs(1)).await;
        let epoch = cutover.complete().unwrap();
        let reply = reply.await.unwrap();
        assert_eq!(statuses(&reply), [status], "{}", reply.text());
        if status == 201 {
            let sent = cluster.one();
            assert_eq!(sent.param("routing").as_deref(), Some("r"));
            assert_eq!(sent.param("refresh").as_deref(), Some("true"));
            let resolved = Resolved::get(&sent.extensions).unwrap();
            assert_eq!(resolved.epoch(), epoch);
        }
    }
}

/// A body that is read as it comes, as a server gives it.
fn streamed(request: Request<Body>, text: &'static str) -> Request<Body> {
    let chunk = Ok::<_, BodyError>(Frame::data(Bytes::from_static(text.as_bytes())));
    let body = BodyExt::boxed_unsync(StreamBody::new(stream::iter([chunk])));
    let mut request = request.map(|_| body);
    request.headers_mut().remove("content-length");
    request
}

/// From each kind of placement to each other one, with a client that never retries.
#[tokio::test(start_paused = true)]
async fn a_bulk_and_a_write_by_query_follow_their_partition_to_each_home() {
    const QUERY: &str = r#"{"query":{"match_all":{}}}"#;
    let calls = [
        ("/orders/_bulk", BULK),
        ("/orders/_delete_by_query", QUERY),
        ("/orders/_update_by_query", QUERY),
    ];
    for (from, home) in HOMES.iter().enumerate() {
        for (to, next) in HOMES.iter().enumerate().filter(|(to, _)| *to != from) {
            for (path, body) in calls {
                let what = format!("{path} from {from} to {to}");
                let table = table(home());
                let acme = partition("acme");
                let cluster = Cluster::honest();
                table.begin_move(&acme, next()).unwrap();
                let cutover = table.cutover(&acme).await.unwrap();
                let layer = OsproxyLayer::new(router(&table));
                let reply = spawn(&layer, &cluster, streamed(post(path, "acme", body), body));
                sleep(Duration::from_secs(1)).await;
                assert!(cluster.take().is_empty(), "{what}");
                cutover.complete().unwrap();
                let reply = reply.await.unwrap();
                assert_eq!(reply.status, StatusCode::OK, "{what}: {}", reply.text());
                let sent = cluster.one();
                assert_eq!(cluster_of(&sent), ["eu", "us", "own"][to], "{what}");
                if path.ends_with("_bulk") {
                    assert_eq!(statuses(&reply), [201, 200], "{what}");
                    let index = ["orders-shared", "acme.orders", "orders"][to];
                    let line = &sent.lines()[0]["index"];
                    let named = line["_index"]
                        .as_str()
                        .unwrap_or(&sent.segments()[0])
                        .to_owned();
                    assert_eq!(named, index, "{what}");
                    let id = ["acme:1", "1", "1"][to];
                    assert_eq!(line["_id"], id, "{what}");
                }
                assert_eq!(table.status(&acme).unwrap().open(), 0, "{what}");
            }
        }
    }
}

/// A store that says it has settled and names no newer placement must not be asked for ever.
#[tokio::test(start_paused = true)]
async fn a_placement_that_is_no_newer_ends_in_a_429() {
    for tenant in ["acme", "globex", "hooli"] {
        for request in writes(tenant) {
            let what = format!("{} {} of {tenant}", request.method(), request.uri());
            let is_bulk = request.uri().path().ends_with("_bulk") && tenant != "hooli";
            let movable = Movable::new(tenants());
            movable.moves.superseded.lock().unwrap().push(tenant);
            let cluster = Cluster::honest();
            let begun = Instant::now();
            let reply = call(&stack(movable.clone(), &cluster), request).await;
            assert_eq!(begun.elapsed(), Duration::ZERO, "{what}");
            let asked = movable.moves.asked.load(SeqCst);
            assert_eq!(asked, 1, "{what}: it was sent again");
            if is_bulk {
                assert_eq!(statuses(&reply), [429, 429], "{what}");
            } else {
                reply.assert_refused(429, "osproxy_moving_exception");
            }
            assert!(cluster.take().is_empty(), "{what}");
        }
    }
}

/// A store whose epochs run away: each answer is newer than the last, and each write too old.
struct Runaway {
    table: Arc<PlacementTable>,
    router: TenancyRouter<TableTenancy>,
    asked: Arc<AtomicUsize>,
}

impl Router for Runaway {
    fn resolve_partition(&self, ctx: &RequestCtx<'_>) -> Result<Option<PartitionId>, SpiError> {
        self.router.resolve_partition(ctx)
    }

    async fn resolve_placement(
        &self,
        ctx: &RequestCtx<'_>,
        partition: PartitionId,
    ) -> Result<Resolved, SpiError> {
        let at = self.table.get(&partition).unwrap();
        self.table
            .put(partition.clone(), at.placement().clone())
            .unwrap();
        self.router.resolve_placement(ctx, partition).await
    }

    async fn resolve(&self, ctx: &RequestCtx<'_>) -> Result<Resolved, SpiError> {
        self.router.resolve(ctx).await
    }

    fn admit_write(&self, _: &PartitionId, _: Epoch) -> Admission {
        self.asked.fetch_add(1, SeqCst);
        Admission::Superseded
    }

    async fn settled(&self, _: &PartitionId, _: Epoch) {}
}

#[tokio::test(start_paused = true)]
async fn epochs_that_run_away_are_not_run_after() {
    for home in HOMES {
        for request in writes("acme") {
            let what = format!("{} {}", request.method(), request.uri());
            let table = table(home());
            let asked = Arc::new(AtomicUsize::new(0));
            let router = Runaway {
                router: router(&table),
                table,
                asked: Arc::clone(&asked),
            };
            let cluster = Cluster::honest();
            let reply = call(&stack(router, &cluster), request).await;
            if reply.status == StatusCode::OK {
                assert_eq!(statuses(&reply), [429, 429], "{what}");
            } else {
                reply.assert_refused(429, "osproxy_moving_exception");
            }
            assert!(cluster.take().is_empty(), "{what}");
            let asked = asked.load(SeqCst);
            assert!((2..50).contains(&asked), "{what}: asked {asked} times");
        }
    }
}

/// Their permits would end with the answer, and their writes go on.
#[tokio::test]
async fn a_call_that_answers_before_it_is_done_is_refused_where_a_tenant_can_move() {
    let calls = [
        "/orders/_bulk/stream",
        "/orders/_delete_by_query?wait_for_completion=false",
        "/_reindex?wait_for_completion=false",
    ];
    for path in calls {
        let cluster = Cluster::honest();
        let table = table(HOMES[2]());
        let reply = call(&stack(router(&table), &cluster), post(path, "acme", "{}\n")).await;
        reply.assert_refused(400, REFUSED);
        assert!(cluster.all().is_empty(), "{path}");
        assert_eq!(table.status(&partition("acme")).unwrap().open(), 0);

        // A router that counts nothing moves nothing.
        let stack = stack(Fixed(router(&table)), &cluster);
        let reply = call(&stack, post(path, "acme", "{}\n")).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text());
    }
}

/// A router whose placements never move.
struct Fixed(TenancyRouter<TableTenancy>);

impl Router for Fixed {
    fn resolve_partition(&self, ctx: &RequestCtx<'_>) -> Result<Option<PartitionId>, SpiError> {
        self.0.resolve_partition(ctx)
    }

    async fn resolve_placement(
        &self,
        ctx: &RequestCtx<'_>,
        partition: PartitionId,
    ) -> Result<Resolved, SpiError> {
        self.0.resolve_placement(ctx, partition).await
    }

    async fn resolve(&self, ctx: &RequestCtx<'_>) -> Result<Resolved, SpiError> {
        self.0.resolve(ctx).await
    }

    fn admit_write(&self, _: &PartitionId, _: Epoch) -> Admission {
        Admission::Admitted(WritePermit::none())
    }

    async fn settled(&self, _: &PartitionId, _: Epoch) {}
}

#[tokio::test(start_paused = true)]
async fn no_more_waits_than_the_bounds_allow() {
    let table = table(HOMES[0]());
    let acme = partition("acme");
    table.begin_move(&acme, HOMES[1]()).unwrap();
    let cutover = table.cutover(&acme).await.unwrap();
    let layer = OsproxyLayer::new(router(&table)).max_held_writes(2);
    let document = || put("/orders/_doc/1", "acme", r#"{"a":1}"#);
    let cluster = Cluster::honest();
    let first = spawn(&layer, &cluster, document());
    let second = spawn(&layer, &cluster, post("/orders/_bulk", "acme", BULK));
    sleep(Duration::from_millis(1)).await;
    let begun = Instant::now();
    let third = spawn(&layer, &cluster, document()).await.unwrap();
    third.assert_refused(429, "osproxy_moving_exception");
    assert!(third.headers.contains_key(RETRY_AFTER));
    let bulk = spawn(&layer, &cluster, post("/orders/_bulk", "acme", BULK))
        .await
        .unwrap();
    assert_eq!(statuses(&bulk), [429, 429]);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(table.status(&acme).unwrap().writes_waiting(), 2);
    cutover.complete().unwrap();
    assert_eq!(first.await.unwrap().status, StatusCode::CREATED);
    assert_eq!(statuses(&second.await.unwrap()), [201, 200]);
    // Room was given back.
    table.begin_move(&acme, HOMES[0]()).unwrap();
    let cutover = table.cutover(&acme).await.unwrap();
    let again = spawn(&layer, &cluster, document());
    sleep(Duration::from_millis(1)).await;
    cutover.complete().unwrap();
    assert_eq!(again.await.unwrap().status, StatusCode::CREATED);
}

#[tokio::test(start_paused = true)]
async fn no_more_bytes_wait_than_the_bound_allows() {
    let table = table(HOMES[0]());
    let acme = partition("acme");
    table.begin_move(&acme, HOMES[1]()).unwrap();
    let cutover = table.cutover(&acme).await.unwrap();
    // Room for two bulks, or a bulk and a document, by what the client sent of a bulk.
    let layer = OsproxyLayer::new(router(&table)).max_held_bytes(2 * BULK.len());
    let cluster = Cluster::honest();
    let send = || spawn(&layer, &cluster, post("/orders/_bulk", "acme", BULK));
    let waiting = [send(), send()];
    sleep(Duration::from_millis(1)).await;
    assert_eq!(statuses(&send().await.unwrap()), [429, 429]);
    let document = put("/orders/_doc/1", "acme", "{}");
    let refused = spawn(&layer, &cluster, document).await.unwrap();
    refused.assert_refused(429, "osproxy_moving_exception");
    cutover.complete().unwrap();
    for bulk in waiting {
        assert_eq!(statuses(&bulk.await.unwrap()), [201, 200]);
    }
}
