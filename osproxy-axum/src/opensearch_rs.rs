//! Sends physical requests with a service's own `opensearch::OpenSearch` client.
//!
//! For a service that has such a client already, with its transport, its credentials and its time-outs. It differs
//! from [`OpenSearchClient`](crate::client::OpenSearchClient) in what that client can do: a request's body and an
//! answer's are held whole, and the client follows redirects and the environment's proxies unless it was built not
//! to. TLS and the protocol are the choice of the service's own `opensearch`
//! dependency, whatever a target asks for.
//!
//! ```
//! use opensearch::OpenSearch;
//! use opensearch::http::transport::{SingleNodeConnectionPool, TransportBuilder};
//! use osproxy_axum::opensearch_rs::OpenSearchRs;
//! use osproxy_layer::spi::ClusterId;
//!
//! let pool = SingleNodeConnectionPool::new("http://127.0.0.1:9200".parse()?);
//! let own_client = OpenSearch::new(TransportBuilder::new(pool).disable_proxy().build()?);
//! let service = OpenSearchRs::new(ClusterId::from("eu-1"), own_client);
//! # let _ = service;
//! # Ok::<(), osproxy_layer::BoxError>(())
//! ```
//!
//! # Errors
//!
//! [`ClientError`], as from the crate's own client. Its cause is left out: this client's errors quote the URL, which
//! holds ids.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use opensearch::OpenSearch;
use opensearch::http::{Method, Url};
use osproxy_layer::BoxError;
use osproxy_layer::spi::{ClusterId, Target};
use tower_service::Service;

use crate::client::{ClientError, ClientErrorKind, error_in, strip};

/// The adapter. See the [module docs](self).
#[derive(Clone)]
pub struct OpenSearchRs {
    clients: Arc<HashMap<ClusterId, OpenSearch>>,
    max_body: usize,
}

impl OpenSearchRs {
    /// The largest body unless it is said otherwise: 100 MiB.
    pub const DEFAULT_MAX_BODY_BYTES: usize = 100 * 1024 * 1024;

    /// Serves this cluster with this client. A target that names another cluster is an error.
    #[must_use]
    pub fn new(cluster: ClusterId, client: OpenSearch) -> Self {
        let clients = Arc::new(HashMap::from([(cluster, client)]));
        Self {
            clients,
            max_body: Self::DEFAULT_MAX_BODY_BYTES,
        }
    }

    /// Serves another cluster, too.
    #[must_use]
    pub fn with_cluster(mut self, cluster: ClusterId, client: OpenSearch) -> Self {
        Arc::make_mut(&mut self.clients).insert(cluster, client);
        self
    }

    /// Sets the largest body in bytes, of a request as of an answer. An answer that doesn't tell its length beforehand
    /// is held whatever it is: the client has no bound for it.
    #[must_use]
    pub fn with_max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    fn client_for<B>(&self, request: &Request<B>) -> Result<OpenSearch, ClientErrorKind> {
        let target = Target::get(request.extensions()).ok_or(ClientErrorKind::NoTarget)?;
        self.clients
            .get(target.cluster())
            .cloned()
            .ok_or(ClientErrorKind::UnknownCluster)
    }
}

impl<B> Service<Request<B>> for OpenSearchRs
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Full<Bytes>>;
    type Error = ClientError;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), ClientError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture {
        let client = self.client_for(&request);
        let max_body = self.max_body;
        // The client's own future can't be named, so one box is its price.
        ResponseFuture {
            future: Box::pin(async move { Ok(exchange(client?, request, max_body).await?) }),
        }
    }
}

async fn exchange<B>(
    client: OpenSearch,
    request: Request<B>,
    max_body: usize,
) -> Result<Response<Full<Bytes>>, ClientErrorKind>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let (mut parts, body) = request.into_parts();
    let method = method(&parts.method)?;
    let path = relative(parts.uri.path_and_query().map_or("/", |path| path.as_str()))?;
    let body = Limited::new(body, max_body)
        .collect()
        .await
        .map_err(|error| body_error(&*error))?
        .to_bytes();
    strip(&mut parts.headers);
    parts.headers.remove(HOST);
    // The client writes both anew.
    parts.headers.remove(CONTENT_LENGTH);
    let body = Some(body).filter(|body| !body.is_empty());
    let sent = client
        .send(method, &path, parts.headers, None::<&()>, body, None)
        .await;
    answer(sent.map_err(|error| kind_of(&error))?, max_body).await
}

async fn answer(
    sent: opensearch::http::response::Response,
    max_body: usize,
) -> Result<Response<Full<Bytes>>, ClientErrorKind> {
    let status = sent.status_code();
    let mut headers: HeaderMap = sent.headers().clone();
    strip(&mut headers);
    let is_head = sent.method() == Method::Head;
    // What is told beforehand is refused before it is read.
    if !is_head
        && sent
            .content_length()
            .is_some_and(|length| usize::try_from(length).map_or(true, |length| length > max_body))
    {
        return Err(ClientErrorKind::Transport);
    }
    let bytes = sent.bytes().await.map_err(|error| kind_of(&error))?;
    if !is_head && status != StatusCode::NOT_MODIFIED {
        // The client may have decoded the body: the length that was told is that of the encoded one.
        headers.remove(CONTENT_LENGTH);
    }
    let mut response = Response::new(Full::new(bytes));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn method(method: &http::Method) -> Result<Method, ClientErrorKind> {
    Ok(match *method {
        http::Method::GET => Method::Get,
        http::Method::HEAD => Method::Head,
        http::Method::POST => Method::Post,
        http::Method::PUT => Method::Put,
        http::Method::DELETE => Method::Delete,
        _ => return Err(ClientErrorKind::Endpoint),
    })
}

/// A path and query that the client joins to its node's URL without changing a byte of it.
///
/// The client resolves it as a relative reference: `http://…` in it would lead to another host, dot segments
/// (encoded ones too) would be resolved, a backslash would become a slash. So it is written as `./path`, joined here
/// first, and refused where anything but itself comes of it.
fn relative(path_and_query: &str) -> Result<String, ClientErrorKind> {
    let relative = format!(".{path_and_query}");
    let unchanged = |url: Url| {
        let query = url
            .query()
            .map_or(String::new(), |query| format!("?{query}"));
        url.host_str() == Some("node")
            && url.fragment().is_none()
            && format!("{}{query}", url.path()) == path_and_query
    };
    let joined = Url::parse("http://node/").and_then(|node| node.join(&relative));
    if joined.is_ok_and(unchanged) {
        Ok(relative)
    } else {
        Err(ClientErrorKind::Endpoint)
    }
}

fn body_error(error: &(dyn Error + 'static)) -> ClientErrorKind {
    match error_in::<LengthLimitError>(error) {
        Some(_) => ClientErrorKind::RequestTooLarge,
        None => ClientErrorKind::RequestBody,
    }
}

fn kind_of(error: &opensearch::Error) -> ClientErrorKind {
    let is_connect = error_in::<hyper_util::client::legacy::Error>(error)
        .is_some_and(hyper_util::client::legacy::Error::is_connect);
    if error.is_timeout() {
        ClientErrorKind::HeaderTimeout
    } else if is_connect {
        ClientErrorKind::Connect
    } else {
        ClientErrorKind::Transport
    }
}

impl fmt::Debug for OpenSearchRs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenSearchRs")
            .field("clusters", &self.clients.keys())
            .field("max_body", &self.max_body)
            .finish_non_exhaustive()
    }
}

type Exchanged = Result<Response<Full<Bytes>>, ClientError>;

/// The future of [`OpenSearchRs`].
pub struct ResponseFuture {
    future: Pin<Box<dyn Future<Output = Exchanged> + Send>>,
}

impl Future for ResponseFuture {
    type Output = Exchanged;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.future.as_mut().poll(cx)
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_out_unchanged_or_not_at_all() {
        for good in [
            "/",
            "/orders/_doc/a%2Fb%20c+%C3%A9%25?routing=a%26b&refresh=true",
            "/orders/_doc/acme%3A1:2",
            "//orders",
            "/http://elsewhere/x",
            "/?pretty",
        ] {
            assert_eq!(relative(good), Ok(format!(".{good}")));
        }
        for bad in [
            "/a/../b",
            "/a/%2e%2E/b",
            "/a/./b",
            "/a\\b",
            "/a/..",
            "/a b",
            "/\u{e9}",
            "/a#b",
            "/a/.%2e",
        ] {
            assert_eq!(relative(bad), Err(ClientErrorKind::Endpoint), "{bad}");
        }
    }
}
