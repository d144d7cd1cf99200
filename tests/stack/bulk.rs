//! Bulks: taken apart by cluster, put together in the order sent.
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use http::Method;
use http::header::RETRY_AFTER;
use osproxy_layer::spi::{ClusterId, JsonPath, PartitionKeySpec, Placement};
use osproxy_layer::{OsproxyLayer, RejectionKind};
use serde_json::{Value, json};
use tower::Layer;

use crate::honest;
use crate::stack::*;

/// Each line's document names its tenant.
fn by_line() -> PartitionKeySpec {
    PartitionKeySpec::BodyField(JsonPath::new("t"))
}

/// Partitions `p0` to `p{partitions - 1}`, on so many clusters in turn.
fn spread(partitions: usize, clusters: usize) -> Tenants {
    let names: Vec<_> = (0..partitions).map(|at| format!("p{at}")).collect();
    let placements = names.iter().enumerate().map(|(at, name)| {
        let cluster = format!("c{}", at % clusters);
        (name.as_str(), shared(&cluster, "{index}-shared"))
    });
    placed(by_line(), placements)
}

fn index_line(tenant: &str, id: &str) -> String {
    format!("{{\"index\":{{\"_index\":\"orders\",\"_id\":\"{id}\"}}}}\n{{\"t\":\"{tenant}\"}}\n")
}

fn bulk(lines: impl Into<bytes::Bytes>) -> http::Request<Body> {
    request(Method::POST, "/_bulk", lines)
}

#[track_caller]
fn items(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["items"].as_array().unwrap().clone()
}

fn statuses(items: &[Value]) -> Vec<u64> {
    let status =
        |item: &Value| item.as_object().unwrap().values().next().unwrap()["status"].as_u64();
    items.iter().map(|item| status(item).unwrap()).collect()
}

#[tokio::test]
async fn upstream_requests_are_clusters_never_items() {
    for (partitions, clusters, items) in [
        (1, 1, 10),
        (4, 4, 40),
        (64, 64, 640),
        (1000, 64, 2000),
        (1000, 1, 1000),
    ] {
        let cluster = Cluster::honest();
        let stack = stack(spread(partitions, clusters), &cluster);
        let lines: String = (0..items)
            .map(|at| index_line(&format!("p{}", at % partitions), &format!("i{at}")))
            .collect();
        let reply = call(&stack, bulk(lines)).await;

        let sent = cluster.take();
        assert_eq!(
            sent.len(),
            clusters,
            "{partitions} partitions on {clusters} clusters"
        );
        assert_eq!(cluster.all().len(), 2 * clusters, "and one mapping each");
        for one in &sent {
            assert_eq!((&one.method, &*one.uri), (&Method::POST, "/_bulk"));
            let target = one.target.as_ref().unwrap().cluster().as_str().to_owned();
            for pair in one.lines().chunks(2) {
                let tenant = pair[1]["_tenant"].as_str().unwrap();
                let number: usize = tenant[1..].parse().unwrap();
                assert_eq!(format!("c{}", number % clusters), target);
                assert_eq!(
                    pair[0]["index"]["_id"].as_str().unwrap().split(':').next(),
                    Some(tenant)
                );
                assert_eq!(pair[0]["index"]["routing"], tenant);
            }
        }
        let answered = self::items(&reply);
        let ids: Vec<_> = answered
            .iter()
            .map(|item| item["index"]["_id"].as_str().unwrap().to_owned())
            .collect();
        let expected: Vec<_> = (0..items).map(|at| format!("i{at}")).collect();
        assert_eq!(ids, expected);
        assert_eq!(reply.json()["errors"], false);
        let head = r#"{"took":3,"errors":false,"items":[{"index":{"#;
        assert!(reply.text().starts_with(head));
    }
}

/// The first item of an index finds out how its lines are spelled; the others must be spelled alike.
#[tokio::test]
async fn the_next_item_is_spelled_like_the_first() {
    let longest = "x".repeat(512 - "acme:".len());
    let too_long = format!("{longest}x");
    for id in [
        "1", "a\"b", "tab\t", "é", "\u{7f}", ".", "..", "...", &longest, &too_long,
    ] {
        for (action, document) in [("index", "{\"a\":1}\n"), ("create", "{}\n"), ("delete", "")] {
            let cluster = Cluster::honest();
            let stack = stack(tenants(), &cluster);
            let line = json!({ action: { "_id": id } });
            let lines = format!("{line}\n{document}").repeat(2);
            let post = request(Method::POST, "/orders/_bulk", lines).by("acme");
            let answered = items(&call(&stack, post).await);
            assert_eq!(answered[0], answered[1], "{action} {id}");
            for sent in cluster.take() {
                let lines = sent.lines();
                let (one, other) = lines.split_at(lines.len() / 2);
                assert_eq!(one, other, "{action} {id}");
                assert_eq!(one[0][action]["_id"], format!("acme:{id}"));
                assert_eq!(one[0][action]["routing"], "acme");
            }
        }
    }
}

/// A stack whose clusters take so many bytes at once.
fn within(bytes: usize, cluster: &Cluster) -> osproxy_layer::Osproxy<Strict<Cluster>, Tenants> {
    OsproxyLayer::new(spread(4, 2))
        .max_content_bytes(bytes)
        .layer(Strict::new(cluster.clone()))
}

#[tokio::test]
async fn what_is_too_much_for_a_cluster_at_once_is_sent_in_parts() {
    let lines: String = (0..60)
        .map(|at| index_line(&format!("p{}", at % 4), &format!("i{}", at % 20)))
        .collect();
    for most in [1, 150, 700, 100_000] {
        let cluster = Cluster::honest();
        let reply = call(&within(most, &cluster), bulk(lines.clone())).await;
        let answered = items(&reply);
        let ids: Vec<_> = answered
            .iter()
            .map(|item| item["index"]["_id"].clone())
            .collect();
        let expected: Vec<_> = (0..60).map(|at| json!(format!("i{}", at % 20))).collect();
        assert_eq!(ids, expected, "{most}");
        assert_eq!(reply.json()["errors"], false);

        let mut written: HashMap<String, Vec<Value>> = HashMap::new();
        let sent = cluster.take();
        for one in &sent {
            let lines = one.lines();
            assert!(
                one.body.len() <= most || lines.len() == 2,
                "{} of {most}",
                one.body.len()
            );
            let cluster = one.target.as_ref().unwrap().cluster().as_str().to_owned();
            let ids = lines.chunks(2).map(|pair| pair[0]["index"]["_id"].clone());
            written.entry(cluster).or_default().extend(ids);
        }
        let least = if most == 100_000 {
            2
        } else {
            lines.len() / most.max(100)
        };
        assert!(sent.len() >= least, "{} requests of {most}", sent.len());
        for (cluster, ids) in written {
            let own = |at: &usize| format!("c{}", at % 4 % 2) == cluster;
            let expected: Vec<_> = (0..60usize)
                .filter(own)
                .map(|at| json!(format!("p{}:i{}", at % 4, at % 20)))
                .collect();
            assert_eq!(ids, expected, "in order on {cluster}, {most}");
        }
    }
}

/// The next part is not under way before the one before it is through, however long that takes, and fails alone.
#[tokio::test(start_paused = true)]
async fn the_parts_of_one_cluster_follow_each_other() {
    let under_way = Arc::new(Mutex::new((0, 0)));
    let seen = Arc::clone(&under_way);
    let cluster = Cluster::later(move |request| {
        let seen = Arc::clone(&seen);
        async move {
            if request.is_preflight() {
                return Ok(honest::answer(&request));
            }
            let number = {
                let mut seen = seen.lock().unwrap();
                seen.0 += 1;
                seen.1 += 1;
                assert_eq!(seen.0, 1, "one at a time");
                seen.1
            };
            tokio::time::sleep(std::time::Duration::from_millis(50 / number)).await;
            seen.lock().unwrap().0 -= 1;
            match number {
                2 => Ok(respond(503, "{}")),
                _ => Ok(honest::answer(&request)),
            }
        }
    });
    let stack = OsproxyLayer::new(spread(1, 1))
        .max_content_bytes(1)
        .layer(Strict::new(cluster.clone()));
    let lines: String = (0..4).map(|at| index_line("p0", &at.to_string())).collect();
    let answered = items(&call(&stack, bulk(lines)).await);
    assert_eq!(statuses(&answered), [201, 503, 201, 201]);
}

#[tokio::test]
async fn writes_to_one_document_keep_their_order() {
    let cluster = Cluster::honest();
    let stack = stack(spread(3, 2), &cluster);
    let mut lines = String::new();
    for round in 0..5 {
        for tenant in ["p0", "p1", "p2"] {
            lines += &format!(
                "{{\"update\":{{\"_index\":\"orders\",\"_id\":\"1\"}}}}\n{{\"doc\":{{\"t\":\"{tenant}\",\"round\":{round}}}}}\n"
            );
        }
    }
    let reply = call(&stack, bulk(lines)).await;
    assert_eq!(items(&reply).len(), 15);
    let mut rounds: HashMap<String, Vec<u64>> = HashMap::new();
    for sent in cluster.take() {
        for pair in sent.lines().chunks(2) {
            let id = pair[0]["update"]["_id"].as_str().unwrap().to_owned();
            rounds
                .entry(id)
                .or_default()
                .push(pair[1]["doc"]["round"].as_u64().unwrap());
        }
    }
    assert_eq!(rounds.len(), 3);
    for (id, rounds) in rounds {
        assert_eq!(rounds, [0, 1, 2, 3, 4], "{id}");
    }
}

#[tokio::test]
async fn a_minted_id_is_sent_as_create_and_answered_as_index() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let lines = "{\"index\":{}}\n{\"a\":1}\n{\"create\":{}}\n{\"a\":2}\n{\"index\":{\"_id\":\"\"}}\n{\"a\":3}\n";
    let reply = call(&stack, post("/orders/_bulk", "acme", lines)).await;
    let sent = cluster.one().lines();
    for at in [0, 2] {
        let id = sent[at]["create"]["_id"].as_str().unwrap();
        let minted = id.strip_prefix("acme:").unwrap();
        assert_eq!(minted.len(), 20);
    }
    let items = items(&reply);
    assert_eq!(items[0]["index"]["_id"].as_str().map(str::len), Some(20));
    assert_eq!(items[1]["create"]["_id"].as_str().map(str::len), Some(20));
    assert_ne!(items[0]["index"]["_id"], items[1]["create"]["_id"]);
}

#[tokio::test]
async fn a_partition_is_told_line_by_line() {
    let router = placed(
        by_line(),
        [
            ("acme", shared("eu", "{index}-shared")),
            (
                "globex",
                Placement::dedicated_index(ClusterId::from("eu"), pattern("{partition}.{index}")),
            ),
            (
                "hooli",
                Placement::dedicated_cluster(ClusterId::from("own")),
            ),
        ],
    );
    let cluster = Cluster::honest();
    let stack = stack(router, &cluster);
    let lines = [
        index_line("acme", "1"),
        index_line("globex", "1"),
        index_line("hooli", "1"),
        "{\"delete\":{\"_index\":\"orders\",\"_id\":\"1\"}}\n".to_owned(),
        index_line("nobody", "1"),
        "{\"index\":{\"_index\":\"orders\",\"_id\":\"2\"}}\n{}\n".to_owned(),
        "{\"update\":{\"_index\":\"orders\",\"_id\":\"1\"}}\n{\"upsert\":{\"t\":\"acme\"},\"doc\":{\"t\":\"acme\"}}\n".to_owned(),
        index_line("a:b", "1"),
    ]
    .concat();
    let reply = call(&stack, bulk(lines)).await;
    let items = items(&reply);
    assert_eq!(statuses(&items), [201, 201, 201, 400, 404, 400, 200, 400]);
    assert_eq!(reply.json()["errors"], true);
    for at in [3, 4, 5, 7] {
        let item = items[at].as_object().unwrap().values().next().unwrap();
        assert_eq!(item["_index"], "orders");
        assert_eq!(item["error"]["type"], osproxy_layer::REFUSED);
        assert!(item["error"]["reason"].is_string());
    }
    let sent = cluster.take();
    let targets: Vec<_> = sent
        .iter()
        .map(|one| one.target.as_ref().unwrap().cluster().as_str())
        .collect();
    assert_eq!(targets, ["eu", "own"]);
    let eu = sent[0].lines();
    assert_eq!(eu[0]["index"]["_index"], "orders-shared");
    assert_eq!(
        eu[2]["index"],
        json!({ "_index": "globex.orders", "_id": "1" })
    );
    assert_eq!(eu[3], json!({ "t": "globex" }));
    assert_eq!(
        sent[1].lines()[0]["index"],
        json!({ "_index": "orders", "_id": "1" })
    );
}

#[tokio::test]
async fn what_the_screen_refuses_of_a_line_is_that_items_400() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let lines = [
        r#"{"index":{"_id":"ok"}}"#,
        r#"{"a":1}"#,
        r#"{"index":{"_id":"1"}}"#,
        r#"{"_tenant":"umbrella"}"#,
        r#"{"index":{"_id":"2"}}"#,
        r#"{"a":"#,
        r#"{"index":{"_id":"3","routing":"umbrella"}}"#,
        r#"{}"#,
        r#"{"index":{"_id":"4","pipeline":"p"}}"#,
        r#"{}"#,
        r#"{"update":{"_id":"5"}}"#,
        r#"{"script":{"source":"x"}}"#,
        r#"{"index":{"_id":".."}}"#,
        r#"{}"#,
        r#"{"index":{"_index":"a/b","_id":"6"}}"#,
        r#"{}"#,
        r#"{"index":{"_index":"umbrella*","_id":"6"}}"#,
        r#"{}"#,
        r#"{"index":{"_index":"a,b","_id":"6"}}"#,
        r#"{}"#,
        r#"{"index":{"_index":"_all","_id":"6"}}"#,
        r#"{}"#,
        r#"{"delete":{"_id":"ok"}}"#,
        "",
    ]
    .join("\n");
    let reply = call(&stack, post("/orders/_bulk", "acme", lines)).await;
    let items = items(&reply);
    let mut expected = vec![400; 12];
    (expected[0], expected[11]) = (201, 200);
    assert_eq!(statuses(&items), expected, "{}", reply.text());
    let sent = cluster.one().lines();
    assert_eq!(sent.len(), 3);
    assert_eq!(sent[0]["index"]["_id"], "acme:ok");
    assert_eq!(sent[2]["delete"]["_id"], "acme:ok");
    assert!(!reply.text().contains("-shared"));
}

#[tokio::test]
async fn a_malformed_bulk_is_refused_whole_before_anything_is_sent() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let ok = "{\"index\":{\"_id\":\"1\"}}\n{}\n";
    for (bad, error_type) in [
        ("".to_owned(), None),
        (format!("{ok}{{\"index\":{{\"_id\":\"2\"}}}}\n{{}}"), None),
        (format!("{ok}{{\"index\":\n{{}}\n"), None),
        (format!("{ok}{{\"drop\":{{\"_id\":\"2\"}}}}\n{{}}\n"), None),
        (format!("{ok}[]\n{{}}\n"), None),
        (
            format!("{ok}{{\"index\":{{\"_id\":\"2\"}},\"delete\":{{}}}}\n{{}}\n"),
            None,
        ),
        (format!("{ok}{}\n{{}}\n", "[".repeat(1_000_000)), None),
        (
            format!("{ok}{{\"delete\":{{}}}}\n"),
            Some("action_request_validation_exception"),
        ),
    ] {
        let reply = call(&stack, post("/orders/_bulk", "acme", bad)).await;
        assert_eq!(reply.status, 400, "{}", reply.text());
        assert_eq!(reply.json()["status"], 400);
        if let Some(error_type) = error_type {
            assert_eq!(reply.error_type(), error_type);
        }
    }
    assert!(cluster.all().is_empty());
    // A line without an index is the whole request's error too, where neither path nor parameter has one.
    let reply = call(&stack, post("/_bulk", "acme", ok)).await;
    reply.assert_refused(400, "action_request_validation_exception");
    assert!(cluster.all().is_empty());
}

#[tokio::test]
async fn the_items_of_a_dead_cluster_are_503_and_the_others_are_applied() {
    let cluster = Cluster::answering(|request| {
        let target = request.target.as_ref().unwrap().cluster().as_str();
        if target == "c1" && !request.is_preflight() {
            return Err(Down("refused"));
        }
        Ok(honest::answer(request))
    });
    let stack = stack(spread(3, 3), &cluster);
    let lines: String = (0..9)
        .map(|at| index_line(&format!("p{}", at % 3), &format!("i{at}")))
        .collect();
    let reply = call(&stack, bulk(lines)).await;
    let items = items(&reply);
    assert_eq!(
        statuses(&items),
        [201, 503, 201, 201, 503, 201, 201, 503, 201]
    );
    assert_eq!(items[1]["index"]["_id"], "i1");
    assert_eq!(items[1]["index"]["_index"], "orders");
    assert!(items[1]["index"]["error"]["type"].is_string());
    assert_eq!(reply.json()["errors"], true);
    assert_eq!(reply.json()["took"], 3);
    assert_eq!(cluster.take().len(), 3);
}

#[tokio::test]
async fn a_cluster_that_dies_at_the_pre_flight_fails_its_own_items_alone() {
    let cluster =
        Cluster::answering(
            |request| match request.target.as_ref().unwrap().cluster().as_str() {
                "c1" => Err(Down("refused")),
                _ => Ok(honest::answer(request)),
            },
        );
    let stack = stack(spread(2, 2), &cluster);
    let lines = [
        index_line("p1", "1"),
        index_line("p0", "1"),
        index_line("p1", "2"),
    ]
    .concat();
    let reply = call(&stack, bulk(lines)).await;
    assert_eq!(statuses(&items(&reply)), [503, 201, 503]);
}

#[tokio::test]
async fn an_answer_with_too_few_items_leaves_none_untold() {
    let cluster = Cluster::answering(|request| {
        let mut answer = honest::answer(request);
        if request.path() == "/_bulk" {
            let mut short = honest::bulk(request);
            short["items"].as_array_mut().unwrap().truncate(1);
            answer = respond(200, short.to_string());
        }
        Ok(answer)
    });
    let stack = stack(tenants(), &cluster);
    let lines = "{\"index\":{\"_id\":\"1\"}}\n{}\n{\"index\":{\"_id\":\"2\"}}\n{}\n{\"delete\":{\"_id\":\"3\"}}\n";
    let reply = call(&stack, post("/orders/_bulk", "acme", lines)).await;
    let items = items(&reply);
    assert_eq!(statuses(&items), [201, 502, 502]);
    assert_eq!(items[2]["delete"]["_id"], "3");
    assert_eq!(reply.json()["errors"], true);
}

/// An item about another document than the one that was sent is nobody's to show.
#[tokio::test]
async fn a_foreign_item_in_an_answer_is_not_shown() {
    let cluster = Cluster::answering(|request| {
        let answer = honest::answer(request);
        if request.path() != "/_bulk" {
            return Ok(answer);
        }
        let told = honest::bulk(request)
            .to_string()
            .replace("acme:2", "umbrella:secret");
        Ok(respond(200, told))
    });
    let stack = stack(tenants(), &cluster);
    let lines = "{\"index\":{\"_id\":\"1\"}}\n{}\n{\"index\":{\"_id\":\"2\"}}\n{}\n";
    let reply = call(&stack, post("/orders/_bulk", "acme", lines)).await;
    assert_eq!(statuses(&items(&reply)), [201, 502]);
    assert!(!reply.text().contains("umbrella") && !reply.text().contains("secret"));
}

#[tokio::test]
async fn an_only_cluster_that_refuses_the_bulk_keeps_its_status() {
    for (status, error_type) in [
        (400, "illegal_argument_exception"),
        (403, "cluster_block_exception"),
        (409, "version_conflict_engine_exception"),
        (413, "status_exception"),
        (429, "rejected_execution_exception"),
        (500, "null_pointer_exception"),
        (503, "unavailable_shards_exception"),
    ] {
        for (tenant, index) in [("acme", "orders-shared"), ("globex", "globex.orders")] {
            let cluster = Cluster::answering(move |request| {
                if request.is_preflight() {
                    return Ok(honest::answer(request));
                }
                let cause =
                    json!({ "type": error_type, "reason": format!("no [{index}] for umbrella") });
                let mut error = cause.clone();
                error["root_cause"] = json!([cause]);
                let body = json!({ "error": error, "status": status });
                let mut response = respond(status, body.to_string());
                response.headers_mut().insert(RETRY_AFTER, 7.into());
                Ok(response)
            });
            let stack = stack(tenants(), &cluster);
            let lines = "{\"index\":{\"_id\":\"1\"}}\n{}\n{\"index\":{\"_id\":\"2\"}}\n{}\n";
            let reply = call(&stack, post("/orders/_bulk", tenant, lines)).await;
            assert_eq!(reply.status, status);
            assert_eq!(reply.json()["status"], status);
            assert_eq!(reply.error_type(), error_type, "{}", reply.text());
            assert_eq!(reply.headers[RETRY_AFTER], "7", "{status}");
            assert!(reply.rejection.is_none(), "the cluster has said it");
            assert!(!reply.text().contains(index), "{}", reply.text());
            match tenant {
                "acme" => assert!(!reply.text().contains("umbrella"), "{}", reply.text()),
                // On indices of the tenant's own the reason passes, with the names turned back.
                _ => assert_eq!(reply.reason(), "no [orders] for umbrella"),
            }
        }
    }
}

#[tokio::test]
async fn one_of_several_clusters_that_refuses_fails_its_own_items() {
    let cluster = Cluster::answering(|request| {
        let target = request.target.as_ref().unwrap().cluster().as_str();
        Ok(match target {
            "c1" if !request.is_preflight() => {
                respond(429, r#"{"error":{"type":"x","reason":"y"},"status":429}"#)
            }
            _ => honest::answer(request),
        })
    });
    let stack = stack(spread(2, 2), &cluster);
    let reply = call(
        &stack,
        bulk([index_line("p0", "1"), index_line("p1", "1")].concat()),
    )
    .await;
    assert_eq!(statuses(&items(&reply)), [201, 429]);
}

#[tokio::test]
async fn the_parameters_of_a_bulk_reach_every_cluster() {
    let cluster = Cluster::honest();
    let stack = stack(spread(2, 2), &cluster);
    let lines = "{\"index\":{\"_id\":\"1\"}}\n{\"t\":\"p0\"}\n{\"index\":{\"_id\":\"2\"}}\n{\"t\":\"p1\"}\n";
    let uri = "/_bulk?index=orders&refresh=wait_for&timeout=1m&error_trace=true";
    let reply = call(&stack, request(Method::POST, uri, lines)).await;
    assert_eq!(statuses(&items(&reply)), [201, 201]);
    for sent in cluster.take() {
        assert_eq!(sent.uri, "/_bulk?refresh=wait_for&timeout=1m");
        assert_eq!(sent.lines()[0]["index"]["_index"], "orders-shared");
    }
}

/// So many groups are on their way at a time, and no more.
#[tokio::test(start_paused = true)]
async fn groups_run_side_by_side_under_a_bound() {
    let running: Arc<Mutex<(usize, usize)>> = Arc::default();
    let counted = Arc::clone(&running);
    let cluster = Cluster::later(move |request| {
        let running = Arc::clone(&counted);
        async move {
            if !request.is_preflight() {
                {
                    let mut now = running.lock().unwrap();
                    now.0 += 1;
                    now.1 = now.1.max(now.0);
                }
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                running.lock().unwrap().0 -= 1;
            }
            Ok(honest::answer(&request))
        }
    });
    let stack = OsproxyLayer::new(spread(8, 8))
        .max_groups_in_flight(3)
        .layer(Strict::new(cluster.clone()));
    let lines: String = (0..8)
        .map(|at| index_line(&format!("p{at}"), "1"))
        .collect();
    let reply = call(&stack, bulk(lines)).await;
    assert_eq!(statuses(&items(&reply)), [201; 8]);
    assert_eq!(running.lock().unwrap().1, 3);
}

#[tokio::test]
async fn a_bulk_over_its_bound_is_a_413_and_nothing_is_sent() {
    let cluster = Cluster::honest();
    let stack = OsproxyLayer::new(tenants())
        .max_body_bytes(100)
        .layer(Strict::new(cluster.clone()));
    let lines = "{\"index\":{\"_id\":\"1\"}}\n{}\n".repeat(10);
    let reply = call(&stack, post("/orders/_bulk", "acme", lines)).await;
    reply.assert_refused(413, "content_too_long_exception");
    assert_eq!(reply.rejection.unwrap().kind(), RejectionKind::TooLarge);
    assert!(cluster.all().is_empty());
}

/// The alias that an item demands is a logical name, which never is one.
#[tokio::test]
async fn require_alias_is_answered_item_by_item() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let lines = "{\"index\":{\"_id\":\"1\"}}\n{}\n{\"index\":{\"_id\":\"2\",\"require_alias\":false}}\n{}\n";
    let reply = call(
        &stack,
        post("/orders/_bulk?require_alias=true", "acme", lines),
    )
    .await;
    assert_eq!(statuses(&items(&reply)), [404, 201]);
    assert_eq!(
        items(&reply)[0]["index"]["error"]["type"],
        "index_not_found_exception"
    );
    assert!(cluster.one().param("require_alias").is_none());
}

#[tokio::test]
async fn a_bulk_of_refused_documents_sends_nothing() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let lines = "{\"index\":{\"_index\":\"orders\",\"_id\":\"1\"}}\n{\"_tenant\":\"globex\"}\n";
    let reply = call(&stack, post("/_bulk", "acme", lines)).await;
    assert_eq!(statuses(&items(&reply)), [400]);
    assert!(cluster.all().iter().all(Recorded::is_preflight));
}

#[tokio::test]
async fn a_cluster_whose_items_are_all_refused_is_not_asked() {
    let cluster = Cluster::honest();
    let stack = stack(spread(2, 2), &cluster);
    let refused =
        "{\"index\":{\"_index\":\"orders\",\"_id\":\"1\",\"routing\":\"x\"}}\n{\"t\":\"p0\"}\n";
    let reply = call(&stack, bulk(refused)).await;
    assert_eq!(statuses(&items(&reply)), [400]);
    assert!(cluster.take().is_empty());
    let reply = call(&stack, bulk([refused, &index_line("p1", "1")].concat())).await;
    assert_eq!(statuses(&items(&reply)), [400, 201]);
    let target = cluster.one().target.unwrap();
    assert_eq!(target.cluster().as_str(), "c1");
}

/// Every field that the node gave is in the answer, and the times are the longest.
#[tokio::test]
async fn the_times_of_several_answers_are_the_longest() {
    let cluster = Cluster::answering(|request| {
        if request.path() != "/_bulk" {
            return Ok(honest::answer(request));
        }
        let mut told = honest::bulk(request);
        match request.target.as_ref().unwrap().cluster().as_str() {
            "c0" => (told["took"], told["ingest_took"]) = (30.into(), 2.into()),
            _ => told["took"] = 40.into(),
        }
        Ok(respond(200, told.to_string()))
    });
    let stack = stack(spread(2, 2), &cluster);
    let lines = [index_line("p0", "1"), index_line("p1", "1")].concat();
    let reply = call(&stack, bulk(lines)).await;
    let head = r#"{"took":40,"ingest_took":2,"errors":false,"items":["#;
    assert!(reply.text().starts_with(head), "{}", reply.text());
}

/// What was applied is told as applied, however long the answer is beside the request.
#[tokio::test]
async fn the_bound_of_an_answer_grows_with_its_items() {
    const ITEMS: usize = 6000;
    let cluster = Cluster::answering(|request| {
        if request.path() != "/_bulk" {
            return Ok(honest::answer(request));
        }
        let reason = "x".repeat(3000);
        let item = |at| {
            format!(
                r#"{{"delete":{{"_index":"globex.orders","_id":"{at}","status":400,"error":{{"type":"x","reason":"{reason}"}}}}}}"#
            )
        };
        let items: Vec<_> = (0..ITEMS).map(item).collect();
        Ok(respond(
            200,
            format!(
                r#"{{"took":1,"errors":true,"items":[{}]}}"#,
                items.join(",")
            ),
        ))
    });
    let stack = OsproxyLayer::new(tenants())
        .max_body_bytes(1 << 20)
        .layer(Strict::new(cluster));
    let lines: String = (0..ITEMS)
        .map(|at| format!("{{\"delete\":{{\"_id\":\"{at}\"}}}}\n"))
        .collect();
    let reply = call(&stack, post("/orders/_bulk", "globex", lines)).await;
    assert!(reply.body.len() > 16 << 20);
    assert_eq!(statuses(&items(&reply)), [400; ITEMS]);
}
