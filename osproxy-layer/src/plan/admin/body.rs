//! Bodies of index-level calls on a dedicated index: read strictly and written anew, so that the node reads what was
//! checked.

use bytes::Bytes;

use super::own::Own;
use super::{params, read};
use crate::endpoint::Operation;
use crate::plan::index;
use crate::plan::{Logical, Payload, Plan};
use crate::rejection::Rejection;
use crate::rewrite::index_settings;
use crate::rewrite::json::tree::{self, Object, Value};
use crate::rewrite::response::IndexShape;

/// How deep a body may nest: a mapping takes two levels for each of its objects.
const MAX_DEPTH: u32 = 64;

/// `PUT /{index}`.
pub(in crate::plan) fn create(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let params = params::read(logical, &[], &[])?;
    let pair = index::of_path(logical)?;
    let body = body(logical.body)?;
    for (key, value) in body.iter() {
        match (key, value) {
            ("mappings", Value::Object(_)) | ("mappings" | "settings" | "aliases", Value::Null) => {
            }
            ("settings", Value::Object(settings)) => {
                index_settings::check(settings).map_err(Rejection::refused)?;
            }
            ("aliases", Value::Object(aliases)) if aliases.is_empty() => {}
            ("aliases", _) => {
                return Err(Rejection::refused(
                    "[aliases] is not allowed: an alias could take the name of another tenant's index",
                ));
            }
            ("mappings" | "settings", _) => {
                return Err(Rejection::malformed(
                    "parse_exception",
                    format!("key [{key}] must be an object"),
                ));
            }
            _ => {
                let shown = tree::shown(key);
                return Err(Rejection::malformed(
                    "parse_exception",
                    format!("unknown key [{shown}] for create index"),
                ));
            }
        }
    }
    let path = logical
        .endpoint
        .physical_path(Some(pair.physical.as_str()), None);
    let own = Own {
        text: pair.physical.as_str().to_owned(),
        pairs: vec![pair],
    };
    let mut plan = read::assemble(logical, own, params, path, IndexShape::Acknowledged);
    plan.payload = payload(body);
    Ok(plan)
}

/// `PUT /{index}/_mapping`: what a mapping says is about the index itself.
pub(in crate::plan) fn put_mapping(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let params = params::read(logical, &[], &[])?;
    let own = Own::of(logical, logical.endpoint.index())?;
    let body = body(logical.body)?;
    if body.is_empty() {
        return Err(Rejection::malformed(
            "parse_exception",
            "request body is required",
        ));
    }
    let path = logical.endpoint.physical_path(Some(&own.text), None);
    let mut plan = read::assemble(logical, own, params, path, IndexShape::Acknowledged);
    plan.payload = payload(body);
    Ok(plan)
}

/// `_field_caps`: the server takes the fields in the URL alone.
pub(in crate::plan) fn field_caps(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    debug_assert_eq!(logical.endpoint.operation(), Operation::FieldCaps);
    let params = params::read(logical, &[], &[])?;
    let own = Own::of(logical, params::expression(logical)?)?;
    if !body(logical.body)?.is_empty() {
        return Err(Rejection::refused("[index_filter] is not offered yet"));
    }
    let path = logical.endpoint.physical_path(Some(&own.text), None);
    Ok(read::assemble(
        logical,
        own,
        params,
        path,
        IndexShape::FieldCaps,
    ))
}

/// A body as an object; none is an empty one.
pub(super) fn body(text: &Bytes) -> Result<Object<'_>, Rejection> {
    if text.is_empty() {
        return Ok(Object::default());
    }
    let tree = tree::parse(text, MAX_DEPTH)
        .map_err(|error| Rejection::malformed("json_parse_exception", error.to_string()))?;
    match tree {
        Value::Object(body) => Ok(body),
        _ => Err(Rejection::malformed(
            "parse_exception",
            "the body must be an object",
        )),
    }
}

pub(super) fn payload(body: Object<'_>) -> Payload {
    if body.is_empty() {
        Payload::Empty
    } else {
        Payload::Own(Bytes::from(tree::write(&Value::Object(body))))
    }
}
