//! Answers to searches, piece by piece.
use bytes::Bytes;
use futures_util::stream;
use http::Response;
use http::header::CONTENT_TYPE;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tokio::sync::mpsc;

use crate::honest;
use crate::stack::*;

pub type Pieces = mpsc::UnboundedSender<Result<Frame<Bytes>, BodyError>>;

/// A body whose pieces come when they are sent.
pub fn piped() -> (Pieces, Body) {
    let (pieces, receiver) = mpsc::unbounded_channel();
    let frames = stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|frame| (frame, receiver))
    });
    (pieces, BodyExt::boxed_unsync(StreamBody::new(frames)))
}

pub fn data(text: impl Into<Bytes>) -> Result<Frame<Bytes>, BodyError> {
    Ok(Frame::data(text.into()))
}

/// A hit, some 150 bytes.
pub fn hit(index: &str, id: &str, routing: Option<&str>) -> String {
    let routing = routing.map_or(String::new(), |routing| {
        format!(r#""_routing":"{routing}","#)
    });
    let field = id.split_once(':').map_or(String::new(), |(tenant, _)| {
        format!(r#""_tenant":"{tenant}","#)
    });
    format!(
        r#"{{"_index":"{index}","_id":"{id}","_score":1.0,{routing}"_source":{{{field}"text":"{}"}}}}"#,
        "x".repeat(80)
    )
}

pub const HEAD: &str = r#"{"took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"total":{"value":10000,"relation":"eq"},"max_score":1.0,"hits":["#;
pub const TAIL: &str = "]}}";

/// A cluster whose searches are answered by this body, made anew for each.
pub fn searching(body: impl Fn() -> Body + Send + Sync + 'static) -> Cluster {
    Cluster::answering(move |request| {
        Ok(if request.path().ends_with("/_search") {
            let response = Response::builder().header(CONTENT_TYPE, "application/json");
            response.body(body()).unwrap()
        } else {
            honest::answer(request)
        })
    })
}
