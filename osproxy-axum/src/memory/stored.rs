//! `stored_fields`: the values of fields that the mapping stores, beside or instead of the source.

use super::error::ApiError;
use super::index::{Document, Index};
use super::java::hash_map_order;
use super::json::Json;

/// The fields asked for. Asking for any, `_none_` included, turns the source off unless it is asked for too.
#[derive(Clone, Debug, Default)]
pub(super) struct StoredFields {
    names: Vec<String>,
}

impl StoredFields {
    pub(super) fn new(names: Vec<String>) -> Result<Self, ApiError> {
        match names
            .iter()
            .find(|name| name.contains('*') || *name == "_source")
        {
            Some(name) => Err(ApiError::unsupported(format_args!(
                "[{name}] in [stored_fields]"
            ))),
            None => Ok(Self { names }),
        }
    }

    /// The member `fields`; `None` when there is nothing to show.
    pub(super) fn fields(&self, index: &Index, document: &Document) -> Option<Json> {
        let source = Json::parse(&document.source).ok()?;
        let mut shown = Vec::new();
        for name in &self.names {
            let Some((path, leaf)) = index.mapping.leaf(name) else {
                continue;
            };
            let mut values = Vec::new();
            if leaf.store {
                let parts: Vec<&str> = path.split('.').collect();
                collect(&source, &parts, &mut values);
            }
            if !values.is_empty() {
                shown.push((name.clone(), Json::Array(values)));
            }
        }
        hash_map_order(&mut shown);
        (!shown.is_empty()).then_some(Json::Object(shown))
    }
}

/// The scalars at a path; a multi-field has those of the field above it.
fn collect(value: &Json, path: &[&str], values: &mut Vec<Json>) {
    match (value, path.split_first()) {
        (Json::Array(items), _) => items.iter().for_each(|item| collect(item, path, values)),
        (Json::Object(_), Some((first, rest))) => {
            if let Some(inner) = value.get(first) {
                collect(inner, rest, values);
            }
        }
        (Json::Object(_) | Json::Null, _) => {}
        (scalar, _) => values.push(scalar.clone()),
    }
}
