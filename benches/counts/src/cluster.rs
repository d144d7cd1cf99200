//! What stands behind the stack: a service that is always ready and answers at once, from memory.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response};
use http_body::{Body, Frame, SizeHint};
use osproxy_layer::spi::Target;
use tower::Service;

/// As much of an answer comes at a time as a client reads from its socket.
const FRAME: usize = 16 * 1024;

/// The null service. Each cluster has one answer, and the mapping of each shared index.
#[derive(Clone, Debug)]
pub struct Clusters {
    answers: Arc<[(String, Bytes)]>,
}

impl Clusters {
    /// Every cluster answers alike.
    pub fn answering(answer: impl Into<Bytes>) -> Self {
        Self::each([(String::new(), answer.into())])
    }

    /// Each cluster has an answer of its own.
    pub fn each(answers: impl IntoIterator<Item = (String, Bytes)>) -> Self {
        Self {
            answers: answers.into_iter().collect(),
        }
    }

    fn answer<B>(&self, request: &Request<B>) -> Bytes {
        let path = request.uri().path().as_bytes();
        // `GET /{index}`: the check of a shared index, once a minute.
        if let (&Method::GET, [b'/', index @ ..]) = (request.method(), path)
            && !index.contains(&b'/')
        {
            return mapping(&String::from_utf8_lossy(index));
        }
        if let [(_, only)] = &*self.answers {
            return only.clone();
        }
        let target = Target::get(request.extensions()).expect("the stack says which cluster");
        let name = target.cluster().as_str();
        let own = self.answers.iter().find(|(cluster, _)| cluster == name);
        own.expect("an answer for each cluster").1.clone()
    }
}

fn mapping(index: &str) -> Bytes {
    let properties = r#"{"_tenant":{"type":"keyword"}}"#;
    let index = format!(
        r#"{{"{index}":{{"mappings":{{"dynamic":"false","properties":{properties}}},"settings":{{"index":{{}}}}}}}}"#
    );
    Bytes::from(index)
}

impl<B> Service<Request<B>> for Clusters {
    type Response = Response<Frames>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Frames>, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut response = Response::new(Frames {
            rest: self.answer(&request),
        });
        let json = HeaderValue::from_static("application/json; charset=UTF-8");
        response.headers_mut().insert(CONTENT_TYPE, json);
        ready(Ok(response))
    }
}

/// Bytes in frames.
#[derive(Debug)]
pub struct Frames {
    rest: Bytes,
}

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let next = self.rest.len().min(FRAME);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(next)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}
