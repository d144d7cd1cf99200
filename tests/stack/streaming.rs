//! Bodies that pass while they come, in both directions.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::stream;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body::{Body as _, Frame};
use http_body_util::{BodyExt, StreamBody};
use osproxy_layer::spi::Target;
use osproxy_layer::{OsproxyLayer, RequestBody};
use tokio::sync::oneshot;
use tower::{Layer, ServiceExt, service_fn};

use crate::hits::*;
use crate::honest;
use crate::stack::*;

fn trailers() -> Result<Frame<Bytes>, BodyError> {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-checksum", HeaderValue::from_static("7"));
    Ok(Frame::trailers(trailers))
}

#[tokio::test]
async fn a_write_to_ones_own_index_streams() {
    for (tenant, uri) in [
        ("globex", "/globex.orders/_doc/1"),
        ("hooli", "/orders/_doc/1"),
    ] {
        let (first_seen, first) = oneshot::channel();
        let first_seen = Arc::new(Mutex::new(Some(first_seen)));
        let inner = service_fn(move |request: Request<RequestBody<Body>>| {
            let first_seen = first_seen.lock().unwrap().take().unwrap();
            async move {
                assert_eq!(request.uri(), uri);
                let mut body = request.into_body();
                let frame = body.frame().await.unwrap().unwrap();
                first_seen.send(frame.into_data().unwrap()).unwrap();
                let rest = body.collect().await.unwrap();
                assert_eq!(rest.trailers().unwrap()["x-checksum"], "7");
                assert_eq!(rest.to_bytes(), "1}");
                let index = uri.split('/').nth(1).unwrap();
                let answer = format!(r#"{{"_index":"{index}","_id":"1","result":"created"}}"#);
                Ok::<_, Down>(respond(201, answer))
            }
        });
        let stack = OsproxyLayer::new(tenants()).layer(inner);
        let (pieces, body) = piped();
        let request = put("/orders/_doc/1", tenant, "{}").map(|_| body);
        let answer = tokio::spawn(stack.oneshot(request));

        pieces.send(data(r#"{"a":"#)).unwrap();
        assert_eq!(
            first.await.unwrap(),
            r#"{"a":"#,
            "before the second is sent"
        );
        pieces.send(data("1}")).unwrap();
        pieces.send(trailers()).unwrap();
        drop(pieces);
        let reply = read(answer.await.unwrap().unwrap()).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["_index"]),
            (201, &"orders".into())
        );
    }
}

#[tokio::test]
async fn ten_thousand_hits_pass_one_by_one() {
    const HITS: usize = 10_000;
    for (tenant, index, prefix, routing) in [
        ("acme", "orders-shared", "acme:", Some("acme")),
        ("globex", "globex.orders", "", None),
    ] {
        let produced = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&produced);
        let cluster = searching(move || {
            let counter = Arc::clone(&counter);
            let hits = (0..HITS).map(move |at| {
                counter.fetch_add(1, Ordering::SeqCst);
                let comma = if at > 0 { "," } else { "" };
                data(format!(
                    "{comma}{}",
                    hit(index, &format!("{prefix}{at}"), routing)
                ))
            });
            let all = [data(HEAD)].into_iter().chain(hits).chain([data(TAIL)]);
            BodyExt::boxed_unsync(StreamBody::new(stream::iter(all)))
        });
        let stack = stack(tenants(), &cluster);
        let response = stack
            .oneshot(post("/orders/_search", tenant, "{}"))
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        assert!(
            produced.load(Ordering::SeqCst) < 3,
            "the head comes before the hits"
        );

        let mut body = response.into_body();
        let (mut text, mut longest) = (Vec::new(), 0);
        while let Some(frame) = body.frame().await {
            let frame = frame.unwrap().into_data().unwrap();
            longest = longest.max(frame.len());
            text.extend_from_slice(&frame);
            let shown = text.windows(6).filter(|bytes| bytes == b"\"_id\":").count();
            let ahead = produced.load(Ordering::SeqCst) - shown;
            assert!(ahead < 4, "{ahead} hits are held");
            if shown > 100 {
                break;
            }
        }
        while let Some(frame) = body.frame().await {
            let frame = frame.unwrap().into_data().unwrap();
            longest = longest.max(frame.len());
            text.extend_from_slice(&frame);
        }
        assert!(longest < 1000, "{longest} bytes at a time");
        let answer = json(&text);
        let hits = answer["hits"]["hits"].as_array().unwrap();
        assert_eq!(hits.len(), HITS);
        assert_eq!(
            (&hits[9999]["_id"], &hits[9999]["_index"]),
            (&"9999".into(), &"orders".into())
        );
        assert!(!String::from_utf8(text).unwrap().contains("_tenant"));
    }
}

/// The client's own pace is the cluster's: nothing is read ahead.
#[tokio::test]
async fn a_search_is_read_no_faster_than_the_client_reads() {
    let (pieces, body) = piped();
    let body = Mutex::new(Some(body));
    let cluster = searching(move || body.lock().unwrap().take().unwrap());
    let stack = stack(tenants(), &cluster);
    pieces.send(data(HEAD)).unwrap();
    pieces
        .send(data(hit("orders-shared", "acme:1", Some("acme"))))
        .unwrap();
    let response = stack
        .oneshot(post("/orders/_search", "acme", "{}"))
        .await
        .unwrap();
    let mut body = response.into_body();
    let head = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(head, HEAD);
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(first.starts_with(br#"{"_index":"orders","_id":"1""#));
    pieces.send(data(TAIL)).unwrap();
    drop(pieces);
    assert_eq!(body.collect().await.unwrap().to_bytes(), TAIL);
}

#[tokio::test]
async fn trailers_survive_where_the_answer_passes_as_it_is() {
    let answer = || {
        let frames = [data("{\"a\":1}"), trailers()];
        let body = BodyExt::boxed_unsync(StreamBody::new(stream::iter(frames)));
        Ok(Response::new(body))
    };
    let cluster = Cluster::answering(move |_| answer());
    let stack = stack(tenants(), &cluster);
    for request in [
        get("/orders/_search", "hooli"),
        get("/orders/_doc/1", "hooli"),
        get("/orders/_source/1", "globex"),
    ] {
        let response = stack.clone().oneshot(request).await.unwrap();
        let body = response.into_body().collect().await.unwrap();
        assert_eq!(body.trailers().unwrap()["x-checksum"], "7");
        assert_eq!(body.to_bytes(), "{\"a\":1}");
    }
}

/// A node that tells the length of every answer, of what `GET` would say where the method is `HEAD`.
fn with_lengths() -> Cluster {
    Cluster::later(|request| async move {
        let mut response = honest::answer(&request);
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let length = if request.method == Method::HEAD {
            123
        } else {
            bytes.len()
        };
        response = Response::from_parts(parts, full(bytes));
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
        Ok(response)
    })
}

#[tokio::test]
async fn a_content_length_is_right_or_absent() {
    let cluster = with_lengths();
    let stack = stack(tenants(), &cluster);
    let bulk = "{\"index\":{\"_id\":\"1\"}}\n{}\n";
    for tenant in ["acme", "globex", "hooli"] {
        for request in [
            get("/", tenant),
            get("/orders/_doc/1", tenant),
            get("/orders/_source/1", tenant),
            put("/orders/_doc/1", tenant, "{}"),
            post("/orders/_doc", tenant, "{}"),
            post("/orders/_update/1", tenant, r#"{"doc":{}}"#),
            request(Method::DELETE, "/orders/_doc/1", "").by(tenant),
            post("/orders/_bulk", tenant, bulk),
            post("/orders/_search", tenant, "{}"),
            post("/orders/_count", tenant, "{}"),
            get("/_tasks", tenant),
        ] {
            let what = format!("{} {} of {tenant}", request.method(), request.uri());
            let response = stack.clone().oneshot(request).await.unwrap();
            let hint = response.body().size_hint();
            let reply = read(response).await;
            let length = u64::try_from(reply.body.len()).unwrap();
            if let Some(told) = reply.headers.get(CONTENT_LENGTH) {
                assert_eq!(told.to_str().unwrap(), length.to_string(), "{what}");
            }
            assert!(hint.lower() <= length, "{what}");
            if let Some(exact) = hint.exact() {
                assert_eq!(exact, length, "{what}");
            }
        }
    }
    // What was sent on has no length but that of its own body.
    for sent in cluster.all() {
        assert!(!sent.headers.contains_key(CONTENT_LENGTH), "{}", sent.uri);
    }
}

#[tokio::test]
async fn a_head_tells_no_length_where_its_get_is_rewritten() {
    let stack = stack(tenants(), &with_lengths());
    for tenant in ["acme", "globex", "hooli"] {
        for uri in ["/", "/orders/_doc/1", "/orders/_source/1", "/orders"] {
            let rewritten = match tenant {
                "hooli" => false,
                "globex" => uri != "/orders", // not offered yet
                _ => true,
            };
            let head = request(Method::HEAD, uri, "").by(tenant);
            let response = stack.clone().oneshot(head).await.unwrap();
            if rewritten {
                assert_eq!(response.status(), 200, "{tenant} {uri}");
                assert!(
                    !response.headers().contains_key(CONTENT_LENGTH),
                    "{tenant} {uri}"
                );
                assert_eq!(response.body().size_hint().exact(), None, "{tenant} {uri}");
                assert!(response.body().is_end_stream());
                assert!(read(response).await.body.is_empty());
            } else if tenant == "hooli" {
                assert_eq!(response.headers()[CONTENT_LENGTH], "123", "{uri}");
            }
        }
    }
}

/// An answer that the cluster breaks off is broken off for the client too.
#[tokio::test]
async fn an_answer_that_breaks_off_is_never_finished() {
    let own = hit("orders-shared", "acme:1", Some("acme"));
    for broken in [true, false] {
        let own = own.clone();
        let cluster = searching(move || {
            let mut frames = vec![data(HEAD), data(own.clone())];
            if broken {
                frames.push(Err(BodyError("connection reset".into())));
            }
            BodyExt::boxed_unsync(StreamBody::new(stream::iter(frames)))
        });
        let stack = stack(tenants(), &cluster);
        let response = stack
            .oneshot(post("/orders/_search", "acme", "{}"))
            .await
            .unwrap();
        assert!(response.into_body().collect().await.is_err());
    }
}

/// The extensions that the inner service reads are there for a streamed body too.
#[tokio::test]
async fn a_streamed_request_carries_its_target() {
    let inner = service_fn(|request: Request<RequestBody<Body>>| async move {
        let cluster = Target::get(request.extensions())
            .unwrap()
            .cluster()
            .to_string();
        Ok::<_, Down>(respond(200, format!(r#"{{"cluster":"{cluster}"}}"#)))
    });
    let stack = OsproxyLayer::new(tenants()).layer(inner);
    let reply = call(&stack, put("/orders/_doc/1", "hooli", "{}")).await;
    assert_eq!(reply.json()["cluster"], "own");
}
