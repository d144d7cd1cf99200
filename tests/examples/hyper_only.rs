//! `examples/hyper_only.rs`: the stack without axum.
use http::Method;
use serde_json::json;
use tokio::net::TcpListener;

use crate::serve::Caller;

#[path = "../../examples/hyper_only.rs"]
#[expect(dead_code, reason = "main is for whoever runs it")]
mod example;

#[tokio::test]
async fn each_tenant_has_indices_of_its_own() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        example::serve(listener)
            .await
            .map_err(|error| panic!("{error}"))
    });
    let (acme, globex) = (
        Caller::new(&url, ("x-tenant", "acme")),
        Caller::new(&url, ("x-tenant", "globex")),
    );
    let put = acme
        .send(Method::PUT, "/orders/_doc/1", r#"{"item":"anvil"}"#)
        .await;
    assert_eq!(put.status, 201, "{}", put.text());
    assert_eq!(
        acme.found("/orders/_search").await,
        [json!({ "item": "anvil" })]
    );
    assert_eq!(
        globex.send(Method::GET, "/orders/_doc/1", "").await.status,
        404
    );
    let nobody = Caller::new(&url, ("x-other", "acme"));
    assert_eq!(
        nobody.send(Method::GET, "/orders/_doc/1", "").await.status,
        400
    );
}
