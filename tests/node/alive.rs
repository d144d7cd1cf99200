//! The node itself: it is the version that the pages are about, and it keeps what it is given.
use http::{Method, StatusCode};

use crate::support::http::Client;
use crate::support::node;

#[tokio::test]
async fn the_node_answers_and_keeps_a_document() {
    let Some(url) = node::url().await else { return };
    let client = Client::new();
    let info = client.json(Method::GET, &format!("{url}/"), "").await;
    assert_eq!(
        info.json()["version"]["distribution"],
        "opensearch",
        "{}",
        info.text()
    );

    let index = format!("{url}/alive-{}", std::process::id());
    let put = client
        .json(
            Method::PUT,
            &format!("{index}/_doc/1?refresh=true"),
            r#"{"n":1.10}"#,
        )
        .await;
    assert_eq!(put.status, StatusCode::CREATED, "{}", put.text());
    let source = client
        .json(Method::GET, &format!("{index}/_source/1"), "")
        .await;
    assert_eq!(source.text(), r#"{"n":1.10}"#);
    let gone = client.json(Method::DELETE, &index, "").await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.text());
}

#[tokio::test]
async fn two_nodes_are_two_clusters() {
    let (Some(first), Some(second)) = (node::url().await, node::second_url().await) else {
        return;
    };
    let client = Client::new();
    let mut ids = Vec::new();
    for url in [first, second] {
        let reply = client.json(Method::GET, &format!("{url}/"), "").await;
        assert_eq!(
            reply.headers["content-type"],
            "application/json; charset=UTF-8"
        );
        ids.push(reply.json()["cluster_uuid"].clone());
    }
    assert_ne!(ids[0], ids[1]);
}
