//! `examples/existing_service.rs`: the stack nested in a service that has routes and layers of its own.
use std::io::Read;

use axum::routing::get;
use http::Method;
use serde_json::json;
use tower::ServiceExt;

use crate::client::Client;
use crate::serve::{Caller, serve};

#[path = "../../examples/existing_service.rs"]
#[expect(dead_code, reason = "main is for whoever runs it")]
mod example;

const ACME: (&str, &str) = ("authorization", "Basic YWNtZTphY21lLXBhc3M=");
const GLOBEX: (&str, &str) = ("authorization", "Basic Z2xvYmV4Omdsb2JleC1wYXNz");

#[tokio::test]
async fn the_services_own_routes_stay_its_own() {
    let url = serve(example::app().expect("an app")).await;
    let health = Client::new()
        .json(Method::GET, &format!("{url}/health"), "")
        .await;
    assert_eq!(health.text(), "up");
    assert_eq!(
        Caller::new(&url, ACME)
            .send(Method::GET, "/whoami", "")
            .await
            .text(),
        "acme"
    );
    let stranger = Client::new()
        .json(Method::GET, &format!("{url}/os/"), "")
        .await;
    assert_eq!(stranger.status, 401);
}

#[tokio::test]
async fn a_location_leads_back_through_the_mount() {
    let url = serve(example::app().expect("an app")).await;
    let (acme, globex) = (Caller::new(&url, ACME), Caller::new(&url, GLOBEX));
    let post = acme
        .send(Method::POST, "/os/orders/_doc", r#"{"item":"anvil"}"#)
        .await;
    assert_eq!(post.status, 201, "{}", post.text());
    let location = post.headers["location"].to_str().expect("text").to_owned();
    assert!(location.starts_with("/os/orders/_doc/"), "{location}");
    let found = acme.send(Method::GET, &location, "").await;
    assert_eq!(
        (found.status.as_u16(), &found.json()["_source"]),
        (200, &json!({ "item": "anvil" }))
    );
    assert_eq!(globex.send(Method::GET, &location, "").await.status, 404);
}

/// Ids are spelled in a Location as a client has to send them.
#[tokio::test]
async fn a_location_leads_back_whatever_the_id_is() {
    let url = serve(example::app().expect("an app")).await;
    let acme = Caller::new(&url, ACME);
    for (method, path) in [
        (Method::PUT, "/os/orders/_doc/a%2Fb%20%C3%A9%25+"),
        (Method::PUT, "/os/orders/_create/..%2Fx"),
        (Method::POST, "/os/orders/_doc/os?refresh=true"),
    ] {
        let written = acme.send(method, path, "{}").await;
        assert_eq!(written.status, 201, "{path}: {}", written.text());
        let location = written.headers["location"].to_str().expect("text");
        assert!(location.starts_with("/os/orders/_doc/"), "{location}");
        let found = acme.send(Method::GET, location, "").await;
        assert_eq!(found.json()["_id"], written.json()["_id"], "{location}");
        assert_eq!(found.status, 200, "{location}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_services_own_time_out_is_around_it() {
    let slow = get(std::future::pending::<()>);
    let app = example::around(axum::Router::new().route("/slow", slow));
    let request = http::Request::get("/slow").header(ACME.0, ACME.1);
    let request = request.body(axum::body::Body::empty()).expect("a request");
    let begun = tokio::time::Instant::now();
    let response = app.oneshot(request).await.expect("infallible");
    assert_eq!(
        (response.status().as_u16(), begun.elapsed().as_secs()),
        (504, 90)
    );
}

#[tokio::test]
async fn answers_are_compressed_around_the_stack() {
    let url = serve(example::app().expect("an app")).await;
    let acme = Caller::new(&url, ACME);
    let body = json!({ "item": "anvil".repeat(100) }).to_string();
    acme.send(Method::PUT, "/os/orders/_doc/1", &body).await;
    let gzip = [("accept-encoding", "gzip")];
    let reply = acme
        .try_send(Method::GET, "/os/orders/_search", &gzip, Vec::new())
        .await
        .expect("answered");
    assert_eq!(reply.headers["content-encoding"], "gzip");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*reply.body)
        .read_to_string(&mut text)
        .expect("gzip");
    assert!(text.contains("anvilanvil"), "{text}");
}
