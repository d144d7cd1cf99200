//! Conformance: every request of the list answers through the stack as it does on a single-tenant index.
//!
//! Status, body, content type and location are equal but for the closed list of [`normalise`], which each run prints,
//! and but for the steps that say what is answered `instead`, and why.
mod coverage;
mod list;
mod normalise;
mod run;
mod side;

use http::Method;

use self::list::Scenario;
use self::run::Outcome;
use self::side::Side;
use crate::support::http::Client;
use crate::support::node;

/// The list itself is sound: two single-tenant indices answer alike, with the statuses that the list says.
#[tokio::test]
async fn two_single_tenant_indices_answer_alike() {
    let Some(url) = node::url().await else { return };
    let client = Client::new();
    let sides = [
        Side::direct("first", "first-", &client, url),
        Side::direct("second", "second-", &client, url),
    ];
    let mut outcome = Outcome::default();
    for (n, scenario) in list::load().iter().enumerate() {
        let logical = format!("c{}-{n}", std::process::id());
        prepare(&client, url, scenario, &logical, &sides).await;
        run::run(scenario, &logical, &sides, &mut outcome).await;
        remove(&client, url, &logical, &sides).await;
    }
    report(&outcome);
}

/// The operator's part: an index with the scenario's mapping on each side.
async fn prepare(client: &Client, url: &str, scenario: &Scenario, logical: &str, sides: &[Side]) {
    let Some(mapping) = &scenario.mapping else {
        return;
    };
    for side in sides {
        let name = (side.physical)(&format!("{}{logical}-i", side.prefix));
        let reply = client
            .json(
                Method::PUT,
                &format!("{url}/{name}"),
                format!(r#"{{"mappings":{}}}"#, mapping.get()),
            )
            .await;
        assert!(
            reply.status.is_success(),
            "{}: {}",
            scenario.name,
            reply.text()
        );
    }
}

async fn remove(client: &Client, url: &str, logical: &str, sides: &[Side]) {
    let names = sides.iter().flat_map(|side| {
        ["i", "j", "none"].map(|name| (side.physical)(&format!("{}{logical}-{name}", side.prefix)))
    });
    let names = names.collect::<Vec<_>>().join(",");
    let reply = client
        .json(
            Method::DELETE,
            &format!("{url}/{names}?ignore_unavailable=true"),
            "",
        )
        .await;
    assert!(reply.status.is_success(), "{}", reply.text());
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
