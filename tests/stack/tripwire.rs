//! The tripwire: a document that isn't the tenant's never leaves, whatever the cluster answers, and it is told at error level.
use std::io::Write;
use std::sync::{Arc, Mutex};

use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use tower::ServiceExt;

use crate::hits::*;
use crate::honest;
use crate::stack::*;

/// Collects what is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What must never be seen of the neighbour.
#[track_caller]
fn assert_silent(text: &str) {
    for word in ["umbrella", "secret", "_tenant"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

const FOREIGN: &str = r#"{"_index":"orders-shared","_id":"umbrella:secret","_score":1.0,"_routing":"umbrella","_source":{"_tenant":"umbrella","text":"secret"}}"#;

#[tokio::test]
async fn a_foreign_hit_in_the_first_chunk_is_a_502() {
    let own = hit("orders-shared", "acme:1", Some("acme"));
    for foreign in [
        FOREIGN.to_owned(),
        // The id is ours and the routing is not; no routing; another index; an id like ours.
        FOREIGN.replace("umbrella:secret", "acme:2"),
        hit("orders-shared", "acme:secret", None),
        FOREIGN
            .replace("umbrella", "acme")
            .replace("orders-shared", "users-shared"),
        FOREIGN.replace("umbrella:secret", "acmes:secret"),
    ] {
        let log = Log::default();
        let _guard = log.listen();
        let answer = format!("{HEAD}{own},{foreign}{TAIL}");
        let cluster = searching(move || full(answer.clone()));
        let stack = stack(tenants(), &cluster);
        let reply = call(&stack, post("/orders/_search", "acme", "{}")).await;
        reply.assert_refused(502, "osproxy_upstream_exception");
        assert_silent(&reply.text());
        assert!(log.text().contains("ERROR"), "{}", log.text());
        assert_silent(&log.text());
    }
}

#[tokio::test]
async fn a_foreign_hit_later_on_breaks_the_answer_off() {
    let log = Log::default();
    let _guard = log.listen();
    let own = hit("orders-shared", "acme:1", Some("acme"));
    let cluster = searching(move || {
        let pieces = [
            HEAD.to_owned(),
            own.clone(),
            format!(",{FOREIGN}"),
            format!(",{own}{TAIL}"),
        ];
        let frames = pieces.into_iter().map(data);
        BodyExt::boxed_unsync(StreamBody::new(stream::iter(frames.collect::<Vec<_>>())))
    });
    let stack = stack(tenants(), &cluster);
    let response = stack
        .oneshot(post("/orders/_search", "acme", "{}"))
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let mut body = response.into_body();
    let mut text = String::new();
    let error = loop {
        match body.frame().await.expect("an error before the end") {
            Ok(frame) => text += std::str::from_utf8(frame.data_ref().unwrap()).unwrap(),
            Err(error) => break error,
        }
    };
    assert!(text.contains(r#""_id":"1""#));
    assert!(!text.ends_with(TAIL), "never finished");
    assert!(body.frame().await.is_none(), "and nothing after it");
    for text in [text, error.to_string(), log.text()] {
        assert_silent(&text);
    }
    assert!(log.text().contains("ERROR"), "{}", log.text());
}

#[tokio::test]
async fn a_foreign_document_is_a_502() {
    let foreign = FOREIGN.replace("\"_score\":1.0", "\"found\":true,\"_version\":1");
    let written =
        r#"{"_index":"orders-shared","_id":"umbrella:secret","_version":1,"result":"created"}"#;
    for (answer, request) in [
        (foreign.clone(), get("/orders/_doc/1", "acme")),
        (foreign.clone(), get("/orders/_source/1", "acme")),
        (
            foreign.replace("umbrella:secret", "acme:1"),
            get("/orders/_doc/1", "acme"),
        ),
        (
            foreign.replace("umbrella:secret", "acme:1"),
            get("/orders/_source/1", "acme"),
        ),
        (
            foreign.replace("orders-shared", "users-shared"),
            get("/orders/_doc/1", "acme"),
        ),
        (written.to_owned(), put("/orders/_doc/1", "acme", "{}")),
        (
            written.to_owned(),
            post("/orders/_update/1", "acme", r#"{"doc":{}}"#),
        ),
    ] {
        let log = Log::default();
        let _guard = log.listen();
        let cluster = Cluster::answering(move |request| {
            Ok(match request.is_preflight() {
                true => honest::answer(request),
                false => respond(200, answer.clone()),
            })
        });
        let stack = stack(tenants(), &cluster);
        let what = format!("{} {}", request.method(), request.uri());
        let reply = call(&stack, request).await;
        assert_eq!(reply.status, 502, "{what}: {}", reply.text());
        reply.assert_refused(502, "osproxy_upstream_exception");
        assert_silent(&reply.text());
        assert!(log.text().contains("ERROR"), "{what}: {}", log.text());
        assert_silent(&log.text());
    }
}
