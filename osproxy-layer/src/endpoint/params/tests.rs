//! The table of parameters against its specification.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::endpoint::{Decision, routes};

/// The rows of a specification file, without its header.
pub(in crate::endpoint) fn csv(name: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/data")
        .join(name);
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    for char in text.chars() {
        let row = rows.last_mut().unwrap();
        match char {
            // A doubled quote inside quotes turns twice; no row's decision holds one.
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            '\r' => {}
            other => row.last_mut().unwrap().push(other),
        }
    }
    rows.retain(|row| row.len() > 1);
    rows.remove(0);
    rows
}

/// What the note says of a dedicated index, or of a shared one, against the column.
fn decisions(column: &str, note: &str) -> (String, String) {
    let (shared, dedicated) = if note.contains("ded-index/ded-cluster: forward")
        || note.contains("ded-index: reverse")
        || note.contains("As get.")
    {
        (column, "forward")
    } else if note.contains("shared: endpoint rejected") || note.contains("ded-index only") {
        ("reject", column)
    } else if note.contains("shared: ignored") {
        ("drop", column)
    } else {
        (column, column)
    };
    (shared.to_owned(), dedicated.to_owned())
}

/// The specification, row by row.
#[test]
fn the_table_is_the_specification() {
    let mut rows = 0;
    for row in csv("params.csv") {
        let [group, name, _, decision, note] = row.as_slice() else {
            panic!("five columns: {row:?}");
        };
        if group == "*" {
            continue; // rules of the parser, see `query`
        }
        rows += 1;
        let param = Group::get(group)
            .and_then(|group| group.param(name))
            .unwrap_or_else(|| panic!("{group} {name}"));
        let said = |kind| format!("{:?}", param.decision(kind)).to_lowercase();
        let (shared, dedicated) = decisions(decision, note);
        assert_eq!(said(PlacementKind::SharedIndex), shared, "{group} {name}");
        assert_eq!(
            said(PlacementKind::DedicatedIndex),
            dedicated,
            "{group} {name}"
        );
        let explained = matches!(param.shared, ParamDecision::Reject | ParamDecision::Drop);
        assert_eq!(explained, !param.reason.is_empty(), "{group} {name}");
        for kind in [PlacementKind::SharedIndex, PlacementKind::DedicatedCluster] {
            assert_eq!(
                decide(group, kind, name),
                Some(param.decision(kind)),
                "{group} {name}"
            );
        }
    }
    let table: usize = groups().map(|group| group.params().count()).sum();
    assert_eq!(table, rows, "no row beside the specification's");
}

#[test]
fn groups_and_parameters_are_named_once() {
    let mut seen = BTreeSet::new();
    for group in groups() {
        assert!(seen.insert((group.name, "")), "{}", group.name);
        for param in group.params() {
            assert!(
                seen.insert((group.name, param.name)),
                "{} {}",
                group.name,
                param.name
            );
        }
    }
}

/// A route that is served where it has neighbours has parameters, or every one of them would be refused.
#[test]
fn every_served_group_has_parameters() {
    for route in routes() {
        let served = [PlacementKind::SharedIndex, PlacementKind::DedicatedIndex]
            .iter()
            .any(|&kind| !matches!(route.decision(kind), Decision::Reject | Decision::Operator));
        if served && Group::get(route.group()).is_none() {
            let without = [
                "favicon",
                "options",
                "cluster.get_component_template",
                "cluster.exists_component_template",
            ];
            assert!(without.contains(&route.group()), "{}", route.group());
        }
    }
}

#[test]
fn a_dedicated_cluster_keeps_names_and_cursors_in_our_hands() {
    let decide = |group, name| decide(group, PlacementKind::DedicatedCluster, name);
    assert_eq!(decide("search", "routing"), Some(ParamDecision::Forward));
    assert_eq!(
        decide("search", "of_a_newer_server"),
        Some(ParamDecision::Forward)
    );
    assert_eq!(decide("search", "scroll"), Some(ParamDecision::Rewrite));
    assert_eq!(decide("search", "index"), Some(ParamDecision::Rewrite));
    assert_eq!(decide("index", "id"), Some(ParamDecision::Reject));
    assert_eq!(decide("indices.delete", "index"), None);
    assert_eq!(
        decide("indices.delete", "timeout"),
        Some(ParamDecision::Forward)
    );
    assert_eq!(
        decide("indices.delete", "error_trace"),
        Some(ParamDecision::Drop)
    );
}
