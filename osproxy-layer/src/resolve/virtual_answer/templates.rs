//! `GET` and `HEAD` of `_template`, `_index_template` and `_component_template`.
//!
//! Template names are the cluster's, so no tenant sees one. A shipper asks for its template before it would put it: what
//! the operator has declared as managed (see [`Stack::managed_templates`](crate::Stack::managed_templates)) is there, with
//! the highest version, so that the shipper leaves it alone and starts; any other is a 404 or an empty list.

use http::StatusCode;

use super::asked::Asked;
use super::output::{Authored, number};
use crate::endpoint::Operation;
use crate::rejection::{Rejection, RejectionKind};
use crate::rewrite::filter_path::glob;
use crate::rewrite::json::tree::Value;

/// Higher than any that a client compares with; the server reads it as a 32-bit number.
const HIGHEST_VERSION: usize = 2_147_483_647;

/// A kind of template, by the API that has it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Legacy,
    Index,
    Component,
}

/// The answer. `managed` are names, with `*` for any run of characters.
pub(super) fn templates(
    asked: &Asked<'_>,
    managed: &[String],
) -> Result<Authored<'static>, Rejection> {
    use Operation as Op;
    let (kind, head) = match asked.endpoint.operation() {
        Op::GetTemplate => (Kind::Legacy, false),
        Op::ExistsTemplate => (Kind::Legacy, true),
        Op::GetIndexTemplate => (Kind::Index, false),
        Op::ExistsIndexTemplate => (Kind::Index, true),
        Op::GetComponentTemplate => (Kind::Component, false),
        _ => (Kind::Component, true),
    };
    let wanted = asked.endpoint.value("name");
    let names = match wanted {
        Some(wanted) => found(wanted, managed),
        None => listed("*", managed),
    };
    if head {
        return Ok(Authored::head(!names.is_empty()));
    }
    let exact = wanted.filter(|name| names.is_empty() && !name.contains('*'));
    if let (Some(name), Kind::Index | Kind::Component) = (exact, kind) {
        return Err(missing(kind, name));
    }
    let status = if names.is_empty() && wanted.is_some() {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::OK
    };
    Ok(Authored::json(status, body(kind, &names)))
}

/// The managed templates that a list of names and wildcards asks for.
fn found(wanted: &str, managed: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in wanted.split(',').map(str::trim) {
        let more = if name.contains('*') {
            listed(name, managed)
        } else if managed.iter().any(|pattern| glob(pattern, name)) {
            vec![name.to_owned()]
        } else {
            Vec::new()
        };
        for name in more {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// A list shows those that have a name of their own: what a pattern stands for has no end.
fn listed(pattern: &str, managed: &[String]) -> Vec<String> {
    managed
        .iter()
        .filter(|name| !name.contains('*') && glob(pattern, name))
        .cloned()
        .collect()
}

fn body(kind: Kind, names: &[String]) -> Value<'static> {
    let empty = || Value::object::<&str>([]);
    let version = || ("version", number(HIGHEST_VERSION));
    let none = || ("index_patterns", Value::Array(Vec::new()));
    let each = |name: &String| match kind {
        Kind::Legacy => Value::object([
            ("order", number(0)),
            version(),
            none(),
            ("settings", empty()),
            ("mappings", empty()),
            ("aliases", empty()),
        ]),
        Kind::Index => Value::object([
            ("name", Value::text(name.clone())),
            (
                "index_template",
                Value::object([none(), ("composed_of", Value::Array(Vec::new())), version()]),
            ),
        ]),
        Kind::Component => Value::object([
            ("name", Value::text(name.clone())),
            (
                "component_template",
                Value::object([("template", empty()), version()]),
            ),
        ]),
    };
    let list = |key: &'static str| {
        let all = names.iter().map(each).collect();
        Value::object([(key, Value::Array(all))])
    };
    match kind {
        Kind::Legacy => Value::object(names.iter().map(|name| (name.clone(), each(name)))),
        Kind::Index => list("index_templates"),
        Kind::Component => list("component_templates"),
    }
}

fn missing(kind: Kind, name: &str) -> Rejection {
    let what = match kind {
        Kind::Component => "component",
        Kind::Index | Kind::Legacy => "index",
    };
    let shown = crate::rewrite::json::tree::shown(name);
    Rejection::new(
        RejectionKind::Unplaced,
        StatusCode::NOT_FOUND,
        "resource_not_found_exception",
        format!("{what} template matching [{shown}] not found"),
    )
}
