//! Parameters: each one is sent on, translated, refused, or dropped with a reason in the table.
use std::collections::HashMap;
use std::fs;
use std::path::Path;

use super::Case;
use crate::conformance::{GROUPS, steps};
use crate::support::tenants::{ACME, INITECH};
use crate::support::upstream::Seen;

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
                let sent = case.upstream.seen();
                if sent.is_empty() {
                    // Answered by the stack: with an error, in a bulk item by item.
                    let items = reply.text().contains("\"errors\":true");
                    assert!(
                        reply.status.is_client_error() || items,
                        "{tenant} {send}: {}",
                        reply.text()
                    );
                    continue;
                }
                // An encoded name is sent on under its plain spelling.
                let pairs = query.split('&').filter(|pair| !pair.is_empty());
                for pair in pairs.filter(|pair| !pair.contains("re%66resh")) {
                    let name = pair.split('=').next().unwrap();
                    let decision = decisions
                        .get(&(group, name.to_owned()))
                        .map_or("reject", String::as_str);
                    let forwarded = sent.iter().any(|seen| says(seen, name));
                    match decision {
                        // Or refused, where the node knows no such parameter.
                        "forward" => assert!(
                            forwarded || reply.status.is_client_error(),
                            "{tenant} {send}: {name} was dropped: {sent:?}"
                        ),
                        // A dedicated index takes some that a shared one must refuse; and what is off does nothing.
                        "reject" => assert!(
                            tenant == INITECH
                                || pair == "explain=false"
                                || !reply.status.is_success(),
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

/// Whether a physical request says what the parameter said.
fn says(seen: &Seen, name: &str) -> bool {
    let query = seen.target.split_once('?').map_or("", |(_, query)| query);
    let in_query = query
        .split('&')
        .any(|pair| pair.split('=').next() == Some(name));
    // A search has most of them in its body too, and a minted id makes an index request a create.
    let key = name.strip_prefix("_source_").unwrap_or(name);
    let in_body = String::from_utf8_lossy(&seen.body).contains(&format!("\"{key}\":"));
    let in_path = name == "op_type" && seen.target.contains("/_create/");
    in_query || in_body || in_path
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
