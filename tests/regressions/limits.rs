//! Bodies that are made to break a reader.
use std::thread;

use http::StatusCode;

use super::Case;
use crate::support::tenants::TENANTS;

#[test]
fn a_million_nested_brackets_are_a_400_on_bounded_stack() {
    // Half a megabyte of stack: a reader that recurses would need a hundred times that.
    let thread = thread::Builder::new().stack_size(512 * 1024).spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(brackets());
    });
    thread.unwrap().join().unwrap();
}

async fn brackets() {
    let deep = "[".repeat(1_000_000);
    for case in Case::all().await {
        let index = &case.index;
        for tenant in TENANTS {
            for (send, body) in [
                (format!("PUT /{index}/_doc/1"), format!("{{\"a\":{deep}")),
                (format!("PUT /{index}/_doc/1"), deep.clone()),
                (
                    format!("POST /{index}/_update/1"),
                    format!("{{\"doc\":{{\"a\":{deep}"),
                ),
                (
                    format!("POST /{index}/_search"),
                    format!("{{\"query\":{deep}"),
                ),
                (
                    format!("POST /{index}/_count"),
                    format!("{{\"query\":{deep}"),
                ),
                (format!("POST /{index}/_bulk"), format!("{deep}\n")),
            ] {
                let reply = case.stack.send(tenant, &send, body).await;
                assert_eq!(
                    reply.status,
                    StatusCode::BAD_REQUEST,
                    "{tenant} {send}: {}",
                    reply.text()
                );
            }
            let bulk = format!("{{\"index\":{{\"_id\":\"1\"}}}}\n{{\"a\":{deep}\n");
            let bulk = case
                .stack
                .send(tenant, &format!("POST /{index}/_bulk"), bulk)
                .await;
            assert_eq!(
                bulk.json()["items"][0]["index"]["status"],
                400,
                "{tenant}: {}",
                bulk.text()
            );
        }
        case.remove().await;
    }
}
