//! The gateway with what its operator may choose: that each key of the file reaches the stack.
use http::Method;
use serde_json::{Value, json};

use crate::gateway::{ACME, EXAMPLE_FILE, cluster};
use crate::process::Gateway;
use crate::serve::Caller;

const OPS: (&str, &str) = ("authorization", "Bearer ops-token");

const CHOSEN: &str = r#"
[tokens.ops-token]
principal = "ops"
[[operator]]
method = "DELETE"
route = "/{index}"
cluster = "eu-1"
principals = ["ops"]
[placements."*".schema.orders.properties]
declared = { type = "keyword" }
"#;

/// The example's own file, with other choices.
fn config(cluster: &str) -> String {
    let file = EXAMPLE_FILE.replace("http://127.0.0.1:9200", cluster);
    [
        ("zero_buckets = \"refuse\"", "zero_buckets = \"omit\""),
        ("client_routing = \"refuse\"", "client_routing = \"ignore\""),
        ("strict = false", "strict = true"),
        ("managed_templates = []", "managed_templates = [\"ecs-*\"]"),
    ]
    .iter()
    .fold(file, |file, (default, chosen)| {
        assert!(file.contains(default), "{default}");
        file.replace(default, chosen)
    }) + CHOSEN
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_operator_chooses_is_done() {
    let (_cluster, node) = cluster().await;
    let gateway = Gateway::start(&config(&node));
    let (acme, ops) = (
        Caller::new(&gateway.url, ACME),
        Caller::new(&gateway.url, OPS),
    );
    let ask = async |method, path: &str, body: Value| {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        acme.send(method, path, &body).await
    };
    // client_routing, and strict: sequence numbers begin at 0.
    let put = ask(
        Method::PUT,
        "/orders/_doc/1?routing=x&refresh=true",
        json!({ "user": "ann" }),
    )
    .await;
    assert_eq!(put.status, 201, "{}", put.text());
    assert_ne!(put.json()["_seq_no"], 0);
    // zero_buckets, and strict again.
    let search = json!({
        "query": { "match": { "user": "ann" } },
        "aggs": { "users": { "terms": { "field": "user.keyword", "min_doc_count": 0 } } },
    });
    let found = ask(Method::POST, "/orders/_search", search).await;
    assert_eq!(found.status, 200, "{}", found.text());
    let hits = found.json()["hits"].clone();
    assert_eq!(
        (&hits["total"]["value"], &hits["max_score"]),
        (&json!(1), &Value::Null)
    );
    let least = ask(Method::POST, "/orders/_search", json!({ "min_score": 1 })).await;
    assert_eq!(least.status, 400, "{}", least.text());
    // managed_templates, and a placement's schema.
    for (name, status) in [("ecs-logs", 200), ("other", 404)] {
        let path = format!("/_index_template/{name}");
        assert_eq!(ask(Method::GET, &path, Value::Null).await.status, status);
    }
    let mapping = ask(Method::GET, "/orders/_mapping", Value::Null)
        .await
        .json();
    let declared = json!({ "orders": { "mappings": { "properties": { "declared": { "type": "keyword" } } } } });
    assert_eq!(mapping, declared);
    // [[operator]]
    let refused = ask(Method::DELETE, "/orders", Value::Null).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    let gone = ops.send(Method::DELETE, "/orders-shared", "").await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    assert_eq!(gone.text(), r#"{"acknowledged":true}"#);
    let stats = ops.send(Method::GET, "/_cluster/stats", "").await;
    assert_eq!(stats.status, 400, "what isn't listed is nobody's");
}
