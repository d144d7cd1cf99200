//! Scrolls and points in time: what the client holds, what the cluster gets, and whose a cursor is.
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::header::RETRY_AFTER;
use http::{Method, Request};
use osproxy_layer::spi::{
    ClusterId, PartitionKeySpec, Placement, Protocol, RequestCtx, RouteDecision, RoutingSpi,
    SpiError, Target,
};
use osproxy_layer::{
    CursorKeys, OsproxyLayer, PlacementTable, REFUSED, TableTenancy, TenancyRouter,
};
use serde_json::json;
use tower::{Layer, Service};

use crate::honest::{self, SCROLL};
use crate::stack::*;

const TENANTS: [&str; 3] = ["acme", "globex", "hooli"];
const GONE: &str = "search_context_missing_exception";
const KEY: &str = "one:ilnqyTTRw7XcVcEZAgYGyQPUnv4ZFqZbPu1tFGzBm2E=";

/// A stack that any request can be sent through.
trait Stack: Service<Request<Body>, Response = Answer, Error: std::fmt::Debug> + Clone {}
impl<S: Service<Request<Body>, Response = Answer, Error: std::fmt::Debug> + Clone> Stack for S {}
type Answer = http::Response<osproxy_layer::ResponseBody<Body>>;

/// Opens a scroll, and gives the client's text for it.
async fn scroll(stack: &impl Stack, tenant: &str) -> String {
    let reply = call(stack, post("/orders/_search?scroll=1m", tenant, "{}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["_scroll_id"].as_str().unwrap().to_owned()
}

async fn point_in_time(stack: &impl Stack, tenant: &str) -> String {
    let path = "/orders/_search/point_in_time?keep_alive=1m";
    let reply = call(stack, post(path, tenant, "")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["pit_id"].as_str().unwrap().to_owned()
}

fn page(tenant: &str, scroll: &str) -> Request<Body> {
    let body = json!({ "scroll_id": scroll, "scroll": "1m" });
    post("/_search/scroll", tenant, body.to_string())
}

fn delete(path: &str, tenant: &str, body: impl Into<bytes::Bytes>) -> Request<Body> {
    request(Method::DELETE, path, body).by(tenant)
}

#[tokio::test]
async fn no_client_holds_the_clusters_own_scroll() {
    for (tenant, cluster_id) in [("acme", "eu"), ("globex", "eu"), ("hooli", "own")] {
        let cluster = Cluster::honest();
        let stack = stack(tenants(), &cluster);
        let first = scroll(&stack, tenant).await;
        assert_eq!(cluster.one().param("scroll").as_deref(), Some("1m"));
        assert_eq!(cluster.one().headers["accept"], "application/json");
        assert!(!first.contains(SCROLL) && first.len() > 100);
        let reply = call(&stack, page(tenant, &first)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let second = reply.json()["_scroll_id"].as_str().unwrap().to_owned();
        assert!(second != first && !second.contains(SCROLL));
        let sent = cluster.take().remove(1);
        assert_eq!(
            (&sent.method, sent.path()),
            (&Method::POST, "/_search/scroll")
        );
        assert_eq!(sent.json(), json!({ "scroll_id": SCROLL, "scroll": "1m" }));
        assert_eq!(sent.target.unwrap().cluster().as_str(), cluster_id);
        // The first one goes on to be good, as some clients never look at a later one.
        assert_eq!(call(&stack, page(tenant, &first)).await.status, 200);
        let body = json!({ "scroll_id": [first, second] }).to_string();
        let reply = call(&stack, delete("/_search/scroll", tenant, body)).await;
        assert_eq!(
            (reply.status.as_u16(), &*reply.text()),
            (200, r#"{"succeeded":true,"num_freed":1}"#)
        );
        let sent = cluster.take().pop().unwrap();
        assert_eq!(sent.method, Method::DELETE);
        assert_eq!(sent.json(), json!({ "scroll_id": [SCROLL, SCROLL] }));
    }
}

#[tokio::test]
async fn a_scroll_may_stand_in_the_path_the_query_or_the_body_and_in_one_of_them_alone() {
    for tenant in TENANTS {
        let cluster = Cluster::honest();
        let stack = stack(tenants(), &cluster);
        let id = scroll(&stack, tenant).await;
        let in_body = format!(r#"{{"scroll_id":"{id}"}}"#);
        let source = format!(
            "/_search/scroll?source=%7B%22scroll_id%22%3A%22{id}%22%7D&source_content_type=application/json"
        );
        for request in [
            get(&format!("/_search/scroll/{id}"), tenant),
            get(&format!("/_search/scroll?scroll_id={id}&scroll=1m"), tenant),
            request(Method::GET, "/_search/scroll?scroll=1m", in_body.clone()).by(tenant),
            post(&format!("/_search/scroll/{id}?scroll=1m"), tenant, ""),
            get(&source, tenant),
            delete(&format!("/_search/scroll/{id}"), tenant, ""),
            delete(&format!("/_search/scroll/{id},{id}"), tenant, ""),
            delete(&format!("/_search/scroll?scroll_id={id}"), tenant, ""),
            delete("/_search/scroll", tenant, in_body.clone()),
        ] {
            let what = format!("{} {}", request.method(), request.uri());
            let reply = call(&stack, request).await;
            assert_eq!(reply.status, 200, "{what}: {}", reply.text());
            let sent = cluster.take().pop().unwrap();
            assert_eq!(sent.path(), "/_search/scroll", "{what}");
            assert!(
                sent.text().contains(SCROLL) && !sent.uri.contains(&id),
                "{what}"
            );
        }
        let sent = cluster.take().len();
        for request in [
            post(&format!("/_search/scroll/{id}"), tenant, in_body.clone()),
            post(
                &format!("/_search/scroll/{id}"),
                tenant,
                format!(r#"{{"scroll_id":"{SCROLL}"}}"#),
            ),
            post(
                &format!("/_search/scroll?scroll_id={id}"),
                tenant,
                in_body.clone(),
            ),
            get(&format!("/_search/scroll/{id}?scroll_id={id}"), tenant),
            delete(&format!("/_search/scroll/{id}"), tenant, in_body.clone()),
        ] {
            let what = format!("{} {}", request.method(), request.uri());
            let reply = call(&stack, request).await;
            assert_eq!(
                (reply.status.as_u16(), &*reply.error_type()),
                (400, REFUSED),
                "{what}"
            );
        }
        assert_eq!(cluster.take().len(), sent);
    }
}

#[tokio::test]
async fn what_is_not_the_callers_own_cursor_is_gone() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let own = scroll(&stack, "acme").await;
    let pit = point_in_time(&stack, "acme").await;
    let opened = cluster.take().len();
    let mut tampered = own.clone().into_bytes();
    let last = tampered.len() - 1;
    tampered[last] = if tampered[last] == b'A' { b'B' } else { b'A' };
    let tampered = String::from_utf8(tampered).unwrap();
    let mut told = Vec::new();
    for (tenant, id) in [
        ("umbrella", &*own), // a neighbour in the same index
        ("globex", &own),
        ("hooli", &own),
        ("acme", &pit),
        ("acme", &tampered),
        ("acme", SCROLL),
        ("acme", "x"),
        ("acme", ""),
        ("hooli", SCROLL),
    ] {
        let list = json!({ "scroll_id": [id] }).to_string();
        for request in [page(tenant, id), delete("/_search/scroll", tenant, list)] {
            let reply = call(&stack, request).await;
            reply.assert_refused(404, GONE);
            told.push(reply.text());
        }
    }
    for (tenant, id) in [
        ("umbrella", &*pit),
        ("hooli", &pit),
        ("acme", &own),
        ("acme", "o_-7"),
    ] {
        let list = json!({ "pit_id": [id] }).to_string();
        let search = json!({ "pit": { "id": id } }).to_string();
        for request in [
            delete("/_search/point_in_time", tenant, list),
            post("/_search", tenant, search),
        ] {
            let reply = call(&stack, request).await;
            reply.assert_refused(404, GONE);
            told.push(reply.text());
        }
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        cluster.take().len(),
        opened,
        "the cluster heard of one of them"
    );
}

#[tokio::test]
async fn nobody_closes_everybodys() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for tenant in TENANTS {
        for request in [
            delete("/_search/scroll/_all", tenant, ""),
            delete("/_search/scroll?scroll_id=_all", tenant, ""),
            delete("/_search/scroll", tenant, r#"{"scroll_id":"_all"}"#),
            delete(
                "/_search/scroll",
                tenant,
                r#"{"scroll_id":["x","\u005fall"]}"#,
            ),
            delete("/_search/point_in_time", tenant, r#"{"pit_id":"_all"}"#),
            delete("/_search/point_in_time", tenant, r#"{"pit_id":["_all"]}"#),
            delete("/_search/point_in_time/_all", tenant, ""),
            get("/_search/point_in_time/_all", tenant),
            get("/_search/scroll/_all", tenant),
        ] {
            call(&stack, request).await.assert_refused(400, REFUSED);
        }
    }
    assert!(cluster.all().is_empty());
}

#[tokio::test]
async fn a_clear_of_several_closes_those_that_are_there() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let own = scroll(&stack, "acme").await;
    let other = scroll(&stack, "umbrella").await;
    let list = json!({ "scroll_id": [other, own, SCROLL] }).to_string();
    let reply = call(&stack, delete("/_search/scroll", "acme", list)).await;
    assert_eq!(reply.status, 200);
    let sent = cluster.take().pop().unwrap();
    assert_eq!(sent.json(), json!({ "scroll_id": [SCROLL] }));
}

#[tokio::test]
async fn malformed_requests_are_refused_as_the_node_does() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let validation = "action_request_validation_exception";
    let argument = "illegal_argument_exception";
    for (request, error_type) in [
        (post("/_search/scroll", "acme", ""), validation),
        (
            post("/_search/scroll", "acme", r#"{"scroll":"1m"}"#),
            validation,
        ),
        (post("/_search/scroll", "acme", "[]"), argument),
        (post("/_search/scroll", "acme", "{"), "json_parse_exception"),
        (
            post("/_search/scroll", "acme", r#"{"scroll_id":"a","x":1}"#),
            argument,
        ),
        (
            post("/_search/scroll", "acme", r#"{"scroll_id":["a"]}"#),
            argument,
        ),
        (
            post("/_search/scroll", "acme", r#"{"scroll_id":"a","scroll":5}"#),
            argument,
        ),
        (
            post("/_search/scroll?size=1", "acme", r#"{"scroll_id":"a"}"#),
            argument,
        ),
        (delete("/_search/scroll", "acme", ""), validation),
        (
            delete("/_search/scroll", "acme", r#"{"scroll_id":[]}"#),
            validation,
        ),
        (delete("/_search/point_in_time", "acme", ""), validation),
        (
            delete("/_search/point_in_time", "acme", r#"{"pit_id":[1]}"#),
            argument,
        ),
        (post("/orders/_search?scroll=abc", "acme", ""), argument),
        (post("/orders/_search?scroll=2d", "acme", ""), argument),
        (post("/orders/_search?scroll=", "globex", ""), argument),
        (
            post("/orders/_search/point_in_time", "acme", ""),
            validation,
        ),
        (
            post("/orders/_search/point_in_time?keep_alive=25h", "globex", ""),
            argument,
        ),
        (post("/_search", "acme", r#"{"pit":{}}"#), argument),
    ] {
        let what = format!("{} {}", request.method(), request.uri());
        let reply = call(&stack, request).await;
        assert_eq!(
            (reply.status.as_u16(), &*reply.error_type()),
            (400, error_type),
            "{what}"
        );
    }
    assert!(cluster.all().is_empty());
}

#[tokio::test]
async fn a_point_in_time_is_fixed_to_the_partitions_shard_and_its_search_is_filtered() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let pit = point_in_time(&stack, "acme").await;
    assert_eq!(
        cluster.one().uri,
        "/orders-shared/_search/point_in_time?keep_alive=1m&routing=acme"
    );
    let cluster = Cluster::answering(|request| {
        Ok(
            if request.is_preflight() || request.uri.contains("point_in_time") {
                honest::answer(request)
            } else {
                respond(
                    200,
                    format!(
                        r#"{{"pit_id":"{}","hits":{{"hits":[{{"_index":"orders-shared","_id":"acme:1","_routing":"acme","_source":{{"_tenant":"acme","n":1.10}},"sort":[1,"acme:1"]}}]}}}}"#,
                        request.json()["pit"]["id"].as_str().unwrap()
                    ),
                )
            },
        )
    });
    let stack = self::stack(tenants(), &cluster);
    assert_eq!(
        call(
            &stack,
            post("/_search", "acme", json!({"pit":{"id":pit}}).to_string())
        )
        .await
        .status,
        404,
        "another stack has another key"
    );
    let pit = point_in_time(&stack, "acme").await;
    let search = json!({ "pit": { "id": pit, "keep_alive": "2m" }, "sort": ["n", "_id"], "search_after": [0, "0"] });
    let reply = call(&stack, post("/_search?size=1", "acme", search.to_string())).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let sent = cluster.take().pop().unwrap();
    assert_eq!(sent.uri, "/_search?size=1");
    let body = sent.json();
    assert_eq!(
        body["pit"],
        json!({ "id": "o_-7QQEMY3Vycy1wcm9iZS0x", "keep_alive": "2m" })
    );
    assert_eq!(
        body["query"]["bool"]["filter"],
        json!([{ "term": { "_tenant": "acme" } }])
    );
    assert_eq!(body["search_after"], json!([0, "acme:0"]));
    assert_eq!(
        sent.target.unwrap().index().unwrap().as_str(),
        "orders-shared"
    );
    let mut answer = reply.json();
    let again = answer["pit_id"].take();
    assert!(again.as_str().unwrap().len() > 100);
    assert_eq!(
        answer["hits"]["hits"],
        json!([{ "_index": "orders", "_id": "1", "_source": { "n": 1.10 }, "sort": [1, "1"] }])
    );
    let list = json!({ "pit_id": [again, pit] }).to_string();
    let reply = call(&stack, delete("/_search/point_in_time", "acme", list)).await;
    assert_eq!(
        reply.json()["pits"][0]["pit_id"],
        again,
        "each under the client's own text: {}",
        reply.text()
    );
}

/// A position in the shard counts the neighbours' documents, so the client gets it sealed and sends it back.
#[tokio::test]
async fn a_point_in_time_is_paged_by_positions_that_nobody_can_read() {
    let cluster = Cluster::answering(|request| {
        Ok(match request.path() {
            "/_search" => respond(
                200,
                r#"{"pit_id":"x","hits":{"hits":[{"_index":"orders-shared","_id":"acme:1","_routing":"acme","sort":[621]}]}}"#,
            ),
            _ => honest::answer(request),
        })
    });
    let stack = stack(tenants(), &cluster);
    let pit = point_in_time(&stack, "acme").await;
    let mut search = json!({ "pit": { "id": pit }, "sort": ["_shard_doc"] });
    let reply = call(&stack, post("/_search", "acme", search.to_string())).await;
    assert!(!reply.text().contains("621"), "{}", reply.text());
    search["search_after"] = reply.json()["hits"]["hits"][0]["sort"].clone();
    call(&stack, post("/_search", "acme", search.to_string())).await;
    assert_eq!(
        cluster.take().pop().unwrap().json()["search_after"],
        json!([621])
    );
    search["search_after"] = json!([620]);
    let reply = call(&stack, post("/_search", "acme", search.to_string())).await;
    reply.assert_refused(400, "parsing_exception");
    // Without a point in time there is nothing to go on from.
    let body = json!({ "sort": ["_doc"], "search_after": [1] }).to_string();
    let reply = call(&stack, post("/orders/_search", "acme", body)).await;
    reply.assert_refused(400, REFUSED);
}

#[tokio::test]
async fn what_the_node_refuses_beside_a_point_in_time() {
    for tenant in ["acme", "globex"] {
        let cluster = Cluster::honest();
        let stack = stack(tenants(), &cluster);
        let pit = point_in_time(&stack, tenant).await;
        let body = json!({ "pit": { "id": pit } }).to_string();
        for path in [
            "/orders/_search",
            "/_search?index=orders",
            "/_search?routing=x",
            "/_search?preference=x",
            "/_search?ignore_unavailable=true",
            "/_search?allow_no_indices=true",
            "/_search?expand_wildcards=open",
            "/_search?ccs_minimize_roundtrips=true",
            "/_search?scroll=1m",
        ] {
            let reply = call(&stack, post(path, tenant, body.clone())).await;
            reply.assert_refused(400, "action_request_validation_exception");
        }
        let reply = call(&stack, post("/orders/_count", tenant, body.clone())).await;
        assert_eq!(reply.status, 400);
        assert_eq!(cluster.take().len(), 1);
    }
}

#[tokio::test]
async fn on_a_cluster_of_its_own_only_cursors_are_changed() {
    const ANSWER: &str =
        r#"{"pit_id":"own","took" : 1.0,"hits":{"hits":[{"_id":"1","_scroll_id":"x"}],"new":1}}"#;
    let cluster = Cluster::answering(|request| {
        Ok(match request.path() {
            "/_search" => respond(200, ANSWER),
            _ => honest::answer(request),
        })
    });
    let stack = stack(tenants(), &cluster);
    let pit = point_in_time(&stack, "hooli").await;
    assert_eq!(
        cluster.one().uri,
        "/orders/_search/point_in_time?keep_alive=1m"
    );
    let body =
        format!(r#"{{"query":{{"script":{{}}}} , "pit" : {{ "keep_alive":"3d", "id":"{pit}" }}}}"#);
    let reply = call(
        &stack,
        post("/_search?request_cache=true", "hooli", body.clone()),
    )
    .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let sent = cluster.take().pop().unwrap();
    assert_eq!(sent.uri, "/_search?request_cache=true");
    assert_eq!(sent.text(), body.replace(&pit, "o_-7QQEMY3Vycy1wcm9iZS0x"));
    let again = reply.json()["pit_id"].as_str().unwrap().to_owned();
    assert_eq!(reply.text(), ANSWER.replace("own", &again));
    // Without a cursor all of it passes, cursors of the answer too: nobody has asked for one.
    let body = r#"{"query":{"match_all":{}}}"#;
    let reply = call(&stack, post("/_search?format=yaml", "hooli", body)).await;
    assert_eq!(reply.text(), ANSWER);
    assert_eq!(cluster.take().pop().unwrap().text(), body);
    for path in [
        "/orders/_search?scroll=1m&format=yaml",
        "/x:orders/_search?scroll=1m",
    ] {
        call(&stack, post(path, "hooli", "{}"))
            .await
            .assert_refused(400, REFUSED);
    }
}

/// A partition whose placement can be changed.
fn movable(cluster: &Cluster) -> (impl Stack, Arc<PlacementTable>) {
    let table = Arc::new(PlacementTable::new());
    table
        .put(partition("acme"), shared("eu", "{index}-shared"))
        .unwrap();
    let tenancy = TableTenancy::new(
        PartitionKeySpec::PrincipalAttr("tenant".into()),
        Arc::clone(&table),
    );
    (stack(TenancyRouter::new(tenancy), cluster), table)
}

#[tokio::test]
async fn a_move_changes_neither_where_a_page_is_read_nor_how_it_is_turned_back() {
    const PAGE: &str = r#"{"_scroll_id":"next","hits":{"hits":[{"_index":"orders-shared","_id":"acme:1","_routing":"acme","_source":{"_tenant":"acme"}}]}}"#;
    let cluster = Cluster::answering(|request| {
        Ok(match request.path() {
            "/_search/scroll" | "/_search" => respond(
                200,
                PAGE.replace(
                    "_scroll_id",
                    if request.path() == "/_search" {
                        "pit_id"
                    } else {
                        "_scroll_id"
                    },
                ),
            ),
            _ => honest::answer(request),
        })
    });
    let (stack, table) = movable(&cluster);
    let id = scroll(&stack, "acme").await;
    let pit = point_in_time(&stack, "acme").await;
    for to in [
        Placement::dedicated_index(ClusterId::from("us"), pattern("{partition}.{index}")),
        Placement::dedicated_cluster(ClusterId::from("own")),
        shared("us", "{index}-of-all"),
    ] {
        table.put(partition("acme"), to).unwrap();
        let search = json!({ "pit": { "id": pit } }).to_string();
        for request in [page("acme", &id), post("/_search", "acme", search)] {
            let path = request.uri().path().to_owned();
            let reply = call(&stack, request).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            assert_eq!(
                reply.json()["hits"]["hits"][0],
                json!({ "_index": "orders", "_id": "1", "_source": {} })
            );
            let sent = cluster.take().pop().unwrap();
            assert_eq!(sent.target.as_ref().unwrap().cluster().as_str(), "eu");
            if path == "/_search" {
                assert_eq!(
                    sent.json()["query"]["bool"]["filter"],
                    json!([{ "term": { "_tenant": "acme" } }])
                );
            }
        }
    }
    // One that was opened there, beside one from before: no request is for two clusters.
    let anew = scroll(&stack, "acme").await;
    let list = json!({ "scroll_id": [id, anew] }).to_string();
    call(&stack, delete("/_search/scroll", "acme", list))
        .await
        .assert_refused(400, REFUSED);
}

#[tokio::test]
async fn a_foreign_hit_in_a_later_page_trips_the_wire() {
    let cluster = Cluster::answering(|request| {
        Ok(match request.path() {
            "/_search/scroll" => respond(
                200,
                r#"{"_scroll_id":"x","hits":{"hits":[{"_index":"orders-shared","_id":"globex:1","_routing":"acme"}]}}"#,
            ),
            _ => honest::answer(request),
        })
    });
    let stack = stack(tenants(), &cluster);
    let id = scroll(&stack, "acme").await;
    let reply = call(&stack, page("acme", &id)).await;
    assert_eq!(reply.status, 502);
    assert!(!reply.text().contains("globex"));
}

#[tokio::test]
async fn an_answer_with_a_cursor_that_nobody_asked_for_is_not_shown() {
    for answer in [
        r#"{"_scroll_id":"x","hits":{"hits":[]}}"#,
        r#"{"pit_id":"x","hits":{"hits":[]}}"#,
    ] {
        let cluster = Cluster::saying(200, answer);
        let stack = stack(tenants(), &cluster);
        for tenant in ["acme", "globex"] {
            let reply = call(&stack, post("/orders/_search", tenant, "{}")).await;
            assert_eq!(reply.status, 502, "{tenant} {answer}");
        }
    }
}

#[tokio::test]
async fn a_context_that_is_gone_tells_no_counter() {
    const NODE: &str = r#"{"error":{"root_cause":[{"type":"search_context_missing_exception","reason":"No search context found for id [48260]"}],"type":"search_phase_execution_exception","reason":"all shards failed"},"status":404}"#;
    for tenant in TENANTS {
        let cluster = Cluster::answering(|request| {
            Ok(match request.path() {
                "/_search/scroll" | "/_search" => respond(404, NODE),
                _ => honest::answer(request),
            })
        });
        let stack = stack(tenants(), &cluster);
        let id = scroll(&stack, tenant).await;
        let pit = point_in_time(&stack, tenant).await;
        let search = json!({ "pit": { "id": pit } }).to_string();
        let refused = call(&stack, page(tenant, "x")).await.text();
        for request in [page(tenant, &id), post("/_search", tenant, search)] {
            let reply = call(&stack, request).await;
            assert_eq!((reply.status.as_u16(), &reply.text()), (404, &refused));
            assert!(reply.rejection.is_none());
        }
    }
}

#[tokio::test]
async fn other_errors_of_a_page_keep_their_status() {
    const NODE: &str = r#"{"error":{"root_cause":[{"type":"circuit_breaking_exception","reason":"[orders-shared] big"}],"type":"circuit_breaking_exception","reason":"[orders-shared] big"},"status":429}"#;
    let cluster = Cluster::answering(|request| {
        Ok(match request.path() {
            "/_search/scroll" => respond(429, NODE),
            _ => honest::answer(request),
        })
    });
    let stack = stack(tenants(), &cluster);
    let id = scroll(&stack, "acme").await;
    let reply = call(&stack, page("acme", &id)).await;
    assert_eq!(
        (reply.status.as_u16(), &*reply.error_type()),
        (429, "circuit_breaking_exception")
    );
    assert!(!reply.text().contains("shared"));
}

#[tokio::test]
async fn each_partition_has_a_share_of_open_cursors() {
    let opened = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&opened);
    let cluster = Cluster::answering(move |request| {
        let answer = honest::answer(request);
        Ok(match request.param("scroll").is_some() {
            true if request.uri.contains("fail") => respond(500, "{}"),
            true => {
                let n = counter.fetch_add(1, Ordering::SeqCst);
                respond(
                    200,
                    format!(r#"{{"_scroll_id":"id{n}","hits":{{"hits":[]}}}}"#),
                )
            }
            false => answer,
        })
    });
    let layer = OsproxyLayer::new(tenants()).max_open_cursors(2);
    let stack = layer.layer(Strict::new(cluster.clone()));
    for tenant in ["acme", "globex"] {
        let first = scroll(&stack, tenant).await;
        // One that the cluster refuses is none.
        for _ in 0..5 {
            let reply = call(&stack, post("/fail/_search?scroll=1m", tenant, "{}")).await;
            assert_eq!(reply.status, 500);
        }
        point_in_time(&stack, tenant).await;
        let sent = cluster.take().len();
        for path in [
            "/orders/_search?scroll=1m",
            "/orders/_search/point_in_time?keep_alive=1m",
        ] {
            let reply = call(&stack, post(path, tenant, "")).await;
            reply.assert_refused(429, "rejected_execution_exception");
            assert!(reply.headers.contains_key(RETRY_AFTER));
        }
        assert_eq!(cluster.take().len(), sent);
        // Pages are not openings; what is closed is free again.
        assert_eq!(call(&stack, page(tenant, &first)).await.status, 200);
        let list = json!({ "scroll_id": first }).to_string();
        assert_eq!(
            call(&stack, delete("/_search/scroll", tenant, list))
                .await
                .status,
            200
        );
        scroll(&stack, tenant).await;
    }
    for _ in 0..5 {
        scroll(&stack, "hooli").await;
    }
}

#[tokio::test]
async fn cursors_of_one_key_open_at_every_instance_that_has_it() {
    let cluster = Cluster::honest();
    let instance = |keys: &[&str]| {
        let keys = CursorKeys::parse(keys).unwrap();
        OsproxyLayer::new(tenants())
            .cursor_keys(keys)
            .layer(Strict::new(cluster.clone()))
    };
    let two = "two:3f1d0b8e9a7c45d2b6e0f4a1c3957d68e2b4a6c8d0f1e3a5b7c9d1f2e4a6b8c0";
    let id = scroll(&instance(&[KEY]), "acme").await;
    assert_eq!(call(&instance(&[KEY]), page("acme", &id)).await.status, 200);
    assert_eq!(
        call(&instance(&[two, KEY]), page("acme", &id)).await.status,
        200
    );
    assert_eq!(call(&instance(&[two]), page("acme", &id)).await.status, 404);
    assert_eq!(
        call(&stack(tenants(), &cluster), page("acme", &id))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn the_filter_of_the_answer_sees_the_sealed_cursor() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for tenant in ["acme", "globex"] {
        let path = "/orders/_search?scroll=1m&filter_path=_scroll_id,hits.total.value";
        let reply = call(&stack, post(path, tenant, "{}")).await;
        let id = reply.json()["_scroll_id"].as_str().unwrap().to_owned();
        assert_eq!(
            reply.json(),
            json!({ "_scroll_id": id, "hits": { "total": { "value": 0 } } })
        );
        let path = format!("/_search/scroll/{id}?filter_path=hits.total.value");
        let reply = call(&stack, get(&path, tenant)).await;
        assert_eq!(reply.text(), r#"{"hits":{"total":{"value":0}}}"#);
        let path = format!("/_search/scroll/{id}?filter_path=num_freed");
        let reply = call(&stack, delete(&path, tenant, "")).await;
        assert_eq!(reply.text(), r#"{"num_freed":1}"#);
    }
}

struct Pinned;

impl RoutingSpi for Pinned {
    async fn route(&self, ctx: &RequestCtx<'_>) -> Result<RouteDecision, SpiError> {
        let index = ctx
            .headers()
            .get("x-index")
            .map_or("logs", |value| value.to_str().unwrap());
        let target = Target::new(ClusterId::from("only"), index.into());
        Ok(RouteDecision::passthrough(
            target,
            Protocol::Http1,
            osproxy_layer::spi::Epoch::ZERO,
        ))
    }
}

#[tokio::test]
async fn without_partitions_a_cursor_is_bound_to_its_index() {
    let cluster = Cluster::honest();
    let stack = stack(Pinned.into_router(), &cluster);
    let id = scroll(&stack, "anyone").await;
    assert_eq!(cluster.one().path(), "/logs/_search");
    assert_eq!(call(&stack, page("anybody", &id)).await.status, 200);
    let mut other = page("anyone", &id);
    other
        .headers_mut()
        .insert("x-index", "secrets".parse().unwrap());
    assert_eq!(call(&stack, other).await.status, 404);
}
