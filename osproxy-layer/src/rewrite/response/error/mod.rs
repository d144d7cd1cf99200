//! Errors of the cluster, as the client may see them.
//!
//! The status never changes: clients choose by it what they retry. On a shared index the text is written anew from the type
//! (H-05); elsewhere it passes with logical names. These functions never fail: what can't be read becomes an error of our
//! own with the cluster's status, as an HTML page of some proxy in between does.

mod known;
mod reauthor;
mod rename;

use http::StatusCode;

pub(super) use reauthor::item as item_error;
pub(super) use rename::texts as rename_texts;

use super::rows::TableRow;
use super::{ErrorPolicy, Reversal};

/// Writes the whole body of an answer that is an error. It is JSON whatever `raw` was, so the caller sets the content type.
///
/// ```
/// use http::StatusCode;
/// use osproxy_layer::rewrite::response::{IdRule, Reversal, error};
///
/// let shared = Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""));
/// let raw = br#"{"error":{"root_cause":[],"type":"version_conflict_engine_exception","reason":"[globex:1]: .."},"status":409}"#;
/// let mut out = Vec::new();
/// error(StatusCode::CONFLICT, raw, &shared, &mut out);
/// let text = String::from_utf8(out)?;
/// assert!(text.contains(r#""type":"version_conflict_engine_exception""#) && !text.contains("globex"));
/// # Ok::<(), std::string::FromUtf8Error>(())
/// ```
pub fn error(status: StatusCode, raw: &[u8], reversal: &Reversal, out: &mut Vec<u8>) {
    match reversal.policy() {
        ErrorPolicy::Reauthor => reauthor::body(status, raw, reversal, out),
        ErrorPolicy::Rename => {
            let mark = out.len();
            if rename::body(raw, reversal, out).is_err() {
                out.truncate(mark);
                reauthor::body(status, b"", reversal, out);
            }
        }
    }
}

/// The known types of error.
pub(super) fn rows() -> impl Iterator<Item = TableRow> {
    known::all().iter().map(|known| TableRow {
        table: "error",
        key: known.kind,
        shared: "rewrite",
        dedicated: "keep",
        catalogue: known.catalogue,
    })
}
