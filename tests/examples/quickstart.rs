//! `examples/quickstart.rs`: two tenants that can't see each other, and what its curl lines show.
use std::process::Command;

use http::Method;
use serde_json::json;

use crate::serve::{Caller, serve};

#[path = "../../examples/quickstart.rs"]
#[expect(dead_code, reason = "main is for whoever runs it")]
mod example;

const ACME: (&str, &str) = ("authorization", "Bearer acme-token");
const GLOBEX: (&str, &str) = ("authorization", "Bearer globex-token");

#[tokio::test]
async fn two_tenants_share_an_index_and_see_their_own() {
    let url = serve(example::app().expect("an app")).await;
    let (acme, globex) = (Caller::new(&url, ACME), Caller::new(&url, GLOBEX));
    for (caller, item) in [(&acme, "anvil"), (&globex, "hammock")] {
        let put = caller
            .send(
                Method::PUT,
                "/orders/_doc/1",
                &json!({ "item": item }).to_string(),
            )
            .await;
        assert_eq!(put.status, 201, "{}", put.text());
        assert_eq!(
            (put.json()["_index"].as_str(), put.json()["_id"].as_str()),
            (Some("orders"), Some("1"))
        );
    }
    assert_eq!(
        acme.found("/orders/_search").await,
        [json!({ "item": "anvil" })]
    );
    assert_eq!(
        globex.found("/orders/_search").await,
        [json!({ "item": "hammock" })]
    );
    let refused = acme.send(Method::GET, "/_tasks", "").await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["error"]["type"]),
        (400, &json!("osproxy_refused_exception"))
    );
    // The shared index's own name is no index of anybody's.
    assert_eq!(
        acme.send(Method::GET, "/orders-shared/_search", "")
            .await
            .status,
        404
    );
}

/// The lines that it prints, run as they stand by a shell.
#[tokio::test(flavor = "multi_thread")]
async fn its_curl_lines_show_what_they_say() {
    let url = serve(example::app().expect("an app")).await;
    let lines = example::HINTS.replace("http://127.0.0.1:9201", &url);
    let commands: Vec<String> = lines
        .replace("\\\n", " ")
        .lines()
        .filter_map(|line| line.trim().strip_prefix("curl "))
        .map(|arguments| format!("curl --silent --show-error {arguments}"))
        .collect();
    let mut shown = Vec::new();
    for command in &commands {
        let run = Command::new("bash").args(["-c", command]).output();
        let run = run.expect("a shell");
        assert!(run.status.success(), "{command}: {run:?}");
        shown.push(String::from_utf8(run.stdout).expect("text"));
    }
    let [anvil, hammock, acme, globex, tasks] = &shown[..] else {
        panic!("{commands:?}");
    };
    assert!(anvil.contains(r#""result":"created""#), "{anvil}");
    assert!(hammock.contains(r#""result":"created""#), "{hammock}");
    assert!(acme.contains("anvil") && acme.contains("49.90") && !acme.contains("hammock"));
    assert!(globex.contains("hammock") && globex.contains("1.10") && !globex.contains("anvil"));
    assert!(tasks.contains("osproxy_refused_exception"), "{tasks}");
}

#[test]
fn it_is_one_short_file_and_its_lines_go_to_where_it_listens() {
    let lines = include_str!("../../examples/quickstart.rs").lines().count();
    assert!(lines < 120, "{lines} lines");
    assert_eq!(example::ADDRESS, "127.0.0.1:9201");
    assert_eq!(example::HINTS.matches("http://127.0.0.1:9201/").count(), 5);
}

#[tokio::test]
async fn strangers_are_challenged() {
    let url = serve(example::app().expect("an app")).await;
    let stranger = Caller::new(&url, ("authorization", "Bearer other"));
    let reply = stranger.send(Method::GET, "/orders/_search", "").await;
    assert_eq!(reply.status, 401);
    assert_eq!(reply.headers.get_all("www-authenticate").iter().count(), 2);
    assert_eq!(reply.json()["error"]["type"], "security_exception");
}
