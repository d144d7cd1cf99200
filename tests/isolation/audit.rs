//! The standing audit that the page for users gives to operators (row D-36): it finds what escaped, and nothing else.

use http::Method;
use serde_json::{Value, json};

use crate::support::http::Client;
use crate::support::node;

/// The body of the page's command.
fn query() -> Value {
    let page = include_str!("../../docs/isolation.md");
    let (_, section) = page.split_once("### A standing audit").unwrap();
    let (_, body) = section.split_once("-d '").unwrap();
    let (body, _) = body.split_once("'\n").unwrap();
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn the_audit_of_the_page_finds_what_escaped() {
    let Some(url) = node::url().await else { return };
    let client = Client::new();
    let index = format!("{url}/isolation-audit-{}", std::process::id());
    let mapping = json!({
        "settings": {"number_of_replicas": 0},
        "mappings": {"properties": {"_tenant": {"type": "keyword"}}}
    });
    let reply = client.json(Method::PUT, &index, mapping.to_string()).await;
    assert!(reply.status.is_success(), "{}", reply.text());
    let mut bulk = String::new();
    for (id, tenant) in [
        ("acme:1", json!("acme")),
        ("acme-eu:1", json!("acme-eu")),
        ("acme:two", json!(["acme", "globex"])),
        ("acme:none", json!([])),
        ("acme:other", json!("globex")),
        ("acme-eu:longer", json!("acme")),
    ] {
        let action = json!({"index": {"_id": id}});
        bulk += &format!("{action}\n{}\n", json!({"_tenant": tenant}));
    }
    let write = format!("{index}/_bulk?refresh=true");
    let reply = client.json(Method::POST, &write, bulk).await;
    assert_eq!(reply.json()["errors"], false, "{}", reply.text());
    let search = format!("{index}/_search");
    let reply = client
        .json(Method::POST, &search, query().to_string())
        .await;
    client.json(Method::DELETE, &index, "").await;
    let answer = reply.json();
    let hits = answer["hits"]["hits"].as_array();
    let mut found: Vec<_> = hits
        .unwrap_or_else(|| panic!("{}", reply.text()))
        .iter()
        .map(|hit| hit["_id"].as_str().unwrap().to_owned())
        .collect();
    found.sort();
    assert_eq!(
        found,
        ["acme-eu:longer", "acme:none", "acme:other", "acme:two"]
    );
}
