//! Why a bulk is refused as a whole, before anything of it is sent.

use std::fmt;

use crate::rewrite::json::{CoercionError, JsonError, JsonErrorKind, KeyName, RawKind};

/// A 400 for the whole request.
///
/// `Display` is the reason, in the node's words where the node refuses the same thing; it may repeat a key or a value of the
/// request and is for the client who sent it. `Debug` has neither.
#[derive(Clone, PartialEq, Eq)]
pub struct BulkError {
    error_type: &'static str,
    line: Option<usize>,
    reason: String,
}

/// Our own refusals, which the node would let pass.
pub(super) const REFUSED: &str = "osproxy_refused_exception";
const ILLEGAL: &str = "illegal_argument_exception";
const INVALID: &str = "action_request_validation_exception";

impl BulkError {
    /// OpenSearch's name for the error.
    pub const fn error_type(&self) -> &'static str {
        self.error_type
    }

    /// The line that is at fault, counted from 1.
    pub const fn line(&self) -> Option<usize> {
        self.line
    }

    /// The message for the client.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// A request without a body.
    pub(super) fn no_body() -> Self {
        Self {
            error_type: "parse_exception",
            line: None,
            reason: "request body is required".into(),
        }
    }

    /// The last line has no end.
    pub(super) fn not_terminated(line: usize) -> Self {
        Self::illegal(
            line,
            "The bulk request must be terminated by a newline [\\n]".into(),
        )
    }

    /// An action line of another shape.
    pub(super) fn malformed(line: usize, expected: &str, found: &str) -> Self {
        Self::illegal(
            line,
            format!(
                "Malformed action/metadata line [{line}], expected {expected} but found [{found}]"
            ),
        )
    }

    /// A metadata key with an object or an array.
    pub(super) fn not_simple(line: usize, key: &str, found: RawKind) -> Self {
        let key = KeyName::new(key);
        Self::malformed(
            line,
            &format!("a simple value for field [{key}]"),
            found.node_token(),
        )
    }

    /// A metadata key that nobody knows.
    pub(super) fn unknown_parameter(line: usize, key: &str) -> Self {
        let key = KeyName::new(key);
        Self::illegal(
            line,
            format!("Action/metadata line [{line}] contains an unknown parameter [{key}]"),
        )
    }

    /// A metadata value that can't be read.
    pub(super) fn coercion(line: usize, error: &CoercionError) -> Self {
        Self {
            error_type: error.error_type(),
            line: Some(line),
            reason: error.to_string(),
        }
    }

    /// A metadata value that is out of its bounds.
    pub(super) fn illegal(line: usize, reason: String) -> Self {
        Self {
            error_type: ILLEGAL,
            line: Some(line),
            reason,
        }
    }

    /// A `_source` of another shape.
    pub(super) fn source_filter(line: usize, reason: String) -> Self {
        Self {
            error_type: "parsing_exception",
            line: Some(line),
            reason,
        }
    }

    /// An action line that is no strict JSON.
    pub(super) fn json(line: usize, error: JsonError) -> Self {
        let error_type = match error.kind() {
            JsonErrorKind::Bom | JsonErrorKind::LoneSurrogate | JsonErrorKind::TrailingBytes => {
                REFUSED
            }
            kind => kind.node_type(),
        };
        Self {
            error_type,
            line: Some(line),
            reason: format!("Malformed action/metadata line [{line}], {error}"),
        }
    }

    /// What stands behind the action, which the node would not read.
    pub(super) fn behind(line: usize, what: impl fmt::Display) -> Self {
        let reason =
            format!("Malformed action/metadata line [{line}], {what} behind the action is refused");
        Self {
            error_type: REFUSED,
            line: Some(line),
            reason,
        }
    }

    /// What the node finds when all lines are read, numbered as it numbers them.
    pub(super) fn validation<'r>(reasons: impl IntoIterator<Item = &'r str>) -> Self {
        let mut reason = "Validation Failed: ".to_owned();
        for (index, one) in reasons.into_iter().enumerate() {
            reason.push_str(&format!("{}: {one};", index + 1));
        }
        Self {
            error_type: INVALID,
            line: None,
            reason,
        }
    }
}

impl fmt::Debug for BulkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            error_type,
            line,
            reason: _,
        } = self;
        f.debug_struct("BulkError")
            .field("error_type", error_type)
            .field("line", line)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for BulkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for BulkError {}
