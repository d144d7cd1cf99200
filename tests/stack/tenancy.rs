//! Whose request it is: one trusted source, and nothing of the client's beside what is listed reaches a cluster.
use http::header::{HeaderName, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, StatusCode};
use osproxy_layer::spi::{JsonPath, PartitionKeySpec};
use osproxy_layer::{MountPath, REFUSED, Resolved};
use serde_json::json;

use crate::stack::*;

fn header() -> PartitionKeySpec {
    PartitionKeySpec::Header(HeaderName::from_static("x-tenant"))
}

fn caller() -> PartitionKeySpec {
    PartitionKeySpec::PrincipalAttr("tenant".into())
}

#[tokio::test]
async fn every_placement_gets_its_own_spelling() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for (tenant, name, uri, stored) in [
        (
            "acme",
            "eu",
            "/orders-shared/_doc/acme%3A1?routing=acme",
            json!({ "_tenant": "acme", "a": 1 }),
        ),
        (
            "umbrella",
            "eu",
            "/orders-shared/_doc/umbrella%3A1?routing=umbrella",
            json!({ "_tenant": "umbrella", "a": 1 }),
        ),
        ("globex", "eu", "/globex.orders/_doc/1", json!({ "a": 1 })),
        ("hooli", "own", "/orders/_doc/1", json!({ "a": 1 })),
    ] {
        let reply = call(&stack, put("/orders/_doc/1", tenant, r#"{"a":1}"#)).await;
        let sent = cluster.take().pop().expect("a write");
        assert_eq!((&*sent.uri, sent.json()), (uri, stored), "{tenant}");
        assert_eq!(sent.target.expect("a target").cluster().as_str(), name);
        let resolved = Resolved::get(&sent.extensions).expect("what was resolved");
        assert_eq!(resolved.partition().map(|id| id.as_str()), Some(tenant));
        let answer = reply.json();
        assert_eq!(
            (&answer["_index"], &answer["_id"]),
            (&json!("orders"), &json!("1")),
            "{tenant}"
        );
        assert_eq!(reply.headers["location"], "/orders/_doc/1", "{tenant}");
    }
}

/// The host has nested the stack under a path of its own.
#[tokio::test]
async fn a_location_leads_back_through_the_mount() {
    let stack = stack(tenants(), &Cluster::honest());
    for tenant in ["acme", "globex", "hooli"] {
        let mut request = put("/orders/_doc/1", tenant, "{}");
        request.extensions_mut().insert(MountPath::new("/os"));
        let reply = call(&stack, request).await;
        assert_eq!(reply.headers["location"], "/os/orders/_doc/1", "{tenant}");
    }
}

#[tokio::test]
async fn two_logical_indices_with_one_id_are_two_documents() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for tenant in ["acme", "globex", "hooli"] {
        call(&stack, put("/orders/_doc/1", tenant, "{}")).await;
        call(&stack, put("/users/_doc/1", tenant, "{}")).await;
    }
    let mut paths: Vec<_> = cluster
        .take()
        .iter()
        .map(|sent| sent.path().to_owned())
        .collect();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 6);
}

#[tokio::test]
async fn a_tenant_that_could_be_two_is_none() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for name in ["a:b", "acme.orders", "", "acme\u{e9}", "*"] {
        call(&stack, get("/orders/_doc/1", name))
            .await
            .assert_refused(400, REFUSED);
    }
    assert!(cluster.all().is_empty());
}

#[tokio::test]
async fn a_doubled_or_a_non_ascii_tenant_header_is_a_400() {
    let cluster = Cluster::honest();
    let stack = stack(tenants_from(header()), &cluster);
    let values = |values: &[&[u8]]| {
        let mut request = request(Method::GET, "/orders/_doc/1", "");
        for value in values {
            let value = HeaderValue::from_bytes(value).unwrap();
            request.headers_mut().append("x-tenant", value);
        }
        request
    };
    for bad in [
        values(&[b"acme", b"globex"]),
        values(&[b"acme", b"acme"]),
        values(&["acm\u{e9}".as_bytes()]),
        values(&[b"acm\xe9"]),
        values(&[b"acme,globex"]),
        values(&[b""]),
        values(&[]),
    ] {
        call(&stack, bad).await.assert_refused(400, REFUSED);
    }
    assert!(cluster.all().is_empty());
    assert_eq!(call(&stack, values(&[b"acme"])).await.status, 200);
}

#[tokio::test]
async fn sources_that_disagree_are_a_400() {
    let body = PartitionKeySpec::BodyField(JsonPath::new("tenant_id"));
    let router = tenants_from(PartitionKeySpec::AnyOf(vec![caller(), header(), body]));
    let cluster = Cluster::honest();
    let stack = stack(router, &cluster);

    let mut disagreeing = put("/orders/_doc/1", "acme", "{}");
    disagreeing
        .headers_mut()
        .insert("x-tenant", HeaderValue::from_static("globex"));
    call(&stack, disagreeing).await.assert_refused(400, REFUSED);
    let disagreeing = put("/orders/_doc/1", "acme", r#"{"tenant_id":"globex"}"#);
    call(&stack, disagreeing).await.assert_refused(400, REFUSED);
    assert!(cluster.all().is_empty());

    let mut agreeing = put("/orders/_doc/1", "acme", r#"{"tenant_id":"acme"}"#);
    agreeing
        .headers_mut()
        .insert("x-tenant", HeaderValue::from_static("acme"));
    assert_eq!(call(&stack, agreeing).await.status, 201);
    let by_body = request(Method::PUT, "/orders/_doc/2", r#"{"tenant_id":"globex"}"#);
    assert_eq!(call(&stack, by_body).await.status, 201);
    assert_eq!(cluster.take()[1].path(), "/globex.orders/_doc/2");
}

#[tokio::test]
async fn a_search_has_no_body_field_to_go_by() {
    let router = tenants_from(PartitionKeySpec::BodyField(JsonPath::new("tenant_id")));
    let cluster = Cluster::honest();
    let stack = stack(router, &cluster);
    let search = request(Method::POST, "/orders/_search", r#"{"tenant_id":"acme"}"#);
    call(&stack, search).await.assert_refused(400, REFUSED);
    assert!(cluster.all().is_empty());
}

#[tokio::test]
async fn an_unknown_partition_is_a_404() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    call(&stack, get("/orders/_doc/1", "nobody"))
        .await
        .assert_refused(404, REFUSED);
    assert!(cluster.all().is_empty());
}

#[tokio::test]
async fn no_principal_is_a_401_with_both_challenges() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for path in ["/", "/orders/_doc/1", "/_bulk", "/orders"] {
        let method = if path == "/_bulk" {
            Method::POST
        } else {
            Method::GET
        };
        let reply = call(&stack, request(method, path, "")).await;
        reply.assert_refused(401, "security_exception");
        let challenges: Vec<_> = reply.headers.get_all(WWW_AUTHENTICATE).iter().collect();
        assert_eq!(challenges.len(), 2, "{path}");
        assert!(challenges[0].to_str().unwrap().starts_with("Bearer "));
        assert!(challenges[1].to_str().unwrap().starts_with("Basic "));
    }
    assert!(cluster.all().is_empty());
}

/// What a client may send and a cluster must never see.
const UNLISTED: [&str; 12] = [
    "authorization",
    "cookie",
    "x-forwarded-for",
    "x-forwarded-host",
    "forwarded",
    "x-tenant",
    "x-proxy-user",
    "_system_index_access_allowed",
    "x-request-id",
    "expect",
    "te",
    "connection",
];

#[tokio::test]
async fn no_client_header_reaches_a_cluster_unless_it_is_listed() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let bulk = "{\"index\":{\"_id\":\"1\"}}\n{}\n";
    for tenant in ["acme", "globex", "hooli"] {
        for (method, uri, body) in [
            (Method::GET, "/orders/_doc/1", ""),
            (Method::PUT, "/orders/_doc/1", "{}"),
            (Method::POST, "/orders/_update/1", r#"{"doc":{}}"#),
            (Method::POST, "/orders/_bulk", bulk),
            (Method::POST, "/orders/_search", "{}"),
            (Method::GET, "/", ""),
        ] {
            let mut request = request(method, uri, body).by(tenant);
            for name in UNLISTED {
                let name = HeaderName::from_static(name);
                request
                    .headers_mut()
                    .insert(name, HeaderValue::from_static("v"));
            }
            for name in ["x-opaque-id", "traceparent", "tracestate"] {
                let name = HeaderName::from_static(name);
                request
                    .headers_mut()
                    .insert(name, HeaderValue::from_static("kept"));
            }
            let reply = call(&stack, request).await;
            assert!(
                reply.status.is_success(),
                "{tenant} {uri}: {}",
                reply.text()
            );
        }
    }
    let listed = [
        "accept",
        "content-type",
        "x-opaque-id",
        "traceparent",
        "tracestate",
    ];
    let all = cluster.all();
    assert!(all.len() > 15);
    for sent in all {
        for (name, value) in &sent.headers {
            assert!(listed.contains(&name.as_str()), "{name} of {}", sent.uri);
            assert!(
                value == "kept" || value.to_str().unwrap().contains("json"),
                "{name}: {value:?}"
            );
        }
        if !sent.is_preflight() && sent.path() != "/" {
            assert_eq!(sent.headers["x-opaque-id"], "kept", "{}", sent.uri);
        }
    }
}

/// On a cluster of the client's own the body and the answer pass as they are, and so do the headers that say in which form.
#[tokio::test]
async fn a_dedicated_cluster_gets_the_headers_of_a_streamed_body() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let mut request = put("/orders/_doc/1", "hooli", "{}");
    for (name, value) in [
        ("content-encoding", "gzip"),
        ("accept-encoding", "gzip"),
        ("accept", "application/yaml"),
    ] {
        let name = HeaderName::from_static(name);
        request
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    call(&stack, request).await;
    let sent = cluster.one();
    assert_eq!(sent.headers["content-encoding"], "gzip");
    assert_eq!(sent.headers["accept-encoding"], "gzip");
    assert_eq!(sent.headers["accept"], "application/yaml");
    assert_eq!(sent.headers["content-type"], "application/json");
}

/// Spans, request ids and what else the host keeps there reach its own client.
#[tokio::test]
async fn the_hosts_extensions_reach_every_physical_request() {
    #[derive(Clone, PartialEq, Debug)]
    struct Span(u64);
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let bulk = "{\"index\":{\"_id\":\"1\"}}\n{}\n";
    for tenant in ["acme", "globex", "hooli"] {
        for mut request in [
            get("/orders/_doc/1", tenant),
            get("/", tenant),
            put("/orders/_doc/1", tenant, "{}"),
            post("/orders/_bulk", tenant, bulk),
        ] {
            request.extensions_mut().insert(Span(7));
            call(&stack, request).await;
        }
    }
    for sent in cluster.all() {
        assert_eq!(sent.extensions.get(), Some(&Span(7)), "{}", sent.uri);
        assert!(sent.target.is_some(), "{}", sent.uri);
    }
}

/// What an outer copy of the stack, or whoever else, has left in the extensions decides nothing.
#[tokio::test]
async fn what_stands_in_the_extensions_is_overwritten() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    call(&stack, get("/orders/_doc/1", "acme")).await;
    let old = cluster.one();
    let mut request = get("/orders/_doc/1", "hooli");
    *request.extensions_mut() = old.extensions;
    let reply = call(&stack, request.by("hooli")).await;
    assert_eq!(reply.status, StatusCode::OK);
    let sent = cluster.take().pop().unwrap();
    assert_eq!(sent.uri, "/orders/_doc/1");
    assert_eq!(sent.target.unwrap().cluster().as_str(), "own");
}
