//! What a logical index on a shared placement is said to be: its settings, its row in a table, its place in a list.
//!
//! The physical index is everybody's, so its own settings, sizes and counts are nobody's to see (catalogue F-07, F-16).
//! A partition is in one shard of it, and so is the logical index.

use bytes::Bytes;

use super::asked::Asked;
use super::mapping;
use super::output::{Authored, table};
use crate::rejection::Rejection;
use crate::rewrite::cat::INDICES;
use crate::rewrite::filter_path::glob;
use crate::rewrite::json::tree::Value;

/// The settings that clients look for, and what they are.
const SETTINGS: [(&str, &str); 2] = [("number_of_shards", "1"), ("number_of_replicas", "0")];

/// The unique id that the node shows for an index which has none.
pub(super) const NO_UUID: &str = "_na_";

/// `GET /{index}/_settings[/{name}]`: indices without a setting that was asked for are left out.
pub(super) fn settings(
    asked: &Asked<'_>,
    names: Vec<String>,
) -> Result<Authored<'static>, Rejection> {
    let shown = settings_of_one(asked)?;
    let members = names.into_iter().filter_map(|name| {
        let settings = shown.clone()?;
        Some((name, Value::object([("settings", settings)])))
    });
    Ok(Authored::ok(Value::object(members)))
}

/// The settings of any index; none where none was asked for.
pub(super) fn settings_of_one(asked: &Asked<'_>) -> Result<Option<Value<'static>>, Rejection> {
    if asked.flag("include_defaults") {
        return Err(Rejection::refused(
            "parameter [include_defaults] would show the settings of the operator's nodes",
        ));
    }
    let wanted = asked.endpoint.value("name").unwrap_or("_all");
    let is_wanted = |name: &str| {
        wanted
            .split(',')
            .any(|pattern| pattern == "_all" || glob(pattern, &format!("index.{name}")))
    };
    let shown = || SETTINGS.into_iter().filter(|(name, _)| is_wanted(name));
    if shown().next().is_none() {
        return Ok(None);
    }
    Ok(Some(if asked.flag("flat_settings") {
        Value::object(shown().map(|(name, value)| (format!("index.{name}"), Value::text(value))))
    } else {
        let index = Value::object(shown().map(|(name, value)| (name, Value::text(value))));
        Value::object([("index", index)])
    }))
}

/// `GET /_resolve/index/{expression}`.
pub(super) fn resolve(names: Vec<String>) -> Authored<'static> {
    let open = || Value::Array(vec![Value::text("open")]);
    let indices = names
        .into_iter()
        .map(|name| Value::object([("name", Value::text(name)), ("attributes", open())]));
    Authored::ok(Value::object([
        ("indices", Value::Array(indices.collect())),
        ("aliases", Value::Array(Vec::new())),
        ("data_streams", Value::Array(Vec::new())),
    ]))
}

/// `_cat/indices[/{index}]`.
pub(super) fn cat(asked: &Asked<'_>, names: &[String]) -> Result<Authored<'static>, Rejection> {
    let health = asked.query.get("health");
    let green = health.is_none_or(|wanted| wanted.eq_ignore_ascii_case("green"));
    table(asked, INDICES, |table| {
        for name in names.iter().filter(|_| green) {
            table.push(|column| {
                let cell = match column {
                    "health" => "green",
                    "status" => "open",
                    "index" => name,
                    "uuid" => NO_UUID,
                    "pri" => "1",
                    "rep" => "0",
                    _ => return None,
                };
                Some(cell.to_owned())
            });
        }
    })
}

/// `GET /{index}`.
pub(super) fn whole<'a>(
    asked: &Asked<'_>,
    mappings: &'a [(String, Bytes)],
) -> Result<Value<'a>, Rejection> {
    let settings = settings_of_one(asked)?.unwrap_or_else(|| Value::object::<&str>([]));
    let mut members = Vec::with_capacity(mappings.len());
    for (name, text) in mappings {
        let index = Value::object([
            ("aliases", Value::object::<&str>([])),
            ("mappings", mapping::parse(text)?),
            ("settings", settings.clone()),
        ]);
        members.push((name.as_str(), index));
    }
    Ok(Value::object(members))
}
