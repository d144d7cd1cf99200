//! What answers behind the proxies: as a node would, from memory.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::{Failed, samples};

/// The path that tells how many requests came.
pub const COUNT: &str = "/__count";

pub async fn serve(port: u16) -> Result<(), Failed> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    let count = Arc::new(AtomicUsize::new(0));
    loop {
        let (connection, _) = listener.accept().await?;
        connection.set_nodelay(true)?;
        let count = Arc::clone(&count);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(Arc::clone(&count), request));
            let connection = TokioIo::new(connection);
            let _ended = http1::Builder::new()
                .serve_connection(connection, service)
                .await;
        });
    }
}

async fn answer(
    count: Arc<AtomicUsize>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(|body| body.to_bytes())
        .unwrap_or_default();
    let path = parts.uri.path();
    let answer = if path == COUNT {
        count.swap(0, Relaxed).to_string()
    } else {
        count.fetch_add(1, Relaxed);
        body_of(&parts.method, path, &body)
    };
    let mut response = Response::new(Full::new(Bytes::from(answer)));
    let json = http::HeaderValue::from_static("application/json; charset=UTF-8");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, json);
    Ok(response)
}

fn body_of(method: &Method, path: &str, body: &[u8]) -> String {
    let segments: Vec<String> = path[1..]
        .split('/')
        .map(|text| text.replace("%3A", ":"))
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments[..] {
        [.., "_bulk"] => bulk(segments[0], body),
        [index, "_search"] => search(index),
        [index, "_doc", id] if *method == Method::GET => format!(
            r#"{{"_index":"{index}","_id":"{id}","_version":1,"_seq_no":0,"_primary_term":1,"_routing":"acme","found":true,"_source":{}}}"#,
            stored()
        ),
        [index, "_doc" | "_create", id] => written(index, id, ""),
        [index] => format!(
            r#"{{"{index}":{{"mappings":{{"dynamic":"false","properties":{{"_tenant":{{"type":"keyword"}}}}}},"settings":{{"index":{{}}}}}}}}"#
        ),
        _ => r#"{"acknowledged":true}"#.to_owned(),
    }
}

fn stored() -> String {
    samples::document(1).replacen('{', r#"{"_tenant":"acme","#, 1)
}

fn written(index: &str, id: &str, status: &str) -> String {
    format!(
        r#"{{"_index":"{index}","_id":"{id}","_version":1,"result":"created","_shards":{{"total":2,"successful":1,"failed":0}},"_seq_no":0,"_primary_term":1{status}}}"#
    )
}

/// An item a line pair, named as the action line does.
fn bulk(index: &str, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let value = |line: &str, key: &str| -> Option<String> {
        let (_, rest) = line.split_once(key)?;
        let value = rest.split('"').nth(1)?;
        Some(value.to_owned())
    };
    let items: Vec<String> = text
        .lines()
        .step_by(2)
        .map(|line| {
            let index = value(line, "\"_index\"").unwrap_or_else(|| index.to_owned());
            let id = value(line, "\"_id\"").unwrap_or_default();
            format!(
                r#"{{"index":{}}}"#,
                written(&index, &id, r#","status":201"#)
            )
        })
        .collect();
    format!(
        r#"{{"took":3,"errors":false,"items":[{}]}}"#,
        items.join(",")
    )
}

fn search(index: &str) -> String {
    let source = stored();
    let hits: Vec<String> = (0..10)
        .map(|number| {
            format!(
                r#"{{"_index":"{index}","_id":"acme:d{number}","_score":1.0,"_routing":"acme","_source":{source}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"took":7,"timed_out":false,"_shards":{{"total":1,"successful":1,"skipped":0,"failed":0}},"hits":{{"total":{{"value":10,"relation":"eq"}},"max_score":1.0,"hits":[{}]}}}}"#,
        hits.join(",")
    )
}
