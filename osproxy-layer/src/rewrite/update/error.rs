//! Why an update is refused, in the node's words where the node refuses it too.

use std::fmt;

use crate::rewrite::document::DocumentError;
use crate::rewrite::json::{JsonError, JsonErrorKind, KeyName, RawKind, RawStr};

/// Why an update's body is refused. The status is always 400.
///
/// `Display` is the reason, for the client who sent the body: it may name a key of it. `Debug` names none.
#[derive(Clone, PartialEq, Eq)]
pub struct UpdateError {
    error_type: &'static str,
    reason: String,
    cause: Option<(&'static str, String)>,
    fails_request: bool,
}

const PARSE: &str = "x_content_parse_exception";
const REFUSED: &str = "osproxy_refused_exception";

impl UpdateError {
    /// OpenSearch's name for the error.
    pub const fn error_type(&self) -> &'static str {
        self.error_type
    }

    /// The message for the client.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The type and the reason of what lies beneath, for `caused_by`.
    pub fn cause(&self) -> Option<(&'static str, &str)> {
        self.cause.as_ref().map(|(name, reason)| (*name, &**reason))
    }

    /// Whether, inside a bulk, the node refuses the whole request for this; else it is the item's error.
    pub const fn fails_request(&self) -> bool {
        self.fails_request
    }

    pub(super) fn no_object(text: &[u8], found: Option<(usize, RawKind)>) -> Self {
        let (at, token) = match found {
            Some((offset, kind)) => (Position::of(text, offset), kind.node_token()),
            None => (Position { line: 1, column: 0 }, "null"),
        };
        Self::of_node(
            PARSE,
            format!("{at} [UpdateRequest] Expected START_OBJECT but was: {token}"),
        )
    }

    pub(super) fn unknown(text: &[u8], key: RawStr<'_>) -> Self {
        let at = Position::of(text, key.offset().saturating_sub(1));
        Self::of_node(
            PARSE,
            format!(
                "{at} [UpdateRequest] unknown field [{}]",
                KeyName::new(&key.decode())
            ),
        )
    }

    pub(super) fn unsupported(text: &[u8], offset: usize, field: &str, kind: RawKind) -> Self {
        let at = Position::of(text, offset);
        let token = kind.node_token();
        Self::of_node(
            PARSE,
            format!("{at} [UpdateRequest] {field} doesn't support values of type: {token}"),
        )
    }

    pub(super) fn value(
        text: &[u8],
        offset: usize,
        field: &str,
        cause: &'static str,
        reason: String,
    ) -> Self {
        let at = Position::of(text, offset);
        let mut error = Self::of_node(
            PARSE,
            format!("{at} [UpdateRequest] failed to parse field [{field}]"),
        );
        error.cause = Some((cause, reason));
        error
    }

    /// The JSON of a field's value is broken.
    pub(super) fn within(text: &[u8], field: &str, error: JsonError) -> Self {
        if is_ours(error) {
            return error.into();
        }
        Self::value(
            text,
            error.offset(),
            field,
            error.kind().node_type(),
            error.to_string(),
        )
    }

    pub(super) fn script(field: &str) -> Self {
        Self::refused(format!(
            "[{field}] is refused on a shared index: a script could write for another partition"
        ))
    }

    #[allow(
        clippy::needless_pass_by_value,
        reason = "it is what map_err hands over"
    )]
    pub(super) fn document(error: DocumentError) -> Self {
        Self {
            error_type: error.error_type(),
            reason: error.reason(),
            cause: error.cause(),
            fails_request: false,
        }
    }

    const fn of_node(error_type: &'static str, reason: String) -> Self {
        Self {
            error_type,
            reason,
            cause: None,
            fails_request: true,
        }
    }

    const fn refused(reason: String) -> Self {
        Self {
            error_type: REFUSED,
            reason,
            cause: None,
            fails_request: false,
        }
    }
}

impl From<JsonError> for UpdateError {
    fn from(error: JsonError) -> Self {
        if is_ours(error) {
            return Self::refused(format!("the body is refused: {error}"));
        }
        Self::of_node(error.kind().node_type(), error.to_string())
    }
}

/// Whether the node would let it pass (D-07, D-08, D-11), or fail the item alone, as it does with deep nesting.
const fn is_ours(error: JsonError) -> bool {
    matches!(
        error.kind(),
        JsonErrorKind::Bom
            | JsonErrorKind::LoneSurrogate
            | JsonErrorKind::TrailingBytes
            | JsonErrorKind::Depth
    )
}

/// A place in a text as the node tells it: lines and bytes, both from 1.
struct Position {
    line: usize,
    column: usize,
}

impl Position {
    fn of(text: &[u8], offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |end| end + 1) + 1;
        Self { line, column }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}:{}]", self.line, self.column)
    }
}

impl fmt::Debug for UpdateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateError")
            .field("error_type", &self.error_type)
            .field("fails_request", &self.fails_request)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for UpdateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for UpdateError {}
