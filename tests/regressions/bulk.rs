//! Bulks: framing, broken lines, ids of items.
use http::StatusCode;
use serde_json::json;

use super::{Case, error_type};
use crate::support::tenants::TENANTS;

#[tokio::test]
async fn a_bulk_without_a_final_newline_is_400_and_the_process_lives() {
    for case in Case::all().await {
        let index = &case.index;
        for tenant in TENANTS {
            let body =
                format!("{{\"index\":{{\"_index\":\"{index}\",\"_id\":\"1\"}}}}\n{{\"n\":1}}");
            let reply = case.stack.send(tenant, "POST /_bulk", body.clone()).await;
            assert_eq!(
                reply.status,
                StatusCode::BAD_REQUEST,
                "{tenant}: {}",
                reply.text()
            );
            assert_eq!(error_type(&reply), "illegal_argument_exception", "{tenant}");
            assert!(
                reply.text().contains("must be terminated by a newline"),
                "{tenant}: {}",
                reply.text()
            );
            let again = case.stack.send(tenant, "POST /_bulk", body + "\n").await;
            assert_eq!(again.status, StatusCode::OK, "{tenant}: {}", again.text());
            assert_eq!(again.json()["errors"], false, "{tenant}: {}", again.text());
        }
        case.remove().await;
    }
}

#[tokio::test]
async fn one_bad_source_line_is_that_items_400() {
    for case in Case::all().await {
        for tenant in TENANTS {
            let body = "{\"index\":{\"_id\":\"1\"}}\n{\"n\":1}\n{\"index\":{\"_id\":\"2\"}}\n{\"n\":\n{\"index\":{\"_id\":\"3\"}}\n{\"n\":3}\n";
            let reply = case
                .stack
                .send(tenant, &format!("POST /{}/_bulk", case.index), body)
                .await;
            assert_eq!(reply.status, StatusCode::OK, "{tenant}: {}", reply.text());
            let answer = reply.json();
            assert_eq!(answer["errors"], true, "{tenant}");
            let statuses: Vec<_> = answer["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|i| i["index"]["status"].clone())
                .collect();
            assert_eq!(
                statuses,
                [json!(201), json!(400), json!(201)],
                "{tenant}: {}",
                reply.text()
            );
            assert_eq!(answer["items"][1]["index"]["_id"], "2", "{tenant}");
            assert_eq!(
                answer["items"][1]["index"]["error"]["type"], "mapper_parsing_exception",
                "{tenant}"
            );
        }
        case.remove().await;
    }
}

#[tokio::test]
async fn numeric_and_empty_bulk_ids_behave_as_the_node() {
    for case in Case::all().await {
        for tenant in TENANTS {
            let bulk = format!("POST /{}/_bulk", case.index);
            let numeric = "{\"index\":{\"_id\":1}}\n{\"n\":1}\n{\"index\":{\"_id\":1.50}}\n{\"n\":1}\n{\"index\":{\"_id\":true}}\n{\"n\":1}\n";
            let reply = case.stack.send(tenant, &bulk, numeric).await;
            let ids: Vec<_> = reply.json()["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|i| i["index"]["_id"].clone())
                .collect();
            assert_eq!(
                ids,
                [json!("1"), json!("1.50"), json!("true")],
                "{tenant}: {}",
                reply.text()
            );
            let found = case
                .stack
                .send(tenant, &format!("GET /{}/_doc/1.50", case.index), "")
                .await;
            assert_eq!(found.status, StatusCode::OK, "{tenant}: {}", found.text());
            let empty = case
                .stack
                .send(tenant, &bulk, "{\"index\":{\"_id\":\"\"}}\n{\"n\":1}\n")
                .await;
            let item = &empty.json()["items"][0]["index"];
            assert_eq!(
                (&item["status"], &item["error"]["type"]),
                (&json!(400), &json!("illegal_argument_exception"))
            );
        }
        case.remove().await;
    }
}
