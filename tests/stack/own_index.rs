//! Index-level calls on indices of a partition's own: spelled for the cluster, and turned back.
use http::Method;
use osproxy_layer::REFUSED;
use serde_json::{Value, json};

use crate::answers::declared;
use crate::stack::*;

/// The stack before a cluster that answers every call alike.
async fn through(request: http::Request<Body>, status: u16, said: Value) -> (Reply, Vec<Recorded>) {
    let cluster = Cluster::answering(move |_| Ok(respond(status, said.to_string())));
    let reply = call(&stack(declared(), &cluster), request).await;
    (reply, cluster.all())
}

fn of(method: Method, uri: &str, body: &'static str) -> http::Request<Body> {
    request(method, uri, body).by("globex")
}

/// What is sent, and how the node's answer is shown.
#[tokio::test]
async fn names_are_spelled_and_turned_back() {
    let keyed = |inner: Value| json!({ "globex.orders": inner });
    for (uri, sent, said, shown) in [
        (
            "/orders/_mapping?local=true",
            "/globex.orders/_mapping?local=true",
            keyed(json!({ "mappings": { "properties": { "a": { "type": "long" } } } })),
            json!({ "orders": { "mappings": { "properties": { "a": { "type": "long" } } } } }),
        ),
        (
            "/orders/_mapping/field/a*",
            "/globex.orders/_mapping/field/a%2A",
            keyed(json!({ "mappings": { "a": { "full_name": "a", "mapping": {} } } })),
            json!({ "orders": { "mappings": { "a": { "full_name": "a", "mapping": {} } } } }),
        ),
        (
            "/_mapping?index=o*",
            "/globex.o%2A%2C-%2A-shared/_mapping",
            keyed(json!({ "mappings": {} })),
            json!({ "orders": { "mappings": {} } }),
        ),
        (
            "/orders,logs/_settings/index.*?flat_settings=true",
            "/globex.orders%2Cglobex.logs/_settings/index.%2A?flat_settings=true",
            keyed(json!({ "settings": { "index.uuid": "u", "index.number_of_shards": "3" } })),
            json!({ "orders": { "settings": { "index.number_of_shards": "3" } } }),
        ),
        (
            "/orders",
            "/globex.orders",
            keyed(json!({
                "aliases": { "globex.now": {}, "everyone": {} }, "mappings": {},
                "settings": { "index": { "provided_name": "globex.orders", "number_of_replicas": "1" } },
            })),
            json!({ "orders": {
                "aliases": { "now": {} }, "mappings": {}, "settings": { "index": { "number_of_replicas": "1" } } } }),
        ),
        (
            "/_alias",
            "/globex.%2A%2C-%2A-shared/_alias",
            keyed(json!({ "aliases": {} })),
            json!({ "orders": { "aliases": {} } }),
        ),
        (
            "/_aliases",
            "/globex.%2A%2C-%2A-shared/_alias",
            keyed(json!({ "aliases": {} })),
            json!({ "orders": { "aliases": {} } }),
        ),
        (
            "/o*/_alias/now?ignore_unavailable=true&allow_no_indices=false",
            "/globex.o%2A%2C-%2A-shared/_alias/globex.now?ignore_unavailable=true&allow_no_indices=false",
            keyed(json!({ "aliases": { "globex.now": {} } })),
            json!({ "orders": { "aliases": { "now": {} } } }),
        ),
        (
            "/orders/_stats/docs?level=indices",
            "/globex.orders/_stats/docs?level=indices",
            json!({ "_shards": { "total": 1 }, "_all": {}, "indices": { "globex.orders": { "uuid": "u", "total": {} } } }),
            json!({ "_shards": { "total": 1 }, "_all": {}, "indices": { "orders": { "total": {} } } }),
        ),
        (
            "/_field_caps?fields=*",
            "/globex.%2A%2C-%2A-shared/_field_caps?fields=%2A",
            json!({ "indices": ["globex.orders"], "fields": {} }),
            json!({ "indices": ["orders"], "fields": {} }),
        ),
        (
            "/_cluster/health/orders?wait_for_status=yellow&timeout=1s&level=cluster",
            "/_cluster/health/globex.orders?wait_for_status=yellow&timeout=1s",
            json!({ "cluster_name": "prod", "status": "green", "number_of_nodes": 12 }),
            json!({ "cluster_name": "osproxy", "status": "green", "number_of_nodes": 1 }),
        ),
    ] {
        let (reply, all) = through(of(Method::GET, uri, ""), 200, said).await;
        assert_eq!(all.len(), 1, "{uri}");
        assert_eq!(all[0].uri, sent, "{uri}");
        assert_eq!(reply.status, 200, "{uri}");
        assert_eq!(reply.json(), shown, "{uri}");
    }
}

#[tokio::test]
async fn a_flush_of_everything_is_of_the_partitions_own() {
    let shards = json!({ "_shards": { "total": 2, "successful": 2, "failed": 0 } });
    for (method, uri) in [
        (Method::POST, "/_flush"),
        (Method::GET, "/_all/_flush?force=true"),
    ] {
        let (reply, all) = through(of(method, uri, ""), 200, shards.clone()).await;
        assert_eq!(reply.json(), shards);
        assert_eq!(all[0].method, Method::POST);
        assert_eq!(all[0].segments(), ["globex.*,-*-shared", "_flush"], "{uri}");
    }
}

#[tokio::test]
async fn an_index_of_somebody_else_in_an_answer_is_a_502() {
    for (uri, said) in [
        ("/_mapping", json!({ "acme.orders": { "mappings": {} } })),
        (
            "/_mapping",
            json!({ "globex.x-shared": { "mappings": {} } }),
        ),
        (
            "/_alias",
            json!({ "orders-shared": { "aliases": { "globex.now": {} } } }),
        ),
        (
            "/orders/_stats",
            json!({ "indices": { "acme.orders": {} } }),
        ),
        (
            "/_field_caps?fields=*",
            json!({ "indices": ["acme.orders"], "fields": {} }),
        ),
    ] {
        let (reply, _) = through(of(Method::GET, uri, ""), 200, said).await;
        assert_eq!(reply.status, 502, "{uri}");
        assert!(!reply.text().contains("acme"), "{uri}");
    }
}

#[tokio::test]
async fn a_new_index_has_settings_of_its_own_alone() {
    let made =
        json!({ "acknowledged": true, "shards_acknowledged": true, "index": "globex.orders" });
    let body = r#"{"settings":{"index":{"number_of_shards":1}}, "mappings":{"properties":{"a":{"type":"scaled_float","scaling_factor":1.10}}},"aliases":{}}"#;
    let put = of(
        Method::PUT,
        "/orders?timeout=5s&wait_for_active_shards=1",
        body,
    );
    let (reply, all) = through(put, 200, made.clone()).await;
    assert_eq!(reply.json()["index"], "orders");
    assert_eq!(
        all[0].uri,
        "/globex.orders?timeout=5s&wait_for_active_shards=1"
    );
    assert_eq!(all[0].text(), body.replace(", \"m", ",\"m"));

    let (reply, all) = through(of(Method::PUT, "/orders", ""), 200, made.clone()).await;
    assert_eq!((reply.status.as_u16(), &*all[0].text()), (200, ""));

    for (body, named) in [
        (r#"{"aliases":{"now":{}}}"#, "aliases"),
        (
            r#"{"settings":{"index.default_pipeline":"p"}}"#,
            "index.default_pipeline",
        ),
        (
            r#"{"settings":{"index":{"search":{"default_pipeline":"p"}}}}"#,
            "index.search.default_pipeline",
        ),
        (r#"{"settings":{"hidden":true}}"#, "index.hidden"),
        (
            r#"{"settings":{"analysis":{"filter":{"s":{"type":"synonym","synonyms_path":"x"}}}}}"#,
            "synonyms_path",
        ),
        (r#"{"setting":{}}"#, "setting"),
    ] {
        let (reply, all) = through(of(Method::PUT, "/orders", body), 200, made.clone()).await;
        assert_eq!(reply.status, 400, "{body}");
        assert!(reply.reason().contains(named), "{body}: {}", reply.reason());
        assert!(all.is_empty(), "{body}");
    }
    for bad in [r#"{"mappings":{},"mappings":{}}"#, "{", "[]", "// x\n{}"] {
        let (reply, all) = through(of(Method::PUT, "/orders", bad), 200, made.clone()).await;
        assert_eq!((reply.status.as_u16(), all.len()), (400, 0), "{bad}");
    }
    // A name that belongs to a shared pattern is nobody's own.
    let (reply, all) = through(of(Method::PUT, "/x-shared", ""), 200, made).await;
    assert_eq!((reply.status.as_u16(), all.len()), (400, 0));
}

#[tokio::test]
async fn the_nodes_own_errors_have_the_clients_names() {
    let taken = json!({ "error": { "root_cause": [], "type": "resource_already_exists_exception",
        "reason": "index [globex.orders/uuid] already exists", "index": "globex.orders", "index_uuid": "uuid" }, "status": 400 });
    let (reply, _) = through(of(Method::PUT, "/orders", ""), 400, taken).await;
    assert_eq!(reply.status, 400);
    assert_eq!(reply.error_type(), "resource_already_exists_exception");
    assert!(!reply.text().contains("globex"), "{}", reply.text());

    let missing = json!({ "error": "alias [globex.now] missing", "status": 404 });
    let (reply, _) = through(of(Method::GET, "/_alias/now", ""), 404, missing).await;
    assert_eq!(
        reply.json(),
        json!({ "error": "alias [now] missing", "status": 404 })
    );

    let late = json!({ "cluster_name": "prod", "status": "red", "timed_out": true });
    let health = of(Method::GET, "/_cluster/health/orders?timeout=1ms", "");
    let (reply, _) = through(health, 408, late).await;
    assert_eq!(reply.status, 408);
    assert_eq!(
        reply.json(),
        json!({ "cluster_name": "osproxy", "status": "red", "timed_out": true })
    );
}

/// Where the node insists on an index for each wildcard it does so for `-*-shared` too, which names no index of theirs:
/// so the indices are named.
#[tokio::test]
async fn a_wildcard_that_must_match_is_named_index_by_index() {
    let cluster = Cluster::answering(|request| {
        let names = [
            "globex.orders",
            "globex.old",
            "globex.logs",
            "initech.orders",
            "orders-shared",
        ];
        let listed = json!({ "indices": names.map(|name| json!({ "name": name })) });
        Ok(
            match (request.segments()[0] == "_resolve", &request.method) {
                (true, _) => respond(200, listed.to_string()),
                (_, &Method::GET) => respond(200, "{}"),
                _ => respond(200, r#"{"acknowledged":true}"#),
            },
        )
    });
    let stack = stack(declared(), &cluster);
    let mapping = r#"{"properties":{}}"#;
    for (request, sent) in [
        (
            of(Method::PUT, "/*/_mapping", mapping),
            "globex.orders,globex.old,globex.logs",
        ),
        (
            of(Method::PUT, "/_all/_mapping", mapping),
            "globex.orders,globex.old,globex.logs",
        ),
        (
            of(Method::PUT, "/o*,-old/_mapping", mapping),
            "globex.orders",
        ),
        (
            of(Method::GET, "/o*/_mapping?allow_no_indices=false", ""),
            "globex.orders,globex.old",
        ),
    ] {
        let reply = call(&stack, request).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let all = cluster.all();
        assert_eq!(all.last().unwrap().segments()[0], sent);
    }
    let asked = cluster.all().len();
    for request in [
        of(Method::PUT, "/x*/_mapping", mapping),
        of(Method::GET, "/x*/_mapping?allow_no_indices=false", ""),
    ] {
        let reply = call(&stack, request).await;
        assert_eq!(
            (reply.status.as_u16(), reply.reason()),
            (404, "no such index [x*]".to_owned())
        );
    }
    // Only the list was asked for.
    assert_eq!(cluster.all().len(), asked + 2);
}

#[tokio::test]
async fn what_would_show_the_cluster_is_refused() {
    for uri in [
        "/orders/_stats?level=shards",
        "/orders/_settings?include_defaults=true",
        "/_cluster/health/orders?level=shards",
        "/_cluster/health/orders?awareness_attribute=zone",
        "/orders/_mapping?format=yaml",
        "/.hidden/_mapping",
        "/%3Ca-%7Bnow%7D%3E/_mapping",
        "/c:orders/_mapping",
    ] {
        let (reply, all) = through(of(Method::GET, uri, ""), 200, json!({})).await;
        reply.assert_refused(400, REFUSED);
        assert!(all.is_empty(), "{uri}");
    }
    let waits = of(Method::GET, "/_cluster/health/orders?wait_for_nodes=3", "");
    let (reply, all) = through(waits, 200, json!({ "status": "green", "timed_out": false })).await;
    assert_eq!(
        (reply.status.as_u16(), reply.json()["timed_out"].clone()),
        (408, json!(true))
    );
    assert_eq!(all[0].uri, "/_cluster/health/globex.orders");
    for uri in ["/_mapping", "/a*/_settings"] {
        let unnamed = request(Method::GET, uri, "").by("initech");
        let (reply, all) = through(unnamed, 200, json!({})).await;
        reply.assert_refused(400, REFUSED);
        assert!(all.is_empty(), "{uri}");
    }
}

#[tokio::test]
async fn text_is_analyzed_without_files() {
    let tokens = json!({ "tokens": [{ "token": "a" }] });
    for (tenant, uri, body, sent) in [
        (
            "acme",
            "/_analyze",
            r#"{"text":"A","analyzer":"standard"}"#,
            Some("/_analyze"),
        ),
        (
            "globex",
            "/orders/_analyze",
            r#"{"text":"A","field":"x"}"#,
            Some("/globex.orders/_analyze"),
        ),
        (
            "acme",
            "/orders/_analyze",
            r#"{"text":"A","field":"title.raw"}"#,
            Some("/orders-shared/_analyze"),
        ),
        (
            "acme",
            "/orders/_analyze",
            r#"{"text":"A","field":"secret"}"#,
            None,
        ),
        (
            "globex",
            "/_analyze?index=orders",
            r#"{"text":"A","filter":[{"type":"stop"}]}"#,
            Some("/globex.orders/_analyze"),
        ),
        (
            "globex",
            "/_analyze",
            r#"{"text":"A","filter":[{"type":"synonym","synonyms_path":"x"}]}"#,
            None,
        ),
        (
            "globex",
            "/_analyze",
            r#"{"text":"A","tokenizer":{"type":"kuromoji_tokenizer"}}"#,
            None,
        ),
        ("globex", "/_analyze", r#"{"text":"A","unknown":1}"#, None),
    ] {
        let tokens = tokens.clone();
        let cluster = Cluster::answering(move |request| {
            Ok(match request.is_preflight() {
                true => crate::honest::answer(request),
                false => respond(200, tokens.to_string()),
            })
        });
        let reply = call(&stack(declared(), &cluster), post(uri, tenant, body)).await;
        match sent {
            Some(path) => {
                assert_eq!(reply.json()["tokens"][0]["token"], "a", "{body}");
                assert_eq!(
                    (cluster.one().uri.as_str(), cluster.one().text()),
                    (path, body.to_owned())
                );
            }
            None => {
                assert_eq!(reply.status, 400, "{body}");
                assert!(cluster.take().is_empty(), "{body}");
            }
        }
    }
}

#[tokio::test]
async fn a_query_is_validated_inside_the_partition() {
    let cluster = Cluster::saying(
        200,
        r#"{"_shards":{"total":1,"successful":1,"failed":0},"valid":true}"#,
    );
    let there = stack(declared(), &cluster);
    let reply = call(
        &there,
        post(
            "/orders/_validate/query",
            "acme",
            r#"{"query":{"match":{"a":"x"}}}"#,
        ),
    )
    .await;
    assert_eq!(reply.json()["valid"], true, "{}", reply.text());
    let sent = cluster.one();
    assert_eq!(sent.uri, "/orders-shared/_validate/query");
    assert_eq!(
        sent.json()["query"]["bool"]["filter"][0],
        json!({ "term": { "_tenant": "acme" } })
    );
    for bad in ["explain=true", "rewrite=true", "all_shards=true"] {
        let refused = get(&format!("/orders/_validate/query?{bad}"), "acme");
        call(&there, refused).await.assert_refused(400, REFUSED);
    }
    let own = Cluster::saying(
        200,
        r#"{"valid":true,"explanations":[{"index":"globex.orders","valid":true,"explanation":"a:b"}]}"#,
    );
    let explained = get("/orders/_validate/query?q=a:b&explain=true", "globex");
    let reply = call(&stack(declared(), &own), explained).await;
    assert_eq!(
        reply.json()["explanations"][0]["index"],
        "orders",
        "{}",
        reply.text()
    );
    assert_eq!(
        own.one().uri,
        "/globex.orders/_validate/query?explain=true&q=a%3Ab"
    );
}

#[tokio::test]
async fn an_explanation_is_the_nodes_with_names_turned_back() {
    let cluster = Cluster::answering(|request| {
        let (status, rest) = match request.path().ends_with("/1") {
            true => (
                200,
                r#","matched":true,"explanation":{"value":1.10,"description":"[globex.orders] x","details":[]},"get":{"_seq_no":7,"_primary_term":1,"found":true,"_source":{"a":1}}}"#,
            ),
            false => (404, r#","matched":false}"#),
        };
        let id = request.path().rsplit('/').next().unwrap();
        let answer = format!(r#"{{"_index":"globex.orders","_id":"{id}"{rest}"#);
        Ok(respond(status, answer))
    });
    let stack = stack(tenants(), &cluster);
    let uri = "/orders/_explain/1?_source=a&stored_fields=t&routing=x&pretty=false";
    let body = r#"{"query":{"term":{"_index":"orders"}}}"#;
    let reply = call(&stack, post(uri, "globex", body)).await;
    assert_eq!(
        reply.text(),
        r#"{"_index":"orders","_id":"1","matched":true,"explanation":{"value":1.10,"description":"[orders] x","details":[]},"get":{"_seq_no":7,"_primary_term":1,"found":true,"_source":{"a":1}}}"#
    );
    let sent = cluster.one();
    assert_eq!(sent.path(), "/globex.orders/_explain/1");
    assert_eq!(sent.param("stored_fields").as_deref(), Some("t"));
    assert_eq!(sent.param("routing").as_deref(), Some("x"));
    assert_eq!(sent.json()["query"]["term"]["_index"], "globex.orders");

    let reply = call(
        &stack,
        get("/orders/_explain/2?q=a:b&filter_path=matched", "globex"),
    )
    .await;
    assert_eq!(
        (reply.status.as_u16(), &*reply.text()),
        (404, r#"{"matched":false}"#)
    );
    assert_eq!(cluster.take()[1].uri, "/globex.orders/_explain/2?q=a%3Ab");
    // A body in the URL is read as a body.
    let uri = "/orders/_explain/1?source_content_type=application/json&source=%7B%22query%22%3A%7B%22match_all%22%3A%7B%7D%7D%7D";
    call(&stack, get(uri, "globex")).await;
    let sent = cluster.take().pop().unwrap();
    assert_eq!(
        (&*sent.uri, &*sent.text()),
        ("/globex.orders/_explain/1", r#"{"query":{"match_all":{}}}"#)
    );

    for body in [
        r#"{"query":{"terms":{"a":{"index":"acme.orders","id":"1","path":"a"}}}}"#,
        r#"{"query":{"nope":{}}}"#,
        r#"{"query":{"match_all":{}},"size":1}"#,
        "{",
    ] {
        let reply = call(&stack, post("/orders/_explain/1", "globex", body)).await;
        assert_eq!(reply.status, 400, "{body}");
    }
    let shared = call(&stack, post("/orders/_explain/1", "acme", body)).await;
    shared.assert_refused(400, REFUSED);
    assert_eq!(cluster.take().len(), 3);
}
