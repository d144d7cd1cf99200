//! Dynamic mapping: what becomes of a field that no mapping names.

use super::super::date::{self, Fill, Format};
use super::super::error::ApiError;
use super::super::json::Json;
use super::document::failed_to_parse;
use super::{Dynamic, Field, Kind, Leaf, Mapping};

impl Mapping {
    /// The nearest setting at or above an object.
    pub(super) fn dynamic_below(&self, parents: &[String]) -> Dynamic {
        let mut object = &self.root;
        let mut dynamic = object.dynamic.unwrap_or(Dynamic::Add);
        for parent in parents {
            let Some(Field::Object(inner)) = object.properties.get(parent) else {
                break;
            };
            object = inner;
            dynamic = object.dynamic.unwrap_or(dynamic);
        }
        dynamic
    }
}

/// Splits a name at its dots as the server does: empty parts at the end are dropped, so `_tenant.` is the field `_tenant` (D-02).
pub(super) fn split(name: &str) -> Result<Vec<&str>, ApiError> {
    if name.is_empty() {
        return Err(failed_to_parse(
            "field name cannot be an empty string".to_owned(),
        ));
    }
    if name.trim().is_empty() {
        return Err(ApiError::unsupported("a field name of nothing but blanks"));
    }
    let parts: Vec<&str> = name.trim_end_matches('.').split('.').collect();
    if name.trim_end_matches('.').is_empty() {
        return Err(failed_to_parse(
            "field name cannot contain only the character [.]".to_owned(),
        ));
    }
    if parts.iter().any(|part| part.trim().is_empty()) {
        return Err(failed_to_parse(format!(
            "object field starting or ending with a [.] makes object resolution ambiguous: [{name}]"
        )));
    }
    Ok(parts)
}

/// The field that dynamic mapping makes of a scalar.
pub(super) fn infer(mapping: &Mapping, value: &Json) -> Result<(Leaf, &'static str), ApiError> {
    Ok(match value {
        Json::Bool(_) => (Leaf::new(Kind::Boolean), "boolean"),
        Json::Number(text) if text.contains(['.', 'e', 'E']) => (Leaf::new(Kind::Float), "float"),
        Json::Number(_) => (Leaf::new(Kind::Long), "long"),
        Json::String(text)
            if mapping.date_detection.unwrap_or(true) && text.parse::<f64>().is_err() =>
        {
            if date::parse(text, &[Format::DateOptionalTime], Fill::Start).is_some() {
                (Leaf::new(Kind::Date), "date")
            } else if has_slashed_date(text) {
                return Err(ApiError::unsupported(
                    "a date with slashes in a field that is not mapped",
                ));
            } else {
                (Leaf::dynamic_text(), "text")
            }
        }
        _ => (Leaf::dynamic_text(), "text"),
    })
}

/// `yyyy/MM/dd`, which the server detects as a date of its second dynamic format.
fn has_slashed_date(text: &str) -> bool {
    let mut parts = text.split(['/', ' ']);
    let mut number = |len: usize| {
        parts
            .next()
            .is_some_and(|part| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    number(4) && number(2) && number(2)
}
