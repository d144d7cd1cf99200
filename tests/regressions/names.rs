//! Names of indices: lists, patterns and odd characters reach nobody else's documents.
use http::StatusCode;

use super::Case;
use crate::support::tenants::{ACME, GLOBEX, INITECH};

#[tokio::test]
async fn lists_and_patterns_are_refused_or_scoped() {
    for case in Case::all().await {
        let index = &case.index;
        for tenant in [ACME, GLOBEX, INITECH] {
            let put = format!("PUT /{index}/_doc/1?refresh=true");
            case.stack
                .send(tenant, &put, format!(r#"{{"secret":"{tenant}"}}"#))
                .await;
        }
        for name in [
            format!("{index},{index}-other"),
            format!("{index}*"),
            "*".into(),
            "_all".into(),
            format!("{index},*-shared"),
            "-x,*".into(),
        ] {
            for tenant in [ACME, INITECH] {
                for send in [
                    format!("GET /{name}/_search"),
                    format!("GET /{name}/_count"),
                    format!("GET /_search?index={name}"),
                ] {
                    let reply = case.stack.send(tenant, &send, "").await;
                    assert_no_other(tenant, &send, &reply.text());
                    assert!(
                        !reply.text().contains("-shared"),
                        "{tenant} {send}: {}",
                        reply.text()
                    );
                    if reply.status.is_success() {
                        let total = &reply.json()["hits"]["total"]["value"];
                        assert!(
                            total.is_null() || *total == 1,
                            "{tenant} {send}: {}",
                            reply.text()
                        );
                        let count = &reply.json()["count"];
                        assert!(
                            count.is_null() || *count == 1,
                            "{tenant} {send}: {}",
                            reply.text()
                        );
                    } else {
                        let refused = [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND]
                            .contains(&reply.status);
                        assert!(refused, "{tenant} {send}: {}", reply.text());
                    }
                }
                for send in [format!("GET /{name}/_doc/1"), format!("PUT /{name}/_doc/1")] {
                    let reply = case
                        .stack
                        .send(tenant, &send, if send.starts_with('P') { "{}" } else { "" })
                        .await;
                    assert_eq!(
                        reply.status,
                        StatusCode::BAD_REQUEST,
                        "{tenant} {send}: {}",
                        reply.text()
                    );
                }
            }
        }
        case.remove().await;
    }
}

fn assert_no_other(tenant: &str, send: &str, text: &str) {
    for other in [ACME, GLOBEX, INITECH]
        .iter()
        .filter(|other| **other != tenant)
    {
        assert!(!text.contains(other), "{tenant} {send}: {text}");
    }
}

#[tokio::test]
async fn an_index_with_odd_characters_is_400() {
    for case in Case::all().await {
        // On a cluster of one's own the node itself says what is a name.
        for tenant in [ACME, INITECH] {
            for (name, encoded) in [
                ("a/b", "a%2Fb"),
                ("a?b", "a%3Fb"),
                ("a%b", "a%25b"),
                ("..", "%2E%2E"),
                ("..", ".."),
            ] {
                let path = case
                    .stack
                    .send(tenant, &format!("PUT /{encoded}/_doc/1"), "{}")
                    .await;
                assert_eq!(
                    path.status,
                    StatusCode::BAD_REQUEST,
                    "{tenant} {encoded}: {}",
                    path.text()
                );
                let line = format!("{{\"index\":{{\"_index\":\"{name}\",\"_id\":\"1\"}}}}\n{{}}\n");
                let bulk = case.stack.send(tenant, "POST /_bulk", line).await;
                let status = bulk.json()["items"][0]["index"]["status"]
                    .as_u64()
                    .unwrap_or(bulk.status.as_u16().into());
                assert_eq!(status, 400, "{tenant} {name}: {}", bulk.text());
            }
        }
        assert!(
            case.upstream
                .seen()
                .iter()
                .all(|seen| !seen.target.contains("_doc")),
            "nothing was written"
        );
    }
}
