//! What leaves a stream is JSON, the same however the answer was cut, and every hit in it is the partition's.

use osproxy_layer::rewrite::response::{IdRule, Reversal, ReverseError, Stream, error, get};
use osproxy_layer::rewrite::screen::Shape;
use serde_json::Value;

fn reversal() -> Reversal {
    Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""))
        .expect_routing("acme")
        .strip("_tenant")
}

fn in_pieces(bytes: &[u8], size: usize) -> (Vec<u8>, Result<(), ReverseError>) {
    let mut stream = Stream::search(reversal(), Shape::default());
    let mut out = Vec::new();
    let done = bytes
        .chunks(size)
        .try_for_each(|chunk| stream.push(chunk, &mut out))
        .and_then(|()| stream.finish());
    (out, done)
}

fn check_document(document: &Value) {
    assert_eq!(document["_index"], "orders");
    assert!(document["_id"].is_string() && document.get("_routing").is_none());
    if let (None, Some(Value::Object(source))) = (document.get("_nested"), document.get("_source"))
    {
        for key in source.keys() {
            // As the node resolves a name: split on dots, drop what is empty.
            assert_ne!(
                key.split('.').find(|part| !part.is_empty()),
                Some("_tenant")
            );
        }
    }
}

/// What leaves a stream is JSON, the same however the answer was cut, and every hit in it is the partition's.
pub fn response(bytes: &[u8]) {
    let Some((size, bytes)) = bytes.split_first() else {
        return;
    };
    let (whole, done) = in_pieces(bytes, bytes.len().max(1));
    let (pieces, done_in_pieces) = in_pieces(bytes, usize::from(*size).max(1));
    assert_eq!(done.is_ok(), done_in_pieces.is_ok());
    if done.is_ok() {
        assert_eq!(whole, pieces);
        // serde_json refuses half a surrogate pair, which a stored document may have.
        if let Ok(answer) = serde_json::from_slice::<Value>(&whole) {
            for hit in answer["hits"]["hits"].as_array().into_iter().flatten() {
                check_document(hit);
            }
        }
    }
    let mut out = Vec::new();
    match get(bytes, &reversal(), &mut out) {
        Ok(()) => {
            if let Ok(document) = serde_json::from_slice(&out) {
                check_document(&document);
            }
        }
        Err(_) => assert!(out.is_empty()),
    }
    out.clear();
    error(http::StatusCode::BAD_REQUEST, bytes, &reversal(), &mut out);
    let body: Value = serde_json::from_slice(&out).expect("our own error");
    assert_eq!(body["status"], 400);
}
