//! Headers: only listed ones reach the cluster, and gzip works both ways.
use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use http::{Request, StatusCode};
use http_body_util::Full;
use osproxy_layer::OsproxyLayer;
use tower::{ServiceBuilder, ServiceExt};
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;

use super::Case;
use crate::support::http::Reply;
use crate::support::tenants::{self, ACME, TENANTS, UMBRELLA};

/// What a client's header may be to reach a cluster.
const LISTED: [&str; 6] = [
    "content-type",
    "accept",
    "content-length",
    "x-opaque-id",
    "traceparent",
    "tracestate",
];
/// And on a dedicated cluster, whose bodies pass as they are.
const LISTED_ON_OWN: [&str; 2] = ["content-encoding", "accept-encoding"];

#[tokio::test]
async fn no_client_header_reaches_the_cluster_unless_listed() {
    for case in Case::all().await {
        let index = &case.index;
        for tenant in TENANTS {
            for (send, body) in [
                (format!("PUT /{index}/_doc/1"), "{}".to_owned()),
                (format!("GET /{index}/_doc/1"), String::new()),
                (format!("POST /{index}/_search"), "{}".to_owned()),
                (
                    format!("POST /{index}/_bulk"),
                    "{\"index\":{\"_id\":\"1\"}}\n{}\n".to_owned(),
                ),
                (
                    format!("POST /{index}/_update/1"),
                    r#"{"doc":{}}"#.to_owned(),
                ),
            ] {
                let (method, target) = send.split_once(' ').unwrap();
                let request = Request::builder()
                    .method(method)
                    .uri(target)
                    .header("content-type", "application/json")
                    .header("authorization", "Bearer client")
                    .header("cookie", "a=b")
                    .header("x-tenant", "globex")
                    .header("x-forwarded-for", "10.0.0.1")
                    .header("forwarded", "for=10.0.0.1")
                    .header("x-http-method-override", "DELETE")
                    .header("x-proxy-user", "admin")
                    .header("x-proxy-roles", "all_access")
                    .header("_opendistro_security_user", "admin")
                    .header("securitytenant", "global")
                    .header("opensearch-product-origin", "system")
                    .header("x-opaque-id", "mine")
                    .header("te", "trailers")
                    .header("x-anything", "else");
                case.stack
                    .request(tenant, request.body(body.into()).unwrap())
                    .await;
            }
            let seen = case.upstream.seen();
            assert!(seen.len() >= 5, "{tenant}: every request was sent");
            for request in seen {
                for name in request.headers.keys().map(http::HeaderName::as_str) {
                    let listed = LISTED.contains(&name)
                        || tenant == UMBRELLA && LISTED_ON_OWN.contains(&name);
                    assert!(
                        listed,
                        "{tenant}: {name} reached the cluster with {} {}",
                        request.method, request.target
                    );
                }
            }
        }
        case.remove().await;
    }
}

#[tokio::test]
async fn an_encoded_body_that_must_be_read_is_415() {
    for case in Case::all().await {
        let request = Request::put(format!("/{}/_doc/1", case.index))
            .header("content-type", "application/json")
            .header("content-encoding", "gzip");
        let reply = case
            .stack
            .request(ACME, request.body("not even gzip".into()).unwrap())
            .await;
        assert_eq!(
            reply.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{}",
            reply.text()
        );
        assert!(case.upstream.seen().is_empty(), "nothing was sent");
    }
}

/// The host decodes and encodes around the stack; what the stack itself says stays plain.
#[tokio::test]
async fn gzip_goes_in_and_comes_out() {
    let source = format!(r#"{{"text":"{}"}}"#, "again and ".repeat(100));
    for case in Case::all().await {
        let service = ServiceBuilder::new()
            .layer(CompressionLayer::new())
            .layer(RequestDecompressionLayer::new())
            .layer(OsproxyLayer::new(tenants::router()))
            .service(case.upstream.clone());
        for tenant in TENANTS {
            let packed = Request::put(format!("/{}/_doc/1", case.index))
                .extension(tenants::principal(tenant))
                .header("content-type", "application/json")
                .header("content-encoding", "gzip")
                .body(Full::<Bytes>::from(pack(&source)))
                .unwrap();
            let put = Reply::collect(service.clone().oneshot(packed).await.unwrap())
                .await
                .unwrap();
            assert_eq!(put.status, StatusCode::CREATED, "{tenant}: {}", put.text());

            let get = Request::get(format!("/{}/_source/1", case.index))
                .extension(tenants::principal(tenant))
                .header("accept-encoding", "gzip")
                .body(Full::<Bytes>::default())
                .unwrap();
            let got = Reply::collect(service.clone().oneshot(get).await.unwrap())
                .await
                .unwrap();
            assert_eq!(got.headers["content-encoding"], "gzip", "{tenant}");
            assert_eq!(unpack(&got.body), source, "{tenant}");
        }
        case.remove().await;
    }
}

fn pack(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn unpack(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}
