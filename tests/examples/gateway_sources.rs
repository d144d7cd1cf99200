//! The gateway with what its file may say beside the example's own: where a tenant's name comes from, where a tenant
//! lives, and who the gateway is at a cluster.
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use http::{Method, StatusCode};
use osproxy_axum::memory::MemoryCluster;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::client::Reply;
use crate::gateway::cluster;
use crate::process::Gateway;
use crate::serve::{Caller, serve};

/// The file that the project's first users were shown, but for the addresses.
fn shown(node: &str) -> String {
    r#"
listen = "127.0.0.1:9201"
[clusters.eu-1]
endpoint = "http://127.0.0.1:9200"            # optional: username, password
[tokens.acme-token]                           # bearer token -> principal
principal = "acme-svc"
attributes = { tenant = "acme" }
[users.acme]                                  # basic credentials -> principal, for clients that know nothing else
password = "acme-pass"
principal = "acme-svc"
attributes = { tenant = "acme" }
[partition]
from = ["principal:tenant"]                   # also "header:x-tenant", "body:tenant_id"; a header after a principal needs trust_header = true
[placements.acme]                             # a partition; "*" is the default for all others
kind = "shared_index"                         # dedicated_index | dedicated_cluster
cluster = "eu-1"
index = "{index}-shared"                      # dedicated_index: "{partition}.{index}"
field = "_tenant"                             # shared_index only; default "_tenant"
id = "{partition}:{id}"                       # shared_index only; default as here
routing = "{partition}"                       # shared_index only; default as here: one shard a partition; "" spreads
allow_root_keys = ["_class"]                  # shared_index only; default as here (DESIGN section 5)
"#
    .replace("http://127.0.0.1:9200", node)
}

async fn ask(cluster: &MemoryCluster, path: &str) -> Value {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = cluster.clone().oneshot(request).await.expect("infallible");
    Reply::collect(response).await.expect("a body").json()
}

/// A newcomer's empty cluster.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_write_makes_the_shared_index_with_the_partition_as_a_keyword() {
    let (cluster, node) = cluster().await;
    let gateway = Gateway::start(&shown(&node));
    let acme = Caller::new(
        &gateway.url,
        ("authorization", "Basic YWNtZTphY21lLXBhc3M="),
    );
    assert_eq!(
        acme.send(Method::GET, "/orders/_doc/1", "").await.status,
        404
    );
    let put = acme
        .send(Method::PUT, "/orders/_doc/1", r#"{"_class":"Order"}"#)
        .await;
    assert_eq!(put.status, 201, "{}", put.text());
    let mapping = ask(&cluster, "/orders-shared/_mapping").await;
    let field = &mapping["orders-shared"]["mappings"]["properties"]["_tenant"];
    assert_eq!(field["type"], "keyword", "{mapping}");
    let stored = ask(&cluster, "/orders-shared/_doc/acme:1?routing=acme").await;
    assert_eq!(stored["_source"]["_tenant"], "acme", "{stored}");
    let reserved = acme
        .send(Method::PUT, "/orders/_doc/2", r#"{"_other":1}"#)
        .await;
    assert_eq!(reserved.status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_or_a_field_names_the_tenant_and_two_that_disagree_are_refused() {
    let ((shared, first), (own, second)) = (cluster().await, cluster().await);
    let text = format!(
        r#"
        listen = "127.0.0.1:0"
        clusters.eu-1.endpoint = "{first}"
        clusters.own.endpoint = "{second}"
        [partition]
        from = ["header:x-tenant", "body:tenant_id"]
        [placements."*"]
        kind = "shared_index"
        cluster = "eu-1"
        index = "orders-of-all"
        logical = "orders"
        [placements.hooli]
        kind = "dedicated_cluster"
        cluster = "own"
        "#
    );
    let gateway = Gateway::start(&text);
    let (acme, hooli) = (
        Caller::new(&gateway.url, ("x-tenant", "acme")),
        Caller::new(&gateway.url, ("x-tenant", "hooli")),
    );
    let nobody = Caller::new(&gateway.url, ("x-other", "acme"));
    let globex = r#"{"tenant_id":"globex"}"#;
    assert_eq!(
        acme.send(Method::PUT, "/orders/_doc/1", "{}").await.status,
        201
    );
    assert_eq!(
        nobody
            .send(Method::PUT, "/orders/_doc/1", globex)
            .await
            .status,
        201
    );
    assert_eq!(
        hooli.send(Method::PUT, "/orders/_doc/1", "{}").await.status,
        201
    );
    assert_eq!(ask(&shared, "/orders-of-all/_count").await["count"], 2);
    assert_eq!(ask(&own, "/orders/_count").await["count"], 1);
    for (caller, headers, body) in [
        (&acme, &[][..], globex),
        (&acme, &[("x-tenant", "acme")], "{}"),
        (&nobody, &[], "{}"),
        (&nobody, &[("x-tenant", "\u{e9}")], "{}"),
    ] {
        let body = body.as_bytes().to_vec();
        let reply = caller
            .try_send(Method::PUT, "/orders/_doc/2", headers, body)
            .await;
        let reply = reply.expect("answered");
        assert_eq!(reply.status, 400, "{headers:?}: {}", reply.text());
        assert!(!reply.text().contains("globex"), "{}", reply.text());
    }
    assert_eq!(
        acme.send(Method::PUT, "/other/_doc/1", "{}").await.status,
        404
    );
    assert_eq!(ask(&shared, "/orders-of-all/_count").await["count"], 2);
}

/// The caller's credentials end at the gateway, and its own begin.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_is_known_to_the_cluster_by_its_own_credentials() {
    let guarded = async |request: Request, next: Next| {
        // osproxy:cluster-pass
        match request.headers().get("authorization") {
            Some(value) if value == "Basic b3Nwcm94eTpjbHVzdGVyLXBhc3M=" => next.run(request).await,
            _ => StatusCode::UNAUTHORIZED.into_response(),
        }
    };
    let routes = Router::new().fallback_service(MemoryCluster::new());
    let node = serve(routes.layer(from_fn(guarded))).await;
    let credentials = "username = \"osproxy\"\npassword = \"cluster-pass\"\n[tokens.acme-token]";
    let mut gateway = Gateway::start(&shown(&node).replace("[tokens.acme-token]", credentials));
    let acme = Caller::new(&gateway.url, ("authorization", "Bearer acme-token"));
    let put = acme
        .send(Method::PUT, "/orders/_doc/1", r#"{"item":"anvil"}"#)
        .await;
    assert_eq!(put.status, 201, "{}", put.text());
    assert_eq!(
        acme.found("/orders/_search").await,
        [json!({ "item": "anvil" })]
    );
    let log = gateway.stop();
    for secret in ["cluster-pass", "b3Nwcm94eTpjbHVzdGVyLXBhc3M", "acme"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}
