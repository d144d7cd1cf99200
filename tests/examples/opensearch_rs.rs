//! `examples/opensearch_rs.rs`: the stack in front of a service's own `opensearch` client.
use axum::Router;
use http::Method;
use osproxy_axum::memory::MemoryCluster;
use serde_json::json;

use crate::serve::{Caller, serve};

#[path = "../../examples/opensearch_rs.rs"]
#[expect(dead_code, reason = "main is for whoever runs it")]
mod example;

const ACME: (&str, &str) = ("authorization", "Bearer acme-token");

#[tokio::test]
async fn requests_go_out_through_the_services_own_client() {
    let cluster = MemoryCluster::new();
    let node = serve(Router::new().fallback_service(cluster.clone())).await;
    let own_client = example::own_client(&node).expect("a client");
    let acme = Caller::new(
        &serve(example::app(own_client).expect("an app")).await,
        ACME,
    );

    let id = "a%2Fb%20%C3%A9%25+";
    let put = acme
        .send(
            Method::PUT,
            &format!("/orders/_doc/{id}?refresh=true"),
            r#"{"item":"anvil"}"#,
        )
        .await;
    assert_eq!(put.status, 201, "{}", put.text());
    assert_eq!(put.json()["_id"], "a/b \u{e9}%+");
    let got = acme
        .send(Method::GET, &format!("/orders/_doc/{id}"), "")
        .await;
    assert_eq!(
        (got.status.as_u16(), &got.json()["_source"]),
        (200, &json!({ "item": "anvil" }))
    );
    assert_eq!(
        acme.found("/orders/_search").await,
        [json!({ "item": "anvil" })]
    );
    assert!(cluster.request_count() >= 3);
    // Deleting twice is the node's own 404, not an error of the client's.
    assert_eq!(
        acme.send(Method::DELETE, &format!("/orders/_doc/{id}"), "")
            .await
            .status,
        200
    );
    assert_eq!(
        acme.send(Method::DELETE, &format!("/orders/_doc/{id}"), "")
            .await
            .status,
        404
    );
    assert_eq!(
        acme.send(Method::HEAD, &format!("/orders/_doc/{id}"), "")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn a_cluster_that_is_away_is_a_502() {
    let own_client = example::own_client("http://127.0.0.1:1").expect("a client");
    let acme = Caller::new(
        &serve(example::app(own_client).expect("an app")).await,
        ACME,
    );
    let reply = acme.send(Method::PUT, "/orders/_doc/1", "{}").await;
    assert_eq!(reply.status, 502, "{}", reply.text());
    assert_eq!(reply.json()["error"]["type"], "osproxy_upstream_exception");
}
