//! The node's queries and aggregations against the list that the screen's tables are held to.
//!
//! A newer node that knows another name fails here until the list has it, and the list fails the screen's own test until a
//! row of a table decides about it.
use http::Method;

use crate::support::http::Client;
use crate::support::node;

const LIST: &str =
    include_str!("../../osproxy-layer/src/rewrite/screen/tests/opensearch-3.8.0.txt");
const VERSION: &str = "3.8.0";

/// An older one knows less.
#[tokio::test]
async fn no_newer_version_runs_than_the_list_is_of() {
    let numbers = |version: &str| -> Vec<u32> {
        let parts = version.split(['.', '-']);
        parts.map_while(|part| part.parse().ok()).collect()
    };
    let pom = include_str!("../opensearch/pom.xml");
    assert!(pom.contains(&format!("<opensearch.version>{VERSION}<")));
    let Some(url) = node::url().await else { return };
    let reply = Client::new().json(Method::GET, url, "").await;
    let answer = reply.json();
    let runs = answer["version"]["number"].as_str().unwrap();
    assert!(numbers(runs) <= numbers(VERSION), "{runs}");
}

#[tokio::test]
async fn every_type_that_the_node_knows_is_on_the_list() {
    let Some(types) = node::types().await else {
        return;
    };
    assert!(types.len() > 100, "{types:?}");
    let new: Vec<_> = types
        .iter()
        .filter(|line| !LIST.lines().any(|known| known == *line))
        .collect();
    assert!(new.is_empty(), "nobody has decided about {new:#?}");
}
