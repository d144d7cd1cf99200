//! The client's query is what is highlighted, not the wrap (row C1-05).

use crate::rewrite::json::tree::{Object, Value};

/// Writes `query` as `highlight_query` into every highlight of a screened body that has none at its root: the body's own,
/// that of collapsed groups and of `top_hits`. Nested inner hits are highlighted by their own query. A field's own
/// `highlight_query` wins over it, as it should.
///
/// (With `require_field_match: false` the partition's name in a client's text would be marked, tried on 3.8.0.)
pub(super) fn by_query<'a>(body: &mut Object<'a>, query: &Value<'a>) {
    highlight(body, query);
    if let Some(Value::Object(collapse)) = body.get_mut("collapse") {
        match collapse.get_mut("inner_hits") {
            Some(Value::Array(groups)) => {
                for group in groups {
                    if let Value::Object(group) = group {
                        group_highlight(group, query);
                    }
                }
            }
            Some(Value::Object(group)) => group_highlight(group, query),
            _ => {}
        }
    }
    aggregations(body, query);
}

/// A group's own value is highlighted in its field beside the query, and is lost with a query of ours: so one is written
/// only where the wrap's term could be marked in other fields than its own, which is left out of the answer.
fn group_highlight<'a>(group: &mut Object<'a>, query: &Value<'a>) {
    if group.get("highlight").is_some_and(in_any_field) {
        highlight(group, query);
    }
}

/// Whether a `require_field_match` at the root or at a field is anything but true.
fn in_any_field(highlight: &Value<'_>) -> bool {
    match highlight {
        Value::Object(object) => object.iter().any(|(key, value)| match key {
            "require_field_match" => *value != Value::Bool(true),
            _ => in_any_field(value),
        }),
        Value::Array(values) => values.iter().any(in_any_field),
        _ => false,
    }
}

/// The server takes the query of such a highlight as it stands, and fails on some that it would otherwise have written
/// anew first, `exists` on an unmapped field among them (500, tried on 3.8.0). So one is written only where the wrap's
/// term could be marked: in other fields than its own, or in its own by a wildcard, which would leave an empty highlight.
fn bucket_highlight<'a>(hits: &mut Object<'a>, query: &Value<'a>) {
    let marks = |value: &Value<'_>| in_any_field(value) || has_wildcard(value);
    if hits.get("highlight").is_some_and(marks) {
        highlight(hits, query);
    }
}

/// Whether a name of a field is a wildcard.
fn has_wildcard(highlight: &Value<'_>) -> bool {
    match highlight {
        Value::Object(object) => object
            .iter()
            .any(|(key, value)| key.contains('*') || has_wildcard(value)),
        Value::Array(values) => values.iter().any(has_wildcard),
        _ => false,
    }
}

fn highlight<'a>(hits: &mut Object<'a>, query: &Value<'a>) {
    if let Some(Value::Object(highlight)) = hits.get_mut("highlight")
        && !highlight.contains("highlight_query")
    {
        highlight.set("highlight_query", query.clone());
    }
}

/// The aggregations below an object, which its walk has found to be of the right shape.
fn aggregations<'a>(above: &mut Object<'a>, query: &Value<'a>) {
    for key in ["aggs", "aggregations"] {
        let Some(Value::Object(aggs)) = above.get_mut(key) else {
            continue;
        };
        for (_, agg) in aggs.iter_mut() {
            let Value::Object(agg) = agg else { continue };
            if let Some(Value::Object(hits)) = agg.get_mut("top_hits") {
                bucket_highlight(hits, query);
            }
            aggregations(agg, query);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::json::tree;

    #[test]
    fn where_there_is_none() {
        let query = tree::parse(br#"{"x":1}"#, 8).unwrap();
        for (body, told) in [
            (r#"{"a":1}"#, r#"{"a":1}"#),
            (
                r#"{"highlight":{}}"#,
                r#"{"highlight":{"highlight_query":{"x":1}}}"#,
            ),
            (
                r#"{"highlight":{"highlight_query":{"y":1}}}"#,
                r#"{"highlight":{"highlight_query":{"y":1}}}"#,
            ),
            (
                r#"{"collapse":{"inner_hits":{"highlight":{"require_field_match":true}}}}"#,
                r#"{"collapse":{"inner_hits":{"highlight":{"require_field_match":true}}}}"#,
            ),
            (
                r#"{"collapse":{"inner_hits":{"highlight":{"require_field_match":false}}}}"#,
                r#"{"collapse":{"inner_hits":{"highlight":{"require_field_match":false,"highlight_query":{"x":1}}}}}"#,
            ),
            (
                r#"{"collapse":{"inner_hits":[{},{"highlight":{"fields":[{"a":{"require_field_match":"no"}}]}}]}}"#,
                r#"{"collapse":{"inner_hits":[{},{"highlight":{"fields":[{"a":{"require_field_match":"no"}}],"highlight_query":{"x":1}}}]}}"#,
            ),
            (
                r#"{"aggs":{"a":{"terms":{},"aggregations":{"b":{"top_hits":{"highlight":{"fields":{"*":{}}}}}}},"c":{"top_hits":{"highlight":{"require_field_match":false}}}}}"#,
                r#"{"aggs":{"a":{"terms":{},"aggregations":{"b":{"top_hits":{"highlight":{"fields":{"*":{}},"highlight_query":{"x":1}}}}}},"c":{"top_hits":{"highlight":{"require_field_match":false,"highlight_query":{"x":1}}}}}}"#,
            ),
            (
                r#"{"aggs":{"a":{"top_hits":{"highlight":{"fields":[{"b":{}}]}}}}}"#,
                r#"{"aggs":{"a":{"top_hits":{"highlight":{"fields":[{"b":{}}]}}}}}"#,
            ),
            (
                r#"{"aggs":{"top_hits":{"filter":{"highlight":{}}}}}"#,
                r#"{"aggs":{"top_hits":{"filter":{"highlight":{}}}}}"#,
            ),
        ] {
            let mut value = tree::parse(body.as_bytes(), 16).unwrap();
            let Value::Object(object) = &mut value else {
                panic!()
            };
            by_query(object, &query);
            assert_eq!(String::from_utf8(tree::write(&value)).unwrap(), told);
        }
    }
}
