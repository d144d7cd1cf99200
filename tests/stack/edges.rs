//! Errors: what is refused here, what the cluster refused, and that the one never looks like the other.
use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::{HeaderValue, Method};
use http_body_util::{BodyExt, LengthLimitError, StreamBody};
use osproxy_layer::spi::{
    JsonPath, PartitionId, PartitionKeySpec, PlacementAt, RequestCtx, SpiError, TenancySpi,
};
use osproxy_layer::{OsproxyLayer, REFUSED, Rejection, RejectionKind, TenancyRouter};
use tower::{Layer, ServiceExt};

use crate::honest;
use crate::stack::*;

const TENANTS: [&str; 3] = ["acme", "globex", "hooli"];

#[tokio::test]
async fn the_inner_services_own_error_passes_untouched() {
    let cluster = Cluster::answering(|_| Err(Down("connection refused")));
    let stack = stack(tenants(), &cluster);
    for tenant in TENANTS {
        for request in [
            get("/orders/_doc/1", tenant),
            put("/orders/_doc/1", tenant, "{}"),
            post("/orders/_search", tenant, "{}"),
            get("/", tenant),
        ] {
            let error = stack.clone().oneshot(request).await.expect_err("an error");
            assert_eq!(error, Down("connection refused"));
        }
    }
}

#[tokio::test]
async fn an_upstream_error_keeps_its_status() {
    for (status, error_type) in [
        (400, "mapper_parsing_exception"),
        (403, "cluster_block_exception"),
        (404, "index_not_found_exception"),
        (409, "version_conflict_engine_exception"),
        (429, "circuit_breaking_exception"),
        (500, "null_pointer_exception"),
        (503, "unavailable_shards_exception"),
    ] {
        let cluster = Cluster::answering(move |request| {
            if request.is_preflight() {
                return Ok(honest::answer(request));
            }
            let cause = format!(r#""type":"{error_type}","reason":"no""#);
            let error =
                format!(r#"{{"error":{{"root_cause":[{{{cause}}}],{cause}}},"status":{status}}}"#);
            let mut response = respond(status, error);
            response.headers_mut().insert(RETRY_AFTER, 9.into());
            Ok(response)
        });
        let stack = stack(tenants(), &cluster);
        for tenant in TENANTS {
            for request in [
                get("/orders/_doc/1", tenant),
                get("/orders/_source/1", tenant),
                put("/orders/_doc/1", tenant, "{}"),
                post("/orders/_update/1", tenant, r#"{"doc":{}}"#),
                post("/orders/_search", tenant, "{}"),
                post("/orders/_count", tenant, "{}"),
            ] {
                let what = format!("{} {} of {tenant}", request.method(), request.uri());
                let reply = call(&stack, request).await;
                assert_eq!(reply.status, status, "{what}");
                assert_eq!(reply.headers[RETRY_AFTER], "9", "{what}");
                assert_eq!(reply.error_type(), error_type, "{what}");
                assert!(reply.rejection.is_none(), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_refused_here_is_an_opensearch_error_with_its_rejection() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for (request, status, error_type, kind) in [
        (get("/_tasks", "acme"), 400, REFUSED, RejectionKind::Refused),
        (
            get("/_nothing", "acme"),
            400,
            REFUSED,
            RejectionKind::Refused,
        ),
        (
            get("/-x/_search", "acme"),
            400,
            REFUSED,
            RejectionKind::Refused,
        ),
        (
            get("/_x/_search", "acme"),
            400,
            REFUSED,
            RejectionKind::Refused,
        ),
        (
            get("/other:orders/_search", "acme"),
            400,
            REFUSED,
            RejectionKind::Refused,
        ),
        (
            get("/other:orders/_search", "hooli"),
            400,
            REFUSED,
            RejectionKind::Refused,
        ),
        (
            get("/a,b/_doc/1", "acme"),
            400,
            REFUSED,
            RejectionKind::Refused,
        ),
        (
            get("/Orders/_doc/1", "acme"),
            400,
            "invalid_index_name_exception",
            RejectionKind::Malformed,
        ),
        (
            get("//_doc/1", "acme"),
            400,
            "illegal_argument_exception",
            RejectionKind::Malformed,
        ),
        (
            get("/orders%2F../_doc/1", "acme"),
            400,
            "illegal_argument_exception",
            RejectionKind::Malformed,
        ),
        (
            get("/orders/_doc/1?a=1;b=2", "acme"),
            400,
            "illegal_argument_exception",
            RejectionKind::Malformed,
        ),
        (
            get("/orders/_doc/1?realtime=a&realtime=b", "acme"),
            400,
            "illegal_argument_exception",
            RejectionKind::Malformed,
        ),
        (
            get("/orders/_doc/1?newfangled=1", "acme"),
            400,
            "illegal_argument_exception",
            RejectionKind::Malformed,
        ),
        (
            get("/orders/_doc/1?routing=umbrella", "acme"),
            400,
            REFUSED,
            RejectionKind::Refused,
        ),
        (
            get("/orders/_doc/..", "acme"),
            400,
            "illegal_argument_exception",
            RejectionKind::Malformed,
        ),
        (
            put("/orders/_doc/1", "acme", r#"{"_tenant":"umbrella"}"#),
            400,
            REFUSED,
            RejectionKind::Malformed,
        ),
        (
            post(
                "/orders/_search",
                "acme",
                r#"{"query":{"more_like_this":{}}}"#,
            ),
            400,
            REFUSED,
            RejectionKind::Refused,
        ),
        (
            post("/orders/_update/1", "acme", r#"{"script":"x"}"#),
            400,
            REFUSED,
            RejectionKind::Malformed,
        ),
    ] {
        let what = format!("{} {}", request.method(), request.uri());
        let reply = call(&stack, request).await;
        assert_eq!(reply.status, status, "{what}: {}", reply.text());
        assert_eq!(reply.error_type(), error_type, "{what}: {}", reply.text());
        let rejection = reply.rejection.as_ref().unwrap_or_else(|| panic!("{what}"));
        assert_eq!(rejection.kind(), kind, "{what}: {}", reply.text());
        assert_eq!(rejection.reason(), reply.reason(), "{what}");
        reply.assert_refused(status, error_type);
        assert!(!reply.text().contains("-shared"), "{what}");
    }
    assert!(cluster.take().is_empty());
}

#[tokio::test]
async fn a_wrong_method_is_a_405_that_names_the_right_ones() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let reply = call(
        &stack,
        request(Method::PATCH, "/orders/_doc/1", "").by("acme"),
    )
    .await;
    reply.assert_refused(405, REFUSED);
    assert_eq!(reply.headers[ALLOW], "GET,HEAD,POST,PUT,DELETE");
}

#[tokio::test]
async fn a_body_over_its_bound_is_a_413() {
    let cluster = Cluster::honest();
    let stack = OsproxyLayer::new(tenants())
        .max_body_bytes(10)
        .layer(Strict::new(cluster.clone()));
    let long = r#"{"a":"0123456789"}"#;
    for (method, uri) in [
        (Method::PUT, "/orders/_doc/1"),
        (Method::POST, "/orders/_update/1"),
        (Method::POST, "/orders/_search"),
        (Method::POST, "/orders/_count"),
        (Method::POST, "/orders/_bulk"),
    ] {
        let reply = call(&stack, request(method, uri, long).by("acme")).await;
        reply.assert_refused(413, "content_too_long_exception");
    }
    assert!(cluster.all().is_empty());
    // What only streams through has the bounds of those on either side.
    let reply = call(
        &stack,
        put("/orders/_doc/1", "globex", r#"{"a":"0123456789"}"#),
    )
    .await;
    assert_eq!(reply.status, 201);
}

/// A limit layer of the host's ends a body with this error, which the host's body type wraps.
#[tokio::test]
async fn a_body_that_an_outer_layer_has_bounded_is_a_413_too() {
    let limited = http_body_util::Limited::new(full(vec![b'x'; 100]), 10);
    let error = limited.collect().await.expect_err("over the bound");
    assert!(error.is::<LengthLimitError>());
    let frames = futures_util::stream::iter([Err(BodyError(error))]);
    let body = BodyExt::boxed_unsync(StreamBody::new(frames));
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let request = put("/orders/_doc/1", "acme", "{}").map(|_| body);
    let reply = call(&stack, request).await;
    reply.assert_refused(413, "content_too_long_exception");
    assert!(cluster.all().is_empty());
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_400() {
    let error = BodyError("connection reset".into());
    let body = BodyExt::boxed_unsync(StreamBody::new(futures_util::stream::iter([Err(error)])));
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let request = put("/orders/_doc/1", "acme", "{}").map(|_| body);
    call(&stack, request)
        .await
        .assert_refused(400, "parse_exception");
    assert!(cluster.all().is_empty());
}

fn with(
    mut request: http::Request<Body>,
    name: HeaderName,
    value: &'static str,
) -> http::Request<Body> {
    request
        .headers_mut()
        .append(name, HeaderValue::from_static(value));
    request
}

fn bodies(tenant: &str) -> Vec<http::Request<Body>> {
    vec![
        put("/orders/_doc/1", tenant, "{}"),
        post("/orders/_update/1", tenant, r#"{"doc":{}}"#),
        post("/orders/_search", tenant, "{}"),
        post("/orders/_count", tenant, "{}"),
        post("/orders/_bulk", tenant, "{\"index\":{\"_id\":\"1\"}}\n{}\n"),
    ]
}

#[tokio::test]
async fn an_encoded_body_that_must_be_read_is_a_415() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for request in bodies("acme") {
        let reply = call(&stack, with(request, CONTENT_ENCODING, "gzip")).await;
        reply.assert_refused(415, REFUSED);
    }
    assert!(cluster.all().is_empty());
}

/// The router asks for the document before anything else does.
#[tokio::test]
async fn an_encoded_body_that_names_the_tenant_is_a_415() {
    let router = tenants_from(PartitionKeySpec::BodyField(JsonPath::new("t")));
    let cluster = Cluster::honest();
    let stack = stack(router, &cluster);
    let encoded = with(
        request(Method::PUT, "/orders/_doc/1", "\x1f"),
        CONTENT_ENCODING,
        "gzip",
    );
    call(&stack, encoded).await.assert_refused(415, REFUSED);
}

#[tokio::test]
async fn a_content_type_that_is_no_json_is_a_406() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for media in [
        "application/yaml",
        "application/cbor",
        "application/smile",
        "text/plain",
        "application/x-www-form-urlencoded",
    ] {
        for mut request in bodies("acme") {
            request
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(media));
            let reply = call(&stack, request).await;
            reply.assert_refused(406, "content_type_header_exception");
        }
    }
    for mut request in bodies("acme") {
        request.headers_mut().remove(CONTENT_TYPE);
        call(&stack, request)
            .await
            .assert_refused(406, "content_type_header_exception");
    }
    assert!(cluster.all().is_empty());
    for media in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/x-ndjson",
        "application/vnd.opensearch+json",
    ] {
        for mut request in bodies("acme") {
            request
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(media));
            assert!(call(&stack, request).await.status.is_success(), "{media}");
        }
    }
}

#[tokio::test]
async fn two_content_types_are_a_400() {
    for tenant in TENANTS {
        let cluster = Cluster::honest();
        let stack = stack(tenants(), &cluster);
        for request in bodies(tenant) {
            let reply = call(&stack, with(request, CONTENT_TYPE, "application/yaml")).await;
            reply.assert_refused(400, "illegal_argument_exception");
        }
        assert!(cluster.all().is_empty(), "{tenant}");
    }
}

#[tokio::test]
async fn a_body_where_the_api_has_none_is_a_400_as_on_the_node() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for tenant in ["acme", "globex"] {
        for (method, uri) in [
            (Method::GET, "/orders/_doc/1"),
            (Method::DELETE, "/orders/_doc/1"),
            (Method::GET, "/orders/_source/1"),
        ] {
            let reply = call(&stack, request(method, uri, "{}").by(tenant)).await;
            reply.assert_refused(400, "illegal_argument_exception");
        }
    }
    assert!(cluster.all().is_empty());
}

#[tokio::test]
async fn a_placement_store_that_is_down_is_a_503_with_retry_after() {
    struct DownStore;
    impl TenancySpi for DownStore {
        fn resolve_partition(
            &self,
            _: &RequestCtx<'_>,
            _: osproxy_layer::spi::BodyDoc<'_>,
        ) -> Result<PartitionId, SpiError> {
            Ok(partition("acme"))
        }
        async fn placement_for(&self, _: &PartitionId) -> Result<PlacementAt, SpiError> {
            Err(SpiError::PlacementBackend { retryable: true })
        }
    }
    let cluster = Cluster::honest();
    let stack = stack(TenancyRouter::new(DownStore), &cluster);
    let reply = call(&stack, get("/orders/_doc/1", "acme")).await;
    reply.assert_refused(503, "osproxy_placement_exception");
    assert!(reply.headers.contains_key(RETRY_AFTER));
    assert!(cluster.all().is_empty());
}

/// An answer that can't be turned back is a 502, whatever the cluster called it.
#[tokio::test]
async fn an_answer_that_is_no_json_is_a_502() {
    for body in ["<html>", "", "{", "[1]", "\u{0}"] {
        let cluster = Cluster::saying(200, body);
        let stack = stack(tenants(), &cluster);
        for request in [
            get("/orders/_doc/1", "acme"),
            put("/orders/_doc/1", "acme", "{}"),
            post("/orders/_search", "acme", "{}"),
            post("/orders/_count", "acme", "{}"),
            get("/orders/_source/1", "acme"),
        ] {
            let what = format!("{} {} {body:?}", request.method(), request.uri());
            let reply = call(&stack, request).await;
            assert_eq!(reply.status, 502, "{what}");
            reply.assert_refused(502, "osproxy_upstream_exception");
        }
    }
}

/// It is asked for in a form that we can read; what comes in another can't be shown, and must not pass as it is.
#[tokio::test]
async fn an_answer_in_a_form_that_cannot_be_read_is_a_502() {
    let cluster = Cluster::answering(|request| {
        let mut response = honest::answer(request);
        if !request.is_preflight() {
            response = respond(200, vec![0x1f, 0x8b, 0x08, 0x00]);
            let gzip = HeaderValue::from_static("gzip");
            response.headers_mut().insert(CONTENT_ENCODING, gzip);
        }
        Ok(response)
    });
    let stack = stack(tenants(), &cluster);
    for tenant in ["acme", "globex"] {
        for request in [
            get("/orders/_doc/1", tenant),
            post("/orders/_search", tenant, "{}"),
        ] {
            let asked = call(&stack, request).await;
            asked.assert_refused(502, "osproxy_upstream_exception");
            assert!(!asked.headers.contains_key(CONTENT_ENCODING));
        }
    }
    for sent in cluster.all() {
        assert_eq!(sent.headers["accept"], "application/json");
        assert!(!sent.headers.contains_key("accept-encoding"));
    }
}

#[tokio::test]
async fn nothing_of_the_client_is_in_what_may_be_logged() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let secret = "s3cret";
    let uri = format!("/{secret}/_doc/{secret}?{secret}={secret}");
    let reply = call(&stack, get(&uri, "acme")).await;
    assert_eq!(reply.status, 400);
    let rejection: Rejection = reply.rejection.unwrap();
    assert!(!format!("{rejection:?}").contains(secret));
    let stack = OsproxyLayer::new(tenants());
    assert!(!format!("{stack:?}").contains("acme"));
}

/// A search over an index that is there and one that isn't, which the client doesn't mind.
#[tokio::test]
async fn a_missing_index_that_is_ignored_leaves_the_others() {
    let cluster = Cluster::answering(|request| {
        Ok(match request.path() {
            "/gone-shared" => respond(
                404,
                r#"{"error":{"type":"index_not_found_exception","reason":"no such index"},"status":404}"#,
            ),
            _ => honest::answer(request),
        })
    });
    let stack = stack(tenants(), &cluster);
    let reply = call(
        &stack,
        get("/gone,orders/_search?ignore_unavailable=true", "acme"),
    )
    .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let sent = cluster.one();
    assert_eq!(
        sent.path(),
        "/orders-shared/_search",
        "what is created meanwhile has not been checked"
    );

    for uri in [
        "/gone/_search?ignore_unavailable=true",
        "/gone/_search?ignore_unavailable",
    ] {
        let reply = call(&stack, get(uri, "acme")).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["hits"]["hits"]),
            (200, &serde_json::json!([])),
            "{uri}"
        );
    }
    for uri in [
        "/gone/_search",
        "/orders,gone/_search",
        "/gone/_count",
        "/gone/_doc/1",
    ] {
        let reply = call(&stack, get(uri, "acme")).await;
        reply.assert_refused(404, "index_not_found_exception");
        assert!(!reply.text().contains("gone-shared"));
    }
    assert_eq!(cluster.take().len(), 1);
}
