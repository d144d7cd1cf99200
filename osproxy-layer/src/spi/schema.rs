//! The fields that a logical index on a shared placement is said to have.

use std::fmt;

use serde_json::Value;

/// A declared schema: what `_mapping` and `_field_caps` show of a logical index on a shared placement.
///
/// The mapping of a shared index is everybody's. Where it is dynamic it holds the names of other tenants' fields, and is
/// shown to nobody (catalogue F-07), so the operator says which fields there are. A schema changes nothing in how
/// documents are stored or searched.
///
/// ```
/// use osproxy_layer::spi::{IndexSchema, SchemaError};
/// use serde_json::json;
///
/// let schema = IndexSchema::new(&json!({ "properties": { "total": { "type": "scaled_float", "scaling_factor": 100 } } }))?;
/// assert!(schema.names_root_field("total") && schema.has_field("total"));
/// assert!(IndexSchema::new(&json!({ "mappings": {} })).is_err());
/// # Ok::<(), SchemaError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct IndexSchema {
    text: String,
    root: Vec<String>,
}

impl IndexSchema {
    /// A schema from what stands under `mappings` in the node's own answer to `GET /{index}/_mapping`.
    ///
    /// # Errors
    /// When it is no object with `properties`, or has other keys than these and `dynamic`.
    pub fn new(mappings: &Value) -> Result<Self, SchemaError> {
        let object = mappings.as_object().ok_or(SchemaError::NoObject)?;
        if object
            .keys()
            .any(|key| !matches!(key.as_str(), "properties" | "dynamic"))
        {
            return Err(SchemaError::UnknownKey);
        }
        let properties = object
            .get("properties")
            .and_then(Value::as_object)
            .ok_or(SchemaError::NoProperties)?;
        if properties.values().any(|field| !field.is_object()) {
            return Err(SchemaError::FieldNoObject);
        }
        Ok(Self {
            text: mappings.to_string(),
            root: properties.keys().cloned().collect(),
        })
    }

    /// Whether it has a field of this name at its root.
    #[must_use]
    pub fn names_root_field(&self, name: &str) -> bool {
        self.root.iter().any(|field| field == name)
    }

    /// Whether it has a field of this full name, a multi-field (`title.raw`) included.
    #[must_use]
    pub fn has_field(&self, name: &str) -> bool {
        let Ok(root) = serde_json::from_str::<Value>(&self.text) else {
            return false;
        };
        let mut at = Some(&root);
        for part in name.split('.') {
            at = at.and_then(|field| {
                let below = |key: &str| field.get(key).and_then(|fields| fields.get(part));
                below("properties").or_else(|| below("fields"))
            });
        }
        at.is_some()
    }

    /// The schema as [`IndexSchema::new`] reads it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// How many fields: their names are a tenant's.
impl fmt::Debug for IndexSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexSchema")
            .field("fields", &self.root.len())
            .finish_non_exhaustive()
    }
}

/// What is wrong with a declared schema.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SchemaError {
    /// It is no JSON object.
    NoObject,
    /// It has no object `properties`.
    NoProperties,
    /// It has another key than `properties` and `dynamic`.
    UnknownKey,
    /// A field is described by something else than an object.
    FieldNoObject,
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoObject => "a schema is an object, as the node shows it under [mappings]",
            Self::NoProperties => "a schema has an object [properties]",
            Self::UnknownKey => "a schema has the keys [properties] and [dynamic] alone",
            Self::FieldNoObject => "each field of a schema is described by an object",
        })
    }
}

impl std::error::Error for SchemaError {}
