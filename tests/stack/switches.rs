//! What the operator chooses about shared indices: each way, and that nothing changes elsewhere.
use http::Method;
use osproxy_layer::spi::{JsonPath, PartitionKeySpec};
use osproxy_layer::{ClientRouting, OsproxyLayer, REFUSED, ZeroBuckets};
use serde_json::{Value, json};
use tower::Layer;

use crate::stack::*;

const TERMS: &str = r#"{"aggs":{"a":{"filter":{"match_all":{}},"aggs":{"b":{"terms":{"field":"u","min_doc_count":0}}}}}}"#;

#[tokio::test]
async fn empty_buckets_of_terms_are_refused_or_left_out() {
    let cluster = Cluster::honest();
    let refusing = stack(tenants(), &cluster);
    call(&refusing, post("/orders/_search", "acme", TERMS))
        .await
        .assert_refused(400, "parsing_exception");
    assert!(cluster.all().is_empty(), "a refusal costs nothing");

    let omitting = OsproxyLayer::new(tenants())
        .zero_buckets(ZeroBuckets::Omit)
        .layer(Strict::new(cluster.clone()));
    let least = |body: &Value| {
        body.pointer("/aggs/a/aggs/b/terms/min_doc_count")
            .cloned()
            .unwrap_or_default()
    };
    call(&omitting, post("/orders/_search", "acme", TERMS)).await;
    assert_eq!(least(&cluster.take().pop().unwrap().json()), 1);
    let several = format!("{{\"index\":\"orders\"}}\n{TERMS}\n");
    call(&omitting, post("/_msearch", "acme", several)).await;
    assert_eq!(least(&cluster.take().pop().unwrap().lines()[1]), 1);
    // Nobody else's terms are in an index of its own.
    call(&omitting, post("/orders/_search", "globex", TERMS)).await;
    assert_eq!(least(&cluster.take().pop().unwrap().json()), 0);
}

#[tokio::test]
async fn empty_buckets_are_left_out_of_points_in_time_too() {
    let cluster = Cluster::honest();
    let stack = OsproxyLayer::new(tenants())
        .zero_buckets(ZeroBuckets::Omit)
        .layer(Strict::new(cluster.clone()));
    let uri = "/orders/_search/point_in_time?keep_alive=1m";
    let opened = call(&stack, post(uri, "acme", "")).await.json();
    let mut search: Value = serde_json::from_str(TERMS).unwrap();
    search["pit"] = json!({ "id": opened["pit_id"] });
    call(&stack, post("/_search", "acme", search.to_string())).await;
    let sent = cluster.take().pop().unwrap().json();
    assert_eq!(
        sent.pointer("/aggs/a/aggs/b/terms/min_doc_count"),
        Some(&json!(1)),
        "{sent}"
    );
}

/// Every call that can name a routing: method, URI, body.
const ROUTED: &[(Method, &str, &str)] = &[
    (Method::PUT, "/orders/_doc/1?routing=x", r#"{"a":1}"#),
    (Method::PUT, "/orders/_create/1?routing=x", r#"{"a":1}"#),
    (Method::POST, "/orders/_doc?routing=x", r#"{"a":1}"#),
    (
        Method::POST,
        "/orders/_update/1?routing=x",
        r#"{"doc":{"a":1}}"#,
    ),
    (Method::DELETE, "/orders/_doc/1?routing=x", ""),
    (Method::GET, "/orders/_doc/1?routing=x", ""),
    (Method::HEAD, "/orders/_doc/1?routing=x", ""),
    (Method::GET, "/orders/_source/1?routing=x", ""),
    (Method::HEAD, "/orders/_source/1?routing=x", ""),
    (Method::GET, "/orders/_search?routing=x", ""),
    (Method::GET, "/orders/_count?routing=x", ""),
    (
        Method::POST,
        "/orders/_search/point_in_time?keep_alive=1m&routing=x",
        "",
    ),
    (
        Method::POST,
        "/orders/_delete_by_query?routing=x",
        r#"{"query":{"match_all":{}}}"#,
    ),
    (Method::POST, "/orders/_update_by_query?routing=x", ""),
    (
        Method::POST,
        "/_bulk?routing=x",
        "{\"index\":{\"_index\":\"orders\",\"_id\":\"1\"}}\n{}\n",
    ),
    (
        Method::POST,
        "/_bulk",
        "{\"index\":{\"_index\":\"orders\",\"_id\":\"1\",\"routing\":\"x\"}}\n{}\n",
    ),
    (Method::POST, "/orders/_mget?routing=x", r#"{"ids":["1"]}"#),
    (
        Method::POST,
        "/_mget",
        r#"{"docs":[{"_index":"orders","_id":"1","routing":"x"}]}"#,
    ),
    (
        Method::POST,
        "/_msearch?routing=x",
        "{\"index\":\"orders\"}\n{}\n",
    ),
    (
        Method::POST,
        "/_msearch",
        "{\"index\":\"orders\",\"routing\":\"x\"}\n{}\n",
    ),
];

/// The routings in what a cluster got: of the URL and of the lines.
fn routings(sent: &Recorded) -> Vec<String> {
    let mut found: Vec<_> = sent.param("routing").into_iter().collect();
    let body = match sent.path() {
        "/_bulk" | "/_msearch" => sent.lines(),
        "/_mget" => vec![sent.json()],
        _ => Vec::new(),
    };
    let text = serde_json::to_string(&body).unwrap();
    let lines = text.split("\"routing\":\"").skip(1);
    found.extend(lines.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
    found
}

#[tokio::test]
async fn a_routing_of_the_clients_own_is_refused_or_passed_over() {
    for (method, uri, body) in ROUTED {
        let ask = |tenant| request(method.clone(), uri, *body).by(tenant);
        let cluster = Cluster::honest();
        let reply = call(&stack(tenants(), &cluster), ask("acme")).await;
        assert!(
            *method == Method::HEAD || reply.text().contains(REFUSED),
            "{uri}: {}",
            reply.text()
        );
        assert!(reply.status == 400 || !uri.contains("routing"), "{uri}");
        assert!(cluster.take().is_empty(), "{uri}");

        for (tenant, routing) in [("acme", "acme"), ("globex", "x")] {
            let cluster = Cluster::honest();
            let ignoring = OsproxyLayer::new(tenants())
                .client_routing(ClientRouting::Ignore)
                .layer(Strict::new(cluster.clone()));
            let reply = call(&ignoring, ask(tenant)).await;
            assert!(reply.status.is_success(), "{uri}: {}", reply.text());
            assert!(!reply.text().contains("error\":{"), "{}", reply.text());
            let sent = cluster.one();
            assert_eq!(routings(&sent), [routing], "{uri}: {}", sent.text());
        }
    }
}

/// Where each line says whose it is, a routing for all of them is one for those that may have any.
#[tokio::test]
async fn a_routing_of_a_whole_bulk_is_that_of_items_on_dedicated_indices() {
    let cluster = Cluster::honest();
    let router = || tenants_from(PartitionKeySpec::BodyField(JsonPath::new("tenant")));
    let body = "{\"index\":{\"_index\":\"orders\",\"_id\":\"1\"}}\n{\"tenant\":\"acme\"}\n{\"index\":{\"_index\":\"orders\",\"_id\":\"1\"}}\n{\"tenant\":\"globex\"}\n{\"index\":{\"_index\":\"orders\",\"_id\":\"2\",\"routing\":\"y\"}}\n{\"tenant\":\"globex\"}\n";
    let bulk = || request(Method::POST, "/_bulk?routing=x", body);
    let refusing = stack(router(), &cluster);
    call(&refusing, bulk()).await.assert_refused(400, REFUSED);
    let ignoring = OsproxyLayer::new(router())
        .client_routing(ClientRouting::Ignore)
        .layer(Strict::new(cluster.clone()));
    let reply = call(&ignoring, bulk()).await;
    assert_eq!(reply.json()["errors"], false, "{}", reply.text());
    let sent = cluster.take().pop().unwrap();
    assert_eq!(routings(&sent), ["acme", "x", "y"], "{}", sent.text());
}

/// A parameter that an API doesn't have stays unknown, as it is on the node.
#[tokio::test]
async fn what_no_api_has_is_not_passed_over() {
    let cluster = Cluster::honest();
    let ignoring = OsproxyLayer::new(tenants())
        .client_routing(ClientRouting::Ignore)
        .layer(Strict::new(cluster.clone()));
    let reply = call(&ignoring, post("/orders/_refresh?routing=x", "acme", "")).await;
    reply.assert_refused(400, "illegal_argument_exception");
}
