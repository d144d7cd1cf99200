//! Real clients, unmodified, against `examples/gateway` over a real node: one script a client, each a process that gets
//! the gateway's address and an index name of its own in the environment.
//!
//! What a script needs is installed once, pinned, under Cargo's target folder. Without Python, Node.js or Java that client is
//! skipped with a line on standard error, or fails where `CI` is set. A run of this test alone takes the gateway as it
//! was built last: `cargo build --example gateway` first.
#[path = "../support/gateway.rs"]
#[expect(
    dead_code,
    reason = "other tests stop it, and ask for its control service"
)]
mod gateway;
mod installed;
#[path = "../support/node.rs"]
#[expect(dead_code, reason = "one cluster is enough here")]
mod node;
mod rust;
mod script;

use std::process::Command;
use std::time::SystemTime;

use gateway::Gateway;
use installed::{java, javascript, python};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opensearch_py() {
    let Some(python) = script::or_skipped(python()) else {
        return;
    };
    let Some(gateway) = gateway().await else {
        return;
    };
    let mut client = Command::new(python);
    client.arg(script::file("python/client.py"));
    script::run(client, &gateway, &index("films"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opensearch_js() {
    let Some(modules) = script::or_skipped(javascript()) else {
        return;
    };
    let Some(gateway) = gateway().await else {
        return;
    };
    let mut client = Command::new("node");
    client
        .arg(script::file("javascript/client.js"))
        .env("NODE_PATH", modules);
    script::run(client, &gateway, &index("books"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opensearch_java() {
    let Some(class_path) = script::or_skipped(java()) else {
        return;
    };
    let Some(gateway) = gateway().await else {
        return;
    };
    let mut client = Command::new("java");
    client
        .args([
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            &class_path,
        ])
        .arg(script::file("java/Client.java"));
    script::run(client, &gateway, &index("tunes"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opensearch_rs() {
    let Some(gateway) = gateway().await else {
        return;
    };
    rust::run(&gateway.url, &index("songs")).await;
}

/// A gateway of this test's own, which ends with it, before the node of all of them.
async fn gateway() -> Option<Gateway> {
    let config = include_str!("gateway.toml");
    Some(Gateway::start(
        &config.replace("http://127.0.0.1:9200", node::url().await?),
    ))
}

/// A name that no earlier run has used: the node may be one that goes on.
fn index(name: &str) -> String {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970");
    format!("{name}-{}", now.as_millis())
}
