//! The requests of the load.

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;

/// What is sent over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    Put,
    Get,
    Search,
    Bulk(usize),
    Refused,
}

impl Case {
    pub const ALL: [Self; 6] = [
        Self::Put,
        Self::Get,
        Self::Search,
        Self::Bulk(100),
        Self::Bulk(1000),
        Self::Refused,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Put => "PUT 1 KiB",
            Self::Get => "GET",
            Self::Search => "search, 10 hits",
            Self::Bulk(100) => "bulk of 100",
            Self::Bulk(_) => "bulk of 1000",
            Self::Refused => "refused",
        }
    }

    /// The request, for a proxy at this address.
    pub fn request(self, address: &str, body: &Bytes) -> Request<Full<Bytes>> {
        let (method, path) = match self {
            Self::Put => (Method::PUT, "/orders/_doc/d1"),
            Self::Get => (Method::GET, "/orders/_doc/d1"),
            Self::Search => (Method::POST, "/orders/_search"),
            Self::Bulk(_) => (Method::POST, "/orders/_bulk"),
            Self::Refused => (Method::GET, "/_cluster/state"),
        };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://{address}{path}"))
            .header("x-tenant", "acme");
        if !body.is_empty() {
            let media = match self {
                Self::Bulk(_) => "application/x-ndjson",
                _ => "application/json",
            };
            request = request.header("content-type", media);
        }
        request.body(Full::new(body.clone())).expect("a request")
    }

    pub fn body(self) -> Bytes {
        Bytes::from(match self {
            Self::Put => document(1),
            Self::Get | Self::Refused => String::new(),
            Self::Search => r#"{"size":10,"query":{"match":{"message":"payment"}}}"#.to_owned(),
            Self::Bulk(items) => (0..items)
                .map(|number| {
                    format!(
                        "{{\"index\":{{\"_id\":\"d{number}\"}}}}\n{}\n",
                        document(number)
                    )
                })
                .collect(),
        })
    }
}

/// A document of 1 KiB. The published osproxy reads the tenant and the id out of it.
pub fn document(number: usize) -> String {
    let head = format!(
        r#"{{"tenant_id":"acme","id":"d{number}","@timestamp":"2026-03-01T11:22:33.001Z","level":"info","status":201,"duration_ms":38.417,"message":""#
    );
    let mut document = head;
    while document.len() < 1022 {
        document.push_str("payment of 49.90 EUR accepted by the provider; ");
    }
    document.truncate(1022);
    document + "\"}"
}
