//! A small HTTP client for the tests: it sends what it is told and hands back everything that came.
//!
//! ```ignore
//! let reply = Client::new().send(Method::GET, "http://127.0.0.1:9200/", &[], "").await?;
//! assert_eq!(reply.status, StatusCode::OK);
//! ```
use std::error::Error;
use std::str::FromStr;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// What came back: nothing is interpreted, so that a test sees what a client would.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    /// Reads a response to its end.
    pub async fn collect<B>(response: Response<B>) -> Result<Self, Box<dyn Error + Send + Sync>>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(Into::into)?.to_bytes();
        Ok(Self {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }

    /// The body as JSON. Panics where it is none, with the body's text.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| {
            panic!(
                "{} with a body that is not JSON ({e}): {}",
                self.status,
                self.text()
            )
        })
    }

    /// The body as text, for messages.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A pooled client. It belongs to the runtime of the test that made it: make one a test.
#[derive(Clone, Debug)]
pub struct Client {
    inner: HyperClient<HttpConnector, Full<Bytes>>,
}

impl Client {
    pub fn new() -> Self {
        let mut connector = HttpConnector::new();
        // Else a small body waits for the acknowledgement of its head: 40 ms a request.
        connector.set_nodelay(true);
        Self {
            inner: HyperClient::builder(TokioExecutor::new()).build(connector),
        }
    }

    /// Sends one request; the path and query of `url` go out as they are written.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Reply, Box<dyn Error + Send + Sync>> {
        let mut request = Request::builder().method(method).uri(Uri::from_str(url)?);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.request(request.body(Full::new(body.into()))?).await
    }

    /// Sends a request as it is.
    pub async fn request(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Reply, Box<dyn Error + Send + Sync>> {
        Reply::collect(self.inner.request(request).await?).await
    }

    /// As `send`, with the content type of JSON (which the node takes for NDJSON too). Panics on a transport error.
    pub async fn json(&self, method: Method, url: &str, body: impl Into<Bytes>) -> Reply {
        let json = HeaderValue::from_static("application/json");
        let headers = [(header::CONTENT_TYPE.as_str(), json.to_str().unwrap())];
        self.send(method.clone(), url, &headers, body)
            .await
            .unwrap_or_else(|e| panic!("{method} {url}: {e}"))
    }
}
