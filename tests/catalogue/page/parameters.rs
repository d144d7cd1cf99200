//! What a query string may hold.
use osproxy_layer::endpoint::params::{self, Group, Param};
use osproxy_layer::endpoint::{Decision, ParamDecision, PlacementKind, routes};
use osproxy_layer::rewrite::screen::{Calls, Fold, PARAMS, Url};

use super::text::{code, table};

/// A search and a count have rows of their own, since their parameters can stand for parts of the body.
const SCREENED: [&str; 2] = ["search", "count"];

pub fn of_a_search() -> String {
    let rows = PARAMS.iter().map(|param| {
        let calls = match param.calls {
            Calls::Search => "search",
            Calls::Count => "count",
            Calls::Both => "both",
        };
        [
            code(param.name),
            calls.to_owned(),
            read_here(param.name).unwrap_or_else(|| word(param.shared)),
            read_here(param.name).unwrap_or_else(|| word(param.dedicated)),
            param.catalogue.to_owned(),
        ]
    });
    table(
        [
            "parameter",
            "of a",
            "on a shared index",
            "on an own index",
            "row",
        ],
        rows,
    )
}

/// What the stack takes out of the query string before the screen is asked.
fn read_here(name: &str) -> Option<String> {
    let told = match name {
        "filter_path" => "applied to the answer, after it was turned back",
        "index" => "the index, on an endpoint that has none in its path",
        _ => return None,
    };
    Some(told.to_owned())
}

fn word(decision: Url) -> String {
    match decision {
        Url::Forward => "passes".to_owned(),
        Url::Drop => "taken, and not sent".to_owned(),
        Url::Refuse(why) => format!("**refused**: {why}"),
        Url::Off(why) => format!("`false`, which is as good as none; else **refused**: {why}"),
        Url::Preference => {
            "a word of the client's own or `_local`; what names shards or nodes is **refused**"
                .to_owned()
        }
        Url::Json => "`json`; others are **refused**".to_owned(),
        Url::Names => "passes, without `_index`".to_owned(),
        Url::Fold(fold) => format!("becomes {} of the body, and is screened there", part(fold)),
    }
}

fn part(fold: Fold) -> String {
    match fold {
        Fold::Sort => "`sort`".to_owned(),
        Fold::Source => "`_source`".to_owned(),
        Fold::Includes => "`_source.includes`".to_owned(),
        Fold::Excludes => "`_source.excludes`".to_owned(),
        Fold::DocvalueFields => "`docvalue_fields`".to_owned(),
        Fold::StoredFields => "`stored_fields`".to_owned(),
        Fold::QueryText(key) | Fold::QueryFlag(key) => format!("`query.query_string.{key}`"),
        Fold::Body => "the whole".to_owned(),
        Fold::BodyType => "the type".to_owned(),
    }
}

/// One line for each group of endpoints that is served on a shared or a dedicated index.
pub fn of_the_rest() -> String {
    let served = |group: &Group| {
        routes()
            .filter(|route| route.group() == group.name())
            .any(|route| {
                [PlacementKind::SharedIndex, PlacementKind::DedicatedIndex]
                    .iter()
                    .any(|kind| {
                        !matches!(route.decision(*kind), Decision::Reject | Decision::Operator)
                    })
            })
    };
    let groups =
        params::groups().filter(|group| !SCREENED.contains(&group.name()) && served(group));
    let rows = groups.into_iter().map(|group| {
        let of = |decision| names(group, decision);
        [
            code(group.name()),
            of(ParamDecision::Forward),
            of(ParamDecision::Rewrite),
            of(ParamDecision::Drop),
            of(ParamDecision::Reject),
        ]
    });
    table(
        [
            "operation",
            "passes",
            "read or translated",
            "taken, and not sent",
            "refused",
        ],
        rows,
    )
}

/// The names with one decision on a shared index. Those that have another one on a dedicated index are marked.
fn names(group: &Group, decision: ParamDecision) -> String {
    let here = |param: &&Param| param.decision(PlacementKind::SharedIndex) == decision;
    let mut params: Vec<_> = group.params().filter(here).collect();
    params.sort_by_key(|param| param.name());
    let names = params.iter().map(|param| {
        let alike = param.decision(PlacementKind::DedicatedIndex) == decision;
        code(param.name()) + if alike { "" } else { "¹" }
    });
    names.collect::<Vec<_>>().join(", ")
}
