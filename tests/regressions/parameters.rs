//! Parameters: each one is sent on, translated, refused, or dropped with a reason in the table.
use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::Case;
use crate::conformance::{GROUPS, steps};
use crate::support::tenants::{ACME, INITECH};

#[tokio::test]
async fn no_parameter_is_dropped_in_silence() {
    let decisions = decisions();
    for case in Case::all().await {
        let index = &case.index;
        for tenant in [ACME, INITECH] {
            case.stack
                .send(tenant, &format!("PUT /{index}/_doc/1"), "{}")
                .await;
            case.upstream.seen();
            for (group, send, body) in steps(index) {
                let Some((_, query)) = send.split_once('?') else {
                    continue;
                };
                let reply = case.stack.send(tenant, &send, body).await;
                let sent: Vec<String> = case
                    .upstream
                    .seen()
                    .into_iter()
                    .map(|seen| seen.target)
                    .collect();
                if sent.is_empty() {
                    assert!(
                        reply.status.is_client_error(),
                        "{tenant} {send}: {}",
                        reply.text()
                    );
                    continue;
                }
                for pair in query.split('&').filter(|pair| !pair.is_empty()) {
                    let name = pair.split('=').next().unwrap();
                    let decision = decisions
                        .get(&(group, name.to_owned()))
                        .map_or("reject", String::as_str);
                    // A minted id makes the request a create, which says the same as the parameter.
                    let said = |target: &str| name == "op_type" && target.contains("/_create/");
                    let forwarded = sent.iter().any(|target| has(target, name) || said(target));
                    match decision {
                        "forward" => {
                            assert!(forwarded, "{tenant} {send}: {name} was dropped: {sent:?}")
                        }
                        // A dedicated index takes some that a shared one must refuse.
                        "reject" => assert!(
                            tenant == INITECH || !reply.status.is_success(),
                            "{tenant} {send}: {name}: {}",
                            reply.text()
                        ),
                        _ => {}
                    }
                }
            }
        }
        case.remove().await;
    }
}

fn has(target: &str, name: &str) -> bool {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    query
        .split('&')
        .any(|pair| pair.split('=').next() == Some(name))
}

/// What the table says of a parameter of an operation group.
fn decisions() -> HashMap<(&'static str, String), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/params.csv");
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1).filter_map(|line| {
        // Types hold `|` and never a comma, so the decision is the fourth cell.
        let cells: Vec<&str> = line.splitn(5, ',').collect();
        let group = GROUPS.iter().find(|group| **group == cells[0])?;
        Some(((*group, cells[1].to_owned()), cells[3].to_owned()))
    });
    rows.collect()
}
