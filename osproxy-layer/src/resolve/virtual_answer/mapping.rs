//! What a tenant may see of the mapping of a shared index: the declared schema, or the operator's own mapping less the
//! fields of this layer where no document can add to it.
//!
//! A dynamic mapping holds the names and the types of other tenants' fields, so it is shown to nobody (catalogue F-07,
//! P-07).

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use super::asked::Asked;
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::path;
use crate::future::Stopped;
use crate::plan::single_index;
use crate::rejection::Rejection;
use crate::resolve::caller::Caller;
use crate::rewrite::filter_path::glob;
use crate::rewrite::json::MAX_DEPTH;
use crate::rewrite::json::tree::{self, Object, Value};
use crate::router::SharedScope;
use crate::spi::SpiError;

/// The largest mapping that is read, in bytes.
const MAX_MAPPING: usize = 32 * 1024 * 1024;

/// What a mapping must say of fields that no one has declared, at each level where it says something.
const CLOSED: [&str; 2] = ["false", "strict"];

/// The text of the mapping of each of these indices.
pub(super) async fn of_indices<S, R, B, T>(
    caller: &mut Caller<'_, S, R>,
    names: Vec<String>,
) -> Result<Vec<(String, Bytes)>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let (shared, _) = caller
        .resolved
        .shared()
        .ok_or_else(|| Rejection::from(SpiError::PlacementMissing))?;
    let mut mappings = Vec::with_capacity(names.len());
    for name in names {
        let text = match shared.rules.schema(&name) {
            Some(schema) => Bytes::copy_from_slice(schema.text().as_bytes()),
            None => {
                let pair = single_index(caller.resolved, &name)?;
                let path = path::join(&[pair.physical.as_str(), "_mapping"]);
                let (status, answer) = caller
                    .ask(&path, [pair.physical.clone()], MAX_MAPPING)
                    .await?;
                let own = (status == StatusCode::OK)
                    .then(|| operators(&answer, pair.physical.as_str(), shared))
                    .flatten();
                Bytes::from(own.ok_or_else(unknown)?)
            }
        };
        mappings.push((name, text));
    }
    Ok(mappings)
}

/// The value of a mapping's text.
pub(super) fn parse(text: &[u8]) -> Result<Value<'_>, Rejection> {
    tree::parse(text, MAX_DEPTH)
        .map_err(|_| Rejection::internal("a mapping that can't be read again"))
}

/// The node's answer to `GET /{index}/_mapping`, cut to what tenants may see; `None` where documents can add to it.
fn operators(answer: &[u8], physical: &str, shared: &SharedScope) -> Option<Vec<u8>> {
    let answer = tree::parse(answer, MAX_DEPTH).ok()?;
    let mappings = member(member(as_object(&answer)?, physical)?, "mappings")?;
    let closed = mappings.contains("dynamic") && is_closed(mappings);
    let properties = member(mappings, "properties").filter(|_| closed)?;
    let own = properties
        .iter()
        .filter(|(name, _)| !shared.documents.is_reserved(name))
        .map(|(name, field)| (name.to_owned(), field.clone()));
    let dynamic = mappings.get("dynamic").cloned().unwrap_or(Value::Null);
    Some(tree::write(&Value::object([
        ("dynamic", dynamic),
        ("properties", Value::object(own)),
    ])))
}

/// Whether no document can add a field, here and in every object below.
fn is_closed(object: &Object<'_>) -> bool {
    let here = match object.get("dynamic") {
        None => true,
        Some(Value::Bool(dynamic)) => !dynamic,
        Some(value) => value.as_str().is_some_and(|text| CLOSED.contains(&text)),
    };
    let below = member(object, "properties");
    here && below.is_none_or(|fields| {
        fields
            .iter()
            .all(|(_, field)| as_object(field).is_some_and(is_closed))
    })
}

/// A field of a mapping.
pub(super) struct Field<'a, 'v> {
    /// Its full name, as `customer.name` or, for a multi-field, `customer.name.raw`.
    pub(super) full: String,
    /// The last part of it.
    pub(super) leaf: &'a str,
    pub(super) mapping: &'a Value<'v>,
    /// Whether it only holds others.
    pub(super) is_object: bool,
}

/// All fields of a mapping, objects and multi-fields too. Recursive, but a tree has a bounded depth.
pub(super) fn fields<'a, 'v>(mappings: &'a Value<'v>) -> Vec<Field<'a, 'v>> {
    let mut found = Vec::new();
    if let Some(properties) = as_object(mappings).and_then(|root| member(root, "properties")) {
        collect(properties, "", &mut found);
    }
    found
}

fn collect<'a, 'v>(properties: &'a Object<'v>, under: &str, found: &mut Vec<Field<'a, 'v>>) {
    for (leaf, mapping) in properties.iter() {
        let full = [under, leaf].concat();
        let Some(object) = as_object(mapping) else {
            continue;
        };
        let below = ["properties", "fields"].map(|key| member(object, key));
        let inner = format!("{full}.");
        found.push(Field {
            full,
            leaf,
            mapping,
            is_object: match object.get("type").and_then(Value::as_str) {
                None | Some("object" | "nested") => true,
                Some(_) => false,
            },
        });
        for fields in below.into_iter().flatten() {
            collect(fields, &inner, found);
        }
    }
}

/// `GET /{index}/_mapping`.
pub(super) fn whole<'a>(mappings: &'a [(String, Bytes)]) -> Result<Value<'a>, Rejection> {
    let mut members = Vec::with_capacity(mappings.len());
    for (name, text) in mappings {
        members.push((name.as_str(), Value::object([("mappings", parse(text)?)])));
    }
    Ok(Value::object(members))
}

/// `GET /{index}/_mapping/field/{fields}`.
pub(super) fn of_fields<'a>(
    asked: &Asked<'_>,
    mappings: &'a [(String, Bytes)],
) -> Result<Value<'a>, Rejection> {
    let wanted = asked.endpoint.value("fields").unwrap_or_default();
    let is_wanted = |name: &str| wanted.split(',').any(|pattern| glob(pattern, name));
    let mut members = Vec::with_capacity(mappings.len());
    for (name, text) in mappings {
        let mapping = parse(text)?;
        let shown = fields(&mapping)
            .into_iter()
            .filter(|field| !field.is_object && is_wanted(&field.full))
            .map(|field| {
                let of_leaf = Value::object([(field.leaf.to_owned(), field.mapping.clone())]);
                let shown = Value::object([
                    ("full_name", Value::text(field.full.clone())),
                    ("mapping", of_leaf),
                ]);
                (field.full, shown)
            });
        members.push((
            name.as_str(),
            Value::object([("mappings", Value::object(shown))]),
        ));
    }
    Ok(Value::object(members))
}

fn as_object<'a, 'v>(value: &'a Value<'v>) -> Option<&'a Object<'v>> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn member<'a, 'v>(object: &'a Object<'v>, key: &str) -> Option<&'a Object<'v>> {
    object.get(key).and_then(as_object)
}

fn unknown() -> Rejection {
    Rejection::refused(
        "the fields of a shared index are shown where its mapping is not dynamic or the operator declares a schema: \
         a dynamic mapping holds other tenants' fields",
    )
}
