//! Headers of a physical request: an allow-list. No client header reaches a cluster unless it stands here.

use http::HeaderValue;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName,
};

use crate::spi::HeaderOp;

/// What goes up whatever the placement.
const ALWAYS: [HeaderName; 3] = [
    HeaderName::from_static("x-opaque-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

/// What goes up too where body and answer stream as they are.
const STREAMED: [HeaderName; 4] = [CONTENT_TYPE, ACCEPT, CONTENT_ENCODING, ACCEPT_ENCODING];

/// The headers of a request whose body and answer this layer reads: JSON both ways.
pub(crate) fn physical_headers(
    client: &HeaderMap,
    content_type: Option<HeaderValue>,
    ops: &[HeaderOp],
) -> HeaderMap {
    let mut headers = pick(client, &[&ALWAYS]);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, content_type);
    }
    apply(&mut headers, ops);
    headers
}

/// The headers of a request that streams as it is.
pub(crate) fn forwarded(client: &HeaderMap, ops: &[HeaderOp]) -> HeaderMap {
    let mut headers = pick(client, &[&ALWAYS, &STREAMED]);
    apply(&mut headers, ops);
    headers
}

fn pick(client: &HeaderMap, lists: &[&[HeaderName]]) -> HeaderMap {
    // Few clients send more than a handful of these.
    let mut picked = HeaderMap::with_capacity(5);
    for (name, value) in client {
        if lists.iter().copied().flatten().any(|listed| listed == name) {
            picked.append(name.clone(), value.clone());
        }
    }
    picked
}

fn apply(headers: &mut HeaderMap, ops: &[HeaderOp]) {
    for op in ops {
        match op {
            HeaderOp::Add { name, value } => {
                headers.append(name.clone(), value.clone());
            }
            HeaderOp::Remove { name } => {
                headers.remove(name);
            }
            HeaderOp::Replace { name, value } => {
                headers.insert(name.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_headers_go_up() {
        let mut client = HeaderMap::new();
        for name in [
            "authorization",
            "x-forwarded-for",
            "x-opaque-id",
            "cookie",
            "content-encoding",
            "x-tenant",
        ] {
            client.insert(HeaderName::from_static(name), HeaderValue::from_static("v"));
        }
        let names = |headers: HeaderMap| {
            let mut names: Vec<String> = headers
                .keys()
                .map(|name| name.as_str().to_owned())
                .collect();
            names.sort();
            names
        };
        assert_eq!(
            names(physical_headers(&client, None, &[])),
            ["accept", "x-opaque-id"]
        );
        assert_eq!(
            names(forwarded(&client, &[])),
            ["content-encoding", "x-opaque-id"]
        );
    }

    #[test]
    fn a_decisions_header_ops_are_applied_in_order() {
        let name = HeaderName::from_static("x-team");
        let value = HeaderValue::from_static("a");
        let ops = [
            HeaderOp::Add {
                name: name.clone(),
                value: value.clone(),
            },
            HeaderOp::Replace {
                name: name.clone(),
                value: HeaderValue::from_static("b"),
            },
            HeaderOp::Remove {
                name: HeaderName::from_static("x-opaque-id"),
            },
        ];
        let mut client = HeaderMap::new();
        client.insert("x-opaque-id", value);
        let headers = physical_headers(&client, None, &ops);
        assert_eq!(headers.get(&name), Some(&HeaderValue::from_static("b")));
        assert!(!headers.contains_key("x-opaque-id"));
    }
}
