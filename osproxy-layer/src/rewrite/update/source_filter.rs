//! The shape of a `_source` filter, which the node reads before anything else of the request is done.

use crate::rewrite::json::{JsonError, JsonErrorKind, KeyName, Lexer, MAX_DEPTH, RawKind};

/// Why a filter can't be read.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::rewrite) enum FilterError {
    /// It is no strict JSON.
    Json(JsonError),
    /// The node's words, without a name of the client's in them but a key of its own.
    Shape(String),
}

impl From<JsonError> for FilterError {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

/// The keys of a filter that is an object.
const KEYS: [&str; 4] = ["includes", "include", "excludes", "exclude"];

/// Reads a filter: a boolean, a string, an array of strings, or an object of the four keys with a string or such an array.
pub(in crate::rewrite) fn skip(lexer: &mut Lexer<'_>) -> Result<(), FilterError> {
    match lexer.peek()? {
        RawKind::Bool | RawKind::String => {
            lexer.skip_value(MAX_DEPTH)?;
            Ok(())
        }
        RawKind::Array => strings(lexer),
        RawKind::Object => object(lexer),
        other @ (RawKind::Number | RawKind::Null) => Err(FilterError::Shape(format!(
            "Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found [{}]",
            other.node_token()
        ))),
    }
}

fn object(lexer: &mut Lexer<'_>) -> Result<(), FilterError> {
    let mut first = true;
    let mut seen = [false; KEYS.len()];
    lexer.begin_object()?;
    while let Some(key) = lexer.next_key(&mut first)? {
        let known = KEYS.iter().zip(&mut seen).find(|(known, _)| key.is(known));
        if let Some((_, seen)) = &known
            && **seen
        {
            return Err(JsonError::new(JsonErrorKind::DuplicateKey, key.offset()).into());
        }
        let known = known.map(|(_, seen)| *seen = true);
        match (known, lexer.peek()?) {
            (Some(_), RawKind::String) => {
                lexer.string()?;
            }
            (Some(_), RawKind::Array) => strings(lexer)?,
            (_, kind) => return Err(unknown(kind, KeyName::new(&key.decode()).as_str())),
        }
    }
    Ok(())
}

fn strings(lexer: &mut Lexer<'_>) -> Result<(), FilterError> {
    let mut first = true;
    lexer.begin_array()?;
    while lexer.next_element(&mut first)? {
        match lexer.peek()? {
            RawKind::String => lexer.string()?,
            kind => return Err(unknown(kind, "null")),
        };
    }
    Ok(())
}

fn unknown(kind: RawKind, key: &str) -> FilterError {
    FilterError::Shape(format!(
        "Unknown key for a {} in [{key}].",
        kind.node_token()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(), FilterError> {
        let mut lexer = Lexer::new(text.as_bytes()).unwrap();
        skip(&mut lexer)?;
        lexer.end().map_err(FilterError::Json)
    }

    #[test]
    fn what_the_node_takes() {
        for text in [
            "true",
            "\"a.*\"",
            "[]",
            r#"["a","b*"]"#,
            "{}",
            r#"{"includes":["a"],"excludes":"b"}"#,
            r#"{"include":"a","exclude":[]}"#,
        ] {
            assert_eq!(read(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_the_node_refuses() {
        for (text, reason) in [
            (
                "1",
                "Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found [VALUE_NUMBER]",
            ),
            ("[1]", "Unknown key for a VALUE_NUMBER in [null]."),
            (r#"{"foo":"a"}"#, "Unknown key for a VALUE_STRING in [foo]."),
            (r#"{"foo":1}"#, "Unknown key for a VALUE_NUMBER in [foo]."),
            (
                r#"{"includes":null}"#,
                "Unknown key for a VALUE_NULL in [includes].",
            ),
            (
                r#"{"includes":{"a":1}}"#,
                "Unknown key for a START_OBJECT in [includes].",
            ),
            (
                r#"{"excludes":[["a"]]}"#,
                "Unknown key for a START_ARRAY in [null].",
            ),
        ] {
            assert_eq!(read(text), Err(FilterError::Shape(reason.into())), "{text}");
        }
        for broken in [
            r#"{"includes":"#,
            r#"["a""#,
            r#"{"includes":"a","includ\u0065s":"b"}"#,
        ] {
            assert!(
                matches!(read(broken), Err(FilterError::Json(_))),
                "{broken}"
            );
        }
    }
}
