//! A small HTTP client for the tests: it sends what it is told and hands back everything that came.
//!
//! ```ignore
//! let reply = Client::new().send(Method::GET, "http://127.0.0.1:9200/", &[], "").await?;
//! assert_eq!(reply.status, StatusCode::OK);
//! ```
use std::error::Error;
use std::str::FromStr;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
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
        Self {
            inner: HyperClient::builder(TokioExecutor::new()).build_http(),
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
        let (parts, body) = self
            .inner
            .request(request.body(Full::new(body.into()))?)
            .await?
            .into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Reply {
            status: parts.status,
            headers: parts.headers,
            body,
        })
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
