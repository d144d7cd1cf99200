//! What the cluster refuses stays refused, with the cluster's status.
use http::StatusCode;

use super::Case;
use crate::support::tenants::{ACME, TENANTS};
use crate::support::upstream::{Seen, Tap};

const ERROR: &str = r#"{"error":{"root_cause":[{"type":"some_exception","reason":"secret of globex"}],"type":"some_exception","reason":"secret of globex"},"status":0}"#;

#[tokio::test]
async fn an_upstream_error_keeps_its_status() {
    for case in Case::all().await {
        let index = &case.index;
        for tenant in TENANTS {
            case.stack
                .send(tenant, &format!("PUT /{index}/_doc/1"), "{}")
                .await;
        }
        for status in [400, 403, 409, 429, 500] {
            let status = StatusCode::from_u16(status).unwrap();
            // Only the request itself: what the stack asks before it, such as a mapping, is answered as ever.
            case.upstream.tap(move |seen| {
                if is_tenants(seen) {
                    Tap::Answer(status, ERROR)
                } else {
                    Tap::Forward
                }
            });
            for tenant in TENANTS {
                for (send, body) in [
                    (format!("PUT /{index}/_doc/1"), "{}"),
                    (format!("POST /{index}/_doc"), "{}"),
                    (format!("PUT /{index}/_create/2"), "{}"),
                    (format!("GET /{index}/_doc/1"), ""),
                    (format!("GET /{index}/_source/1"), ""),
                    (format!("DELETE /{index}/_doc/1"), ""),
                    (format!("POST /{index}/_update/1"), r#"{"doc":{}}"#),
                    (format!("POST /{index}/_search"), "{}"),
                    (format!("GET /{index}/_count"), ""),
                ] {
                    let reply = case.stack.send(tenant, &send, body).await;
                    assert_eq!(reply.status, status, "{tenant} {send}: {}", reply.text());

                    let kind = &reply.json()["error"]["type"];
                    let secret = reply.text().contains("globex");
                    // On a shared index even the type is shown only where it is known to say nothing of others.
                    assert!(
                        if tenant == ACME {
                            kind.is_string() && !secret
                        } else {
                            kind == "some_exception"
                        },
                        "{tenant} {send}: {}",
                        reply.text()
                    );
                }
                let bulk = format!("POST /{index}/_bulk");
                let reply = case
                    .stack
                    .send(tenant, &bulk, "{\"index\":{\"_id\":\"1\"}}\n{}\n")
                    .await;
                let item = reply.json()["items"][0]["index"]["status"].as_u64();
                let kept = item.unwrap_or(reply.status.as_u16().into());
                assert_eq!(
                    kept,
                    u64::from(status.as_u16()),
                    "{tenant} {bulk}: {}",
                    reply.text()
                );
            }
        }
        case.upstream.tap(|_| Tap::Forward);
        case.remove().await;
    }
}

fn is_tenants(seen: &Seen) -> bool {
    [
        "/_doc", "/_create", "/_source", "/_update", "/_search", "/_count", "/_bulk",
    ]
    .iter()
    .any(|part| seen.target.contains(part))
}
