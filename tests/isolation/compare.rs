//! Turns an answer of the shared side back, and takes away what may differ.

use serde_json::Value;

use super::corpus::OWN;
use super::search::Request;

/// Reverses every hit at every depth, and finds what must not be there: another tenant's document, the partition field.
///
/// This is no substitute for the reversal: it goes by key names, which is fine for requests whose names are ours.
pub fn logical(answer: &mut Value, shared: &str, own: &str) -> Result<(), String> {
    match answer {
        Value::Object(object) => {
            if let Some(id) = object.get_mut("_id") {
                let physical = id.as_str().unwrap_or_default();
                let Some(logical) = physical
                    .strip_prefix(OWN)
                    .and_then(|rest| rest.strip_prefix(':'))
                else {
                    return Err(format!("ANOTHER TENANT'S DOCUMENT: {physical}"));
                };
                *id = logical.into();
                object.remove("_routing");
                if let Some(index) = object.get_mut("_index") {
                    assert_eq!(*index, *shared);
                    *index = own.into();
                }
            }
            if let Some(source) = object.get_mut("_source").and_then(Value::as_object_mut) {
                source.remove("_tenant");
            }
            object
                .values_mut()
                .try_for_each(|value| logical(value, shared, own))
        }
        Value::Array(values) => values
            .iter_mut()
            .try_for_each(|value| logical(value, shared, own)),
        _ => Ok(()),
    }
}

/// Takes away times, shard counts and, unless they are compared, scores; puts unsorted hits in one order.
pub fn normalise(answer: &mut Value, request: &Request) {
    if let Value::Object(object) = answer {
        object.remove("took");
        object.remove("_shards");
        // A bare term on an index of one's own can be counted without being searched; beside a filter it can't.
        if request.body.get("terminate_after").is_none() {
            object.remove("terminated_early");
        }
    }
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
