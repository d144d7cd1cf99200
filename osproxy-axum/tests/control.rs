//! The control service over a placement table in this process, on paused time.
#![cfg(feature = "control")]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // helpers of tests

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode};
use osproxy_axum::control::{Control, PlacementConfig};
use osproxy_layer::PlacementTable;
use osproxy_layer::spi::{Admission, ClusterId, PartitionId, WritePermit};
use serde_json::{Value, json};
use tower::ServiceExt;

const TOKEN: &str = "operators-token";

/// A table with acme on a shared index and with a default, and the service over it.
struct Service {
    table: Arc<PlacementTable>,
    app: Router,
}

impl Service {
    fn new() -> Self {
        let table = PlacementTable::new();
        table.put(id("acme"), placement(shared())).expect("fits");
        table.put_default(placement(shared())).expect("fits");
        Self::over(table)
    }

    fn over(table: PlacementTable) -> Self {
        let table = Arc::new(table);
        let control = Control::new(Arc::clone(&table), TOKEN).expect("a token");
        let known = ["eu", "us"].map(ClusterId::from);
        Self {
            app: control.clusters(known).router(),
            table,
        }
    }

    async fn send(&self, method: Method, path: &str, body: &str) -> (StatusCode, Value) {
        self.with(method, path, body, Some(&format!("Bearer {TOKEN}")))
            .await
    }

    async fn with(
        &self,
        method: Method,
        path: &str,
        body: &str,
        authorization: Option<&str>,
    ) -> (StatusCode, Value) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let request = request
            .body(Body::from(body.to_owned()))
            .expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("infallible");
        assert_eq!(
            response.headers()["content-type"],
            "application/json",
            "{path}"
        );
        assert_eq!(
            response.status() == 401,
            response.headers().contains_key("www-authenticate")
        );
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX)
            .await
            .expect("a body");
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        if !status.is_success() {
            assert_eq!(body["status"], status.as_u16(), "{body}");
            assert!(body["error"]["reason"].is_string(), "{body}");
        }
        (status, body)
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send(Method::GET, path, "").await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// A step of acme's move.
    async fn step(&self, step: &str) -> (StatusCode, Value) {
        let body = if step == "move" {
            dedicated().to_string()
        } else {
            String::new()
        };
        let path = format!("/placements/acme/{step}");
        self.send(Method::POST, &path, &body).await
    }

    #[track_caller]
    fn admitted(&self, of: &str) -> WritePermit {
        let epoch = self.table.get(&id(of)).expect("placed").epoch();
        match self.table.admit_write(&id(of), epoch) {
            Admission::Admitted(permit) => permit,
            other => panic!("{other:?}"),
        }
    }
}

fn id(name: &str) -> PartitionId {
    PartitionId::parse(name).expect("a name")
}

fn placement(written: Value) -> osproxy_layer::spi::Placement {
    let config: PlacementConfig = serde_json::from_value(written).expect("a placement");
    config.placement().expect("a placement")
}

fn shared() -> Value {
    json!({ "kind": "shared_index", "cluster": "eu", "index": "{index}-shared" })
}

fn dedicated() -> Value {
    json!({ "kind": "dedicated_index", "cluster": "us", "index": "{partition}.{index}" })
}

/// Every call: method, path.
fn calls() -> Vec<(Method, String)> {
    let steps = ["move", "rehearse", "cutover", "complete", "abort"];
    let posts = steps.map(|step| (Method::POST, format!("/placements/acme/{step}")));
    let gets = ["/placements", "/placements/acme"].map(|path| (Method::GET, path.to_owned()));
    gets.into_iter().chain(posts).collect()
}

#[tokio::test]
async fn without_the_token_there_is_nothing() {
    let service = Service::new();
    let mut all = calls();
    all.push((Method::GET, "/".into()));
    all.push((Method::DELETE, "/placements/acme".into()));
    for (method, path) in all {
        for header in [
            None,
            Some("Bearer operators-toke"),
            Some("Basic b3A6b3A="),
            Some(TOKEN),
        ] {
            let (status, body) = service.with(method.clone(), &path, "", header).await;
            assert_eq!(
                (status.as_u16(), &body["error"]["type"]),
                (401, &json!("unauthorized"))
            );
        }
    }
    assert_eq!(service.table.version(), 2, "nothing was changed");
}

#[tokio::test(start_paused = true)]
async fn a_partition_is_moved_step_by_step() {
    let service = Service::new();
    let before = service.get("/placements/acme").await;
    let since = before["since"].as_str().expect("a time");
    assert!(since.len() == 24 && since.ends_with('Z'), "{since}");
    for (key, value) in [
        ("partition", json!("acme")),
        ("own", json!(true)),
        ("phase", json!("settled")),
        ("epoch", json!(1)),
        ("open_permits", json!(0)),
        ("in_doubt", json!(0)),
        ("writes_waiting", json!(0)),
        ("cutover_waited_ms", Value::Null),
        ("drained", json!(false)),
    ] {
        assert_eq!(before[key], value, "{key}: {before}");
    }
    assert_eq!(before["placement"]["index"], "{index}-shared");
    assert_eq!(
        before["documents"],
        json!({ "field": "_tenant", "value": "acme", "id_prefix": "acme:", "id_suffix": "", "routing": "acme" })
    );
    assert!(before.get("to").is_none());

    let (status, begun) = service.step("move").await;
    assert_eq!(
        (status.as_u16(), &begun["phase"]),
        (200, &json!("draining")),
        "{begun}"
    );
    assert_eq!((&begun["to"], &begun["epoch"]), (&dedicated(), &json!(1)));

    let (status, rehearsed) = service.step("rehearse").await;
    assert_eq!(
        (status.as_u16(), &rehearsed["phase"]),
        (200, &json!("draining"))
    );
    assert!(rehearsed["held_ms"].is_u64(), "{rehearsed}");

    let write = service.admitted("acme");
    let mut cutting = pin!(service.step("cutover"));
    let pending =
        std::future::poll_fn(|cx| Poll::Ready(cutting.as_mut().poll(cx).is_pending())).await;
    assert!(pending, "it waits for the write");
    tokio::time::advance(Duration::from_secs(2)).await;
    let epoch = service.table.get(&id("acme")).expect("placed").epoch();
    let table = Arc::clone(&service.table);
    let waiting = tokio::spawn(async move { table.settled(&id("acme"), epoch).await });
    tokio::task::yield_now().await;
    let held = service.get("/placements/acme").await;
    for (key, value) in [
        ("phase", json!("cutover")),
        ("open_permits", json!(1)),
        ("writes_waiting", json!(1)),
        ("cutover_waited_ms", json!(2000)),
        ("drained", json!(false)),
    ] {
        assert_eq!(held[key], value, "{key}: {held}");
    }
    let (status, early) = service.step("complete").await;
    assert_eq!((status.as_u16(), &early["phase"]), (409, &json!("cutover")));
    assert!(
        early["error"]["reason"]
            .as_str()
            .expect("a reason")
            .contains("older writes"),
        "{early}"
    );
    write.mark_in_doubt();
    drop(write);
    assert_eq!(service.get("/placements/acme").await["in_doubt"], 1);

    let (status, drained) = cutting.await;
    assert_eq!(
        (status.as_u16(), &drained["drained"]),
        (200, &json!(true)),
        "{drained}"
    );
    assert_eq!(drained["lease_left_ms"], 60_000);
    let (status, done) = service.step("complete").await;
    assert_eq!(
        (status.as_u16(), &done["phase"]),
        (200, &json!("settled")),
        "{done}"
    );
    assert_eq!(done["placement"], dedicated());
    assert!(done["epoch"].as_u64() > before["epoch"].as_u64());
    assert!(
        done.get("documents").is_none(),
        "they are stored as they are: {done}"
    );
    waiting.await.expect("it goes on");
    drop(service.admitted("acme"));

    // What is shown can be sent: back to where it was.
    let back = before["placement"].to_string();
    let (status, begun) = service
        .send(Method::POST, "/placements/acme/move", &back)
        .await;
    assert_eq!(
        (status.as_u16(), &begun["to"]),
        (200, &before["placement"]),
        "{begun}"
    );
    assert_eq!(begun["to_documents"], before["documents"]);
}

/// (the phase, the step, what it is answered with)
#[rustfmt::skip] // one row a step
const STEPS: &[(&str, &str, u16)] = &[
    ("settled", "rehearse", 409), ("settled", "cutover", 409), ("settled", "complete", 409), ("settled", "abort", 409),
    ("draining", "move", 409), ("draining", "complete", 409), ("draining", "abort", 200), ("draining", "rehearse", 200),
    ("cutover", "move", 409), ("cutover", "rehearse", 409), ("cutover", "cutover", 409), ("cutover", "abort", 200), ("cutover", "complete", 200),
];

#[tokio::test(start_paused = true)]
async fn a_step_of_another_phase_names_the_phase() {
    for (phase, step, expected) in STEPS {
        let service = Service::new();
        for earlier in ["move", "cutover"] {
            if service.get("/placements/acme").await["phase"] != *phase {
                assert_eq!(service.step(earlier).await.0, 200);
            }
        }
        let (status, body) = service.step(step).await;
        assert_eq!(status, *expected, "{step} in {phase}: {body}");
        if status == 409 {
            assert_eq!(
                (&body["error"]["type"], &body["phase"]),
                (&json!("wrong_phase"), &json!(phase)),
                "{body}"
            );
            let now = service.get("/placements/acme").await;
            assert_eq!(now["phase"], *phase, "{step} changed nothing");
            let reason = body["error"]["reason"].as_str().expect("a reason");
            assert!(reason.contains(phase), "{reason}");
        } else if *step == "abort" {
            assert_eq!(body["placement"]["kind"], "shared_index", "{body}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_cutover_that_does_not_drain_says_what_holds_it() {
    let service = Service::new();
    assert_eq!(service.step("move").await.0, 200);
    let doubtful = service.admitted("acme");
    let write = service.admitted("acme");
    let mut cutting = pin!(service.step("cutover"));
    let pending =
        std::future::poll_fn(|cx| Poll::Ready(cutting.as_mut().poll(cx).is_pending())).await;
    assert!(pending, "it waits for the writes");
    tokio::time::advance(Duration::from_secs(25)).await;
    doubtful.mark_in_doubt();
    drop(doubtful);
    let (status, held) = cutting.await;
    assert_eq!(
        (status.as_u16(), &held["error"]["type"]),
        (409, &json!("held")),
        "{held}"
    );
    assert_eq!(
        (&held["open_permits"], &held["in_doubt"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(held["waited_ms"], 30_000);
    drop((write, service.admitted("acme")));
    assert_eq!(service.get("/placements/acme").await["phase"], "settled");
}

#[tokio::test(start_paused = true)]
async fn a_cutover_that_nobody_ends_is_aborted() {
    let service = Service::new();
    assert_eq!(service.step("move").await.0, 200);
    assert_eq!(service.step("cutover").await.0, 200);
    tokio::time::advance(Duration::from_secs(61)).await;
    let now = service.get("/placements/acme").await;
    assert_eq!(
        (&now["phase"], &now["drained"]),
        (&json!("settled"), &json!(false))
    );
    let (status, late) = service.step("complete").await;
    assert_eq!(
        (status.as_u16(), &late["error"]["type"]),
        (409, &json!("lease_over")),
        "{late}"
    );
    // What was left of it does not stand for the next move's cutover.
    assert_eq!(service.step("move").await.0, 200);
    assert_eq!(service.step("cutover").await.0, 200);
    tokio::time::advance(Duration::from_secs(61)).await;
    assert_eq!(service.step("move").await.0, 200);
    let write = service.admitted("acme");
    let mut cutting = pin!(service.step("cutover"));
    let pending =
        std::future::poll_fn(|cx| Poll::Ready(cutting.as_mut().poll(cx).is_pending())).await;
    assert!(pending, "it waits for the write");
    assert_eq!(service.get("/placements/acme").await["drained"], false);
    drop(write);
    assert_eq!(cutting.await.0, 200);
    assert_eq!(service.step("complete").await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_hangs_up_leaves_the_partition_open() {
    let service = Service::new();
    assert_eq!(service.step("move").await.0, 200);
    let write = service.admitted("acme");
    {
        let mut cutting = pin!(service.step("cutover"));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(cutting.as_mut().poll(&mut cx).is_pending());
        assert_eq!(service.get("/placements/acme").await["phase"], "cutover");
    }
    assert_eq!(service.get("/placements/acme").await["phase"], "settled");
    drop((write, service.admitted("acme")));
}

#[tokio::test(start_paused = true)]
async fn a_partition_of_the_default_gets_an_entry_of_its_own() {
    let service = Service::new();
    let overview = service.get("/placements").await;
    assert_eq!(overview["default"]["placement"]["kind"], "shared_index");
    assert_eq!(overview["placements"].as_array().expect("a list").len(), 1);
    assert_eq!(service.get("/placements/globex").await["own"], false);
    let body = dedicated().to_string();
    let (status, begun) = service
        .send(Method::POST, "/placements/globex/move", &body)
        .await;
    assert_eq!(
        (status.as_u16(), &begun["own"]),
        (200, &json!(true)),
        "{begun}"
    );
    for step in ["cutover", "complete"] {
        let path = format!("/placements/globex/{step}");
        assert_eq!(service.send(Method::POST, &path, "").await.0, 200);
    }
    let overview = service.get("/placements").await;
    let listed = overview["placements"].as_array().expect("a list");
    let names: Vec<_> = listed.iter().map(|one| &one["partition"]).collect();
    assert_eq!(names, ["acme", "globex"]);
    assert_eq!(listed[1]["placement"], dedicated());
    assert_eq!(
        service.get("/placements/hooli").await["placement"]["cluster"],
        "eu"
    );
}

#[tokio::test]
async fn what_is_not_there_is_a_404() {
    let table = PlacementTable::new();
    table.put(id("acme"), placement(shared())).expect("fits");
    let service = Service::over(table);
    for (method, path) in calls() {
        for name in ["globex", "no%20name", "a%2Fb", "%FF"] {
            if path == "/placements" {
                continue;
            }
            let path = path.replace("acme", name);
            let (status, body) = service
                .send(method.clone(), &path, &dedicated().to_string())
                .await;
            assert_eq!(
                (status.as_u16(), &body["error"]["type"]),
                (404, &json!("unknown_partition")),
                "{path}"
            );
        }
    }
    let (status, body) = service.send(Method::GET, "/placement", "").await;
    assert_eq!(
        (status.as_u16(), &body["error"]["type"]),
        (404, &json!("not_found"))
    );
    let (status, body) = service.send(Method::PUT, "/placements/acme/move", "").await;
    assert_eq!(
        (status.as_u16(), &body["error"]["type"]),
        (405, &json!("method_not_allowed"))
    );
}

/// (the body, the key that is wrong, a word of the reason)
#[rustfmt::skip] // one row a mistake
const MISTAKES: &[(&str, &str, &str)] = &[
    ("", "", "EOF"),
    ("[]", "", "expected struct"),
    ("{}", "", "missing field `kind`"),
    (r#"{"kind":"dedicated_index","cluster":"us","index":"x.{index}"} x"#, "", "trailing"),
    (r#"{"kind":"dedicated"}"#, "kind", "`dedicated_index`"),
    (r#"{"kind":"dedicated_index","cluster":7}"#, "cluster", "expected a string"),
    (r#"{"kind":"dedicated_index","cluster":"us","cluster":"us"}"#, "", "duplicate field `cluster`"),
    (r#"{"kind":"dedicated_index","cluster":"us"}"#, "index", "{partition}.{index}"),
    (r#"{"kind":"dedicated_index","cluster":"us","index":"{tenant}"}"#, "logical", "fixed name"),
    (r#"{"kind":"dedicated_index","cluster":"us","index":"{partition}.{index}","id":"x"}"#, "id", "no such key"),
    (r#"{"kind":"dedicated_index","cluster":"us","index":"{partition}.{index}","feild":"x"}"#, "feild", "unknown field"),
    (r#"{"kind":"shared_index","cluster":"us","index":"{index}-s","routing":"{id}"}"#, "routing", "one shard"),
    (r#"{"kind":"shared_index","cluster":"us","index":"{index}-s","indices":[7]}"#, "indices[0]", "expected a string"),
    (r#"{"kind":"dedicated_index","cluster":"ap","index":"{partition}.{index}"}"#, "cluster", "known: eu, us"),
    (r#"{"kind":"dedicated_index","cluster":"eu","index":"{partition}.{index}"}"#, "", ""),
    (r#"{"kind":"dedicated_index","cluster":"eu","index":"acme.{index}"}"#, "", ""),
    (r#"{"kind":"shared_index","cluster":"eu","index":"x-{index}"}"#, "index", "could give one name"),
    (r#"{"kind":"dedicated_cluster","cluster":"eu"}"#, "cluster", "dedicated"),
    (r#"{"kind":"shared_index","cluster":"eu","index":"{index}-shared"}"#, "index", "lives there already"),
];

#[tokio::test]
async fn a_bad_placement_is_a_400_that_names_the_key() {
    for (body, key, reason) in MISTAKES {
        let service = Service::new();
        let (status, answer) = service
            .send(Method::POST, "/placements/acme/move", body)
            .await;
        if reason.is_empty() {
            assert_eq!(status, 200, "{body}: {answer}");
            continue;
        }
        assert_eq!(
            (status.as_u16(), &answer["error"]["type"]),
            (400, &json!("bad_placement")),
            "{body}: {answer}"
        );
        assert_eq!(
            answer["error"]["key"].as_str().unwrap_or_default(),
            *key,
            "{body}: {answer}"
        );
        assert!(
            answer["error"]["reason"]
                .as_str()
                .expect("a reason")
                .contains(reason),
            "{body}: {answer}"
        );
        assert_eq!(service.get("/placements/acme").await["phase"], "settled");
    }
    let service = Service::new();
    let large = " ".repeat(64 * 1024 + 1);
    let (status, _) = service
        .send(Method::POST, "/placements/acme/move", &large)
        .await;
    assert_eq!(status, 413);
}

/// Whatever the id rule is, a copy is told what to take off and put on.
#[tokio::test]
async fn how_documents_are_spelled_is_shown() {
    let table = PlacementTable::new();
    let odd = json!({
        "kind": "shared_index", "cluster": "eu", "index": "{index}-shared",
        "field": "_owner", "id": "{id}:{partition}", "routing": ""
    });
    table.put(id("acme"), placement(odd)).expect("fits");
    let service = Service::over(table);
    assert_eq!(
        service.get("/placements/acme").await["documents"],
        json!({ "field": "_owner", "value": "acme", "id_prefix": "", "id_suffix": ":acme", "routing": null })
    );
}
