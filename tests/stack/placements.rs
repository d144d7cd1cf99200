//! What a placement's own rules do to requests: names, ids, routing, injected fields.
use http::Method;
use http::header::LOCATION;
use osproxy_layer::REFUSED;
use osproxy_layer::spi::{
    ClusterId, DocIdRule, FieldName, IdTemplate, IndexPattern, InjectedField, InjectedValue,
    PartitionKeySpec, Placement, SharedIndex,
};
use serde_json::{Value, json};

use crate::honest;
use crate::stack::*;

fn only(tenant: &'static str, placement: Placement) -> Tenants {
    placed(
        PartitionKeySpec::PrincipalAttr("tenant".into()),
        [(tenant, placement)],
    )
}

fn index(pattern: IndexPattern) -> SharedIndex {
    SharedIndex::new(ClusterId::from("eu"), pattern)
}

fn with_template(template: &str) -> SharedIndex {
    let rule = DocIdRule::new(IdTemplate::parse(template).unwrap());
    index(pattern("{index}-shared")).with_id_rule(rule)
}

/// Percent-encoded as clients do; the id; what OpenSearch's own clients find hard.
const IDS: [(&str, &str); 9] = [
    ("a%2Fb", "a/b"),
    ("%C3%A9", "é"),
    ("100%25", "100%"),
    ("a%2Bb", "a+b"),
    ("a+b", "a+b"),
    ("a%20b", "a b"),
    ("a%3Fb%23c", "a?b#c"),
    ("umbrella%3A1", "umbrella:1"),
    ("%252F", "%2F"),
];

#[tokio::test]
async fn an_id_in_the_path_is_the_id_in_a_bulk() {
    for (tenant, prefix) in [("acme", "acme:"), ("globex", ""), ("hooli", "")] {
        for (encoded, id) in IDS {
            let cluster = Cluster::honest();
            let stack = stack(tenants(), &cluster);
            let physical = format!("{prefix}{id}");
            let reply = call(
                &stack,
                put(&format!("/orders/_doc/{encoded}"), tenant, "{}"),
            )
            .await;
            let sent = cluster.take().pop().unwrap();
            assert_eq!(sent.segments()[2], physical, "{tenant} {encoded}");
            assert_eq!(reply.json()["_id"], id);

            let reply = call(&stack, get(&format!("/orders/_doc/{encoded}"), tenant)).await;
            assert_eq!(reply.json()["_id"], id, "{tenant} {encoded}");

            let line = json!({ "index": { "_index": "orders", "_id": id } });
            let reply = call(&stack, post("/_bulk", tenant, format!("{line}\n{{}}\n"))).await;
            let sent = cluster.take().pop().unwrap().lines();
            assert_eq!(sent[0]["index"]["_id"], physical);
            assert_eq!(reply.json()["items"][0]["index"]["_id"], id);
        }
    }
}

#[tokio::test]
async fn an_id_that_has_no_place_is_refused() {
    let long = "x".repeat(513);
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for tenant in ["acme", "globex", "hooli"] {
        for id in [".", "..", "%2E%2E"] {
            let reply = call(&stack, put(&format!("/orders/_doc/{id}"), tenant, "{}")).await;
            assert_eq!(reply.status, 400, "{tenant} {id}");
        }
    }
    let reply = call(&stack, put(&format!("/orders/_doc/{long}"), "acme", "{}")).await;
    reply.assert_refused(400, "action_request_validation_exception");
    assert!(
        reply.reason().contains("507"),
        "the logical limit: {}",
        reply.reason()
    );
    assert!(cluster.take().is_empty());
}

#[tokio::test]
async fn a_minted_id_is_the_documents_from_then_on() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let reply = call(
        &stack,
        post(
            "/orders/_doc?refresh=true&op_type=create",
            "acme",
            r#"{"a":1}"#,
        ),
    )
    .await;
    let sent = cluster.one();
    assert_eq!(sent.method, Method::PUT);
    let segments = sent.segments();
    assert_eq!((&*segments[0], &*segments[1]), ("orders-shared", "_create"));
    let minted = segments[2].strip_prefix("acme:").unwrap();
    assert_eq!(minted.len(), 20);
    assert_eq!(sent.param("routing").as_deref(), Some("acme"));
    assert_eq!(sent.param("refresh").as_deref(), Some("true"));
    assert_eq!(sent.param("op_type"), None);
    assert_eq!(reply.status, 201);
    assert_eq!(reply.json()["_id"], minted);
    assert_eq!(
        reply.headers[LOCATION].to_str().unwrap(),
        format!("/orders/_doc/{minted}")
    );

    let reply = call(&stack, post("/orders/_doc", "globex", r#"{"a":1}"#)).await;
    assert_eq!(cluster.take()[1].uri, "/globex.orders/_doc");
    assert_eq!(reply.json()["_id"], "nodes-own-id");
}

#[tokio::test]
async fn ids_may_be_built_from_the_document() {
    let router = only("acme", with_template("{partition}:{body.order.no}").into());
    let cluster = Cluster::honest();
    let stack = stack(router, &cluster);
    let reply = call(
        &stack,
        post("/orders/_doc", "acme", r#"{"order":{"no":"7/8"}}"#),
    )
    .await;
    assert_eq!(cluster.one().segments()[2], "acme:7/8");
    assert_eq!(reply.json()["_id"], "7/8");
    // Beside an id of the client's there would be two rules.
    call(
        &stack,
        put("/orders/_doc/1", "acme", r#"{"order":{"no":"7"}}"#),
    )
    .await
    .assert_refused(400, REFUSED);
    call(&stack, post("/orders/_doc", "acme", "{}"))
        .await
        .assert_refused(400, REFUSED);
    let lines = "{\"index\":{}}\n{\"order\":{\"no\":9}}\n{\"index\":{\"_id\":\"1\"}}\n{}\n{\"index\":{}}\n{}\n";
    let reply = call(&stack, post("/orders/_bulk", "acme", lines)).await;
    let items = reply.json()["items"].clone();
    assert_eq!(items[0]["index"]["_id"], "9");
    assert_eq!(
        (&items[1]["index"]["status"], &items[2]["index"]["status"]),
        (&json!(400), &json!(400))
    );
    let sent = cluster.take().pop().unwrap().lines();
    assert_eq!(
        (sent.len(), &sent[0]["create"]["_id"]),
        (2, &json!("acme:9"))
    );
    // What is stored can be read by the id that it got.
    let reply = call(&stack, get("/orders/_doc/9", "acme")).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["_id"]),
        (200, &json!("9"))
    );
}

#[tokio::test]
async fn a_partition_may_stand_behind_the_id() {
    let router = only("acme", with_template("{id}@{partition}").into());
    let cluster = Cluster::honest();
    let stack = stack(router, &cluster);
    let reply = call(&stack, put("/orders/_doc/a@umbrella", "acme", "{}")).await;
    assert_eq!(cluster.one().segments()[2], "a@umbrella@acme");
    assert_eq!(reply.json()["_id"], "a@umbrella");
}

#[tokio::test]
async fn documents_may_be_spread_over_all_shards() {
    let rule = DocIdRule::default().with_routing(false);
    let router = only(
        "acme",
        index(pattern("{index}-shared")).with_id_rule(rule).into(),
    );
    let cluster = Cluster::honest();
    let stack = stack(router, &cluster);
    for request in [
        put("/orders/_doc/1", "acme", "{}"),
        get("/orders/_doc/1", "acme"),
        post("/orders/_search", "acme", "{}"),
        post("/orders/_bulk", "acme", "{\"index\":{\"_id\":\"1\"}}\n{}\n"),
    ] {
        let reply = call(&stack, request).await;
        assert!(reply.status.is_success(), "{}", reply.text());
    }
    for sent in cluster.take() {
        assert_eq!(sent.param("routing"), None, "{}", sent.uri);
        assert!(!sent.text().contains("routing"));
    }
}

#[tokio::test]
async fn a_fixed_name_serves_one_logical_index() {
    let fixed = IndexPattern::fixed("orders-2024", "orders").unwrap();
    let dedicated = Placement::dedicated_index(ClusterId::from("eu"), fixed.clone());
    for (router, uri) in [
        (
            only("acme", index(fixed).into()),
            "/orders-2024/_doc/acme%3A1",
        ),
        (only("acme", dedicated), "/orders-2024/_doc/1"),
    ] {
        let cluster = Cluster::honest();
        let stack = stack(router, &cluster);
        let reply = call(&stack, put("/orders/_doc/1", "acme", "{}")).await;
        assert_eq!((reply.status.as_u16(), cluster.one().path()), (201, uri));
        for uri in ["/users/_doc/1", "/orders-2024/_doc/1", "/users/_search"] {
            let reply = call(&stack, get(uri, "acme")).await;
            reply.assert_refused(404, "index_not_found_exception");
        }
        assert_eq!(cluster.take().len(), 1);
    }
}

#[tokio::test]
async fn a_declared_index_exists_whether_or_not_its_physical_one_does() {
    let declared = index(pattern("{index}-shared")).with_indices(["orders".to_owned()]);
    let cluster = Cluster::empty();
    let stack = stack(only("acme", declared.into()), &cluster);
    let head = |uri: &str| request(Method::HEAD, uri, "").by("acme");
    assert_eq!(call(&stack, head("/orders")).await.status, 200);
    assert_eq!(call(&stack, head("/users")).await.status, 404);
    assert!(cluster.all().is_empty());
    let put = |uri: &str| request(Method::PUT, uri, "").by("acme");
    call(&stack, put("/orders"))
        .await
        .assert_refused(400, "resource_already_exists_exception");
    assert_eq!(call(&stack, put("/users")).await.status, 404);
}

#[tokio::test]
async fn an_index_of_its_own_is_the_operators_to_shape() {
    let cluster = Cluster::empty();
    let stack = stack(tenants(), &cluster);
    let head = || request(Method::HEAD, "/orders", "").by("acme");
    assert_eq!(call(&stack, head()).await.status, 404);
    let shaped = put("/orders", "acme", r#"{"mappings":{}}"#);
    call(&stack, shaped).await.assert_refused(400, REFUSED);
    let reply = call(&stack, put("/orders", "acme", "{}")).await;
    assert_eq!(
        reply.text(),
        r#"{"acknowledged":true,"shards_acknowledged":true,"index":"orders"}"#
    );
    assert_eq!(call(&stack, head()).await.status, 200);
    let again = request(Method::PUT, "/orders", "").by("acme");
    call(&stack, again)
        .await
        .assert_refused(400, "resource_already_exists_exception");
}

/// `acme.orders-shared` would be acme's own `orders-shared` and everybody's `acme.orders`.
#[tokio::test]
async fn a_name_that_belongs_to_a_shared_pattern_is_refused() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for request in [
        put("/orders-shared/_doc/1", "globex", "{}"),
        get("/orders-shared/_search", "globex"),
    ] {
        call(&stack, request).await.assert_refused(400, REFUSED);
    }
    let line = "{\"index\":{\"_index\":\"orders-shared\",\"_id\":\"1\"}}\n{}\n";
    let reply = call(&stack, post("/_bulk", "globex", line)).await;
    assert_eq!(reply.json()["items"][0]["index"]["status"], 400);
    assert!(cluster.all().is_empty());
}

#[tokio::test]
async fn a_partition_that_no_index_name_can_carry_is_refused() {
    for name in ["Acme", "_acme", "-acme"] {
        let own = Placement::dedicated_index(ClusterId::from("eu"), pattern("{partition}.{index}"));
        let cluster = Cluster::honest();
        let stack = stack(only(name, own), &cluster);
        call(&stack, put("/orders/_doc/1", name, "{}"))
            .await
            .assert_refused(400, REFUSED);
        assert!(cluster.all().is_empty());
    }
}

#[tokio::test]
async fn injected_fields_go_in_and_never_come_out() {
    let constant = InjectedField::new(
        FieldName::from("_zone"),
        InjectedValue::Constant(json!({ "n": 1 })),
    );
    let caller = InjectedField::new(
        FieldName::from("_by"),
        InjectedValue::FromPrincipal("tenant".into()),
    );
    let rules = index(pattern("{index}-shared"))
        .with_field(FieldName::from("_org"))
        .unwrap()
        .with_injected([constant, caller])
        .unwrap();
    let stored = r#"{"_org":"acme","_zone":{"n":1},"_by":"acme","a":1}"#;
    let cluster = Cluster::answering(move |request| {
        if request.path() == "/orders-shared" {
            let field = json!({ "type": "keyword" });
            let fields = json!({ "_org": field, "_by": field, "_zone": { "type": "object" } });
            let mapping = json!({ "orders-shared": { "mappings": { "properties": fields } } });
            return Ok(respond(200, mapping.to_string()));
        }
        Ok(match request.method {
            Method::GET => respond(
                200,
                format!(
                    r#"{{"_index":"orders-shared","_id":"acme:1","_routing":"acme","found":true,"_source":{stored}}}"#
                ),
            ),
            _ => honest::answer(request),
        })
    });
    let stack = stack(only("acme", rules.into()), &cluster);
    call(&stack, put("/orders/_doc/1", "acme", r#"{"a":1}"#)).await;
    let expected: Value = serde_json::from_str(stored).unwrap();
    assert_eq!(cluster.one().json(), expected);
    let reply = call(&stack, get("/orders/_doc/1", "acme")).await;
    assert_eq!(
        reply.json()["_source"],
        json!({ "a": 1 }),
        "{}",
        reply.text()
    );
    for reserved in [r#"{"_org":"x"}"#, r#"{"_zone":1}"#, r#"{"_by":"x"}"#] {
        call(&stack, put("/orders/_doc/1", "acme", reserved))
            .await
            .assert_refused(400, REFUSED);
    }
}

/// The source of a document is the client's own, byte for byte, on every placement.
#[tokio::test]
async fn a_documents_bytes_stay_as_they_are() {
    let document =
        r#"{ "b":1.10,"a" : 1e2, "big":12345678901234567890123, "u":"é\u00e9", "n":null }"#;
    let rest = &document[1..];
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for tenant in ["acme", "globex", "hooli"] {
        call(&stack, put("/orders/_doc/1", tenant, document)).await;
        let lines = format!("{{\"index\":{{\"_index\":\"orders\",\"_id\":\"1\"}}}}\n{document}\n");
        call(&stack, post("/_bulk", tenant, lines)).await;
        let update = format!(r#"{{"doc":{document}}}"#);
        call(&stack, post("/orders/_update/1", tenant, update)).await;
    }
    for sent in cluster.take() {
        assert!(sent.text().contains(rest), "{}: {}", sent.uri, sent.text());
    }
}
