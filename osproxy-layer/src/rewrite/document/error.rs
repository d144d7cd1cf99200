//! Why a document is not written, in the node's words where the node has some.

use std::fmt;

use crate::rewrite::json::{JsonError, JsonErrorKind, KeyName};

/// Why a document is refused. The status is always 400: sending it again mends nothing.
///
/// [`DocumentError::error_type`], [`DocumentError::reason`] and [`DocumentError::cause`] are the parts of OpenSearch's error
/// object. `Debug` and the reason hold no document text; the reason may name a key, which is for the client who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentError {
    /// Nothing was sent. These are the node's words for an empty line of a bulk; a whole request without a body is a
    /// `parse_exception` there, "request body is required".
    Empty,
    /// It does not begin like an object.
    NotAnObject,
    /// It is no strict JSON.
    Json(JsonError),
    /// A key at its root is refused.
    RootKey {
        /// The key, decoded.
        key: KeyName,
        /// What is wrong with it.
        fault: RootKeyFault,
    },
}

/// What is wrong with a root key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RootKeyFault {
    /// It is a metadata field (D-09); the node refuses it too.
    Metadata,
    /// It spells a field that is set for the client (D-01, D-02).
    Reserved,
    /// It is empty (P-08); the node refuses it too.
    Empty,
    /// A part between dots is empty or blank (D-02); the node drops a trailing one.
    EmptyPart,
    /// It begins with an underscore (D-03).
    Underscore,
}

impl DocumentError {
    /// OpenSearch's name for the error: the node's own where the node refuses the document too.
    pub const fn error_type(&self) -> &'static str {
        match self {
            Self::Empty | Self::NotAnObject => "mapper_parsing_exception",
            Self::Json(error) => match error.kind() {
                // The node takes these, and then no page with such a hit is valid JSON or UTF-8 (D-07, D-08).
                JsonErrorKind::Bom | JsonErrorKind::LoneSurrogate => "osproxy_refused_exception",
                _ => "mapper_parsing_exception",
            },
            Self::RootKey { fault, .. } => match fault {
                RootKeyFault::Metadata | RootKeyFault::Empty => "mapper_parsing_exception",
                _ => "osproxy_refused_exception",
            },
        }
    }

    /// The message for the client.
    pub fn reason(&self) -> String {
        match self {
            Self::Empty => "failed to parse, document is empty".into(),
            Self::Json(error) if self.error_type() == "osproxy_refused_exception" => {
                format!("the document is refused: {error}")
            }
            Self::NotAnObject | Self::Json(_) => "failed to parse".into(),
            Self::RootKey { key, fault } => match fault {
                RootKeyFault::Metadata => format!(
                    "Field [{key}] is a metadata field and cannot be added inside a document. \
                     Use the index API request parameters."
                ),
                RootKeyFault::Reserved => {
                    format!(
                        "field [{key}] at the root of a document is set for the client and can't be sent"
                    )
                }
                RootKeyFault::Empty => "failed to parse".into(),
                RootKeyFault::EmptyPart => {
                    format!(
                        "field [{key}] at the root of a document has an empty part, which is refused on a shared index"
                    )
                }
                RootKeyFault::Underscore => {
                    format!(
                        "field [{key}] at the root of a document begins with [_], which is refused on a shared index"
                    )
                }
            },
        }
    }

    /// The type and the reason of what lies beneath, for `caused_by`.
    pub fn cause(&self) -> Option<(&'static str, String)> {
        match self {
            Self::NotAnObject => Some((
                "not_x_content_exception",
                "the document is not a JSON object".into(),
            )),
            Self::Json(error) if self.error_type() == "mapper_parsing_exception" => {
                Some((error.kind().node_type(), error.to_string()))
            }
            Self::RootKey {
                fault: RootKeyFault::Empty,
                ..
            } => Some((
                "illegal_argument_exception",
                "field name cannot be an empty string".into(),
            )),
            _ => None,
        }
    }
}

impl From<JsonError> for DocumentError {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason())
    }
}

impl std::error::Error for DocumentError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_debug_nor_cause_names_a_key() {
        let error = DocumentError::RootKey {
            key: KeyName::new("_secret"),
            fault: RootKeyFault::Underscore,
        };
        assert!(!format!("{error:?}").contains("secret"));
        assert!(error.reason().contains("[_secret]"));
        assert_eq!(error.cause(), None);
    }

    #[test]
    fn types_are_the_nodes_where_it_refuses_too() {
        let json = |kind| DocumentError::Json(JsonError::new(kind, 0));
        for (error, expected, cause) in [
            (DocumentError::Empty, "mapper_parsing_exception", None),
            (
                DocumentError::NotAnObject,
                "mapper_parsing_exception",
                Some("not_x_content_exception"),
            ),
            (
                json(JsonErrorKind::Syntax),
                "mapper_parsing_exception",
                Some("json_parse_exception"),
            ),
            (
                json(JsonErrorKind::Unterminated),
                "mapper_parsing_exception",
                Some("unexpected_end_of_input_exception"),
            ),
            (
                json(JsonErrorKind::DuplicateKey),
                "mapper_parsing_exception",
                Some("json_parse_exception"),
            ),
            (
                json(JsonErrorKind::LoneSurrogate),
                "osproxy_refused_exception",
                None,
            ),
            (json(JsonErrorKind::Bom), "osproxy_refused_exception", None),
        ] {
            assert_eq!(error.error_type(), expected);
            assert_eq!(error.cause().map(|(name, _)| name), cause);
        }
    }
}
