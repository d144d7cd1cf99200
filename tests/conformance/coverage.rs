//! The list is whole: every endpoint of the issue, and every parameter that the server reads there.
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::list::{Step, load};
use super::route::{GROUPS, route};

#[test]
fn the_list_covers_every_endpoint_and_parameter() {
    let steps: Vec<Step> = load()
        .into_iter()
        .flat_map(|scenario| scenario.steps)
        .collect();
    let mut seen = BTreeSet::new();
    for step in &steps {
        let Some((template, group)) = route(step) else {
            continue;
        };
        seen.insert(format!("{} {template}", step.method()));
        let query = step.target().split_once('?').map_or("", |(_, query)| query);
        let names = query.split('&').filter_map(|pair| pair.split('=').next());
        seen.extend(names.map(|name| format!("{group} ?{name}")));
    }
    let endpoints = table("endpoints.csv")
        .into_iter()
        .filter(|row| GROUPS.contains(&row[2].as_str()));
    let parameters = table("params.csv")
        .into_iter()
        .filter(|row| GROUPS.contains(&row[0].as_str()));
    let wanted = endpoints
        .map(|row| format!("{} {}", row[0], row[1]))
        .chain(parameters.map(|row| format!("{} ?{}", row[0], row[1])));
    let missing: Vec<String> = wanted.filter(|name| !seen.contains(name)).collect();
    assert!(missing.is_empty(), "no step has:\n{}", missing.join("\n"));
}

#[test]
fn the_in_process_cluster_takes_the_larger_part() {
    let scenarios = load();
    let steps = scenarios.iter().flat_map(|scenario| {
        scenario
            .steps
            .iter()
            .map(|step| scenario.memory && step.memory)
    });
    let (supported, rest): (Vec<bool>, Vec<bool>) = steps.partition(|supported| *supported);
    assert!(
        supported.len() > rest.len(),
        "{} of {}",
        supported.len(),
        supported.len() + rest.len()
    );
}

/// The first three columns of a table, which hold no quoted commas.
fn table(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data")
            .join(name),
    )
    .unwrap();
    text.lines()
        .skip(1)
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}
