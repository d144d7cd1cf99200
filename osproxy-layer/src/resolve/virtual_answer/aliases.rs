//! `GET` and `HEAD` of `_alias` on a shared placement: no logical index has one.
//!
//! Alias names are the cluster's, and an alias of a shared index would be everybody's.

use http::StatusCode;

use super::asked::Asked;
use super::output::Authored;
use crate::endpoint::Operation;
use crate::rewrite::json::tree::Value;

/// The answer over these indices.
pub(super) fn aliases(asked: &Asked<'_>, names: Vec<String>) -> Authored<'static> {
    let wanted = asked.endpoint.value("name").filter(|name| *name != "_all");
    let exact: Vec<&str> = wanted
        .iter()
        .flat_map(|wanted| wanted.split(','))
        .filter(|name| !name.contains('*'))
        .collect();
    if asked.endpoint.operation() == Operation::ExistsAlias {
        return Authored::head(match wanted {
            None => !names.is_empty(),
            Some(_) => exact.is_empty(),
        });
    }
    if !exact.is_empty() {
        let noun = if exact.len() > 1 { "aliases" } else { "alias" };
        let shown = crate::rewrite::json::tree::shown(&exact.join(","));
        let answer = Value::object([
            ("error", Value::text(format!("{noun} [{shown}] missing"))),
            ("status", Value::Number("404".into())),
        ]);
        return Authored::json(StatusCode::NOT_FOUND, answer);
    }
    let none = || Value::object([("aliases", Value::object::<&str>([]))]);
    // With a pattern the node shows the indices that have a match alone.
    let shown = names.into_iter().filter(|_| wanted.is_none());
    Authored::ok(Value::object(shown.map(|name| (name, none()))))
}
