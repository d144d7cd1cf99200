//! An in-process cluster that records what reaches it, and insists on readiness.
//!
//! ```ignore
//! let cluster = Cluster::answering(|request| Ok(respond(200, "{}")));
//! let service = Strict::new(cluster.clone());
//! ```
use std::error::Error;
use std::fmt;
use std::future::{Future, ready};
use std::mem;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Extensions, HeaderMap, Method, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use osproxy_layer::RequestBody;
use osproxy_layer::spi::Target;
use serde_json::Value;
use tower::Service;

pub type BoxError = Box<dyn Error + Send + Sync>;

/// The body of requests and of the cluster's answers: whatever a test needs it to be.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;

/// The error of a body, around another as axum's is.
#[derive(Debug)]
pub struct BodyError(pub BoxError);

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body failed")
    }
}

impl Error for BodyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

pub fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// One physical request, as it arrived.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub method: Method,
    /// Path and query.
    pub uri: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub target: Option<Target>,
    pub extensions: Extensions,
}

impl Recorded {
    pub fn path(&self) -> &str {
        self.uri.split('?').next().unwrap_or_default()
    }

    /// The decoded segments of the path.
    pub fn segments(&self) -> Vec<String> {
        self.path().split('/').skip(1).map(decoded).collect()
    }

    /// The decoded value of a parameter.
    pub fn param(&self, name: &str) -> Option<String> {
        let query = self.uri.split_once('?')?.1;
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key) == name).then(|| decoded(value))
        })
    }

    pub fn json(&self) -> Value {
        json(&self.body)
    }

    /// The lines of a bulk.
    pub fn lines(&self) -> Vec<Value> {
        let lines = self.body.split(|byte| *byte == b'\n');
        lines.filter(|line| !line.is_empty()).map(json).collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the stack asks for itself: is the index there, what is its mapping, make it.
    pub fn is_preflight(&self) -> bool {
        let segments = self.segments();
        let index = segments.len() == 1 && !segments[0].is_empty() && !segments[0].starts_with('_');
        let list = segments.first().is_some_and(|first| first == "_resolve");
        list || index && (self.method == Method::GET || self.method == Method::PUT)
    }
}

pub fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(bytes)))
}

fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
            let digits = std::str::from_utf8(&digits).unwrap();
            out.push(u8::from_str_radix(digits, 16).unwrap());
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).unwrap()
}

/// The transport error of a cluster that is down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Down(pub &'static str);

impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Down {}

pub type Answered = Result<Response<Body>, Down>;
type Answering = Pin<Box<dyn Future<Output = Answered> + Send>>;
type Answers = Box<dyn Fn(Recorded) -> Answering + Send + Sync>;

/// A service in the place of the cluster (of all of them: the `Target` tells). It logs, and answers by a closure.
#[derive(Clone)]
pub struct Cluster {
    log: Arc<Mutex<Vec<Recorded>>>,
    answers: Arc<Answers>,
}

impl Cluster {
    /// Answers once the closure's future is through.
    pub fn later<F>(answer: impl Fn(Recorded) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Answered> + Send + 'static,
    {
        let answers: Answers = Box::new(move |request| Box::pin(answer(request)));
        Self {
            log: Arc::default(),
            answers: Arc::new(answers),
        }
    }

    /// Answers at once.
    pub fn answering(answer: impl Fn(&Recorded) -> Answered + Send + Sync + 'static) -> Self {
        Self::later(move |request| ready(answer(&request)))
    }

    /// Answers as a node whose indices all exist and whose documents are all there.
    pub fn honest() -> Self {
        Self::answering(|request| Ok(crate::honest::answer(request)))
    }

    /// Answers as a node on which no index is there until one is created.
    pub fn empty() -> Self {
        let there = AtomicBool::new(false);
        Self::answering(move |request| {
            let missing =
                !there.load(SeqCst) && request.method == Method::GET && request.is_preflight();
            if request.method == Method::PUT {
                there.store(true, SeqCst);
            }
            Ok(match missing {
                true => respond(
                    404,
                    r#"{"error":{"type":"index_not_found_exception"},"status":404}"#,
                ),
                false => crate::honest::answer(request),
            })
        })
    }

    /// Answers everything alike, but for the questions that the stack asks for itself.
    pub fn saying(status: u16, body: &'static str) -> Self {
        Self::answering(move |request| {
            Ok(if request.is_preflight() {
                crate::honest::answer(request)
            } else {
                respond(status, body)
            })
        })
    }

    /// What has arrived so far.
    pub fn all(&self) -> Vec<Recorded> {
        self.log.lock().unwrap().clone()
    }

    /// What has arrived so far, less what the stack asked for itself.
    pub fn take(&self) -> Vec<Recorded> {
        let mut all = self.all();
        all.retain(|request| !request.is_preflight());
        all
    }

    /// The one request that has arrived, less what the stack asked for itself.
    #[track_caller]
    pub fn one(&self) -> Recorded {
        let mut taken = self.take();
        let uris: Vec<_> = taken.iter().map(|request| request.uri.clone()).collect();
        assert_eq!(taken.len(), 1, "{uris:?}");
        taken.remove(0)
    }
}

impl Service<Request<RequestBody<Body>>> for Cluster {
    type Response = Response<Body>;
    type Error = Down;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Down>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<RequestBody<Body>>) -> Answering {
        let this = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(|_| Down("broken body"))?;
            let recorded = Recorded {
                method: parts.method,
                uri: parts.uri.to_string(),
                headers: parts.headers,
                body: body.to_bytes(),
                target: Target::get(&parts.extensions).cloned(),
                extensions: parts.extensions,
            };
            this.log.lock().unwrap().push(recorded.clone());
            (this.answers)(recorded).await
        })
    }
}

pub fn respond(status: u16, body: impl Into<Bytes>) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json; charset=UTF-8")
        .body(full(body))
        .unwrap()
}

/// Panics when it is called without having been polled ready; a clone never is.
#[derive(Debug)]
pub struct Strict<S> {
    inner: S,
    is_ready: bool,
}

impl<S> Strict<S> {
    pub fn new(inner: S) -> Self {
        Self {
            inner,
            is_ready: false,
        }
    }
}

impl<S: Clone> Clone for Strict<S> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone())
    }
}

impl<S: Service<Req>, Req> Service<Req> for Strict<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        ready!(self.inner.poll_ready(cx))?;
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Req) -> S::Future {
        assert!(mem::take(&mut self.is_ready), "called before poll_ready");
        self.inner.call(request)
    }
}
