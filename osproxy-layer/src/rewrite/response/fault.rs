//! Why an answer could not be turned back.
//!
//! Each of these means that the client gets a 502, or a broken-off body when a part of it was sent already, and never the
//! cluster's own bytes (H-07).

use std::fmt;

use crate::rewrite::json::{JsonError, JsonErrorKind};

/// Why a physical answer can't be shown to the client.
///
/// It holds no part of the answer, so it may be logged.
///
/// ```
/// use osproxy_layer::rewrite::response::{Breach, ReverseError};
///
/// let error = ReverseError::Breach(Breach::Id);
/// assert!(error.is_breach());
/// assert_eq!(error.to_string(), "a document with another partition's id was in the answer");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReverseError {
    /// The tripwire: something in the answer is not this partition's. Log it at error level.
    Breach(Breach),
    /// The answer is not strict JSON in UTF-8.
    NotJson,
    /// The answer ends too early.
    Truncated,
    /// The answer is nested more deeply than any that we know.
    TooDeep,
    /// One hit, item or part of the answer that must be seen whole is larger than the limit.
    TooLarge,
    /// The cursor in the answer could not be sealed for the client.
    Unsealed,
    /// The answer is JSON, but not what this endpoint answers; says what is wrong.
    Shape(&'static str),
}

/// What the tripwire found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Breach {
    /// A document's id is not built by this partition's rule, or is missing (H-01).
    Id,
    /// A document's routing is not this partition's, or is missing (H-02, H-03).
    Routing,
    /// A document's index is none of those that were asked (H-01).
    Index,
    /// The answer holds a cursor that nobody asked for (E).
    Cursor,
}

impl ReverseError {
    /// Whether this is the tripwire rather than an answer that can't be read.
    pub const fn is_breach(&self) -> bool {
        matches!(self, Self::Breach(_))
    }
}

impl From<JsonError> for ReverseError {
    fn from(error: JsonError) -> Self {
        match error.kind() {
            JsonErrorKind::Unterminated => Self::Truncated,
            JsonErrorKind::Depth => Self::TooDeep,
            _ => Self::NotJson,
        }
    }
}

impl From<Breach> for ReverseError {
    fn from(breach: Breach) -> Self {
        Self::Breach(breach)
    }
}

impl fmt::Display for ReverseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Breach(Breach::Id) => "a document with another partition's id was in the answer",
            Self::Breach(Breach::Routing) => {
                "a document with another partition's routing was in the answer"
            }
            Self::Breach(Breach::Index) => "a document of another index was in the answer",
            Self::Breach(Breach::Cursor) => "a cursor that nobody asked for was in the answer",
            Self::NotJson => "the answer is not strict JSON",
            Self::Truncated => "the answer ends too early",
            Self::TooDeep => "the answer is nested too deeply",
            Self::TooLarge => "a part of the answer is too large",
            Self::Unsealed => "a cursor in the answer can't be sealed",
            Self::Shape(what) => return write!(f, "the answer has an unknown shape: {what}"),
        })
    }
}

impl std::error::Error for ReverseError {}
