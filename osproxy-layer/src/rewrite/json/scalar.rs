//! Reads one scalar out of a document by its dotted path, without a tree.

use std::borrow::Cow;

use super::{JsonError, JsonErrorKind, Lexer, MAX_DEPTH, RawKind};

/// The text of the string, number or boolean that stands at `path` in the object `text`.
///
/// A path is field names joined by dots, and either spelling of it is found: `{"a":{"b":1}}` and `{"a.b":1}` are one field
/// to the node (D-04). `None` when nothing is there, or null, an object or an array. A number is given as it was sent.
///
/// The whole text is read, since a document that says two things at one path must not be placed by the first of them.
///
/// # Errors
/// When the text is no strict JSON object, and [`JsonErrorKind::DuplicateKey`] when the path is found twice.
///
/// ```
/// use osproxy_layer::rewrite::json::scalar;
///
/// let document = br#"{"user":{"tenant":"acme","n":1.50}}"#;
/// assert_eq!(scalar(document, "user.tenant")?.as_deref(), Some("acme"));
/// assert_eq!(scalar(document, "user.n")?.as_deref(), Some("1.50"));
/// assert_eq!(scalar(document, "user")?, None);
/// # Ok::<(), osproxy_layer::rewrite::json::JsonError>(())
/// ```
pub fn scalar<'a>(text: &'a [u8], path: &str) -> Result<Option<Cow<'a, str>>, JsonError> {
    let mut lexer = Lexer::new(text)?;
    let mut found = None;
    // Where to go on in the object that holds the present one, when the present one is done.
    let mut outer = Vec::new();
    let mut rest = path;
    let mut first = true;
    lexer.begin_object()?;
    loop {
        let Some(key) = lexer.next_key(&mut first)? else {
            let Some(back) = outer.pop() else { break };
            rest = back;
            first = false;
            continue;
        };
        let kind = lexer.peek()?;
        // Most keys say what they are as they were sent.
        let decoded = key.is_escaped().then(|| key.decode());
        let name = decoded.as_ref().map_or(key.raw(), |text| text.as_bytes());
        if name == rest.as_bytes() {
            if found.is_some() {
                return Err(JsonError::new(JsonErrorKind::DuplicateKey, key.offset()));
            }
            found = Some(read(&mut lexer, kind)?);
        } else if let Some(inner) = below(name, rest)
            && kind == RawKind::Object
            && outer.len() < MAX_DEPTH as usize
        {
            lexer.begin_object()?;
            outer.push(rest);
            rest = inner;
            first = true;
        } else {
            lexer.skip_value(MAX_DEPTH)?;
        }
    }
    lexer.end()?;
    Ok(found.flatten())
}

fn below<'p>(key: &[u8], path: &'p str) -> Option<&'p str> {
    let behind = path.as_bytes().strip_prefix(key)?;
    match behind.first() {
        Some(b'.') => path.get(key.len() + 1..),
        _ => None,
    }
}

fn read<'a>(lexer: &mut Lexer<'a>, kind: RawKind) -> Result<Option<Cow<'a, str>>, JsonError> {
    Ok(match kind {
        RawKind::String => Some(lexer.string()?.decode()),
        RawKind::Number => Some(Cow::Borrowed(lexer.number()?)),
        RawKind::Bool => Some(Cow::Borrowed(if lexer.bool()? { "true" } else { "false" })),
        RawKind::Null | RawKind::Object | RawKind::Array => {
            lexer.skip_value(MAX_DEPTH)?;
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn finds_what_the_path_names() {
        for (text, path, expected) in [
            (r#"{"a":"x"}"#, "a", Some("x")),
            (r#"{"a":"\u0078"}"#, "a", Some("x")),
            (r#"{"\u0061":"x"}"#, "a", Some("x")),
            (r#"{"b":{"a":"y"},"a":"x"}"#, "a", Some("x")),
            (r#"{"a":{"b":{"c":true}}}"#, "a.b.c", Some("true")),
            (r#"{"a.b":{"c":false}}"#, "a.b.c", Some("false")),
            (r#"{"a":{"b.c":1e2}}"#, "a.b.c", Some("1e2")),
            (r#"{"a":{"x":1},"a.b":{"c":2}}"#, "a.b.c", Some("2")),
            (r#"{"a":{"b":1}}"#, "b", None),
            (r#"{"a":[{"b":1}]}"#, "a.b", None),
            (r#"{"a":null}"#, "a", None),
            (r#"{"a":{}}"#, "a", None),
            (r#"{"a":[1]}"#, "a", None),
            (r#"{"ab":1}"#, "a", None),
            (
                r#"{"a":123456789012345678901234567890}"#,
                "a",
                Some("123456789012345678901234567890"),
            ),
            (r"{}", "a", None),
            (r#"{"":1}"#, "", Some("1")),
        ] {
            assert_eq!(
                scalar(text.as_bytes(), path).unwrap().as_deref(),
                expected,
                "{text} {path}"
            );
        }
    }

    #[test]
    fn one_path_twice_is_refused() {
        for text in [
            r#"{"a":{"b":1},"a.b":2}"#,
            r#"{"a":{"b":1},"a":{"b":1}}"#,
            r#"{"a":{"b":null,"b":1}}"#,
        ] {
            assert_eq!(
                scalar(text.as_bytes(), "a.b").unwrap_err().kind(),
                JsonErrorKind::DuplicateKey,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_object_is_an_error() {
        for text in [
            "",
            "[]",
            "1",
            r#"{"a":1"#,
            r#"{"a":1} x"#,
            r#"{"a":}"#,
            "{\"a\":\"\u{1}\"}",
        ] {
            assert!(scalar(text.as_bytes(), "a").is_err(), "{text}");
        }
        assert!(scalar(&br#"{"a":"#.repeat(100_000), &"a.".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn agrees_with_a_tree(text in r#"\{("(a|b|a\.b)":(1|"x"|null|\{("(a|b)":(2|true|\[3\]))?\})(,"c":\{"a":9\})?)?\}"#) {
            let tree: Value = serde_json::from_str(&text).unwrap();
            let leaf = |value: &Value| match value {
                Value::String(text) => Some(text.clone()),
                Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
                _ => None,
            };
            let expected = tree.pointer("/a/b").or(tree.pointer("/a.b")).and_then(leaf);
            prop_assert_eq!(scalar(text.as_bytes(), "a.b").unwrap().map(Cow::into_owned), expected);
        }
    }
}
