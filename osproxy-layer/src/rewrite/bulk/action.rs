//! Reads one action line.

use super::frame::Line;
use super::{BulkError, Meta};
use crate::rewrite::json::{Exact, JsonError, JsonErrorKind, Lexer, RawKind, RawStr};

/// What an item does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "the bulk format has these four")]
pub enum Action {
    /// Writes a document, over an older one if there is one.
    Index,
    /// Writes a document that must not be there yet. An index action with `"op_type":"create"` is one too, and is answered
    /// as one.
    Create,
    /// Changes a document.
    Update,
    /// Removes a document; the only one without a source line.
    Delete,
}

impl Action {
    /// The key of the action line, and of the item in the answer.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    pub(in crate::rewrite) fn named(key: RawStr<'_>) -> Option<Self> {
        [Self::Index, Self::Create, Self::Update, Self::Delete]
            .into_iter()
            .find(|action| key.is(action.as_str()))
    }
}

impl Action {
    /// The action that comes next in a text that is compared.
    pub(in crate::rewrite) fn exactly(text: &mut Exact<'_>) -> Option<Self> {
        match text.peek()? {
            b'i' => text.literal(b"index").and(Some(Self::Index)),
            b'c' => text.literal(b"create").and(Some(Self::Create)),
            b'u' => text.literal(b"update").and(Some(Self::Update)),
            _ => text.literal(b"delete").and(Some(Self::Delete)),
        }
    }
}

/// Nesting of what stands behind the action and is dropped; the metadata has none but `_source`'s.
const MAX_DEPTH: u32 = 32;

/// Reads an action line; `None` for a blank one, which the node skips.
pub(super) fn read(line: Line<'_>) -> Result<Option<(Action, Meta<'_>)>, BulkError> {
    match plain(line.bytes) {
        Some(read) => Ok(Some(read)),
        None => parse(line),
    }
}

/// The line that most clients write: an index, an id or both, and not a byte else.
fn plain(line: &[u8]) -> Option<(Action, Meta<'_>)> {
    let mut text = Exact::new(line);
    text.literal(b"{\"")?;
    let action = Action::exactly(&mut text)?;
    text.literal(b"\":{")?;
    let (mut index, mut id) = (None, None);
    let mut any = false;
    while text.literal(b"}").is_none() {
        if std::mem::replace(&mut any, true) {
            text.literal(b",")?;
        }
        let slot = match text.literal(b"\"_id\":") {
            Some(()) => &mut id,
            None => {
                text.literal(b"\"_index\":")?;
                &mut index
            }
        };
        if slot
            .replace(std::str::from_utf8(text.string()?).ok()?)
            .is_some()
        {
            return None;
        }
    }
    text.literal(b"}")?;
    text.is_at_end().then(|| (action, Meta::plain(index, id)))
}

/// [`read`], however the line looks.
fn parse(line: Line<'_>) -> Result<Option<(Action, Meta<'_>)>, BulkError> {
    let json = |error| BulkError::json(line.number, error);
    let mut lexer = Lexer::new(line.bytes).map_err(json)?;
    if lexer.end().is_ok() {
        return Ok(None);
    }
    let kind = lexer.peek().map_err(json)?;
    if kind != RawKind::Object {
        return Err(BulkError::malformed(
            line.number,
            "START_OBJECT",
            kind.node_token(),
        ));
    }
    lexer.begin_object().map_err(json)?;
    let mut first = true;
    let Some(key) = lexer.next_key(&mut first).map_err(json)? else {
        return Err(BulkError::malformed(
            line.number,
            "FIELD_NAME",
            "END_OBJECT",
        ));
    };
    let Some(action) = Action::named(key) else {
        let found = crate::rewrite::json::KeyName::new(&key.decode());
        return Err(BulkError::malformed(
            line.number,
            "one of [create, delete, index, update]",
            found.as_str(),
        ));
    };
    let kind = lexer.peek().map_err(json)?;
    if kind != RawKind::Object {
        return Err(BulkError::malformed(
            line.number,
            "START_OBJECT or END_OBJECT",
            kind.node_token(),
        ));
    }
    let meta = Meta::read(&mut lexer, line)?;
    skip_further_keys(&mut lexer, line.number)?;
    let action = if action == Action::Index && meta.op_type_is_create() {
        Action::Create
    } else {
        action
    };
    Ok(Some((action, meta)))
}

/// The node stops reading behind the action. A real client puts keys of its own there, so those are dropped; a second action
/// or anything that is no JSON would be read differently by the next one in line (D-20).
fn skip_further_keys(lexer: &mut Lexer<'_>, line: usize) -> Result<(), BulkError> {
    let behind = |error: JsonError| match error.kind() {
        JsonErrorKind::TrailingBytes => BulkError::behind(line, "anything"),
        _ => BulkError::behind(line, error),
    };
    let mut first = false;
    while let Some(key) = lexer.next_key(&mut first).map_err(behind)? {
        if Action::named(key).is_some() {
            return Err(BulkError::behind(line, "a second action"));
        }
        lexer.skip_value(MAX_DEPTH).map_err(behind)?;
    }
    lexer.end().map_err(behind)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(text: &str) -> Result<Option<(Action, Meta<'_>)>, BulkError> {
        read(Line {
            bytes: text.as_bytes(),
            number: 3,
        })
    }

    #[test]
    fn what_is_taken_at_a_glance() {
        for text in [
            r#"{"index":{}}"#,
            r#"{"index":{"_id":"1"}}"#,
            r#"{"create":{"_index":"orders","_id":"a long id, with ~ in it"}}"#,
            r#"{"delete":{"_id":"1","_index":"orders"}}"#,
        ] {
            let parsed = parse(Line {
                bytes: text.as_bytes(),
                number: 3,
            });
            assert_eq!(plain(text.as_bytes()), parsed.unwrap(), "{text}");
        }
        for text in [
            r#"{"index":{"_id":"1","_id":"1"}}"#,
            r#"{"index":{"_id":1}}"#,
            r#"{"index":{"_id":"é"}}"#,
            r#"{"index":{"_id":"1",}}"#,
            r#"{"index":{"_id":"1"}} "#,
            r#"{"index":{"_id":"1"},"x":1}"#,
            r#"{"index":{"_id":"1"}"#,
        ] {
            assert!(plain(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn the_four_actions() {
        for (text, expected) in [
            (r#"{"index":{}}"#, Action::Index),
            (r#"{"create":{}}"#, Action::Create),
            (r#" { "update" : { } } "#, Action::Update),
            (r#"{"delete":{"_id":"1"}}"#, Action::Delete),
            (r#"{"\u0069ndex":{}}"#, Action::Index),
            (r#"{"index":{"op_type":"create"}}"#, Action::Create),
            (r#"{"index":{"op_type":"index"}}"#, Action::Index),
            (r#"{"index":{"op_type":"CREATE"}}"#, Action::Index), // D-19: silently
            (r#"{"index":{"op_type":null}}"#, Action::Index),
            (r#"{"create":{"op_type":"index"}}"#, Action::Create),
            (r#"{"update":{"op_type":"create"}}"#, Action::Update),
            (r#"{"delete":{"op_type":"create"}}"#, Action::Delete),
            (
                r#"{"index":{"_index":"orders","pipeline":null},"attempts":0}"#,
                Action::Index,
            ),
            (r#"{"index":{},"x":{"delete":{}},"y":[1]}"#, Action::Index),
        ] {
            assert_eq!(line(text).unwrap().unwrap().0, expected, "{text}");
        }
        for blank in ["", " ", "\t \r"] {
            assert!(line(blank).unwrap().is_none());
        }
    }

    #[test]
    fn what_is_no_action_line() {
        const ILLEGAL: &str = "illegal_argument_exception";
        const REFUSED: &str = "osproxy_refused_exception";
        for (text, error_type, reason) in [
            (
                "[]",
                ILLEGAL,
                "Malformed action/metadata line [3], expected START_OBJECT but found [START_ARRAY]",
            ),
            (
                "\"x\"",
                ILLEGAL,
                "Malformed action/metadata line [3], expected START_OBJECT but found [VALUE_STRING]",
            ),
            (
                "1",
                ILLEGAL,
                "Malformed action/metadata line [3], expected START_OBJECT but found [VALUE_NUMBER]",
            ),
            (
                "null",
                ILLEGAL,
                "Malformed action/metadata line [3], expected START_OBJECT but found [VALUE_NULL]",
            ),
            (
                "true",
                ILLEGAL,
                "Malformed action/metadata line [3], expected START_OBJECT but found [VALUE_BOOLEAN]",
            ),
            (
                "{}",
                ILLEGAL,
                "Malformed action/metadata line [3], expected FIELD_NAME but found [END_OBJECT]",
            ),
            (
                r#"{"fo\"o":{}}"#,
                ILLEGAL,
                "Malformed action/metadata line [3], expected one of [create, delete, index, update] but found [fo\"o]",
            ),
            (
                r#"{"Index":{}}"#,
                ILLEGAL,
                "Malformed action/metadata line [3], expected one of [create, delete, index, update] but found [Index]",
            ),
            (
                r#"{"index":null}"#,
                ILLEGAL,
                "Malformed action/metadata line [3], expected START_OBJECT or END_OBJECT but found [VALUE_NULL]",
            ),
            (
                r#"{"index":[]}"#,
                ILLEGAL,
                "Malformed action/metadata line [3], expected START_OBJECT or END_OBJECT but found [START_ARRAY]",
            ),
            (
                "garbage",
                "json_parse_exception",
                "Malformed action/metadata line [3], unexpected character at byte 0",
            ),
            (
                "// c",
                "json_parse_exception",
                "Malformed action/metadata line [3], unexpected character at byte 0",
            ), // D-21
            (
                r#"{"index":{"_id":"1""#,
                "unexpected_end_of_input_exception",
                "Malformed action/metadata line [3], unexpected end at byte 19",
            ),
            (
                "\u{feff}{}",
                REFUSED,
                "Malformed action/metadata line [3], byte order mark at byte 0",
            ),
            (
                r#"{"index":{"_id":"1"},"delete":{"_id":"2"}}"#, // D-20
                REFUSED,
                "Malformed action/metadata line [3], a second action behind the action is refused",
            ),
            (
                r#"{"index":{},"d\u0065lete":{}}"#,
                REFUSED,
                "Malformed action/metadata line [3], a second action behind the action is refused",
            ),
            (
                r#"{"index":{}} {"delete":{}}"#,
                REFUSED,
                "Malformed action/metadata line [3], anything behind the action is refused",
            ),
            (
                r#"{"index":{}"#,
                REFUSED,
                "Malformed action/metadata line [3], unexpected end at byte 11 behind the action is refused",
            ),
            (
                r#"{"index":{}, garbage"#,
                REFUSED,
                "Malformed action/metadata line [3], unexpected character at byte 13 behind the action is refused",
            ),
        ] {
            let error = line(text).unwrap_err();
            assert_eq!(
                (error.error_type(), error.reason(), error.line()),
                (error_type, reason, Some(3)),
                "{text}"
            );
        }
    }

    proptest! {
        /// Whatever is taken at a glance is what parsing reads.
        #[test]
        fn a_glance_says_what_parsing_says(tokens in prop::collection::vec(prop::sample::select(vec![
            "{\"index\":{", "{\"delete\":{", "{\"update\":{", "{\"create\":{", "\"_id\":", "\"_index\":", "\"a\"", "\"é1\"", "\"\\u0061\"", "\"\"",
            ",", "}}", "}", " ", "\"routing\":", "1", "null",
        ]), 0..12)) {
            let text = tokens.concat();
            let line = Line { bytes: text.as_bytes(), number: 3 };
            if let Some(read) = plain(line.bytes) {
                prop_assert_eq!(parse(line), Ok(Some(read)));
            }
        }

        #[test]
        fn never_panics(tokens in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"index\"", "\"delete\"", "\"_id\"", "\"op_type\"", "\"version\"", "\"x\"", "1", "true", "null", "\\", "\"", "\u{e9}",
        ]), 0..16)) {
            let _ = line(&tokens.concat());
        }
    }
}
