//! From a document to the values of its fields, with dynamic mapping.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::error::{ApiError, Cause};
use super::super::json::Json;
use super::dynamic::{infer, split};
use super::{Dynamic, Field, Found, Leaf, Mapping, Object, Value};

/// The values of a document by the full path of the field, multi-fields included.
pub(in super::super) type Fields = HashMap<String, Vec<Value>>;

/// The server's limits of an index (`index.mapping.depth.limit`, `index.mapping.total_fields.limit`).
const MAX_DEPTH: usize = 20;
const MAX_FIELDS: usize = 1000;

/// Names that a document may not use at its root: they are set by the request.
const METADATA: &[&str] = &[
    "_data_stream_timestamp",
    "_field_names",
    "_id",
    "_ignored",
    "_index",
    "_nested_path",
    "_routing",
    "_seq_no",
    "_source",
    "_version",
];

/// Names of Lucene fields of the engine itself: the server takes them as fields under dynamic mapping, and then the index breaks for
/// every delete (catalogue row D-03). The double has no index to break, so it refuses.
const ENGINE: &[&str] = &["_primary_term", "_tombstone", "__soft_deletes"];

/// Reads a document under a mapping. Gives its values, and the mapping after it if it has new fields.
pub(in super::super) fn read_document(
    mapping: &Arc<Mapping>,
    id: &str,
    document: &Json,
) -> Result<(Fields, Arc<Mapping>), ApiError> {
    let members = document.members().unwrap_or_default();
    let mut reader = Reader {
        mapping: Arc::clone(mapping),
        id,
        fields: Fields::new(),
        added: HashMap::new(),
    };
    reader.object(&mut Vec::new(), members)?;
    Ok((reader.fields, reader.mapping))
}

struct Reader<'a> {
    /// A copy is made when the first new field is added.
    mapping: Arc<Mapping>,
    id: &'a str,
    fields: Fields,
    /// Fields that this document added, by path: a second value of another type is an error, not a coercion.
    added: HashMap<String, &'static str>,
}

impl Reader<'_> {
    fn object(
        &mut self,
        path: &mut Vec<String>,
        members: &[(String, Json)],
    ) -> Result<(), ApiError> {
        for (name, value) in members {
            let parts = split(name)?;
            if path.is_empty() && parts.len() == 1 {
                self.refuse_metadata(&parts, value)?;
            }
            let depth = path.len();
            if let Some((last, objects)) = parts.split_last() {
                let mut kept = true;
                for part in objects {
                    kept = kept && self.enter(path, part, name)?;
                }
                if kept {
                    path.push((*last).to_owned());
                    self.value(path, value)?;
                }
            }
            path.truncate(depth);
        }
        Ok(())
    }

    fn refuse_metadata(&self, parts: &[&str], value: &Json) -> Result<(), ApiError> {
        let Some(name) = parts.first() else {
            return Ok(());
        };
        if ENGINE.contains(name) {
            return Err(ApiError::unsupported(format_args!(
                "a document field named [{name}]"
            )));
        }
        if !METADATA.contains(name) {
            return Ok(());
        }
        let reason = format!(
            "Field [{name}] is a metadata field and cannot be added inside a document. Use the index API request parameters."
        );
        let inner = Cause::new("mapper_parsing_exception", reason);
        let outer = self
            .field_failure(name, name, value)
            .caused_by(inner.clone());
        Err(ApiError::new(400, outer).rooted(inner))
    }

    /// Steps into an object that a dotted name passes through; false when what lies below is not mapped and ignored.
    fn enter(&mut self, path: &mut Vec<String>, part: &str, name: &str) -> Result<bool, ApiError> {
        path.push(part.to_owned());
        let full = path.join(".");
        match self.mapping.find(&full) {
            Some(Found::Object) => Ok(true),
            Some(Found::Leaf(leaf)) => {
                let kind = leaf.kind.name();
                let reason = format!(
                    "Could not dynamically add mapping for field [{name}]. Existing mapping for [{full}] must be of type object but found [{kind}]."
                );
                Err(ApiError::bad("mapper_parsing_exception", reason))
            }
            Some(Found::Alias(_)) => Err(alias(&full)),
            None => self.add(path, || Field::Object(Object::default()), "object"),
        }
    }

    fn value(&mut self, path: &mut Vec<String>, value: &Json) -> Result<(), ApiError> {
        if let Json::Array(items) = value {
            return items.iter().try_for_each(|item| self.value(path, item));
        }
        let full = path.join(".");
        let mapping = Arc::clone(&self.mapping);
        match (mapping.find(&full), value) {
            (Some(Found::Alias(_)), _) => Err(alias(&full)),
            (Some(Found::Leaf(leaf)), value) => self.leaf(&full, leaf, value),
            (_, Json::Null) => Ok(()),
            (Some(Found::Object), Json::Object(members)) => self.object(path, members),
            (Some(Found::Object), value) => Err(match self.added.get(&full) {
                Some(_) => changed(&full, infer(&mapping, value)?.1, "ObjectMapper"),
                None => {
                    let reason = format!(
                        "object mapping for [{full}] tried to parse field [{full}] as object, but found a concrete value"
                    );
                    ApiError::bad("mapper_parsing_exception", reason)
                }
            }),
            (None, Json::Object(members)) => {
                if self.add(path, || Field::Object(Object::default()), "object")? {
                    self.object(path, members)?;
                }
                Ok(())
            }
            (None, value) => {
                let (leaf, kind) = infer(&mapping, value)?;
                if self.add(path, || Field::Leaf(Box::new(leaf.clone())), kind)? {
                    self.leaf(&full, &leaf, value)?;
                }
                Ok(())
            }
        }
    }

    /// Adds a field where dynamic mapping allows it; false when it is to be ignored.
    fn add(
        &mut self,
        path: &[String],
        field: impl FnOnce() -> Field,
        kind: &'static str,
    ) -> Result<bool, ApiError> {
        let Some((name, parents)) = path.split_last() else {
            return Ok(false);
        };
        match self.mapping.dynamic_below(parents) {
            Dynamic::Ignore => return Ok(false),
            Dynamic::Refuse => {
                let parent = if parents.is_empty() {
                    "_doc".to_owned()
                } else {
                    parents.join(".")
                };
                let reason = format!(
                    "mapping set to strict, dynamic introduction of [{name}] within [{parent}] is not allowed"
                );
                return Err(ApiError::bad("strict_dynamic_mapping_exception", reason));
            }
            Dynamic::Add => {}
        }
        if path.len() > MAX_DEPTH {
            let reason = format!(
                "Limit of mapping depth [{MAX_DEPTH}] has been exceeded due to object field [{}]",
                path.join(".")
            );
            return Err(ApiError::illegal_argument(reason));
        }
        if self.mapping.count() >= MAX_FIELDS {
            return Err(ApiError::illegal_argument(format!(
                "Limit of total fields [{MAX_FIELDS}] has been exceeded"
            )));
        }
        let mut object = &mut Arc::make_mut(&mut self.mapping).root;
        for parent in parents {
            let Some(Field::Object(inner)) = object.properties.get_mut(parent) else {
                return Ok(false);
            };
            object = inner;
        }
        object.properties.insert(name.clone(), field());
        self.added.insert(path.join("."), kind);
        Ok(true)
    }

    fn leaf(&mut self, full: &str, leaf: &Leaf, value: &Json) -> Result<(), ApiError> {
        let value = match (value, &leaf.null_value) {
            (Json::Null, None) => return Ok(()),
            (Json::Null, Some(null_value)) => null_value,
            (Json::Object(_), _) if self.added.contains_key(full) => {
                let reason =
                    format!("can't merge a non object mapping [{full}] with an object mapping");
                return Err(ApiError::illegal_argument(reason));
            }
            (value @ Json::Object(_), _) => {
                let cause = leaf.no_object();
                return Err(ApiError::new(
                    400,
                    self.field_failure(full, leaf.kind.name(), value)
                        .caused_by(cause),
                ));
            }
            (value, _) => value,
        };
        if let Some(added) = self.added.get(full).copied() {
            let (_, kind) = infer(&self.mapping, value)?;
            if kind != added {
                return Err(changed(full, kind, added));
            }
        }
        let read = |this: &Self, path: &str, leaf: &Leaf| {
            leaf.read(value).map_err(|cause| {
                ApiError::new(
                    400,
                    this.field_failure(path, leaf.kind.name(), value)
                        .caused_by(cause),
                )
            })
        };
        let own = read(self, full, leaf)?;
        self.put(full.to_owned(), own);
        for (name, field) in &leaf.fields {
            let path = format!("{full}.{name}");
            let own = read(self, &path, field)?;
            self.put(path, own);
        }
        for target in &leaf.copy_to {
            let mapping = Arc::clone(&self.mapping);
            match mapping.find(target) {
                Some(Found::Leaf(field)) => {
                    let copied = read(self, target, field)?;
                    self.put(target.clone(), copied);
                }
                _ => {
                    return Err(ApiError::unsupported(format_args!(
                        "[copy_to] the field [{target}], which is not mapped"
                    )));
                }
            }
        }
        Ok(())
    }

    fn put(&mut self, path: String, value: Option<Value>) {
        self.fields.entry(path).or_default().extend(value);
    }

    fn field_failure(&self, path: &str, kind: &str, value: &Json) -> Cause {
        let (id, preview) = (self.id, preview(value));
        let reason = format!(
            "failed to parse field [{path}] of type [{kind}] in document with id '{id}'. Preview of field's value: '{preview}'"
        );
        Cause::new("mapper_parsing_exception", reason)
    }
}

fn changed(path: &str, from: &str, to: &str) -> ApiError {
    ApiError::illegal_argument(format!(
        "mapper [{path}] cannot be changed from type [{from}] to [{to}]"
    ))
}

pub(super) fn failed_to_parse(reason: String) -> ApiError {
    let cause = Cause::new("illegal_argument_exception", reason);
    ApiError::new(
        400,
        Cause::new("mapper_parsing_exception", "failed to parse").caused_by(cause),
    )
}

fn alias(path: &str) -> ApiError {
    failed_to_parse(format!("Cannot write to a field alias [{path}]."))
}

/// A value as Java prints it.
fn preview(value: &Json) -> String {
    match value {
        Json::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{name}={}", preview(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Json::Array(items) => format!(
            "[{}]",
            items.iter().map(preview).collect::<Vec<_>>().join(", ")
        ),
        value => value.text().unwrap_or("null").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mapping: &Arc<Mapping>, document: &str) -> Result<(Fields, Arc<Mapping>), ApiError> {
        read_document(mapping, "q", &Json::parse(document).unwrap())
    }

    fn mapped(document: &str) -> Arc<Mapping> {
        read(&Arc::default(), document).unwrap().1
    }

    #[test]
    fn dynamic_mapping_is_the_servers() {
        let table = [
            (r#"{"a":1}"#, r#"{"a":{"type":"long"}}"#),
            (r#"{"a":1.5}"#, r#"{"a":{"type":"float"}}"#),
            (r#"{"a":true}"#, r#"{"a":{"type":"boolean"}}"#),
            (
                r#"{"a":"2024-01-02T03:04:05Z"}"#,
                r#"{"a":{"type":"date"}}"#,
            ),
            (
                r#"{"a":"2024"}"#,
                r#"{"a":{"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":256}}}}"#,
            ),
            (
                r#"{"a":{"b":[1,null]}}"#,
                r#"{"a":{"properties":{"b":{"type":"long"}}}}"#,
            ),
            (
                r#"{"a.b":1}"#,
                r#"{"a":{"properties":{"b":{"type":"long"}}}}"#,
            ),
            (r#"{"a":{},"b":[],"c":null}"#, r#"{"a":{"type":"object"}}"#),
        ];
        for (document, properties) in table {
            let shown = mapped(document).to_json();
            assert_eq!(
                shown.get("properties").unwrap().compact(),
                properties,
                "{document}"
            );
        }
    }

    #[test]
    fn a_trailing_dot_reaches_the_field_without_it() {
        let mut mapping = Mapping::default();
        mapping
            .merge(&Json::parse(r#"{"properties":{"_tenant":{"type":"keyword"}}}"#).unwrap())
            .unwrap();
        let (fields, _) = read(
            &Arc::new(mapping),
            r#"{"_tenant":"acme","_tenant.":"globex"}"#,
        )
        .unwrap();
        assert_eq!(
            fields["_tenant"],
            [
                Value::Keyword("acme".into()),
                Value::Keyword("globex".into())
            ]
        );
    }

    #[test]
    fn errors_that_the_server_gave() {
        let mapping = mapped(r#"{"a":1,"d":true,"e":"2024-01-02","f":{"g":"h"}}"#);
        let table = [
            (
                r#"{"a":"abc"}"#,
                "failed to parse field [a] of type [long] in document with id 'q'. Preview of field's value: 'abc'",
            ),
            (
                r#"{"a":{"x":1}}"#,
                "failed to parse field [a] of type [long] in document with id 'q'. Preview of field's value: '{x=1}'",
            ),
            (
                r#"{"d":"maybe"}"#,
                "Failed to parse value [maybe] as only [true] or [false] are allowed.",
            ),
            (
                r#"{"e":"x"}"#,
                "failed to parse date field [x] with format [strict_date_optional_time||epoch_millis]",
            ),
            (
                r#"{"f":"str"}"#,
                "object mapping for [f] tried to parse field [f] as object, but found a concrete value",
            ),
            (
                r#"{"a.b":1}"#,
                "Could not dynamically add mapping for field [a.b]. Existing mapping for [a] must be of type object but found [long].",
            ),
            (r#"{"":1}"#, "field name cannot be an empty string"),
            (
                r#"{".x":1}"#,
                "object field starting or ending with a [.] makes object resolution ambiguous: [.x]",
            ),
            (r#"{"_id":1}"#, "Field [_id] is a metadata field"),
            (r#"{"_tombstone":1}"#, "a document field named [_tombstone]"),
            (
                r#"{"x":[1,2.0]}"#,
                "mapper [x] cannot be changed from type [float] to [long]",
            ),
            (
                r#"{"x":[1,{"q":2}]}"#,
                "can't merge a non object mapping [x] with an object mapping",
            ),
            (
                r#"{"o":[{"p":1},5]}"#,
                "mapper [o] cannot be changed from type [long] to [ObjectMapper]",
            ),
        ];
        for (document, reason) in table {
            let error = read(&mapping, document).unwrap_err().body().compact();
            assert!(error.contains(reason), "{document}: {error}");
        }
    }

    #[test]
    fn a_failed_document_leaves_the_mapping_as_it_was() {
        let mapping = mapped(r#"{"a":1}"#);
        assert!(read(&mapping, r#"{"new":1,"a":"abc"}"#).is_err());
        assert!(mapping.find("new").is_none());
    }
}
