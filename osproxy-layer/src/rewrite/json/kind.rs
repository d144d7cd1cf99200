//! The six kinds of JSON values.

use super::token::skip_space;

/// What a value is, told by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(
    clippy::exhaustive_enums,
    reason = "JSON has these six kinds of values"
)]
pub enum RawKind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// A number, kept as text.
    Number,
    /// `true` or `false`
    Bool,
    /// `null`
    Null,
}

impl RawKind {
    /// The kind of the value that `raw` begins with, white space skipped; `None` when no value begins so.
    pub fn of(raw: &[u8]) -> Option<Self> {
        let at = skip_space(raw, 0);
        Self::begun_by(*raw.get(at)?)
    }

    /// The node's name of the token that such a value begins with, for its error messages.
    pub const fn node_token(self) -> &'static str {
        match self {
            Self::Object => "START_OBJECT",
            Self::Array => "START_ARRAY",
            Self::String => "VALUE_STRING",
            Self::Number => "VALUE_NUMBER",
            Self::Bool => "VALUE_BOOLEAN",
            Self::Null => "VALUE_NULL",
        }
    }

    pub(super) const fn begun_by(byte: u8) -> Option<Self> {
        match byte {
            b'{' => Some(Self::Object),
            b'[' => Some(Self::Array),
            b'"' => Some(Self::String),
            b'-' | b'0'..=b'9' => Some(Self::Number),
            b't' | b'f' => Some(Self::Bool),
            b'n' => Some(Self::Null),
            _ => None,
        }
    }
}
