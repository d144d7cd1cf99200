//! The gateway's control service: over the wire, beside tenants that write.
use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use osproxy_axum::memory::MemoryCluster;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::client::Reply;
use crate::gateway::{A_WHILE, ACME, EXAMPLE_FILE, GLOBEX, cluster, held_cluster};
use crate::process::{self, Gateway};
use crate::serve::{Caller, serve};

const OPERATOR: (&str, &str) = ("authorization", "Bearer operators-token");

/// The example's own file with two clusters, and with a control service.
fn config(first: &str, second: &str, more: &str) -> String {
    EXAMPLE_FILE.replace("http://127.0.0.1:9200", first)
        + &format!(
            "\n[clusters.us-1]\nendpoint = \"{second}\"\n\
             [control]\nlisten = \"127.0.0.1:0\"\ntoken = \"operators-token\"\n{more}\n"
        )
}

fn elsewhere() -> Value {
    json!({ "kind": "dedicated_index", "cluster": "us-1", "index": "{partition}.{index}" })
}

/// A step of acme's move.
async fn step(operator: &Caller, step: &str) -> Reply {
    let body = if step == "move" {
        elsewhere().to_string()
    } else {
        String::new()
    };
    let path = format!("/placements/acme/{step}");
    operator.send(Method::POST, &path, &body).await
}

async fn phase(operator: &Caller) -> String {
    let state = operator.send(Method::GET, "/placements/acme", "").await;
    state.json()["phase"].as_str().expect("a phase").to_owned()
}

async fn until_phase(operator: &Caller, wanted: &str) {
    let asking = async {
        while phase(operator).await != wanted {
            tokio::time::sleep(A_WHILE / 50).await;
        }
    };
    tokio::time::timeout(A_WHILE * 20, asking)
        .await
        .unwrap_or_else(|_| panic!("it does not come into phase {wanted}"));
}

async fn count(cluster: &MemoryCluster, index: &str) -> Value {
    let request = Request::get(format!("/{index}/_count"))
        .body(Body::empty())
        .expect("a request");
    let reply = Reply::collect(cluster.clone().oneshot(request).await.expect("infallible")).await;
    reply.expect("a body").json()["count"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_is_moved_while_it_writes() {
    let ((first, eu), (second, us)) = (cluster().await, cluster().await);
    let mut gateway = Gateway::start(&config(&eu, &us, ""));
    let (acme, operator) = (
        Caller::new(&gateway.url, ACME),
        Caller::new(&gateway.control, OPERATOR),
    );
    let put = acme.send(Method::PUT, "/orders/_doc/1", "{}").await;
    assert_eq!(put.status, 201, "{}", put.text());

    // A tenant's credentials are none here, and the tenants' listener has no such call.
    assert_eq!(
        Caller::new(&gateway.control, ACME)
            .send(Method::GET, "/placements", "")
            .await
            .status,
        401
    );
    assert_eq!(
        Caller::new(&gateway.url, OPERATOR)
            .send(Method::GET, "/placements", "")
            .await
            .status,
        401
    );
    let odd = elsewhere().to_string().replace("us-1", "ap-1");
    let odd = operator
        .send(Method::POST, "/placements/acme/move", &odd)
        .await;
    assert_eq!(
        (odd.status.as_u16(), &odd.json()["error"]["key"]),
        (400, &json!("cluster")),
        "{}",
        odd.text()
    );

    for name in ["move", "rehearse", "cutover"] {
        let reply = step(&operator, name).await;
        assert_eq!(reply.status, 200, "{name}: {}", reply.text());
    }
    let waiting = tokio::spawn(async move { acme.send(Method::PUT, "/orders/_doc/2", "{}").await });
    tokio::time::sleep(A_WHILE).await;
    assert!(!waiting.is_finished(), "it waits for the cutover");
    let state = operator.send(Method::GET, "/placements/acme", "").await;
    assert_eq!(state.json()["writes_waiting"], 1, "{}", state.text());
    // Others are not concerned.
    let globex = Caller::new(&gateway.url, GLOBEX);
    assert_eq!(
        globex
            .send(Method::PUT, "/orders/_doc/1", "{}")
            .await
            .status,
        201
    );
    let done = step(&operator, "complete").await;
    assert_eq!(done.json()["placement"], elsewhere(), "{}", done.text());
    assert_eq!(waiting.await.expect("answered").status, 201);
    assert_eq!(
        count(&first, "orders-shared").await,
        1,
        "what was there before"
    );
    assert_eq!(count(&second, "acme.orders").await, 1, "what was held");

    let log = gateway.stop();
    assert!(
        log.contains(r#"osproxy::control: a step of a move step="complete" status=200"#),
        "{log}"
    );
    for value in ["acme", "orders", "operators-token"] {
        assert!(!log.contains(value), "{value}: {log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pause_and_the_lease_are_the_files() {
    let ((first, eu), (_second, us)) = (cluster().await, cluster().await);
    let gateway = Gateway::start(&config(&eu, &us, "hold = \"100ms\"\nlease = \"2s\""));
    let (acme, operator) = (
        Caller::new(&gateway.url, ACME),
        Caller::new(&gateway.control, OPERATOR),
    );
    assert_eq!(step(&operator, "move").await.status, 200);
    let drained = step(&operator, "cutover").await.json();
    assert_eq!(drained["drained"], true, "{drained}");
    assert!(
        drained["lease_left_ms"].as_u64().expect("a lease") <= 2000,
        "{drained}"
    );
    let late = acme.send(Method::PUT, "/orders/_doc/1", "{}").await;
    assert_eq!(late.status, 429, "{}", late.text());
    assert!(late.headers.contains_key("retry-after"));
    // Nobody completes it.
    until_phase(&operator, "settled").await;
    assert_eq!(
        step(&operator, "complete").await.json()["error"]["type"],
        "lease_over"
    );
    assert_eq!(
        acme.send(Method::PUT, "/orders/_doc/1", "{}").await.status,
        201
    );
    assert_eq!(count(&first, "orders-shared").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_that_hangs_up_leaves_the_tenant_open() {
    let (_first, release, eu) = held_cluster().await;
    let gateway = Gateway::start(&config(&eu, &eu, ""));
    let (acme, operator) = (
        Caller::new(&gateway.url, ACME),
        Caller::new(&gateway.control, OPERATOR),
    );
    let writing = tokio::spawn(async move { acme.send(Method::PUT, "/orders/_doc/1", "{}").await });
    assert_eq!(step(&operator, "move").await.status, 200);
    tokio::time::sleep(A_WHILE).await;
    let dying = Caller::new(&gateway.control, OPERATOR);
    let cutting = tokio::spawn(async move { step(&dying, "cutover").await });
    until_phase(&operator, "cutover").await;
    cutting.abort();
    until_phase(&operator, "settled").await;
    release.send(true).expect("the cluster waits");
    assert_eq!(writing.await.expect("answered").status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_stops_lets_held_writes_go_where_they_were() {
    let ((first, eu), (_second, us)) = (cluster().await, cluster().await);
    let mut gateway = Gateway::start(&config(&eu, &us, "hold = \"30s\""));
    let (acme, operator) = (
        Caller::new(&gateway.url, ACME),
        Caller::new(&gateway.control, OPERATOR),
    );
    for name in ["move", "cutover"] {
        assert_eq!(step(&operator, name).await.status, 200);
    }
    let waiting = tokio::spawn(async move { acme.send(Method::PUT, "/orders/_doc/1", "{}").await });
    tokio::time::sleep(A_WHILE).await;
    assert!(!waiting.is_finished(), "it waits for the cutover");
    let stopping = tokio::task::spawn_blocking(move || gateway.stop());
    assert_eq!(waiting.await.expect("answered").status, 201);
    stopping.await.expect("it ends");
    assert_eq!(count(&first, "orders-shared").await, 1);
}

#[tokio::test]
async fn a_control_address_that_is_taken_ends_it_before_it_listens() {
    let taken = serve(Router::new()).await;
    let text = config("http://127.0.0.1:1", "http://127.0.0.1:2", "").replace(
        "listen = \"127.0.0.1:0\"",
        &format!("listen = \"{}\"", taken.replace("http://", "")),
    );
    let output = process::refused(&text, &["--listen", "127.0.0.1:0"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("control.listen: "), "{error}");
}
