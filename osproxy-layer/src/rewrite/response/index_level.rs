//! Answers of index-level calls: objects with the names of indices for keys.
//!
//! They are small and read whole. A key that is no index of the partition is a breach, as a hit of another index is; what
//! names the cluster (unique ids, shards' nodes, pipelines) is left out.

use super::{Breach, ReverseError};
use crate::rewrite::index_settings;
use crate::rewrite::json::MAX_DEPTH;
use crate::rewrite::json::tree::{self, Object, Value};

/// What an index-level call answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IndexShape {
    /// That an index was made, or a mapping put.
    Acknowledged,
    /// Aliases, mappings, settings, or fields' mappings, each under its index.
    Keyed,
    /// Sums, and those of each index.
    Stats,
    /// Fields, and the indices that have them.
    FieldCaps,
    /// The health of indices.
    Health,
    /// Tokens.
    Analysis,
    /// Whether a query is valid.
    Validity,
}

/// What an index, or an alias, is called by its client; `None` where it is none of the partition's.
pub(crate) type Logical<'l> = &'l dyn Fn(&str) -> Option<String>;

/// The logical answer.
///
/// # Errors
/// When the answer is not what such a call answers, or names an index of somebody else.
pub(crate) fn index_level<'a>(
    raw: &'a [u8],
    shape: IndexShape,
    logical: Logical<'_>,
) -> Result<Value<'a>, ReverseError> {
    let answer = match tree::parse(raw, MAX_DEPTH) {
        Ok(Value::Object(answer)) => answer,
        Ok(_) => return Err(ReverseError::Shape("no object")),
        Err(error) => return Err(error.error().into()),
    };
    match shape {
        IndexShape::Acknowledged => each(&answer, |key, value| match key {
            "acknowledged" | "shards_acknowledged" => Ok(Some(value.clone())),
            "index" => Ok(Some(Value::text(index(logical, value)?))),
            _ => Ok(None),
        }),
        IndexShape::Keyed => keyed(&answer, logical),
        IndexShape::Stats => each(&answer, |key, value| match key {
            "_shards" => Ok(Some(counts(value))),
            "_all" => Ok(Some(value.clone())),
            "indices" => by_index(value, logical, |of| {
                pick(of, &["health", "status", "primaries", "total"])
            }),
            _ => Ok(None),
        }),
        IndexShape::FieldCaps => each(&answer, |key, value| match key {
            "indices" => names(value, logical).map(Some),
            "fields" => of_fields(value, logical).map(Some),
            _ => Ok(None),
        }),
        IndexShape::Health => each(&answer, |key, value| health(key, value, logical)),
        IndexShape::Analysis => Ok(pick(&Value::Object(answer), &["tokens", "detail"])),
        IndexShape::Validity => each(&answer, |key, value| match key {
            "_shards" => Ok(Some(counts(value))),
            "valid" => Ok(Some(value.clone())),
            "explanations" => explanations(value, logical).map(Some),
            _ => Ok(None),
        }),
    }
}

/// What stands under each index, and nothing else.
fn keyed<'a>(answer: &Object<'a>, logical: Logical<'_>) -> Result<Value<'a>, ReverseError> {
    let mut shown = Object::default();
    for (key, value) in answer.iter() {
        match (key, value) {
            // Aliases that aren't there are told beside those that are.
            ("error", Value::String(text)) => {
                shown.set("error", Value::text(missing_aliases(text, logical)));
            }
            ("status", Value::Number(_)) => shown.set("status", value.clone()),
            _ => {
                let name = logical(key).ok_or(ReverseError::Breach(Breach::Index))?;
                shown.set(name, of_index(value, logical)?);
            }
        }
    }
    Ok(Value::Object(shown))
}

fn of_index<'a>(value: &Value<'a>, logical: Logical<'_>) -> Result<Value<'a>, ReverseError> {
    let Value::Object(index) = value else {
        return Err(ReverseError::Shape("an index is no object"));
    };
    each(index, |key, value| match (key, value) {
        ("mappings", mappings) => Ok(Some(mappings.clone())),
        ("settings", Value::Object(settings)) => {
            Ok(Some(Value::Object(index_settings::visible(settings))))
        }
        // An alias whose name isn't this partition's is the operator's.
        ("aliases", Value::Object(aliases)) => {
            let own = aliases
                .iter()
                .filter_map(|(name, alias)| Some((logical(name)?, alias.clone())));
            Ok(Some(Value::object(own)))
        }
        _ => Ok(None),
    })
}

/// `alias [a,b] missing`, with the names that the client asked for.
fn missing_aliases(text: &str, logical: Logical<'_>) -> String {
    let names = text
        .split_once('[')
        .and_then(|(_, rest)| rest.rsplit_once(']'))
        .map_or("", |(names, _)| names);
    let names: Vec<String> = names.split(',').filter_map(logical).collect();
    let noun = if names.len() > 1 { "aliases" } else { "alias" };
    format!("{noun} [{}] missing", names.join(","))
}

fn of_fields<'a>(value: &Value<'a>, logical: Logical<'_>) -> Result<Value<'a>, ReverseError> {
    let shape = || ReverseError::Shape("fields");
    let Value::Object(fields) = value else {
        return Err(shape());
    };
    each(fields, |_, types| {
        let Value::Object(types) = types else {
            return Err(shape());
        };
        let types = each(types, |_, caps| {
            let Value::Object(caps) = caps else {
                return Err(shape());
            };
            let caps = each(caps, |key, value| match (key, value) {
                ("indices" | "non_searchable_indices" | "non_aggregatable_indices", list) => {
                    names(list, logical).map(Some)
                }
                _ => Ok(Some(value.clone())),
            })?;
            Ok(Some(caps))
        })?;
        Ok(Some(types))
    })
}

/// The counts of shards are the index's own; the rest is one node, as every answer of this front says.
fn health<'a>(
    key: &str,
    value: &Value<'a>,
    logical: Logical<'_>,
) -> Result<Option<Value<'a>>, ReverseError> {
    let number = |text: &'static str| Ok(Some(Value::Number(text.into())));
    match key {
        "cluster_name" => Ok(Some(Value::text("osproxy"))),
        "number_of_nodes" | "number_of_data_nodes" => number("1"),
        "number_of_pending_tasks"
        | "number_of_in_flight_fetch"
        | "task_max_waiting_in_queue_millis"
        | "delayed_unassigned_shards" => number("0"),
        "status"
        | "timed_out"
        | "discovered_master"
        | "discovered_cluster_manager"
        | "active_primary_shards"
        | "active_shards"
        | "relocating_shards"
        | "initializing_shards"
        | "unassigned_shards"
        | "active_shards_percent_as_number"
        // With `human`.
        | "active_shards_percent" => Ok(Some(value.clone())),
        "indices" => by_index(value, logical, Clone::clone),
        _ => Ok(None),
    }
}

fn explanations<'a>(value: &Value<'a>, logical: Logical<'_>) -> Result<Value<'a>, ReverseError> {
    let Value::Array(list) = value else {
        return Err(ReverseError::Shape("explanations"));
    };
    let one = |one: &Value<'a>| {
        let Value::Object(one) = one else {
            return Err(ReverseError::Shape("an explanation"));
        };
        each(one, |key, value| match key {
            "index" => Ok(Some(Value::text(index(logical, value)?))),
            "shard" | "valid" | "explanation" => Ok(Some(value.clone())),
            // The text of an error names the physical index.
            _ => Ok(None),
        })
    };
    Ok(Value::Array(
        list.iter().map(one).collect::<Result<_, _>>()?,
    ))
}

/// An object by index, each value shown by `show`.
fn by_index<'a>(
    value: &Value<'a>,
    logical: Logical<'_>,
    show: impl Fn(&Value<'a>) -> Value<'a>,
) -> Result<Option<Value<'a>>, ReverseError> {
    let Value::Object(indices) = value else {
        return Err(ReverseError::Shape("indices"));
    };
    let mut shown = Object::default();
    for (name, value) in indices.iter() {
        let name = logical(name).ok_or(ReverseError::Breach(Breach::Index))?;
        shown.set(name, show(value));
    }
    Ok(Some(Value::Object(shown)))
}

/// The members that `show` gives a value to.
fn each<'a>(
    object: &Object<'a>,
    show: impl Fn(&str, &Value<'a>) -> Result<Option<Value<'a>>, ReverseError>,
) -> Result<Value<'a>, ReverseError> {
    let mut shown = Object::default();
    for (key, value) in object.iter() {
        if let Some(value) = show(key, value)? {
            shown.set(key.to_owned(), value);
        }
    }
    Ok(Value::Object(shown))
}

fn pick<'a>(value: &Value<'a>, keys: &[&str]) -> Value<'a> {
    let Value::Object(object) = value else {
        return value.clone();
    };
    let kept = object.iter().filter(|(key, _)| keys.contains(key));
    Value::object(kept.map(|(key, value)| (key.to_owned(), value.clone())))
}

/// Failures name nodes and indices.
fn counts<'a>(shards: &Value<'a>) -> Value<'a> {
    pick(shards, &["total", "successful", "skipped", "failed"])
}

fn names<'a>(list: &Value<'_>, logical: Logical<'_>) -> Result<Value<'a>, ReverseError> {
    let Value::Array(list) = list else {
        return Err(ReverseError::Shape("a list of indices"));
    };
    let names = list
        .iter()
        .map(|name| index(logical, name).map(Value::text));
    Ok(Value::Array(names.collect::<Result<_, _>>()?))
}

fn index(logical: Logical<'_>, name: &Value<'_>) -> Result<String, ReverseError> {
    name.as_str()
        .and_then(logical)
        .ok_or(ReverseError::Breach(Breach::Index))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(shape: IndexShape, raw: &str) -> Result<String, ReverseError> {
        let logical = |name: &str| name.strip_prefix("acme.").map(str::to_owned);
        let value = index_level(raw.as_bytes(), shape, &logical)?;
        Ok(String::from_utf8(tree::write(&value)).expect("UTF-8"))
    }

    #[test]
    fn names_are_turned_back_in_every_shape() {
        for (shape, raw, shown) in [
            (
                IndexShape::Acknowledged,
                r#"{"acknowledged":true,"shards_acknowledged":true,"index":"acme.orders"}"#,
                r#"{"acknowledged":true,"shards_acknowledged":true,"index":"orders"}"#,
            ),
            (
                IndexShape::Keyed,
                r#"{"acme.orders":{"aliases":{"acme.now":{"is_write_index":true},"everyone":{}},"mappings":{"properties":{"a":{"scaling_factor":1.10}}},"settings":{"index":{"uuid":"u","number_of_shards":"1"}},"defaults":{}}}"#,
                r#"{"orders":{"aliases":{"now":{"is_write_index":true}},"mappings":{"properties":{"a":{"scaling_factor":1.10}}},"settings":{"index":{"number_of_shards":"1"}}}}"#,
            ),
            (
                IndexShape::Keyed,
                r#"{"error":"aliases [acme.a,acme.b] missing","status":404,"acme.orders":{"aliases":{}}}"#,
                r#"{"error":"aliases [a,b] missing","status":404,"orders":{"aliases":{}}}"#,
            ),
            (
                IndexShape::Stats,
                r#"{"_shards":{"total":1,"failures":[1]},"_all":{"total":{}},"indices":{"acme.orders":{"uuid":"u","total":{},"shards":{"0":[]}}}}"#,
                r#"{"_shards":{"total":1},"_all":{"total":{}},"indices":{"orders":{"total":{}}}}"#,
            ),
            (
                IndexShape::FieldCaps,
                r#"{"indices":["acme.a","acme.b"],"fields":{"f":{"long":{"type":"long","searchable":true,"indices":["acme.a"]}}}}"#,
                r#"{"indices":["a","b"],"fields":{"f":{"long":{"type":"long","searchable":true,"indices":["a"]}}}}"#,
            ),
            (
                IndexShape::Health,
                r#"{"cluster_name":"prod","status":"yellow","timed_out":false,"number_of_nodes":9,"active_shards":1,"number_of_pending_tasks":4,"indices":{"acme.a":{"status":"yellow"}}}"#,
                r#"{"cluster_name":"osproxy","status":"yellow","timed_out":false,"number_of_nodes":1,"active_shards":1,"number_of_pending_tasks":0,"indices":{"a":{"status":"yellow"}}}"#,
            ),
            (
                IndexShape::Analysis,
                r#"{"tokens":[{"token":"a"}],"node":"x"}"#,
                r#"{"tokens":[{"token":"a"}]}"#,
            ),
            (
                IndexShape::Validity,
                r#"{"_shards":{"total":1,"successful":1,"failed":0},"valid":false,"explanations":[{"index":"acme.a","valid":false,"error":"[acme.a/u] x"}]}"#,
                r#"{"_shards":{"total":1,"successful":1,"failed":0},"valid":false,"explanations":[{"index":"a","valid":false}]}"#,
            ),
        ] {
            assert_eq!(turned(shape, raw).as_deref(), Ok(shown), "{shape:?}");
        }
    }

    #[test]
    fn an_index_of_somebody_else_is_a_breach() {
        for (shape, raw) in [
            (IndexShape::Acknowledged, r#"{"index":"globex.orders"}"#),
            (IndexShape::Keyed, r#"{"globex.orders":{}}"#),
            (IndexShape::Keyed, r#"{"acme.a":{},"orders":{}}"#),
            (IndexShape::Stats, r#"{"indices":{"globex.orders":{}}}"#),
            (IndexShape::FieldCaps, r#"{"indices":["globex.orders"]}"#),
            (
                IndexShape::FieldCaps,
                r#"{"fields":{"f":{"t":{"indices":["x"]}}}}"#,
            ),
            (IndexShape::Health, r#"{"indices":{"globex.orders":{}}}"#),
            (IndexShape::Validity, r#"{"explanations":[{"index":"x"}]}"#),
        ] {
            let error = turned(shape, raw).expect_err(raw);
            assert!(error.is_breach(), "{raw}: {error:?}");
        }
        for bad in ["[]", "x", r#"{"a":1"#, r#"{"acme.a":1}"#] {
            let error = turned(IndexShape::Keyed, bad).expect_err(bad);
            assert!(!error.is_breach(), "{bad}");
        }
    }
}
