//! What an example's `app()` needs to be driven: a port of its own.
use std::error::Error;

use axum::Router;
use http::{Method, Request};
use http_body_util::Full;
use tokio::net::TcpListener;

use crate::client::{Client, Reply};

/// Serves an app on a free port for as long as the test's runtime lives.
pub async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(axum::serve(listener, app).into_future());
    url
}

/// One caller of an app.
pub struct Caller {
    client: Client,
    url: String,
    /// `authorization: Bearer …`, or whatever tells the app who is calling.
    header: (&'static str, &'static str),
}

impl Caller {
    pub fn new(url: &str, header: (&'static str, &'static str)) -> Self {
        Self {
            client: Client::new(),
            url: url.to_owned(),
            header,
        }
    }

    /// Sends a request. A body is JSON.
    pub async fn send(&self, method: Method, path: &str, body: &str) -> Reply {
        self.try_send(method, path, &[], body.as_bytes().to_vec())
            .await
            .unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    /// Sends a request with further headers.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Reply, Box<dyn Error + Send + Sync>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        request = request.header(self.header.0, self.header.1);
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.client
            .request(request.body(Full::new(body.into()))?)
            .await
    }

    /// What `_search` finds: the `_source` of each hit.
    pub async fn found(&self, path: &str) -> Vec<serde_json::Value> {
        let reply = self.send(Method::GET, path, "").await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let hits = reply.json()["hits"]["hits"]
            .as_array()
            .expect("hits")
            .clone();
        hits.into_iter().map(|hit| hit["_source"].clone()).collect()
    }
}
