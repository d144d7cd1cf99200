//! Which endpoints there are, and for whom.
use std::collections::BTreeMap;

use osproxy_layer::endpoint::{Decision, PlacementKind, Route, routes};

use super::text::{code, table};

const KINDS: [PlacementKind; 3] = [
    PlacementKind::SharedIndex,
    PlacementKind::DedicatedIndex,
    PlacementKind::DedicatedCluster,
];

/// Routes that the table has and the stack doesn't do yet: methods, template, kinds of placement. The stack's tests hold
/// the list to be exact.
fn is_next(route: &Route, kind: PlacementKind) -> bool {
    let list = include_str!("../../data/not_yet.csv");
    list.lines().skip(1).any(|line| {
        let columns: Vec<_> = line.split(',').collect();
        columns[1] == route.template() && columns[2].split(' ').any(|name| name == kind.as_str())
    })
}

fn is_served(route: &Route, kind: PlacementKind) -> bool {
    let refused = matches!(route.decision(kind), Decision::Reject | Decision::Operator);
    !refused && !is_next(route, kind)
}

/// `GET,POST /_search`
fn name(route: &Route) -> String {
    let methods = route.methods().to_string();
    let methods = if methods.contains("PATCH") {
        "(any)"
    } else {
        &methods
    };
    format!("`{methods} {}`", route.template())
}

fn word(route: &Route, kind: PlacementKind) -> &'static str {
    match route.decision(kind) {
        _ if is_next(route, kind) => "not offered yet",
        Decision::Virtual => "answered here",
        Decision::Rewrite => "rewritten",
        Decision::Forward => "passes",
        Decision::Operator => "only if the operator lists it",
        Decision::Reject => "**refused**",
    }
}

/// What a tenant without a cluster of its own can call, on one kind of placement at least.
pub fn served() -> String {
    let mut routes: Vec<_> = routes()
        .filter(|route| KINDS[..2].iter().any(|kind| is_served(route, *kind)))
        .collect();
    routes.sort_by_key(|route| (route.template(), route.methods().to_string()));
    let rows = routes.iter().map(|route| {
        let [shared, index, cluster] = KINDS.map(|kind| word(route, kind).to_owned());
        [
            format!("`{} {}`", route.methods(), route.template()),
            shared,
            index,
            cluster,
        ]
    });
    table(
        [
            "endpoint",
            "on a shared index",
            "on an own index",
            "on an own cluster",
        ],
        rows,
    )
}

/// The others, by the reason of their refusal.
pub fn refused() -> String {
    let mut reasons: BTreeMap<&str, Vec<&Route>> = BTreeMap::new();
    for route in routes().filter(|route| KINDS[..2].iter().all(|kind| !is_served(route, *kind))) {
        reasons.entry(route.reason()).or_default().push(route);
    }
    let rows = reasons.into_iter().map(|(reason, routes)| {
        let names: Vec<_> = routes
            .iter()
            .map(|route| {
                let listed = KINDS
                    .iter()
                    .any(|kind| route.decision(*kind) == Decision::Operator);
                let never = KINDS
                    .iter()
                    .all(|kind| route.decision(*kind) == Decision::Reject);
                let mark = match (listed, never) {
                    (true, _) => "²",
                    (_, true) => "³",
                    _ => "",
                };
                name(route) + mark
            })
            .collect();
        let reason = if reason.is_empty() {
            "not offered yet"
        } else {
            reason
        };
        [reason.to_owned(), names.join(", ")]
    });
    table(["why", "endpoints"], rows)
}

/// Only so that a name that is misspelled in the list shows.
#[test]
fn what_is_not_offered_yet_is_in_the_table() {
    let list = include_str!("../../data/not_yet.csv");
    for line in list.lines().skip(1) {
        let template = line.split(',').nth(1).unwrap();
        assert!(
            routes().any(|route| route.template() == template),
            "{}",
            code(template)
        );
    }
}
