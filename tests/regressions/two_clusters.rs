//! A bulk over two clusters, one of which dies.
use http::StatusCode;
use osproxy_layer::spi::{JsonPath, PartitionKeySpec};
use serde_json::json;

use super::Case;
use crate::support::tenants::{self, ACME, OWN, Stack, UMBRELLA};
use crate::support::upstream::Tap;

#[tokio::test]
async fn what_was_applied_is_reported_applied_when_a_sub_request_dies() {
    for case in Case::all().await {
        let stack = Stack::with_router(
            case.upstream.clone(),
            tenants::router_from(PartitionKeySpec::BodyField(JsonPath::new("tenant_id"))),
        );
        let index = &case.index;
        let lines = [ACME, UMBRELLA, ACME, UMBRELLA].iter().enumerate().map(|(n, tenant)| {
            format!("{{\"index\":{{\"_index\":\"{index}\",\"_id\":\"{n}\"}}}}\n{{\"tenant_id\":\"{tenant}\"}}\n")
        });
        let body: String = lines.collect();
        case.upstream.tap(|seen| {
            if seen.cluster == OWN {
                Tap::Break
            } else {
                Tap::Forward
            }
        });
        let reply = stack.send(ACME, "POST /_bulk", body).await;
        case.upstream.tap(|_| Tap::Forward);
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        let answer = reply.json();
        let statuses: Vec<_> = answer["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["index"]["status"].clone())
            .collect();
        assert_eq!(
            statuses,
            [json!(201), json!(503), json!(201), json!(503)],
            "{}",
            reply.text()
        );
        assert_eq!(answer["errors"], true);
        for id in ["0", "2"] {
            let found = case
                .stack
                .send(ACME, &format!("GET /{index}/_doc/{id}"), "")
                .await;
            assert_eq!(found.status, StatusCode::OK, "{}", found.text());
        }
        case.remove().await;
    }
}
