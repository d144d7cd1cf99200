//! Conformance: every request of the list answers through the stack as it does on a single-tenant index.
//!
//! Status, body, content type and location are equal but for the closed list of [`normalise`], which each run prints,
//! and but for the steps that say what is answered `instead`, and why.
mod coverage;
mod list;
mod normalise;
mod order;
mod route;
mod run;
mod side;
mod walk;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use self::list::Scenario;
pub use self::route::GROUPS;
use self::run::Outcome;
use self::side::{Placement, Side};
use crate::support::tenants::{ACME, GLOBEX, INITECH, Stack, UMBRELLA};
use crate::support::upstream::Upstream;

/// The list itself is sound: two single-tenant indices answer alike, with the statuses that the list says.
#[tokio::test]
async fn two_single_tenant_indices_answer_alike() {
    let Some(node) = Upstream::node().await else {
        return;
    };
    run_all(
        &list::load(),
        &[
            Side::direct("first-", &node),
            Side::direct("second-", &node),
        ],
    )
    .await;
}

/// All placements at once, two tenants of one shared index among them: each sends the same ids and must find only its
/// own documents.
#[tokio::test]
async fn the_stack_answers_as_a_single_tenant_index() {
    let Some(node) = Upstream::node().await else {
        return;
    };
    let stack = Stack::new(node.clone());
    let tenant = |name, placement| Side::tenant(name, placement, &stack, &node);
    let sides = [
        Side::direct("direct-", &node),
        tenant(ACME, Placement::SharedIndex),
        tenant(GLOBEX, Placement::SharedIndex),
        tenant(INITECH, Placement::DedicatedIndex),
        tenant(UMBRELLA, Placement::DedicatedCluster),
    ];
    run_all(&list::load(), &sides).await;
}

/// The in-process cluster is no other server than the node, for the part that it supports.
#[tokio::test]
async fn the_in_process_cluster_answers_as_the_node() {
    let Some(node) = Upstream::node().await else {
        return;
    };
    let mut scenarios = list::load();
    scenarios.retain(|scenario| scenario.memory);
    for scenario in &mut scenarios {
        scenario.steps.retain(|step| step.memory);
    }
    run_all(
        &scenarios,
        &[Side::direct("direct-", &node), Side::in_process()],
    )
    .await;
}

async fn run_all(scenarios: &[Scenario], sides: &[Side]) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut outcome = Outcome::default();
    for scenario in scenarios {
        let logical = format!(
            "c{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        prepare(scenario, &logical, sides).await;
        run::run(scenario, &logical, sides, &mut outcome).await;
        remove(&logical, sides).await;
    }
    report(&outcome);
}

/// The operator's part: an index with the scenario's mapping on each side, with the partition field where it is shared.
async fn prepare(scenario: &Scenario, logical: &str, sides: &[Side]) {
    let Some(mapping) = &scenario.mapping else {
        return;
    };
    let mut created = BTreeSet::new();
    for side in sides {
        let name = side.physical(&format!("{logical}-i"));
        let mut mapping: Value = serde_json::from_str(mapping.get()).unwrap();
        if side.placement == Placement::SharedIndex {
            mapping["properties"]["_tenant"] = json!({"type": "keyword"});
        }
        if created.insert(name.clone()) {
            let body = json!({"mappings": mapping}).to_string();
            let reply = side.operate("PUT", &format!("/{name}"), body).await;
            assert!(
                reply.status.is_success(),
                "{}: {}",
                scenario.name,
                reply.text()
            );
        }
    }
}

async fn remove(logical: &str, sides: &[Side]) {
    for side in sides {
        let names = ["i", "j", "none"]
            .map(|name| side.physical(&format!("{logical}-{name}")))
            .join(",");
        side.operate("DELETE", &format!("/{names}?ignore_unavailable=true"), "")
            .await;
    }
}

/// The steps on one existing index, for tests that need no answers: operation group, method and target, body.
pub fn steps(index: &str) -> Vec<(&'static str, String, Vec<u8>)> {
    let fill = |text: &str| {
        text.replace("{i}", index)
            .replace("{j}", &format!("{index}-other"))
    };
    let steps = list::load().into_iter().flat_map(|scenario| scenario.steps);
    let steps = steps.filter(|step| !step.send.contains("{$") && !step.send.contains("{none}"));
    let filled = steps.filter_map(|step| {
        let (_, group) = route::route(&step)?;
        let body = String::from_utf8(step.payload().0).ok()?;
        Some((group, fill(&step.send), fill(&body).into_bytes()))
    });
    filled.collect()
}

fn report(outcome: &Outcome) {
    println!(
        "{} answers compared; what may differ, and how often it did:",
        outcome.compared
    );
    for (name, why) in normalise::LIST {
        println!("  {name}: {} ({why})", outcome.uses.get(name).unwrap_or(&0));
    }
    let failures = &outcome.failures;
    assert!(
        failures.is_empty(),
        "{} differences:\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}
