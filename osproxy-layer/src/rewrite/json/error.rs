//! What is wrong with a JSON text, and where.

use std::fmt;

/// Why a text is not the strict JSON that we accept, and at which byte.
///
/// It never holds any of the text: an error may reach a log, a document may not.
///
/// ```
/// use osproxy_layer::rewrite::json::{self, JsonErrorKind};
///
/// let error = json::validate(b"{\"a\":}", 32).unwrap_err();
/// assert_eq!(error.kind(), JsonErrorKind::Syntax);
/// assert_eq!(error.to_string(), "unexpected character at byte 5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    kind: JsonErrorKind,
    offset: usize,
}

impl JsonError {
    /// An error of this kind at this byte offset.
    pub const fn new(kind: JsonErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What is wrong.
    pub const fn kind(&self) -> JsonErrorKind {
        self.kind
    }

    /// The offset in bytes from the start of the text that was read.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The same error in a larger text, in which the text that was read starts at `base`.
    #[must_use]
    pub const fn shifted(self, base: usize) -> Self {
        Self {
            kind: self.kind,
            offset: self.offset.saturating_add(base),
        }
    }
}

/// The kinds of [`JsonError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// A string is not valid UTF-8. Overlong forms count: the node decodes them (D-01).
    NotUtf8,
    /// The text begins with a byte order mark (D-08).
    Bom,
    /// A byte that can't stand here, a comment among them (D-08).
    Syntax,
    /// A control character below U+0020 inside a string that is not escaped.
    Control,
    /// A backslash that begins no escape.
    Escape,
    /// An escape names half of a surrogate pair (D-07).
    LoneSurrogate,
    /// Something that begins like a number and is none.
    Number,
    /// More containers inside each other than the bound allows.
    Depth,
    /// One object names a key twice (D-06).
    DuplicateKey,
    /// Something follows the value (D-20).
    TrailingBytes,
    /// The text ends before its value does; an empty text is one.
    Unterminated,
}

impl JsonErrorKind {
    /// A few words for an error message.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotUtf8 => "invalid UTF-8",
            Self::Bom => "byte order mark",
            Self::Syntax => "unexpected character",
            Self::Control => "control character in a string",
            Self::Escape => "invalid escape",
            Self::LoneSurrogate => "lone surrogate in an escape",
            Self::Number => "invalid number",
            Self::Depth => "nested too deeply",
            Self::DuplicateKey => "duplicate key",
            Self::TrailingBytes => "bytes after the value",
            Self::Unterminated => "unexpected end",
        }
    }

    /// The node's name for the same fault, as 3.8 answers it.
    pub const fn node_type(self) -> &'static str {
        match self {
            Self::Unterminated => "unexpected_end_of_input_exception",
            _ => "json_parse_exception",
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind.as_str(), self.offset)
    }
}

impl std::error::Error for JsonError {}
