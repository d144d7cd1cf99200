//! What the operator chooses about shared indices: each way, and that nothing changes elsewhere.
use http::Method;
use osproxy_layer::spi::{JsonPath, PartitionKeySpec};
use osproxy_layer::{ClientRouting, Osproxy, OsproxyLayer, REFUSED, ZeroBuckets};
use serde_json::{Value, json};
use tower::Layer;

use crate::honest;
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

fn strict(cluster: &Cluster) -> Osproxy<Strict<Cluster>, Tenants> {
    OsproxyLayer::new(tenants())
        .strict(true)
        .layer(Strict::new(cluster.clone()))
}

/// A cluster with one document of a tenant, whose sequence number is 4711 and whose primary term 3. Hits have scores.
fn counting(tenant: &'static str) -> Cluster {
    Cluster::answering(move |sent| {
        let document = |more: Value| {
            let mut all = json!({ "_index": "orders-shared", "_id": format!("{tenant}:1"), "_routing": tenant, "_seq_no": 4711, "_primary_term": 3 });
            let more = more.as_object().unwrap().clone();
            all.as_object_mut().unwrap().extend(more);
            all
        };
        let hits = || json!({ "total": { "value": 1, "relation": "eq" }, "max_score": 0.5, "hits": [document(json!({ "_score": 0.5 }))] });
        let answer = match sent.path() {
            _ if sent.is_preflight() => return Ok(honest::answer(sent)),
            // As the node spells it: the usual item has a way of its own through the reversal.
            "/_bulk" => {
                let item = format!(
                    r#"{{"index":{{"_index":"orders-shared","_id":"{tenant}:1","_version":1,"result":"updated","_shards":{{"total":1,"successful":1,"failed":0}},"_seq_no":4711,"_primary_term":3,"status":200}}}}"#
                );
                let answer = format!(r#"{{"took":1,"errors":false,"items":[{item}]}}"#);
                return Ok(respond(200, answer));
            }
            "/_mget" => json!({ "docs": [document(json!({ "found": true }))] }),
            "/_msearch" => json!({ "took": 1, "responses": [{ "hits": hits(), "status": 200 }] }),
            "/orders-shared/_search" | "/_search/scroll" => {
                json!({ "_scroll_id": "s", "hits": hits() })
            }
            _ if sent.method == Method::GET => document(json!({ "found": true })),
            _ => document(json!({ "result": "updated" })),
        };
        Ok(respond(200, answer.to_string()))
    })
}

/// Calls whose answers hold the two numbers, and where.
const NUMBERED: &[(Method, &str, &str, &str)] = &[
    (Method::PUT, "/orders/_doc/1", "{}", ""),
    (Method::POST, "/orders/_update/1", r#"{"doc":{}}"#, ""),
    (Method::DELETE, "/orders/_doc/1", "", ""),
    (Method::GET, "/orders/_doc/1", "", ""),
    (
        Method::POST,
        "/_bulk",
        "{\"index\":{\"_index\":\"orders\",\"_id\":\"1\"}}\n{}\n",
        "/items/0/index",
    ),
    (Method::POST, "/orders/_mget", r#"{"ids":["1"]}"#, "/docs/0"),
    (
        Method::POST,
        "/_msearch",
        "{\"index\":\"orders\"}\n{\"seq_no_primary_term\":true}\n",
        "/responses/0/hits/hits/0",
    ),
    (
        Method::POST,
        "/orders/_search?scroll=1m",
        r#"{"seq_no_primary_term":true}"#,
        "/hits/hits/0",
    ),
];

/// The two numbers of a document in an answer.
fn numbers(answer: &Value, at: &str) -> [u64; 2] {
    let document = answer.pointer(at).unwrap_or_else(|| panic!("{answer}"));
    ["_seq_no", "_primary_term"].map(|name| document[name].as_u64().unwrap())
}

#[tokio::test]
async fn sequence_numbers_are_sealed_everywhere_and_alike() {
    let acme = strict(&counting("acme"));
    let mut seen = Vec::new();
    for (method, uri, body, at) in NUMBERED {
        let reply = call(&acme, request(method.clone(), uri, *body).by("acme")).await;
        let answer = reply.json();
        let both = numbers(&answer, at);
        assert!(both != [4711, 3] && both.iter().all(|one| *one < 1 << 53));
        assert!(!reply.text().contains("4711"), "{uri}: {}", reply.text());
        seen.push(both);
        // Without the switch, and on an index of one's own, they are the node's.
        let plain = stack(tenants(), &counting("acme"));
        let plain = call(&plain, request(method.clone(), uri, *body).by("acme"));
        assert_eq!(numbers(&plain.await.json(), at), [4711, 3], "{uri}");
    }
    // One document's numbers are the same wherever they are read; another tenant's are others.
    assert!(seen.iter().all(|both| *both == seen[0]), "{seen:?}");
    let umbrella = strict(&counting("umbrella"));
    let reply = call(&umbrella, get("/orders/_doc/1", "umbrella")).await;
    assert_ne!(numbers(&reply.json(), ""), seen[0]);
}

#[tokio::test]
async fn no_score_is_shown() {
    let cluster = counting("acme");
    let stack = strict(&cluster);
    let body = r#"{"query":{"match":{"a":"x"}}}"#;
    let scores = |hits: &Value| [hits["max_score"].clone(), hits["hits"][0]["_score"].clone()];
    let reply = call(&stack, post("/orders/_search?scroll=1m", "acme", body)).await;
    let opened = reply.json();
    assert_eq!(scores(&opened["hits"]), [Value::Null, Value::Null]);
    let sent = cluster.all().pop().unwrap().json();
    assert_eq!(
        sent["query"],
        json!({ "bool": { "filter": [{ "match": { "a": "x" } }, { "term": { "_tenant": "acme" } }] } })
    );
    let page = json!({ "scroll_id": opened["_scroll_id"], "scroll": "1m" });
    let page = call(&stack, post("/_search/scroll", "acme", page.to_string())).await;
    assert_eq!(scores(&page.json()["hits"]), [Value::Null, Value::Null]);
    let several = format!("{{\"index\":\"orders\"}}\n{body}\n");
    let reply = call(&stack, post("/_msearch", "acme", several))
        .await
        .json();
    assert_eq!(
        scores(&reply["responses"][0]["hits"]),
        [Value::Null, Value::Null]
    );

    for (uri, body) in [
        ("/orders/_search", r#"{"min_score":1}"#),
        ("/orders/_search?sort=_score", ""),
        ("/orders/_count?min_score=1", ""),
    ] {
        let reply = call(&stack, post(uri, "acme", body)).await;
        reply.assert_refused(400, REFUSED);
    }
}

/// What the cluster is asked to compare with: in the URL, or in the line.
fn condition(sent: &Recorded) -> [Option<String>; 2] {
    ["if_seq_no", "if_primary_term"].map(|name| {
        let line = || sent.lines()[0]["index"][name].clone();
        match sent.path() {
            "/_bulk" => Some(line().to_string()).filter(|text| text != "null"),
            _ => sent.param(name),
        }
    })
}

#[tokio::test]
async fn sealed_numbers_are_opened_again() {
    let cluster = counting("acme");
    let stack = strict(&cluster);
    let read = call(&stack, get("/orders/_doc/1", "acme")).await.json();
    let sealed = numbers(&read, "");
    let with = |id: &str, [number, term]: [u64; 2]| {
        let query = format!("if_seq_no={number}&if_primary_term={term}");
        let line = format!(
            "{{\"index\":{{\"_index\":\"orders\",\"_id\":\"{id}\",\"if_seq_no\":{number},\"if_primary_term\":{term}}}}}\n{{}}\n"
        );
        [
            post(
                &format!("/orders/_update/{id}?{query}"),
                "acme",
                r#"{"doc":{}}"#,
            ),
            request(Method::PUT, &format!("/orders/_doc/{id}?{query}"), "{}").by("acme"),
            request(Method::DELETE, &format!("/orders/_doc/{id}?{query}"), "").by("acme"),
            post("/_bulk", "acme", line),
        ]
    };
    let asked = |at: &Cluster| condition(&at.take().pop().unwrap());
    let known = [4711, 3].map(|number: u64| Some(number.to_string()));
    let none = [(); 2].map(|()| Some(i64::MAX.to_string()));
    for request in with("1", sealed) {
        call(&stack, request).await;
        assert_eq!(asked(&cluster), known);
    }
    // Another document's, the true ones, and guesses become what no document has: a conflict, never a write.
    for (id, both) in [
        ("2", sealed),
        ("1", [4711, 3]),
        ("1", [sealed[0], sealed[1] ^ 1]),
    ] {
        for request in with(id, both) {
            call(&stack, request).await;
            assert_eq!(asked(&cluster), none, "{id} {both:?}");
        }
    }
    // Half a condition, and what is none, are the node's to refuse.
    for query in [
        "if_seq_no=7",
        "if_primary_term=7",
        "if_seq_no=x&if_primary_term=1",
        "if_seq_no=-2&if_primary_term=0",
    ] {
        let uri = format!("/orders/_doc/1?{query}");
        call(&stack, request(Method::PUT, &uri, "{}").by("acme")).await;
        let sent = cluster.take().pop().unwrap();
        assert!(sent.uri.contains(query), "{}", sent.uri);
    }
    // An index of one's own has numbers of its own.
    let uri = "/orders/_doc/1?if_seq_no=4711&if_primary_term=3";
    call(&stack, request(Method::PUT, uri, "{}").by("globex")).await;
    assert_eq!(asked(&cluster), known);
}
