//! `_mget` and `_msearch`: taken apart by cluster, and each document shown to be the tenant's.
use http::Method;
use serde_json::{Value, json};

use crate::cluster::Recorded;
use crate::honest;
use crate::stack::*;

/// A cluster that finds every document of a multi get, and answers every search with one hit.
fn cluster() -> Cluster {
    Cluster::answering(|request| {
        let answer = match request.path() {
            "/_mget" => json!({ "docs": docs(request) }),
            "/_msearch" => json!({ "took": 3, "responses": searches(request) }),
            _ => return Ok(honest::answer(request)),
        };
        Ok(respond(200, answer.to_string()))
    })
}

fn docs(request: &Recorded) -> Vec<Value> {
    let asked = request.json()["docs"].as_array().unwrap().clone();
    let found = |doc: &Value| {
        let mut found =
            json!({ "_index": doc["_index"], "_id": doc["_id"], "_version": 1, "found": true });
        if !doc["routing"].is_null() {
            found["_routing"] = doc["routing"].clone();
        }
        if doc["stored_fields"].is_null() {
            found["_source"] = json!({ "_tenant": doc["routing"], "a": 1 });
        }
        found
    };
    asked.iter().map(found).collect()
}

fn searches(request: &Recorded) -> Vec<Value> {
    let lines = request.lines();
    let hit = |header: &Value| {
        let index = header["index"][0].as_str().unwrap();
        let mut hit = json!({ "_index": index, "_id": "1", "_score": 1.0, "_source": { "a": 1 } });
        if let Some(routing) = header["routing"].as_str() {
            hit["_id"] = format!("{routing}:1").into();
            hit["_routing"] = routing.into();
        }
        json!({ "took": 2, "timed_out": false, "hits": { "max_score": 1.0, "hits": [hit] }, "status": 200 })
    };
    lines.iter().step_by(2).map(hit).collect()
}

#[tokio::test]
async fn a_multi_get_is_one_request_of_typed_documents() {
    let cluster = cluster();
    let stack = stack(tenants(), &cluster);
    let body = r#"{"docs":[{"_index":"orders","_id":"1","routing":null},{"_index":"orders","_id":"globex:2","_source":false},{"_index":"orders","_id":3,"_source":["a","_tenant"]},{"_index":"orders","_id":"4","_source":"_tenant"}]}"#;
    let reply = call(&stack, post("/_mget", "acme", body)).await;
    let sent = cluster.one().json();
    assert_eq!(
        sent["docs"],
        json!([
            { "_index": "orders-shared", "_id": "acme:1", "routing": "acme" },
            { "_index": "orders-shared", "_id": "acme:globex:2", "routing": "acme", "stored_fields": ["_none_"] },
            { "_index": "orders-shared", "_id": "acme:3", "routing": "acme", "_source": ["a"] },
            { "_index": "orders-shared", "_id": "acme:4", "routing": "acme", "_source": ["__osproxy_no_field"] },
        ])
    );
    let docs = reply.json()["docs"].clone();
    assert_eq!(
        docs[0],
        json!({ "_index": "orders", "_id": "1", "_version": 1, "found": true, "_source": { "a": 1 } })
    );
    assert_eq!(docs[1]["_id"], "globex:2");
    assert!(!reply.text().contains("_tenant") && !reply.text().contains("_routing"));
}

#[tokio::test]
async fn a_multi_get_refuses_what_names_a_routing_and_reads_the_rest() {
    let cluster = cluster();
    let stack = stack(tenants(), &cluster);
    let body = r#"{"docs":[{"_index":"orders","_id":"1","routing":"globex"},{"_index":"a,b","_id":"1"},{"_index":"orders","_id":"2"}]}"#;
    let reply = call(&stack, post("/_mget", "acme", body)).await.json();
    assert_eq!(
        reply["docs"][0]["error"]["type"],
        "osproxy_refused_exception"
    );
    assert_eq!(
        reply["docs"][1]["error"]["type"],
        "osproxy_refused_exception"
    );
    assert_eq!(reply["docs"][2]["found"], true);
    assert_eq!(cluster.one().json()["docs"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_url_speaks_for_documents_that_say_nothing() {
    let cluster = cluster();
    let stack = stack(tenants(), &cluster);
    let uri = "/orders/_mget?_source=false&realtime=true";
    call(&stack, post(uri, "acme", r#"{"ids":["1"]}"#)).await;
    let sent = cluster.one();
    assert_eq!(sent.uri, "/_mget?realtime=true");
    assert_eq!(sent.json()["docs"][0]["stored_fields"], json!(["_none_"]));
    let routed = call(
        &stack,
        post("/orders/_mget?routing=x", "acme", r#"{"ids":["1"]}"#),
    )
    .await;
    routed.assert_refused(400, "osproxy_refused_exception");
}

#[tokio::test]
async fn a_document_without_its_proof_is_not_shown() {
    let cluster = Cluster::answering(|request| match request.path() {
        "/_mget" => Ok(respond(
            200,
            r#"{"docs":[{"_index":"orders-shared","_id":"globex:1","_routing":"globex","found":true,"_source":{"secret":1}},{"_index":"orders-shared","_id":"acme:2","found":true,"_source":{"secret":2}},{"_index":"orders-shared","_id":"acme:3","_routing":"acme","found":true,"_source":{"a":3}}]}"#,
        )),
        _ => Ok(honest::answer(request)),
    });
    let stack = stack(tenants(), &cluster);
    let reply = call(
        &stack,
        post("/orders/_mget", "acme", r#"{"ids":["1","2","3"]}"#),
    )
    .await;
    assert!(!reply.text().contains("secret"), "{}", reply.text());
    assert_eq!(reply.json()["docs"][2]["_source"]["a"], 3);
}

#[tokio::test]
async fn a_multi_search_is_one_request_of_screened_searches() {
    let cluster = cluster();
    let stack = stack(tenants(), &cluster);
    let body = "{\"index\":\"orders\",\"search_type\":\"query_then_fetch\"}\n{\"query\":{\"ids\":{\"values\":[\"1\"]}}}\n{\"index\":\"orders\"}\n{\"aggs\":{\"all\":{\"global\":{}}}}\n{\"index\":[\"orders\",\"carts\"],\"ignore_unavailable\":true}\n{}\n";
    let reply = call(&stack, post("/_msearch?typed_keys=true", "acme", body))
        .await
        .json();
    let sent = cluster.one();
    assert_eq!(sent.uri, "/_msearch?typed_keys=true");
    let lines = sent.lines();
    assert_eq!(
        lines[0],
        json!({ "index": ["orders-shared"], "search_type": "query_then_fetch", "routing": "acme" })
    );
    assert_eq!(
        lines[1]["query"]["bool"]["filter"],
        json!([{ "term": { "_tenant": "acme" } }])
    );
    assert_eq!(
        lines[1]["query"]["bool"]["must"][0]["ids"]["values"],
        json!(["acme:1"])
    );
    assert_eq!(lines[2]["index"], json!(["orders-shared", "carts-shared"]));
    assert_eq!(lines.len(), 4, "the refused search is not sent");
    assert_eq!(reply["responses"][0]["hits"]["hits"][0]["_id"], "1");
    assert_eq!(reply["responses"][0]["status"], 200);
    assert_eq!(reply["responses"][1]["status"], 400);
    assert_eq!(
        reply["responses"][1]["error"]["type"],
        "osproxy_refused_exception"
    );
    assert_eq!(reply["responses"][2]["hits"]["hits"][0]["_index"], "orders");
}

#[tokio::test]
async fn reads_of_several_items_on_a_dedicated_index_keep_their_ids() {
    let cluster = cluster();
    let stack = stack(tenants(), &cluster);
    let docs =
        r#"{"docs":[{"_index":"orders","_id":"1","routing":"r","_source":{"excludes":["x"]}}]}"#;
    let reply = call(&stack, post("/_mget", "globex", docs)).await.json();
    let sent = cluster.take().pop().unwrap();
    assert_eq!(
        sent.json()["docs"][0],
        json!({ "_index": "globex.orders", "_id": "1", "routing": "r", "_source": { "excludes": ["x"] } })
    );
    assert_eq!(reply["docs"][0]["_index"], "orders");

    let lookup = "{\"index\":\"orders\"}\n{\"query\":{\"terms\":{\"a\":{\"index\":\"acme.orders\",\"id\":\"1\",\"path\":\"a\"}}}}\n";
    let reply = call(&stack, post("/_msearch", "globex", lookup))
        .await
        .json();
    assert_eq!(reply["responses"][0]["status"], 400);
    assert_eq!(
        cluster.take().len(),
        1,
        "a reference across the index is not sent"
    );
}

#[tokio::test]
async fn a_write_by_query_is_wrapped_and_never_takes_q_along() {
    let cluster = Cluster::answering(|request| match request.path() {
        "/orders-shared/_delete_by_query" | "/orders-shared/_update_by_query" => Ok(respond(
            409,
            r#"{"took":1,"total":1,"deleted":0,"version_conflicts":1,"failures":[{"index":"orders-shared","id":"acme:1","cause":{"type":"version_conflict_engine_exception","reason":"[acme:1] secret"},"status":409}]}"#,
        )),
        _ => Ok(honest::answer(request)),
    });
    let stack = stack(tenants(), &cluster);
    let wrapped = |at: usize| cluster.take()[at].json()["query"]["bool"]["filter"].clone();
    let filter = json!([{ "term": { "_tenant": "acme" } }]);

    let reply = call(
        &stack,
        post("/orders/_delete_by_query?q=a:1&conflicts=abort", "acme", ""),
    )
    .await;
    assert_eq!(reply.status, 409);
    assert_eq!(reply.json()["failures"][0]["id"], "1");
    assert!(!reply.text().contains("secret"));
    assert_eq!(
        cluster.take()[0].uri,
        "/orders-shared/_delete_by_query?conflicts=abort&routing=acme"
    );
    assert_eq!(wrapped(0), filter);

    call(&stack, post("/orders/_update_by_query", "acme", "")).await;
    assert_eq!(
        wrapped(1),
        filter,
        "without a body it would run over everybody's documents"
    );
    let body = r#"{"query":{"match_all":{}},"max_docs":1,"conflicts":"proceed"}"#;
    call(&stack, post("/orders/_delete_by_query", "acme", body)).await;
    assert_eq!(wrapped(2), filter);
    assert_eq!(cluster.take()[2].json()["max_docs"], 1);

    for (uri, body) in [
        ("/orders/_delete_by_query", ""),
        ("/orders/_delete_by_query", "{}"),
        (
            "/orders/_delete_by_query?q=a:1",
            r#"{"query":{"match_all":{}}}"#,
        ),
        (
            "/orders/_delete_by_query?wait_for_completion=false",
            r#"{"query":{"match_all":{}}}"#,
        ),
        (
            "/orders/_delete_by_query?routing=globex",
            r#"{"query":{"match_all":{}}}"#,
        ),
        (
            "/orders/_delete_by_query",
            r#"{"query":{"match_all":{}},"query":{"match_all":{}}}"#,
        ),
        (
            "/orders/_delete_by_query",
            r#"{"query":{"match_all":{}},"sort":["_tenant"]}"#,
        ),
        (
            "/orders/_delete_by_query",
            r#"{"query":{"match_all":{}},"aggs":{}}"#,
        ),
        (
            "/orders/_delete_by_query",
            r#"{"query":{"script":{"script":"true"}}}"#,
        ),
        (
            "/orders/_update_by_query",
            r#"{"script":"ctx._source._tenant='globex'"}"#,
        ),
        ("/orders/_update_by_query?pipeline=p", ""),
    ] {
        let reply = call(&stack, post(uri, "acme", body)).await;
        assert_eq!(reply.status, 400, "{uri} {body}");
    }
    assert_eq!(cluster.take().len(), 3);
}

#[tokio::test]
async fn a_refused_multi_search_keeps_the_clusters_status() {
    let cluster = Cluster::answering(|request| match request.path() {
        "/_msearch" => Ok(respond(
            429,
            r#"{"error":{"type":"rejected_execution_exception","reason":"node-1"},"status":429}"#,
        )),
        _ => Ok(honest::answer(request)),
    });
    let stack = stack(tenants(), &cluster);
    let body = request(Method::POST, "/_msearch", "{\"index\":\"orders\"}\n{}\n").by("acme");
    let reply = call(&stack, body).await;
    assert_eq!(reply.status, 429);
    assert!(!reply.text().contains("node-1"));
}

#[tokio::test]
async fn a_wildcard_reaches_what_the_tenant_could_have_named() {
    for (tenant, uri, physical) in [
        (
            "acme",
            "/*/_search",
            "/carts-shared,globex.x-shared,index-shared/_search",
        ),
        (
            "acme",
            "/c*,index/_search",
            "/carts-shared,index-shared/_search",
        ),
        (
            "acme",
            "/_all/_count",
            "/carts-shared,globex.x-shared,index-shared/_count",
        ),
        ("globex", "/_search", "/globex.index,globex.carts/_search"),
        ("globex", "/_search?index=c*", "/globex.carts/_search"),
        ("globex", "/i*/_refresh", "/globex.index/_refresh"),
    ] {
        let cluster = cluster();
        let stack = stack(tenants(), &cluster);
        let reply = call(&stack, post(uri, tenant, "")).await;
        assert!(reply.status.is_success(), "{uri} {}", reply.text());
        let mut sent: Vec<String> = cluster.one().path().replace("%2C", ",")[1..]
            .split(['/', ','])
            .map(str::to_owned)
            .collect();
        let mut expected: Vec<String> =
            physical[1..].split(['/', ',']).map(str::to_owned).collect();
        sent.sort();
        expected.sort();
        assert_eq!(sent, expected, "{uri} for {tenant}");
    }
}

#[tokio::test]
async fn a_wildcard_that_matches_nothing_finds_nothing_and_asks_nobody() {
    let cluster = cluster();
    let stack = stack(tenants(), &cluster);
    let reply = call(&stack, post("/zzz*/_search", "globex", "")).await;
    assert_eq!(reply.json()["hits"]["total"]["value"], 0);
    assert!(cluster.take().is_empty());
    for bad in [
        "/-c*/_search",
        "/.k*/_search",
        "/_x*/_search",
        "/a:*/_search",
        "/A*/_search",
        "/c*/_search?index=x",
    ] {
        let reply = call(&stack, post(bad, "globex", "")).await;
        assert_eq!(reply.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn a_multi_search_takes_wildcards_too() {
    let cluster = cluster();
    let stack = stack(tenants(), &cluster);
    let body = "{\"index\":\"c*\"}\n{}\n{\"index\":\"zzz*\"}\n{}\n";
    let reply = call(&stack, post("/_msearch", "acme", body)).await.json();
    assert_eq!(cluster.one().lines()[0]["index"], json!(["carts-shared"]));
    assert_eq!(reply["responses"][0]["hits"]["hits"][0]["_index"], "carts");
    assert_eq!(reply["responses"][1]["hits"]["total"]["value"], 0);
}

/// Which documents `max_docs` reaches is the client's to say, by fields; whether one is mapped nobody is told.
#[tokio::test]
async fn a_write_by_query_is_sorted_as_a_search_is() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let uri = "/orders/_delete_by_query?sort=a:desc,b&scroll=2m&max_docs=1";
    let body =
        r#"{"query":{"match_all":{}},"sort":[{"c":{"order":"asc","missing":"_first"}},"_doc"]}"#;
    let reply = call(&stack, post(uri, "acme", body)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let sent = cluster.one();
    assert_eq!(
        sent.uri,
        "/orders-shared/_delete_by_query?scroll=2m&max_docs=1&routing=acme"
    );
    assert_eq!(
        sent.json()["sort"],
        json!([
            { "c": { "order": "asc", "missing": "_first", "unmapped_type": "keyword" } },
            "_doc",
            { "a": { "order": "desc", "unmapped_type": "keyword" } },
            { "b": { "unmapped_type": "keyword" } },
        ])
    );
    call(&stack, post(uri, "globex", body)).await;
    let own = cluster.take().pop().unwrap();
    assert_eq!(
        own.uri,
        "/globex.orders/_delete_by_query?scroll=2m&max_docs=1&sort=a%3Adesc%2Cb"
    );
    for uri in [
        "/orders/_delete_by_query?sort=_id",
        "/orders/_delete_by_query?sort=a,_tenant:desc",
        "/orders/_delete_by_query?sort=_score",
        "/orders/_delete_by_query?scroll=25h",
        "/orders/_delete_by_query?scroll=x",
        "/orders/_delete_by_query?q=a:1&sort=a",
    ] {
        let reply = call(&stack, post(uri, "acme", r#"{"query":{"match_all":{}}}"#)).await;
        assert_eq!(reply.status, 400, "{uri}");
    }
    let nested = r#"{"query":{"match_all":{}},"sort":[{"a":{"nested":{"path":"b"}}}]}"#;
    let reply = call(&stack, post("/orders/_delete_by_query", "acme", nested)).await;
    assert_eq!(reply.status, 400);
    assert_eq!(cluster.take().len(), 2);
    // In the place of a query, `q` may be sorted too.
    let reply = call(
        &stack,
        post("/orders/_delete_by_query?q=a:1&sort=a", "acme", ""),
    )
    .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}
