//! `_analyze`: how text becomes tokens. No document is read; a definition may not name a file of the node.

use http::Method;

use super::answer::IndexAnswer;
use super::body::{body, payload};
use super::params;
use crate::plan::index::single_index;
use crate::plan::{Answer, Logical, Plan, Presence};
use crate::rejection::Rejection;
use crate::rewrite::analysis;
use crate::rewrite::json::tree::{self, Value};
use crate::rewrite::response::IndexShape;

/// Keys of the body that name an analyzer, hold text or choose what is shown.
const PLAIN: [&str; 5] = ["analyzer", "normalizer", "text", "explain", "attributes"];

/// Keys whose values are names of parts, or parts.
const PARTS: [&str; 3] = ["tokenizer", "filter", "char_filter"];

/// Plans the call. Without an index it reaches the analyzers that every node has.
pub(in crate::plan) fn plan(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let params = params::read(logical, &[], &[])?;
    let pair = params::expression(logical)?
        .map(|name| single_index(logical.resolved, name))
        .transpose()?;
    let body = body(logical.body)?;
    for (key, value) in body.iter() {
        match key {
            _ if PLAIN.contains(&key) => {}
            _ if PARTS.contains(&key) => {
                analysis::check_part(value).map_err(Rejection::refused)?;
            }
            "field"
                if pair.is_some()
                    && is_known(logical, pair.as_ref().map(|pair| &*pair.logical), value) => {}
            "field" => {
                return Err(Rejection::refused(
                    "[field] is not allowed on a shared index unless its declared schema has the field: how a field is \
                     analyzed tells which fields other tenants have",
                ));
            }
            _ => {
                let shown = tree::shown(key);
                return Err(Rejection::malformed(
                    "x_content_parse_exception",
                    format!("[analyze_request] unknown field [{shown}]"),
                ));
            }
        }
    }
    let physical = pair.as_ref().map(|pair| pair.physical.as_str());
    let presence = match (&pair, logical.resolved.shared()) {
        (Some(_), Some(_)) => Presence::Read,
        _ => Presence::Any,
    };
    let indices: Vec<_> = pair.iter().cloned().collect();
    Ok(Plan {
        method: Method::POST,
        path: logical.endpoint.physical_path(physical, None),
        query: params.forward.encode(),
        payload: payload(body),
        answer: Answer::Index(IndexAnswer {
            shape: IndexShape::Analysis,
            writing: params.writing,
            resolved: logical.resolved.clone(),
            pairs: indices.clone(),
            waits_in_vain: false,
        }),
        indices,
        filter: None,
        presence,
        lenient: false,
    })
}

/// Whether the client may know of a field.
fn is_known(logical: &Logical<'_>, index: Option<&str>, field: &Value<'_>) -> bool {
    let Some((shared, _)) = logical.resolved.shared() else {
        return true;
    };
    let schema = index.and_then(|index| shared.rules.schema(index));
    match (schema, field.as_str()) {
        (Some(schema), Some(field)) => schema.has_field(field),
        _ => false,
    }
}
