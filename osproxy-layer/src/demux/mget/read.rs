//! Reading the body of `_mget`, strictly: typed documents, nothing unparsed.

use crate::rejection::Rejection;
use crate::rewrite::json::tree::{self, Object, Value};

/// One document that is asked for.
pub(super) struct Doc<'a> {
    pub(super) index: Option<String>,
    pub(super) id: String,
    pub(super) routing: Option<String>,
    pub(super) source: Option<Value<'a>>,
    pub(super) stored_fields: Option<Value<'a>>,
    pub(super) version: Option<Value<'a>>,
    pub(super) version_type: Option<Value<'a>>,
}

/// How deep the body may nest: a list of documents with source filters.
const MAX_DEPTH: u32 = 8;

/// Reads the body. Null stands for a key that isn't there, as on the node.
pub(super) fn read<'a>(
    body: &'a [u8],
    default_index: Option<&str>,
) -> Result<Vec<Doc<'a>>, Rejection> {
    if body.is_empty() {
        return Err(Rejection::malformed(
            "parse_exception",
            "request body is required",
        ));
    }
    let root = tree::parse(body, MAX_DEPTH)
        .map_err(|error| Rejection::malformed("json_parse_exception", error.to_string()))?;
    let Value::Object(root) = root else {
        return Err(parsing("the body of a multi get is an object"));
    };
    let mut docs = Vec::new();
    for (key, value) in root.into_members() {
        match (&*key, value) {
            ("docs", Value::Array(entries)) => {
                for entry in entries {
                    docs.push(doc(entry, docs.len(), default_index)?);
                }
            }
            ("ids", Value::Array(ids)) => {
                for id in ids {
                    let id = scalar_text(&id).ok_or_else(|| parsing("[ids] holds document ids"))?;
                    docs.push(Doc::plain(id));
                }
            }
            (other, _) => {
                let shown = tree::shown(other);
                return Err(parsing(format!(
                    "unknown key [{shown}] for a multi get, expected [docs] or [ids]"
                )));
            }
        }
    }
    if docs.is_empty() {
        return Err(invalid("1: no documents to get;"));
    }
    let nowhere = docs
        .iter()
        .position(|doc| doc.index.is_none() && default_index.is_none());
    match nowhere {
        Some(at) => Err(invalid(&format!("1: index is missing for doc {at};"))),
        None => Ok(docs),
    }
}

impl Doc<'_> {
    fn plain(id: String) -> Self {
        Self {
            index: None,
            id,
            routing: None,
            source: None,
            stored_fields: None,
            version: None,
            version_type: None,
        }
    }
}

fn doc<'a>(entry: Value<'a>, at: usize, default_index: Option<&str>) -> Result<Doc<'a>, Rejection> {
    let Value::Object(entry) = entry else {
        return Err(parsing("docs array element should include an object"));
    };
    let mut doc = Doc::plain(String::new());
    let mut has_id = false;
    for (key, value) in Object::into_members(entry) {
        if value == Value::Null {
            continue;
        }
        let text = || {
            scalar_text(&value)
                .ok_or_else(|| parsing(format!("[{key}] of a document to get is no text")))
        };
        match &*key {
            "_index" => doc.index = Some(text()?),
            "_id" => {
                doc.id = text()?;
                has_id = true;
            }
            "routing" => doc.routing = Some(text()?),
            "_source" => doc.source = Some(value),
            "stored_fields" => doc.stored_fields = Some(value),
            "version" => doc.version = Some(value),
            "version_type" => doc.version_type = Some(value),
            other => {
                let shown = tree::shown(other);
                return Err(parsing(format!(
                    "unknown key [{shown}] of a document to get"
                )));
            }
        }
    }
    if has_id {
        Ok(doc)
    } else {
        let nowhere = doc.index.is_none() && default_index.is_none();
        let index = if nowhere {
            format!("1: index is missing for doc {at};2")
        } else {
            "1".to_owned()
        };
        Err(invalid(&format!("{index}: id is missing for doc {at};")))
    }
}

/// Ids may come as numbers; the node takes their text.
fn scalar_text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone().into_owned()),
        Value::Number(text) => Some(text.clone().into_owned()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn parsing(reason: impl Into<String>) -> Rejection {
    Rejection::malformed("parsing_exception", reason.into())
}

fn invalid(what: &str) -> Rejection {
    Rejection::malformed(
        "action_request_validation_exception",
        format!("Validation Failed: {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(body: &str, index: Option<&str>) -> Result<Vec<String>, String> {
        read(body.as_bytes(), index)
            .map(|docs| docs.into_iter().map(|doc| doc.id).collect())
            .map_err(|rejection| rejection.reason().to_owned())
    }

    #[test]
    fn documents_and_ids_are_read() {
        assert_eq!(
            ids(r#"{"ids":["1",2]}"#, Some("a")),
            Ok(vec!["1".into(), "2".into()])
        );
        let docs = r#"{"docs":[{"_index":"a","_id":"1","routing":null,"_source":["x"]}]}"#;
        assert_eq!(ids(docs, None), Ok(vec!["1".into()]));
    }

    #[test]
    fn what_the_node_refuses_is_refused_in_its_words() {
        for (body, index, reason) in [
            ("", None, "request body is required"),
            (
                r#"{"docs":[]}"#,
                None,
                "Validation Failed: 1: no documents to get;",
            ),
            (
                r#"{"docs":[{"_id":"1"}]}"#,
                None,
                "Validation Failed: 1: index is missing for doc 0;",
            ),
            (
                r#"{"docs":[{"_index":"a"}]}"#,
                None,
                "Validation Failed: 1: id is missing for doc 0;",
            ),
            (
                r#"{"docs":[{"_id":"1","_type":"x"}]}"#,
                Some("a"),
                "unknown key [_type] of a document to get",
            ),
            (
                r#"{"other":[]}"#,
                None,
                "unknown key [other] for a multi get, expected [docs] or [ids]",
            ),
        ] {
            assert_eq!(ids(body, index), Err(reason.to_owned()), "{body}");
        }
        assert!(
            ids(r#"{"ids":["1"],"ids":["2"]}"#, Some("a")).is_err(),
            "a key that comes twice"
        );
        assert!(ids(r#"{"ids":["1"]} x"#, Some("a")).is_err(), "a tail");
    }
}
