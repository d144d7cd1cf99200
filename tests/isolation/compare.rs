//! Takes away what may differ between two answers that are alike.

use serde_json::Value;

use super::search::Request;

/// Takes away times, shard counts and, unless they are compared, scores; puts unsorted hits in one order.
pub fn normalise(answer: &mut Value, request: &Request) {
    if let Value::Object(object) = answer {
        object.remove("took");
        if let Some(took) = object.get_mut("phase_took") {
            *took = Value::Null;
        }
        object.remove("_shards");
        // A bare term on an index of one's own can be counted without being searched; beside a filter it can't.
        if request.body.get("terminate_after").is_none() {
            object.remove("terminated_early");
        }
    }
    drop_empty_highlights(answer);
    if !request.scored {
        drop_scores(answer);
    }
    if request.body.get("sort").is_none() {
        let hits = answer
            .pointer_mut("/hits/hits")
            .and_then(Value::as_array_mut);
        if let Some(hits) = hits {
            hits.sort_by_key(|hit| hit["_id"].to_string());
        }
    }
}

/// A highlight of nothing but the partition field is left empty by the reversal.
fn drop_empty_highlights(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|key, value| {
                key != "highlight" || value.as_object().is_none_or(|fields| !fields.is_empty())
            });
            object.values_mut().for_each(drop_empty_highlights);
        }
        Value::Array(values) => values.iter_mut().for_each(drop_empty_highlights),
        _ => {}
    }
}

fn drop_scores(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for key in ["_score", "max_score"] {
                object.remove(key);
            }
            object.values_mut().for_each(drop_scores);
        }
        Value::Array(values) => values.iter_mut().for_each(drop_scores),
        _ => {}
    }
}

/// Where two answers differ first.
pub fn difference(own: &Value, shared: &Value) -> Option<String> {
    match (own, shared) {
        (Value::Object(one), Value::Object(other)) => {
            let keys = one
                .keys()
                .chain(other.keys().filter(|key| !one.contains_key(*key)));
            keys.into_iter().find_map(|key| {
                let inner = difference(&own[key], &shared[key])?;
                Some(format!(".{key}{inner}"))
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => one
            .iter()
            .zip(other)
            .enumerate()
            .find_map(|(at, (one, other))| {
                let inner = difference(one, other)?;
                Some(format!("[{at}]{inner}"))
            }),
        _ if own == shared => None,
        _ => Some(format!(": own {own}, shared {shared}")),
    }
}
