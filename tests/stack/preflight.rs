//! The mapping pre-flight: nothing runs on a shared index that hasn't been shown to keep tenants apart, and each is asked for once.
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use futures_util::future::join_all;
use http::Method;
use osproxy_layer::spi::{ClusterId, JsonPath, PartitionKeySpec};
use osproxy_layer::{OsproxyLayer, REFUSED};
use serde_json::json;
use tokio::time::{Instant, advance, sleep};
use tower::{Layer, ServiceExt};

use crate::honest;
use crate::stack::*;

fn lines(cluster: &Cluster) -> Vec<String> {
    let line = |sent: &Recorded| format!("{} {}", sent.method, sent.path());
    cluster.all().iter().map(line).collect()
}

const MISSING: &str = r#"{"error":{"root_cause":[],"type":"index_not_found_exception","reason":"no such index [orders-shared]"},"status":404}"#;

#[tokio::test]
async fn the_first_write_creates_the_index_with_its_field_mapped() {
    for (request, last) in [
        (
            put("/orders/_doc/1", "acme", "{}"),
            "PUT /orders-shared/_doc/acme%3A1",
        ),
        (
            put("/orders/_create/1", "acme", "{}"),
            "PUT /orders-shared/_create/acme%3A1",
        ),
        (
            post("/orders/_update/1", "acme", r#"{"doc":{}}"#),
            "POST /orders-shared/_update/acme%3A1",
        ),
        (
            post("/orders/_bulk", "acme", "{\"index\":{\"_id\":\"1\"}}\n{}\n"),
            "POST /_bulk",
        ),
        (
            request(
                Method::DELETE,
                "/orders/_doc/1?version=3&version_type=external",
                "",
            )
            .by("acme"),
            "DELETE /orders-shared/_doc/acme%3A1",
        ),
    ] {
        let cluster = Cluster::empty();
        let reply = call(&stack(tenants(), &cluster), request).await;
        assert!(reply.status.is_success(), "{}", reply.text());
        let look = "GET /orders-shared";
        assert_eq!(lines(&cluster), [look, "PUT /orders-shared", look, last]);
        let made = &cluster.all()[1];
        let field = json!({ "mappings": { "properties": { "_tenant": { "type": "keyword" } } } });
        assert_eq!(made.json(), field);
        assert_eq!(made.headers["content-type"], "application/json");
    }
}

/// Somebody else creates it at the same moment, which is as good; what is there is looked at all the same.
#[tokio::test]
async fn an_index_that_is_there_already_is_created() {
    let looks = AtomicUsize::new(0);
    let cluster = Cluster::answering(move |request| {
        Ok(match (request.method.as_str(), request.path()) {
            ("GET", "/orders-shared") if looks.fetch_add(1, SeqCst) == 0 => respond(404, MISSING),
            ("PUT", "/orders-shared") => respond(
                400,
                r#"{"error":{"type":"resource_already_exists_exception","reason":"index [orders-shared/u] already exists"},"status":400}"#,
            ),
            _ => honest::answer(request),
        })
    });
    let reply = call(
        &stack(tenants(), &cluster),
        put("/orders/_doc/1", "acme", "{}"),
    )
    .await;
    assert_eq!(reply.status, 201, "{}", reply.text());
}

#[tokio::test]
async fn a_template_that_maps_the_field_otherwise_is_found_after_creating() {
    let looks = AtomicUsize::new(0);
    let cluster = Cluster::answering(move |request| {
        Ok(match (request.method.as_str(), request.path()) {
            ("GET", "/orders-shared") if looks.fetch_add(1, SeqCst) == 0 => respond(404, MISSING),
            ("GET", "/orders-shared") => respond(
                200,
                r#"{"orders-shared":{"mappings":{"properties":{"_tenant":{"type":"text"}}}}}"#,
            ),
            _ => honest::answer(request),
        })
    });
    let reply = call(
        &stack(tenants(), &cluster),
        put("/orders/_doc/1", "acme", "{}"),
    )
    .await;
    reply.assert_refused(400, REFUSED);
    assert!(cluster.take().is_empty());
}

#[tokio::test]
async fn what_only_reads_or_deletes_creates_nothing() {
    let cluster = Cluster::empty();
    let stack = stack(tenants(), &cluster);
    for request in [
        get("/orders/_doc/1", "acme"),
        request(Method::DELETE, "/orders/_doc/1", "").by("acme"),
        get("/orders/_search", "acme"),
    ] {
        call(&stack, request)
            .await
            .assert_refused(404, "index_not_found_exception");
    }
    let bulk = "{\"delete\":{\"_id\":\"1\"}}\n";
    let reply = call(&stack, post("/orders/_bulk", "acme", bulk)).await;
    assert_eq!(reply.json()["items"][0]["delete"]["status"], 404);
    assert!(
        lines(&cluster)
            .iter()
            .all(|line| line == "GET /orders-shared")
    );
    // An item that creates it is after one that doesn't.
    let bulk = "{\"delete\":{\"_id\":\"1\"}}\n{\"index\":{\"_id\":\"1\"}}\n{}\n{\"delete\":{\"_id\":\"2\"}}\n";
    let reply = call(&stack, post("/orders/_bulk", "acme", bulk)).await;
    let items = reply.json()["items"].clone();
    assert_eq!(items[0]["delete"]["status"], 404);
    assert_eq!(items[1]["index"]["status"], 201);
    assert_eq!(items[2]["delete"]["status"], 200);
}

#[tokio::test(start_paused = true)]
async fn a_good_mapping_is_kept_for_a_minute() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let looks = || {
        cluster
            .all()
            .iter()
            .filter(|sent| sent.is_preflight())
            .count()
    };
    let each = || async {
        for tenant in ["acme", "umbrella"] {
            call(&stack, get("/orders/_doc/1", tenant)).await;
            call(&stack, put("/orders/_doc/1", tenant, "{}")).await;
            call(
                &stack,
                post("/orders/_bulk", tenant, "{\"index\":{\"_id\":\"1\"}}\n{}\n"),
            )
            .await;
            call(&stack, post("/orders/_search", tenant, "{}")).await;
        }
    };
    each().await;
    assert_eq!(looks(), 1);
    advance(Duration::from_secs(59)).await;
    each().await;
    assert_eq!(looks(), 1);
    advance(Duration::from_secs(2)).await;
    each().await;
    assert_eq!(looks(), 2);
    call(&stack, get("/users/_doc/1", "acme")).await;
    assert_eq!(looks(), 3, "another index");
}

#[tokio::test]
async fn a_mapping_that_would_mix_tenants_is_refused_with_its_remedy() {
    for field in [
        json!({ "type": "text", "fields": { "keyword": { "type": "keyword" } } }),
        json!({ "type": "keyword", "normalizer": "lowercase" }),
        json!({ "type": "keyword", "ignore_above": 10 }),
        json!(null),
    ] {
        let mapping =
            json!({ "orders-shared": { "mappings": { "properties": { "_tenant": field } } } });
        let cluster = Cluster::answering(move |request| {
            Ok(match request.is_preflight() {
                true => respond(200, mapping.to_string()),
                false => honest::answer(request),
            })
        });
        let stack = stack(tenants(), &cluster);
        for request in [
            get("/orders/_doc/1", "acme"),
            put("/orders/_doc/1", "acme", "{}"),
            get("/orders/_search", "acme"),
            request(Method::HEAD, "/orders", "").by("acme"),
        ] {
            let reply = call(&stack, request).await;
            reply.assert_refused(400, REFUSED);
            assert!(
                reply.reason().contains(r#"{"type":"keyword"}"#),
                "{}",
                reply.reason()
            );
            assert!(!reply.text().contains("orders-shared"));
        }
        let bulk = "{\"index\":{\"_id\":\"1\"}}\n{}\n";
        let reply = call(&stack, post("/orders/_bulk", "acme", bulk)).await;
        assert_eq!(reply.json()["items"][0]["index"]["status"], 400);
        assert!(cluster.take().is_empty());
        assert_eq!(
            cluster.all().len(),
            5,
            "a refusal is asked for again by the next request"
        );
    }
}

#[tokio::test]
async fn a_name_that_is_an_alias_is_refused() {
    let cluster = Cluster::answering(|request| {
        Ok(match request.is_preflight() {
            true => respond(200, honest::mapping("orders-000001").to_string()),
            false => honest::answer(request),
        })
    });
    let reply = call(&stack(tenants(), &cluster), get("/orders/_doc/1", "acme")).await;
    reply.assert_refused(400, REFUSED);
    assert!(cluster.take().is_empty());
}

/// Busy and down are the cluster's own words; a status that would blame the client or our credentials is not repeated.
#[tokio::test]
async fn a_cluster_that_does_not_say_its_mapping_is_not_asked_for_more() {
    for (theirs, ours) in [
        (429, 429),
        (503, 503),
        (401, 502),
        (403, 502),
        (500, 502),
        (400, 502),
    ] {
        let cluster = Cluster::answering(move |_| Ok(respond(theirs, "{}")));
        let stack = stack(tenants(), &cluster);
        for request in [
            get("/orders/_doc/1", "acme"),
            put("/orders/_doc/1", "acme", "{}"),
        ] {
            call(&stack, request)
                .await
                .assert_refused(ours, "osproxy_upstream_exception");
        }
        assert!(cluster.take().is_empty());
    }
}

/// Each cluster is asked for its own.
#[tokio::test]
async fn one_name_on_two_clusters_is_two_indices() {
    let by_line = PartitionKeySpec::BodyField(JsonPath::new("t"));
    let router = placed(
        by_line,
        [
            ("a", shared("c1", "{index}-shared")),
            ("b", shared("c2", "{index}-shared")),
        ],
    );
    let cluster = Cluster::honest();
    let stack = stack(router, &cluster);
    for tenant in ["a", "b", "a", "b"] {
        let body = format!(r#"{{"t":"{tenant}"}}"#);
        call(&stack, request(Method::PUT, "/orders/_doc/1", body)).await;
    }
    let looked: Vec<ClusterId> = cluster
        .all()
        .iter()
        .filter(|sent| sent.is_preflight())
        .map(|sent| sent.target.as_ref().unwrap().cluster().clone())
        .collect();
    assert_eq!(looked, ["c1".into(), "c2".into()]);
}

/// A cluster that takes ten seconds to say that.
fn slowly(answer: impl Fn() -> Answered + Send + Sync + 'static) -> Cluster {
    let answer = Arc::new(answer);
    Cluster::later(move |request| {
        let answer = Arc::clone(&answer);
        async move {
            sleep(Duration::from_secs(10)).await;
            match request.is_preflight() {
                true => answer(),
                false => Ok(honest::answer(&request)),
            }
        }
    })
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_no_hears_it_once() {
    for (answer, status, error_type) in [
        (404, 404, "index_not_found_exception"),
        (200, 400, REFUSED),
        (503, 503, "osproxy_upstream_exception"),
    ] {
        let cluster = slowly(move || Ok(respond(answer, r#"{"orders-shared":{"mappings":{}}}"#)));
        let stack = OsproxyLayer::new(tenants()).layer(Strict::new(cluster.clone()));
        let begun = Instant::now();
        let reads = (0..50).map(|_| call(&stack, get("/orders/_doc/1", "acme")));
        for reply in join_all(reads).await {
            reply.assert_refused(status, error_type);
        }
        assert_eq!(cluster.all().len(), 1);
        assert_eq!(begun.elapsed().as_secs(), 10);
        // The next one asks anew.
        call(&stack, get("/orders/_doc/1", "acme")).await;
        assert_eq!(cluster.all().len(), 2);
    }
}

/// The error is the asker's own; the others hear that the cluster can't be reached, and when to try again.
#[tokio::test(start_paused = true)]
async fn who_waits_for_a_dead_cluster_waits_once() {
    let cluster = slowly(|| Err(Down("refused")));
    let stack = OsproxyLayer::new(tenants()).layer(Strict::new(cluster.clone()));
    let begun = Instant::now();
    let reads = (0..20).map(|_| stack.clone().oneshot(get("/orders/_doc/1", "acme")));
    let all = join_all(reads).await;
    assert_eq!(begun.elapsed().as_secs(), 10);
    assert_eq!(all.iter().filter(|answer| answer.is_err()).count(), 1);
    for answer in all.into_iter().flatten() {
        let reply = read(answer).await;
        reply.assert_refused(503, "osproxy_upstream_exception");
        assert!(reply.headers.contains_key("retry-after"));
    }
}

/// A write that has waited for a read's "no such index" creates it.
#[tokio::test(start_paused = true)]
async fn a_write_does_not_take_a_readers_no() {
    let looks = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&looks);
    let cluster = Cluster::later(move |request| {
        let looks = Arc::clone(&counted);
        async move {
            sleep(Duration::from_secs(1)).await;
            let first = request.method == Method::GET
                && request.path() == "/orders-shared"
                && looks.fetch_add(1, SeqCst) < 2;
            Ok(match first {
                true => respond(404, MISSING),
                false => honest::answer(&request),
            })
        }
    });
    let stack = OsproxyLayer::new(tenants()).layer(Strict::new(cluster.clone()));
    let (read, write, other) = tokio::join!(
        call(&stack, get("/orders/_doc/1", "acme")),
        call(&stack, put("/orders/_doc/1", "acme", "{}")),
        call(&stack, put("/orders/_doc/2", "acme", "{}")),
    );
    assert_eq!(read.status, 404);
    assert_eq!((write.status.as_u16(), other.status.as_u16()), (201, 201));
    let made = lines(&cluster)
        .iter()
        .filter(|line| *line == "PUT /orders-shared")
        .count();
    assert_eq!(made, 1);
}

/// Hosts call `layer()` once a route, so what is known of the indices is the layer's, not the service's.
#[tokio::test]
async fn services_of_one_layer_ask_once() {
    let cluster = Cluster::honest();
    let layer = OsproxyLayer::new(tenants());
    for layer in [layer.clone(), layer.hold(Duration::from_secs(1))] {
        let service = layer.layer(Strict::new(cluster.clone()));
        call(&service, get("/orders/_doc/1", "acme")).await;
        call(&service, get("/", "acme")).await;
    }
    assert_eq!(
        lines(&cluster),
        [
            "GET /orders-shared",
            "GET /orders-shared/_doc/acme%3A1",
            "GET /",
            "GET /orders-shared/_doc/acme%3A1",
        ]
    );
}
