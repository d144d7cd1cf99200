//! `examples/existing_service.rs`: the stack nested in a service that has routes and layers of its own.
use std::io::Read;

use http::Method;
use serde_json::json;

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
