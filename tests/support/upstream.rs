//! What stands behind the stack in a test: a real node or the in-process cluster, with a tap on the line.
//!
//! The tap keeps every physical request, and can answer in the cluster's stead or break the connection.
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use osproxy_axum::memory::MemoryCluster;
use osproxy_layer::BoxError;
use osproxy_layer::spi::Target;
use tower::{Service, ServiceExt};

use super::http::{Client, Reply};
use super::node;

/// A physical request, as it left the stack.
#[derive(Clone, Debug)]
pub struct Seen {
    pub cluster: String,
    pub method: Method,
    /// Path and query.
    pub target: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What the tap does with a request.
#[derive(Debug)]
pub enum Tap {
    Forward,
    /// Answers with this status and JSON.
    Answer(StatusCode, &'static str),
    /// Breaks the connection.
    Break,
}

type Rule = Box<dyn Fn(&Seen) -> Tap + Send>;

/// A service that any stack can be put in front of. Clones share the log and the rule.
#[derive(Clone)]
pub struct Upstream {
    base: Base,
    log: Arc<Mutex<Vec<Seen>>>,
    rule: Arc<Mutex<Rule>>,
}

#[derive(Clone)]
enum Base {
    Memory(MemoryCluster),
    Node(Box<Client>, &'static str),
}

impl Upstream {
    fn new(base: Base) -> Self {
        let rule: Rule = Box::new(|_| Tap::Forward);
        Self {
            base,
            log: Arc::default(),
            rule: Arc::new(Mutex::new(rule)),
        }
    }

    /// The in-process cluster.
    pub fn memory() -> Self {
        Self::new(Base::Memory(MemoryCluster::new()))
    }

    /// The real node, where there is one.
    pub async fn node() -> Option<Self> {
        Some(Self::new(Base::Node(
            Box::new(Client::new()),
            node::url().await?,
        )))
    }

    /// The in-process cluster, and the real node where there is one.
    pub async fn all() -> Vec<Self> {
        [Self::memory()]
            .into_iter()
            .chain(Self::node().await)
            .collect()
    }

    /// Sets what happens to the requests that come.
    pub fn tap(&self, rule: impl Fn(&Seen) -> Tap + Send + 'static) {
        *self.rule.lock().unwrap() = Box::new(rule);
    }

    /// The requests that came since the last call.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.log.lock().unwrap())
    }

    /// Sends a request past the stack and the tap, with JSON for a body: the operator's part of a test.
    pub async fn direct(&self, method: &str, target: &str, body: impl Into<Bytes>) -> Reply {
        let body = body.into();
        let mut request = Request::builder().method(method).uri(target);
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        self.request(request.body(Full::new(body)).unwrap()).await
    }

    /// Sends a request as it is past the stack and the tap.
    pub async fn request(&self, request: Request<Full<Bytes>>) -> Reply {
        Reply::collect(self.base.clone().forward(request).await.unwrap())
            .await
            .unwrap()
    }

    async fn answer(self, seen: Seen) -> Result<Response<Full<Bytes>>, BoxError> {
        let tap = (self.rule.lock().unwrap())(&seen);
        self.log.lock().unwrap().push(seen.clone());
        match tap {
            Tap::Break => Err("the connection broke".into()),
            Tap::Answer(status, body) => {
                let response = Response::builder()
                    .status(status)
                    .header("content-type", "application/json");
                Ok(response.body(Full::from(body))?)
            }
            Tap::Forward => {
                let mut request = Request::builder().method(seen.method).uri(seen.target);
                *request.headers_mut().ok_or("no headers")? = seen.headers;
                self.base.forward(request.body(Full::new(seen.body))?).await
            }
        }
    }
}

impl Base {
    async fn forward(
        self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Full<Bytes>>, BoxError> {
        match self {
            Self::Memory(cluster) => {
                let (parts, body) = cluster.oneshot(request).await?.into_parts();
                Ok(Response::from_parts(
                    parts,
                    Full::new(body.collect().await?.to_bytes()),
                ))
            }
            Self::Node(client, url) => {
                *request.uri_mut() = format!("{url}{}", request.uri()).parse()?;
                let reply = client.request(request).await?;
                let mut response = Response::new(Full::new(reply.body));
                *response.status_mut() = reply.status;
                *response.headers_mut() = reply.headers;
                Ok(response)
            }
        }
    }
}

impl<B> Service<Request<B>> for Upstream
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Full<Bytes>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(Into::into)?.to_bytes();
            let cluster =
                Target::get(&parts.extensions).map_or("none", |target| target.cluster().as_str());
            let seen = Seen {
                cluster: cluster.to_owned(),
                method: parts.method,
                target: parts
                    .uri
                    .path_and_query()
                    .map_or("/", |target| target.as_str())
                    .to_owned(),
                headers: parts.headers,
                body,
            };
            this.answer(seen).await
        })
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.base {
            Base::Memory(_) => "the in-process cluster",
            Base::Node(..) => "the node",
        })
    }
}
