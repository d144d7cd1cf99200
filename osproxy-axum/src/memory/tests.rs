//! The cluster as its users see it: over HTTP types, with its log and its faults.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, StreamBody};
use tower_service::Service as _;

use super::MemoryCluster;

async fn send(cluster: &MemoryCluster, method: &str, uri: &str, body: &str) -> Response<String> {
    let mut request = Request::builder().method(method).uri(uri);
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    let request = request
        .body(Full::from(Bytes::copy_from_slice(body.as_bytes())))
        .unwrap();
    let (head, body) = cluster.clone().call(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Response::from_parts(head, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn clones_are_one_cluster() {
    let cluster = MemoryCluster::new();
    let other = cluster.clone();
    assert_eq!(send(&cluster, "PUT", "/i/_doc/1", "{}").await.status(), 201);
    assert_eq!(send(&other, "GET", "/i/_doc/1", "").await.status(), 200);
    assert_eq!(other.request_count(), 2);
}

#[tokio::test]
async fn the_log_tells_what_arrived() {
    let cluster = MemoryCluster::new();
    send(
        &cluster,
        "PUT",
        "/i/_doc/a%2Fb?refresh=true",
        "{\"secret\":1}",
    )
    .await;
    let requests = cluster.requests();
    let received = requests.first().unwrap();
    assert_eq!(
        (
            received.method().as_str(),
            received.path(),
            received.query()
        ),
        ("PUT", "/i/_doc/a%2Fb", Some("refresh=true"))
    );
    assert_eq!(received.headers()["content-type"], "application/json");
    assert_eq!(received.body().unwrap().as_ref(), b"{\"secret\":1}");
    for shown in [format!("{received:?}"), format!("{cluster:?}")] {
        assert!(
            !shown.contains("secret") && !shown.contains("refresh"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn the_log_is_bounded() {
    let cluster = MemoryCluster::new();
    for _ in 0..1001 {
        send(&cluster, "HEAD", "/", "").await;
    }
    send(
        &cluster,
        "POST",
        "/i/_doc",
        &format!("{{\"a\":\"{}\"}}", "x".repeat(70_000)),
    )
    .await;
    assert_eq!(
        (cluster.requests().len(), cluster.request_count()),
        (1000, 1002)
    );
    assert!(cluster.requests().last().unwrap().body().is_none());
}

#[tokio::test]
async fn a_failed_request_does_nothing_and_a_lost_one_is_applied() {
    let cluster = MemoryCluster::new();
    cluster.fail_next(StatusCode::TOO_MANY_REQUESTS);
    cluster.lose_next(StatusCode::BAD_GATEWAY);
    let failed = send(&cluster, "PUT", "/i/_doc/failed", "{}").await;
    assert_eq!(failed.status(), 429);
    assert!(failed.body().contains("\"status\":429"));
    assert_eq!(
        send(&cluster, "PUT", "/i/_doc/lost", "{}").await.status(),
        502
    );
    assert_eq!(
        send(&cluster, "GET", "/i/_doc/failed", "").await.status(),
        404
    );
    assert_eq!(
        send(&cluster, "GET", "/i/_doc/lost", "").await.status(),
        200
    );
}

#[tokio::test]
async fn a_head_has_the_length_of_its_get_and_no_body() {
    let cluster = MemoryCluster::new();
    send(&cluster, "PUT", "/i/_doc/1", "{\"a\":1.10}").await;
    let get = send(&cluster, "GET", "/i/_source/1", "").await;
    let head = send(&cluster, "HEAD", "/i/_source/1", "").await;
    assert_eq!(get.body(), "{\"a\":1.10}");
    assert_eq!((head.status().as_u16(), head.body().as_str()), (200, ""));
    assert_eq!(
        head.headers()["content-length"],
        get.headers()["content-length"]
    );
    assert_eq!(
        get.headers()["x-opensearch-version"],
        "OpenSearch/3.8.0 (opensearch)"
    );
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let cluster = MemoryCluster::new();
    let reply = send(&cluster, "PATCH", "/i/_doc/1", "").await;
    assert_eq!(reply.status(), 405);
    assert_eq!(reply.headers()["allow"], "HEAD, PUT, DELETE, GET, POST");
}

#[tokio::test]
async fn health_counts_replicas_as_unassigned() {
    let cluster = MemoryCluster::new();
    let health = |body: &str| {
        body.contains("\"status\":\"green\"")
            && body.contains("\"active_shards_percent_as_number\":100.0")
    };
    assert!(health(
        send(&cluster, "GET", "/_cluster/health", "").await.body()
    ));
    send(
        &cluster,
        "PUT",
        "/none",
        "{\"settings\":{\"number_of_replicas\":0}}",
    )
    .await;
    assert!(health(
        send(&cluster, "GET", "/_cluster/health", "").await.body()
    ));
    send(&cluster, "PUT", "/one", "").await;
    let yellow = send(
        &cluster,
        "GET",
        "/_cluster/health/one?wait_for_status=green&timeout=1ms",
        "",
    )
    .await;
    assert_eq!(yellow.status(), 408);
    assert!(
        yellow
            .body()
            .contains("\"status\":\"yellow\",\"timed_out\":true"),
        "{}",
        yellow.body()
    );
}

#[tokio::test]
async fn the_root_has_what_typed_clients_need() {
    let cluster = MemoryCluster::new();
    let root = send(&cluster, "GET", "/", "").await.into_body();
    for key in [
        "\"name\":",
        "\"cluster_name\":",
        "\"cluster_uuid\":",
        "\"number\":\"3.8.0\"",
        "\"distribution\":\"opensearch\"",
        "\"build_hash\":",
        "\"tagline\":",
    ] {
        assert!(root.contains(key), "{key}");
    }
    assert_eq!(send(&cluster, "HEAD", "/", "").await.status(), 200);
}

#[tokio::test]
async fn a_term_on_an_analysed_field_finds_the_neighbour() {
    // Catalogue row P-01: the leak that a mapping check guards against must be there to be guarded against.
    let cluster = MemoryCluster::new();
    for (id, tenant) in [("1", "acme"), ("2", "acme-1"), ("3", "globex")] {
        send(
            &cluster,
            "PUT",
            &format!("/i/_doc/{id}"),
            &format!("{{\"_tenant\":\"{tenant}\"}}"),
        )
        .await;
    }
    let count = |field: &str| format!("{{\"query\":{{\"term\":{{\"{field}\":\"acme\"}}}}}}");
    let analysed = send(&cluster, "POST", "/i/_count", &count("_tenant"))
        .await
        .into_body();
    assert!(analysed.starts_with("{\"count\":2,"), "{analysed}");
    let exact = send(&cluster, "POST", "/i/_count", &count("_tenant.keyword"))
        .await
        .into_body();
    assert!(exact.starts_with("{\"count\":1,"), "{exact}");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_400() {
    let cluster = MemoryCluster::new();
    let frames = vec![
        Ok(http_body::Frame::data(Bytes::from_static(b"{"))),
        Err(std::io::Error::other("broken")),
    ];
    let body = StreamBody::new(futures_util::stream::iter(frames));
    let request = Request::put("/i/_doc/1")
        .header("content-type", "application/json")
        .body(body)
        .unwrap();
    let reply = cluster.clone().call(request).await.unwrap();
    assert_eq!(reply.status(), 400);
    assert_eq!(cluster.request_count(), 0);
}

#[tokio::test]
async fn what_it_does_not_know_it_refuses() {
    let cluster = MemoryCluster::new();
    let table = [
        ("GET", "/_cat/indices", ""),
        ("POST", "/_search/scroll", "{}"),
        ("GET", "//_search", ""),
        ("POST", "/i/_msearch", "{}\n"),
        ("GET", "/_search?q=x", ""),
        ("PUT", "/i/_doc/1?pipeline=p", "{}"),
        ("POST", "/i/_doc?id=1", "{}"),
        ("POST", "/_search", "{\"suggest\":{}}"),
        ("POST", "/_search", "{\"query\":{\"nested\":{}}}"),
        ("POST", "/_search", "{\"aggs\":{\"a\":{\"top_hits\":{}}}}"),
        (
            "PUT",
            "/i",
            "{\"mappings\":{\"properties\":{\"a\":{\"type\":\"geo_point\"}}}}",
        ),
        ("GET", "/_search?format=yaml", ""),
        ("PUT", "/i/_doc/1", "\u{feff}{}"),
    ];
    for (method, uri, body) in table {
        let reply = send(&cluster, method, uri, body).await;
        assert_eq!(reply.status(), 400, "{method} {uri} {body}");
        assert!(
            reply
                .body()
                .contains("memory_cluster_unsupported_exception"),
            "{method} {uri}: {}",
            reply.body()
        );
    }
}

#[tokio::test]
async fn hostile_input_is_an_answer() {
    let cluster = MemoryCluster::new();
    let deep = "[".repeat(1_000_000);
    let nested = format!(
        "{}{}{}",
        "{\"bool\":{\"must\":".repeat(5000),
        "{\"match_all\":{}}",
        "}}".repeat(5000)
    );
    let table = [
        ("PUT", "/i/_doc/1", deep.as_str()),
        (
            "PUT",
            "/i/_doc/1",
            &format!("{{\"a\":{deep}{}}}", "]".repeat(1_000_000)),
        ),
        ("POST", "/i/_search", &format!("{{\"query\":{nested}}}")),
        ("POST", "/_bulk", "\n\n\n"),
        ("GET", "/i/_doc/%", ""),
        ("GET", "/i/_doc/%ff", ""),
        (
            "PUT",
            "/i/_doc/1?version=9223372036854775808&version_type=external",
            "{}",
        ),
        (
            "POST",
            "/_search",
            "{\"size\":9223372036854775807,\"from\":9223372036854775807}",
        ),
        (
            "POST",
            "/_search",
            "{\"query\":{\"bool\":{\"should\":[{\"match_all\":{}}],\"minimum_should_match\":\"-9223372036854775808%\"}}}",
        ),
    ];
    for (method, uri, body) in table {
        let reply = send(&cluster, method, uri, body).await;
        let status = reply.status().as_u16();
        assert!((200..500).contains(&status), "{method} {uri}: {status}");
    }
    assert_eq!(send(&cluster, "HEAD", "/", "").await.status(), 200);
}

const _: () = {
    const fn is_a_service<T: Clone + Send + Sync + 'static>() {}
    is_a_service::<MemoryCluster>();
};
