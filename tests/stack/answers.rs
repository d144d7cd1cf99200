//! Answers that are authored here: complete enough for typed clients, and nothing of the cluster's in them.
use http::header::{ACCEPT, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method};
use osproxy_layer::spi::{
    ClusterId, IndexPattern, IndexSchema, PartitionKeySpec, Placement, SharedIndex,
};
use osproxy_layer::{OsproxyLayer, REFUSED};
use serde_json::{Value, json};
use tower::Layer;

use crate::stack::*;

/// Keys of a 3.8.0 node's answers, which a typed client may insist on.
#[rustfmt::skip] // as the node writes them
mod keys {
    pub const INFO: &[&str] = &["name", "cluster_name", "cluster_uuid", "version", "tagline"];
    pub const HEALTH: &[&str] = &[
        "cluster_name", "status", "timed_out", "number_of_nodes", "number_of_data_nodes", "discovered_master",
        "discovered_cluster_manager", "active_primary_shards", "active_shards", "relocating_shards",
        "initializing_shards", "unassigned_shards", "delayed_unassigned_shards", "number_of_pending_tasks",
        "number_of_in_flight_fetch", "task_max_waiting_in_queue_millis", "active_shards_percent_as_number",
    ];
    pub const NODE: &[&str] = &[
        "name", "transport_address", "host", "ip", "version", "build_type", "build_hash", "roles", "attributes", "http",
    ];
    pub const CAT_HEALTH: &[&str] = &[
        "epoch", "timestamp", "cluster", "status", "node.total", "node.data", "discovered_cluster_manager", "shards",
        "pri", "relo", "init", "unassign", "pending_tasks", "max_task_wait_time", "active_shards_percent",
    ];
    pub const CAT_INDICES: &[&str] = &[
        "health", "status", "index", "uuid", "pri", "rep", "docs.count", "docs.deleted", "store.size", "pri.store.size",
    ];
    pub const LEGACY_TEMPLATE: &[&str] = &["order", "version", "index_patterns", "settings", "mappings", "aliases"];
}

/// `acme` and `umbrella` share indices that are declared, with a schema for one of them.
pub fn declared() -> Tenants {
    let schema = json!({ "properties": {
        "title": { "type": "text", "fields": { "raw": { "type": "keyword" } } },
        "customer": { "properties": { "name": { "type": "keyword" } } },
    } });
    let shared = || -> Placement {
        SharedIndex::new(ClusterId::from("eu"), pattern("{index}-shared"))
            .with_indices(["orders".to_owned(), "logs".to_owned(), "index".to_owned()])
            .with_schema("orders", IndexSchema::new(&schema).unwrap())
            .and_then(|shared| shared.with_schema("index", IndexSchema::new(&schema).unwrap()))
            .unwrap()
            .into()
    };
    let own = |pattern: &str| {
        Placement::dedicated_index(ClusterId::from("eu"), IndexPattern::parse(pattern).unwrap())
    };
    placed(
        PartitionKeySpec::PrincipalAttr("tenant".into()),
        [
            ("acme", shared()),
            ("umbrella", shared()),
            ("globex", own("{partition}.{index}")),
            ("initech", own("initech-{index}")),
            (
                "hooli",
                Placement::dedicated_cluster(ClusterId::from("own")),
            ),
        ],
    )
}

async fn answer(uri: &str, tenant: &str) -> Reply {
    call(&stack(declared(), &Cluster::honest()), get(uri, tenant)).await
}

#[track_caller]
fn assert_keys(value: &Value, keys: &[&str]) {
    let found: Vec<&str> = value
        .as_object()
        .unwrap_or_else(|| panic!("no object: {value}"))
        .keys()
        .map(String::as_str)
        .collect();
    let mut wanted = keys.to_vec();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

#[tokio::test]
async fn every_key_of_the_nodes_answer_is_there() {
    for tenant in ["acme", "globex"] {
        assert_keys(&answer("/", tenant).await.json(), keys::INFO);
        assert_keys(
            &answer("/_cluster/health", tenant).await.json(),
            keys::HEALTH,
        );
        let health = answer("/_cat/health?format=json", tenant).await.json();
        assert_keys(&health[0], keys::CAT_HEALTH);
        let nodes = answer("/_nodes", tenant).await.json();
        assert_keys(&nodes, &["_nodes", "cluster_name", "nodes"]);
    }
    let indices = answer("/_cat/indices?format=json", "acme").await.json();
    assert_keys(&indices[0], keys::CAT_INDICES);
}

#[tokio::test]
async fn nodes_are_the_front_on_every_placement() {
    let cluster = Cluster::honest();
    let stack = stack(declared(), &cluster);
    for tenant in ["acme", "globex", "hooli"] {
        for uri in [
            "/_nodes",
            "/_nodes/_all",
            "/_nodes/http",
            "/_nodes/_all/http?timeout=1s",
        ] {
            let mut request = get(uri, tenant);
            request
                .headers_mut()
                .insert(HOST, HeaderValue::from_static("front.example:9201"));
            let reply = call(&stack, request).await.json();
            let node = reply["nodes"].as_object().unwrap().values().next().unwrap();
            assert_keys(node, keys::NODE);
            assert_eq!(node["http"]["publish_address"], "front.example:9201");
            assert_eq!(node["version"], "3.8.0");
        }
    }
    // The version was asked of each cluster once.
    let asked: Vec<_> = cluster.all().into_iter().map(|sent| sent.uri).collect();
    assert_eq!(asked, ["/", "/"]);
}

#[tokio::test]
async fn a_wait_that_can_end_ends_at_once() {
    for (params, status, timed_out) in [
        ("wait_for_status=yellow&timeout=50s", 200, false),
        ("wait_for_status=GREEN&wait_for_nodes=%3E%3D1", 200, false),
        (
            "wait_for_active_shards=all&wait_for_events=languid",
            200,
            false,
        ),
        ("wait_for_nodes=ge(2)&timeout=30s", 408, true),
        ("level=indices&local=true", 200, false),
    ] {
        let reply = answer(&format!("/_cluster/health?{params}"), "acme").await;
        assert_eq!(reply.status, status, "{params}: {}", reply.text());
        assert_eq!(reply.json()["timed_out"], timed_out, "{params}");
    }
    for bad in [
        "wait_for_status=blue",
        "wait_for_nodes=many",
        "timeout=soon",
        "wait_for_events=never",
        "wait_for_active_shards=x",
        "wait_for_no_relocating_shards=1",
        "nope=1",
    ] {
        let reply = answer(&format!("/_cluster/health?{bad}"), "acme").await;
        assert_eq!(reply.status, 400, "{bad}");
    }
    let level = answer("/_cluster/health?level=shards", "acme").await.json();
    assert_keys(&level["indices"], &["orders", "logs", "index"]);
    let one = answer("/_cluster/health/orders", "acme").await.json();
    assert_eq!(
        (&one["status"], &one["active_shards"]),
        (&json!("green"), &json!(1))
    );
    let none = answer("/_cluster/health/nope", "acme").await;
    assert_eq!(
        (none.status.as_u16(), &none.json()["status"]),
        (408, &json!("red"))
    );
}

#[tokio::test]
async fn tables_are_text_or_json() {
    let text = answer(
        "/_cat/indices?h=index,status,health,docs.count&s=index&v",
        "acme",
    )
    .await;
    assert_eq!(text.headers[CONTENT_TYPE], "text/plain; charset=UTF-8");
    assert_eq!(
        text.text(),
        "index  status health docs.count\n\
         index  open   green            \n\
         logs   open   green            \n\
         orders open   green            \n"
    );
    let mut request = get("/_cat/indices/o*?h=i", "acme");
    request
        .headers_mut()
        .insert(ACCEPT, HeaderValue::from_static("application/json"));
    let reply = call(&stack(declared(), &Cluster::honest()), request).await;
    assert_eq!(reply.text(), r#"[{"i":"orders"}]"#);
    for (uri, text) in [
        ("/_cat/indices/nope*", ""),
        ("/_cat/indices/nope*?format=json", "[]"),
        ("/_cat/indices?health=red&format=json", "[]"),
        (
            "/_cat/indices/orders?format=json&filter_path=index",
            r#"[{"index":"orders"}]"#,
        ),
        ("/_cat/health?h=st,cluster", "green osproxy\n"),
    ] {
        assert_eq!(answer(uri, "acme").await.text(), text, "{uri}");
    }
    assert_eq!(answer("/_cat/indices/nope", "acme").await.status, 404);
    for bad in ["format=yaml", "s=nope", "bytes=x", "format=smile"] {
        assert_eq!(
            answer(&format!("/_cat/indices?{bad}"), "acme").await.status,
            400,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn no_template_is_seen_but_those_that_are_managed() {
    for (uri, status, body) in [
        ("/_template", 200, "{}"),
        ("/_template/logstash", 404, "{}"),
        ("/_index_template", 200, r#"{"index_templates":[]}"#),
        ("/_index_template/x*", 404, r#"{"index_templates":[]}"#),
        ("/_component_template", 200, r#"{"component_templates":[]}"#),
    ] {
        for tenant in ["acme", "globex"] {
            let reply = answer(uri, tenant).await;
            assert_eq!(
                (reply.status.as_u16(), &*reply.text()),
                (status, body),
                "{uri}"
            );
        }
    }
    let missing = answer("/_index_template/x", "acme").await;
    assert_eq!(missing.status, 404);
    assert_eq!(missing.error_type(), "resource_not_found_exception");

    let managed = ["logstash".to_owned(), "template_*".to_owned()];
    let layer = OsproxyLayer::new(declared()).managed_templates(managed);
    let stack = layer.layer(Strict::new(Cluster::honest()));
    let head = |uri: &str| request(Method::HEAD, uri, "").by("acme");
    for (uri, status) in [
        ("/_template/logstash", 200),
        ("/_index_template/logstash", 200),
        ("/_index_template/template_winston", 200),
        ("/_component_template/template_x", 200),
        ("/_template/other", 404),
    ] {
        let reply = call(&stack, head(uri)).await;
        assert_eq!(reply.status, status, "{uri}");
        assert!(reply.body.is_empty());
    }
    let legacy = call(&stack, get("/_template/logstash", "acme"))
        .await
        .json();
    assert_keys(&legacy["logstash"], keys::LEGACY_TEMPLATE);
    assert_eq!(legacy["logstash"]["version"], 2_147_483_647);
    let listed = call(&stack, get("/_index_template", "acme")).await.json();
    assert_eq!(listed["index_templates"][0]["name"], "logstash");
    assert_eq!(listed["index_templates"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_index_is_what_is_declared() {
    for (uri, body) in [
        (
            "/orders/_settings/index.number_of_shards?flat_settings=true",
            json!({ "orders": { "settings": { "index.number_of_shards": "1" } } }),
        ),
        (
            "/logs,orders/_settings/index.number_of_*",
            json!({
                "logs": { "settings": { "index": { "number_of_shards": "1", "number_of_replicas": "0" } } },
                "orders": { "settings": { "index": { "number_of_shards": "1", "number_of_replicas": "0" } } },
            }),
        ),
        ("/orders/_settings/nope", json!({})),
        ("/orders/_alias", json!({ "orders": { "aliases": {} } })),
        (
            "/o*/_alias?ignore_unavailable=true&allow_no_indices=false",
            json!({ "orders": { "aliases": {} } }),
        ),
        ("/_alias/x*", json!({})),
        (
            "/_alias/x",
            json!({ "error": "alias [x] missing", "status": 404 }),
        ),
        (
            "/_resolve/index/o*,nope",
            json!({ "indices": [{ "name": "orders", "attributes": ["open"] }], "aliases": [], "data_streams": [] }),
        ),
        (
            "/orders/_mapping/field/title*",
            json!({ "orders": { "mappings": {
                "title": { "full_name": "title", "mapping": { "title": {
                    "type": "text", "fields": { "raw": { "type": "keyword" } } } } },
                "title.raw": { "full_name": "title.raw", "mapping": { "raw": { "type": "keyword" } } },
            } } }),
        ),
        (
            "/orders/_mapping/field/nope",
            json!({ "orders": { "mappings": {} } }),
        ),
    ] {
        assert_eq!(answer(uri, "acme").await.json(), body, "{uri}");
    }
    let mapping = answer("/orders/_mapping", "acme").await.json();
    assert_eq!(
        mapping["orders"]["mappings"]["properties"]["customer"]["properties"]["name"]["type"],
        "keyword"
    );
    let whole = answer("/orders?flat_settings=true", "acme").await.json();
    assert_keys(&whole["orders"], &["aliases", "mappings", "settings"]);
    for (uri, status) in [
        ("/nope/_settings", 404),
        ("/nope/_mapping", 404),
        ("/nope", 404),
        ("/nope/_alias", 404),
        ("/nope/_settings?ignore_unavailable=true", 200),
        ("/nope*/_settings?allow_no_indices=false", 404),
        ("/orders/_settings?include_defaults=true", 400),
        ("/.kibana/_settings", 400),
    ] {
        assert_eq!(answer(uri, "acme").await.status, status, "{uri}");
    }
}

#[tokio::test]
async fn a_dynamic_mapping_is_shown_to_nobody() {
    for uri in [
        "/logs/_mapping",
        "/logs",
        "/logs/_mapping/field/a",
        "/logs/_field_caps?fields=*",
    ] {
        let reply = answer(uri, "acme").await;
        reply.assert_refused(400, REFUSED);
        assert!(reply.reason().contains("schema"), "{uri}");
    }
    let closed = json!({ "logs-shared": { "mappings": { "dynamic": "strict", "properties": {
        "_tenant": { "type": "keyword" }, "a": { "type": "long" }, "b": { "properties": { "c": { "type": "date" } } },
    } } } });
    let cluster = |mapping: Value| {
        Cluster::answering(move |request| {
            Ok(match request.path() {
                "/logs-shared/_mapping" => respond(200, mapping.to_string()),
                _ => crate::honest::answer(request),
            })
        })
    };
    let stack_of = |mapping: Value| stack(declared(), &cluster(mapping));
    let reply = call(&stack_of(closed.clone()), get("/logs/_mapping", "acme")).await;
    assert_eq!(
        reply.json(),
        json!({ "logs": { "mappings": { "dynamic": "strict", "properties": {
            "a": { "type": "long" }, "b": { "properties": { "c": { "type": "date" } } } } } } })
    );
    let mut open = closed.clone();
    open["logs-shared"]["mappings"]["properties"]["b"]["dynamic"] = json!("true");
    call(&stack_of(open), get("/logs/_mapping", "acme"))
        .await
        .assert_refused(400, REFUSED);
    let other = json!({ "logs-000001": closed["logs-shared"] });
    call(&stack_of(other), get("/logs/_mapping", "acme"))
        .await
        .assert_refused(400, REFUSED);
}

#[tokio::test]
async fn field_caps_show_the_declared_fields_alone() {
    let caps =
        |kind: &str| json!({ kind: { "type": kind, "searchable": true, "aggregatable": false } });
    let said = json!({ "indices": ["orders-shared"], "fields": {
        "_id": caps("_id"), "_routing": caps("_routing"), "_tenant": caps("keyword"),
        "title": caps("text"), "title.raw": caps("keyword"), "customer": caps("object"), "secret": caps("long"),
    } });
    let cluster = Cluster::answering(move |request| {
        Ok(match request.path() {
            "/orders-shared/_field_caps" => respond(200, said.to_string()),
            _ => crate::honest::answer(request),
        })
    });
    let stack = stack(declared(), &cluster);
    let reply = call(
        &stack,
        get(
            "/orders/_field_caps?fields=*&allow_no_indices=false",
            "acme",
        ),
    )
    .await;
    let answer = reply.json();
    assert_eq!(answer["indices"], json!(["orders"]));
    assert_keys(
        &answer["fields"],
        &["_id", "title", "title.raw", "customer"],
    );
    let sent = cluster.take().pop().unwrap();
    assert_eq!(sent.param("fields").as_deref(), Some("*"));

    let filter = post(
        "/orders/_field_caps?fields=*",
        "acme",
        r#"{"index_filter":{"range":{"a":{"gte":1}}}}"#,
    );
    call(&stack, filter).await.assert_refused(400, REFUSED);
    call(&stack, get("/orders/_field_caps", "acme"))
        .await
        .assert_refused(400, "illegal_argument_exception");
}

#[tokio::test]
async fn the_writing_is_the_clients_choice() {
    let pretty = answer("/_cluster/health?pretty&filter_path=status", "acme").await;
    assert_eq!(pretty.text(), "{\n  \"status\" : \"green\"\n}\n");
    let info = answer("/?filter_path=version.number", "acme").await;
    assert_eq!(info.text(), r#"{"version":{"number":"3.8.0"}}"#);
    let nodes = "/_nodes?filter_path=nodes.*.version,nodes.*.http.publish_address,nodes.*.ip";
    let nodes = answer(nodes, "acme").await.json();
    let node = nodes["nodes"].as_object().unwrap().values().next().unwrap();
    assert_keys(node, &["http", "ip", "version"]);
    let yaml = answer("/_cluster/health?format=yaml", "acme").await;
    yaml.assert_refused(400, REFUSED);
}

/// Without a declaration nobody knows what the indices are but by their names.
#[tokio::test]
async fn an_undeclared_index_is_asked_for() {
    let cluster = Cluster::honest();
    let there = stack(tenants(), &cluster);
    let settings = call(&there, get("/orders/_settings", "acme")).await;
    assert_eq!(settings.status, 200, "{}", settings.text());
    assert!(cluster.take().is_empty());
    let list = call(&there, get("/_cat/indices?format=json", "acme")).await;
    assert_eq!(list.text(), "[]");

    let nowhere = stack(tenants(), &Cluster::empty());
    for uri in [
        "/orders/_settings",
        "/orders/_alias",
        "/_cat/indices/orders",
    ] {
        let reply = call(&nowhere, get(uri, "acme")).await;
        reply.assert_refused(404, "index_not_found_exception");
        assert!(!reply.text().contains("-shared"), "{uri}");
    }
    let head = request(Method::HEAD, "/orders", "").by("acme");
    assert_eq!(call(&nowhere, head).await.status, 404);
}

#[tokio::test]
async fn a_count_in_a_table_is_the_partitions_own() {
    let cluster = Cluster::saying(
        200,
        r#"{"count":7,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}"#,
    );
    let stack = stack(declared(), &cluster);
    let reply = call(&stack, get("/_cat/count/orders?h=count", "acme")).await;
    assert_eq!(reply.text(), "7\n");
    let sent = cluster.one();
    assert_eq!(sent.path(), "/orders-shared/_count");
    assert_eq!(sent.param("routing").as_deref(), Some("acme"));
    assert_eq!(
        sent.json()["query"]["bool"]["filter"][0],
        json!({ "term": { "_tenant": "acme" } })
    );

    let own = Cluster::saying(200, r#"{"count":9}"#);
    let reply = call(
        &crate::stack::stack(declared(), &own),
        get("/_cat/count?h=count&format=json", "globex"),
    )
    .await;
    assert_eq!(reply.text(), r#"[{"count":"9"}]"#);
    assert_eq!(own.one().segments(), ["globex.*,-*-shared", "_count"]);
}

#[tokio::test]
async fn a_dedicated_list_is_turned_back() {
    let rows = json!([
        { "health": "yellow", "status": "open", "index": "globex.orders", "pri": "1", "rep": "1", "docs.count": "3",
          "docs.deleted": "0", "store.size": "4kb", "pri.store.size": "4kb" },
    ]);
    let answers = move |rows: Value| {
        Cluster::answering(move |request| {
            Ok(match request.segments()[0].as_str() {
                "_cat" => respond(200, rows.to_string()),
                "_resolve" => respond(200, json!({
                    "indices": [{ "name": "globex.orders", "aliases": ["everyone"], "attributes": ["open"] }],
                    "aliases": [{ "name": "globex.now", "indices": ["globex.orders", "other"] },
                                { "name": "everyone", "indices": ["globex.orders", "acme.orders"] }],
                    "data_streams": [],
                }).to_string()),
                _ => crate::honest::answer(request),
            })
        })
    };
    let cluster = answers(rows.clone());
    let there = stack(declared(), &cluster);
    let reply = call(
        &there,
        get(
            "/_cat/indices?h=index,docs.count,uuid&format=json",
            "globex",
        ),
    )
    .await;
    assert_eq!(
        reply.text(),
        r#"[{"index":"orders","docs.count":"3","uuid":"_na_"}]"#
    );
    assert_eq!(
        cluster.one().segments(),
        ["_cat", "indices", "globex.*,-*-shared"]
    );
    let reply = call(&there, get("/_resolve/index/o*", "globex")).await;
    assert_eq!(
        reply.json(),
        json!({
            "indices": [{ "name": "orders", "attributes": ["open"] }],
            "aliases": [{ "name": "now", "indices": ["orders"] }],
            "data_streams": [],
        })
    );
    // What isn't this partition's is never shown.
    let mut foreign = rows;
    foreign[0]["index"] = json!("acme.orders");
    let reply = call(
        &stack(declared(), &answers(foreign)),
        get("/_cat/indices", "globex"),
    )
    .await;
    assert_eq!(reply.status, 502);
    assert!(!reply.text().contains("acme"));
    // A name that doesn't carry the partition can be asked for, but not a list.
    let reply = call(&there, get("/_cat/indices", "initech")).await;
    reply.assert_refused(400, REFUSED);
}
