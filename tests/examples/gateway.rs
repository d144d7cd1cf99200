//! `examples/gateway`: started as a process, driven over the wire, stopped by a signal.
use std::io::{Read, Write};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use osproxy_axum::memory::MemoryCluster;
use serde_json::json;
use tokio::sync::watch;
use tower::ServiceExt;

use crate::client::Reply;
use crate::process::{self, Gateway};
use crate::serve::{Caller, serve};

pub const ACME: (&str, &str) = ("authorization", "Bearer acme-token");
/// acme:acme-pass
const ACME_USER: (&str, &str) = ("authorization", "Basic YWNtZTphY21lLXBhc3M=");
pub const GLOBEX: (&str, &str) = ("authorization", "Bearer globex-token");

pub const EXAMPLE_FILE: &str = include_str!("../../examples/gateway/gateway.toml");

/// Starts it with the example's own file, the cluster replaced by this one.
fn gateway(cluster: &str) -> Gateway {
    Gateway::start(&EXAMPLE_FILE.replace("http://127.0.0.1:9200", cluster))
}

pub async fn cluster() -> (MemoryCluster, String) {
    let cluster = MemoryCluster::new();
    let url = serve(Router::new().fallback_service(cluster.clone())).await;
    (cluster, url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_are_served_and_logged_without_a_value_of_theirs() {
    let (_cluster, node) = cluster().await;
    let mut gateway = gateway(&node);
    let (acme, globex) = (
        Caller::new(&gateway.url, ACME),
        Caller::new(&gateway.url, GLOBEX),
    );
    for (caller, item) in [(&acme, "anvil"), (&globex, "hammock")] {
        let put = caller
            .send(
                Method::PUT,
                "/orders/_doc/secret-id",
                &json!({ "item": item }).to_string(),
            )
            .await;
        assert_eq!(put.status, 201, "{}", put.text());
    }
    let acme_user = Caller::new(&gateway.url, ACME_USER);
    assert_eq!(
        acme_user.found("/orders/_search").await,
        [json!({ "item": "anvil" })]
    );
    assert_eq!(
        globex.found("/orders/_search").await,
        [json!({ "item": "hammock" })]
    );
    assert_eq!(acme.send(Method::GET, "/_tasks", "").await.status, 400);
    assert_eq!(
        Caller::new(&gateway.url, ("x-a", "b"))
            .send(Method::GET, "/", "")
            .await
            .status,
        401
    );

    let log = gateway.stop();
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("osproxy::access"))
        .collect();
    assert_eq!(lines.len(), 6, "{log}");
    let written = r#"method="PUT" endpoint="ingest_doc" status=201 answered_by="cluster""#;
    assert!(
        lines[0].contains(written) && lines[0].contains("duration_us="),
        "{log}"
    );
    assert!(
        lines[4].contains(r#"status=400 answered_by="osproxy" rejection="refused""#),
        "{log}"
    );
    assert!(
        lines[5].contains(r#"status=401 answered_by="osproxy" rejection="unauthenticated""#),
        "{log}"
    );
    for value in ["acme", "globex", "orders", "secret-id", "anvil", "token"] {
        assert!(!log.contains(value), "{value}: {log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gzip_goes_in_and_comes_out() {
    let (_cluster, node) = cluster().await;
    let gateway = gateway(&node);
    let acme = Caller::new(&gateway.url, ACME);
    let document = json!({ "item": "anvil".repeat(100) });
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder
        .write_all(document.to_string().as_bytes())
        .expect("memory");
    let body = encoder.finish().expect("memory");
    let put = acme
        .try_send(
            Method::PUT,
            "/orders/_doc/1",
            &[("content-encoding", "gzip")],
            body.clone(),
        )
        .await;
    assert_eq!(put.expect("answered").status, 201);
    let got = acme
        .try_send(
            Method::GET,
            "/orders/_source/1",
            &[("accept-encoding", "gzip")],
            Vec::new(),
        )
        .await;
    let got = got.expect("answered");
    assert_eq!(got.headers["content-encoding"], "gzip");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*got.body)
        .read_to_string(&mut text)
        .expect("gzip");
    assert_eq!(text, document.to_string());
    // What can't be decoded is refused in OpenSearch's own shape; what is broken is the caller's fault.
    let odd = acme
        .try_send(
            Method::PUT,
            "/orders/_doc/2",
            &[("content-encoding", "br")],
            body.clone(),
        )
        .await;
    let odd = odd.expect("answered");
    assert_eq!(
        (odd.status.as_u16(), &odd.json()["status"]),
        (415, &json!(415))
    );
    let broken = acme
        .try_send(
            Method::PUT,
            "/orders/_doc/2",
            &[("content-encoding", "gzip")],
            body[..20].to_vec(),
        )
        .await;
    assert_eq!(broken.expect("answered").status, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_body_that_decodes_to_a_large_one_is_a_413() {
    let (_cluster, node) = cluster().await;
    let gateway = gateway(&node);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..=100 {
        encoder.write_all(&[b' '; 1024 * 1024]).expect("memory");
    }
    let bomb = encoder.finish().expect("memory");
    for caller in [ACME, GLOBEX] {
        let caller = Caller::new(&gateway.url, caller);
        let gzip = [("content-encoding", "gzip")];
        let reply = caller
            .try_send(Method::PUT, "/orders/_doc/1", &gzip, bomb.clone())
            .await
            .expect("answered");
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["status"]),
            (413, &json!(413)),
            "{}",
            reply.text()
        );
        assert_eq!(
            caller.send(Method::GET, "/orders/_doc/1", "").await.status,
            404
        );
    }
}

/// A cluster that holds every document back until it is released.
pub async fn held_cluster() -> (MemoryCluster, watch::Sender<bool>, String) {
    let (release, wait) = watch::channel(false);
    let cluster = MemoryCluster::new();
    let inner = cluster.clone();
    let held = tower::service_fn(move |request: Request<Body>| {
        let (inner, mut wait) = (inner.clone(), wait.clone());
        async move {
            if request.uri().path().contains("/_doc/") {
                let _ = wait.wait_for(|released| *released).await;
            }
            inner.oneshot(request).await
        }
    });
    let url = serve(Router::new().fallback_service(held)).await;
    (cluster, release, url)
}

/// Long enough for a request to reach the cluster, and for a process to have stopped if it would.
pub const A_WHILE: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_flight_is_finished_before_it_stops() {
    let (_cluster, release, node) = held_cluster().await;
    let mut gateway = gateway(&node);
    let acme = Caller::new(&gateway.url, ACME);
    let writing = tokio::spawn(async move { acme.send(Method::PUT, "/orders/_doc/1", "{}").await });
    tokio::time::sleep(A_WHILE).await;
    let stopping = tokio::task::spawn_blocking(move || gateway.stop());
    tokio::time::sleep(A_WHILE).await;
    assert!(!stopping.is_finished(), "it waits for the write");
    release.send(true).expect("the cluster waits");
    assert_eq!(writing.await.expect("answered").status, 201);
    stopping.await.expect("it ends");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_client_has_gone_is_finished_too() {
    let (cluster, release, node) = held_cluster().await;
    let mut gateway = gateway(&node);
    let acme = Caller::new(&gateway.url, ACME);
    let writing = tokio::spawn(async move { acme.send(Method::PUT, "/orders/_doc/1", "{}").await });
    tokio::time::sleep(A_WHILE).await;
    writing.abort();
    let stopping = tokio::task::spawn_blocking(move || gateway.stop());
    tokio::time::sleep(A_WHILE).await;
    assert!(!stopping.is_finished(), "it waits for the write");
    release.send(true).expect("the cluster waits");
    stopping.await.expect("it ends");
    let stored = Request::get("/orders-shared/_count")
        .body(Body::empty())
        .expect("a request");
    let stored = Reply::collect(cluster.oneshot(stored).await.expect("infallible"))
        .await
        .expect("a body");
    assert_eq!(stored.json()["count"], 1, "{}", stored.text());
}

#[test]
fn a_mistake_ends_it_before_it_listens() {
    let mistaken = EXAMPLE_FILE.replace("kind = \"dedicated_index\"", "kind = \"dedicated\"");
    let output = process::refused(&mistaken, &[]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.contains("placements.globex.kind") && error.contains("`dedicated_index`"),
        "{error}"
    );
}

#[test]
fn an_address_that_is_none_is_named() {
    let output = process::refused(EXAMPLE_FILE, &["--listen", "localhost"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.contains("--listen: an address with a port"),
        "{error}"
    );
}
