//! The answer to a bulk: its items, one at a time.
//!
//! A bulk is split by cluster and its items can belong to several partitions, so the demuxer takes the answers apart
//! ([`BulkAnswer`]), turns each item back by its own rule ([`bulk_item`]) and puts them in the order that the client sent.
//! Where one request went to one index, [`Stream`](super::Stream) does the same in passing.

use std::fmt;

use http::StatusCode;

use super::answer::utf8;
use super::edit::{self, Walk};
use super::object::{Proof, Reverser};
use super::table::WRITE;
use super::{Reversal, ReverseError};
use crate::rewrite::bulk::Action;
use crate::rewrite::json::Lexer;

/// One answer to a bulk, taken apart.
///
/// ```
/// use http::StatusCode;
/// use osproxy_layer::rewrite::bulk::Action;
/// use osproxy_layer::rewrite::response::{BulkAnswer, IdRule, Reversal, bulk_item};
///
/// let raw = br#"{"took":3,"errors":false,"items":[{"create":{"_index":"orders-shared","_id":"acme:x1","status":201}}]}"#;
/// let answer = BulkAnswer::parse(raw)?;
/// assert_eq!((answer.took(), answer.errors(), answer.items().len()), (3, false, 1));
///
/// // The id was minted, so the client's own action was `index`.
/// let shared = Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""));
/// let mut out = Vec::new();
/// let status = bulk_item(answer.items()[0], Some(Action::Index), &shared, &mut out)?;
/// assert_eq!(status, StatusCode::CREATED);
/// assert_eq!(out, br#"{"index":{"_index":"orders","_id":"x1","status":201}}"#);
/// # Ok::<(), osproxy_layer::rewrite::response::ReverseError>(())
/// ```
#[derive(Clone)]
pub struct BulkAnswer<'a> {
    took: u64,
    ingest_took: Option<&'a [u8]>,
    errors: bool,
    items: Vec<&'a [u8]>,
}

impl<'a> BulkAnswer<'a> {
    /// Takes a whole answer apart.
    ///
    /// # Errors
    /// When it is not a bulk's.
    pub fn parse(raw: &'a [u8]) -> Result<Self, ReverseError> {
        utf8(raw)?;
        let mut took = None;
        let mut errors = None;
        let mut ingest_took = None;
        let mut items = None;
        let mut walk = Walk::object(raw)?;
        while let Some(item) = walk.next()? {
            let value = item.value;
            let Some(key) = item.key else { continue };
            match key.raw() {
                b"took" => took = Some(number(value)?),
                b"errors" => errors = Some(Lexer::new(value)?.bool()?),
                b"ingest_took" => ingest_took = Some(value),
                b"items" => items = Some(elements(value)?),
                _ => {}
            }
        }
        walk.end()?;
        match (took, errors, items) {
            (Some(took), Some(errors), Some(items)) => Ok(Self {
                took,
                ingest_took,
                errors,
                items,
            }),
            _ => Err(ReverseError::Shape("no took, errors and items in a bulk")),
        }
    }

    /// How long the cluster took, in milliseconds.
    pub const fn took(&self) -> u64 {
        self.took
    }

    /// How long ingest pipelines took, as the cluster wrote it.
    pub const fn ingest_took(&self) -> Option<&'a [u8]> {
        self.ingest_took
    }

    /// Whether an item failed.
    pub const fn errors(&self) -> bool {
        self.errors
    }

    /// The items as the cluster wrote them, in the order of the physical request.
    pub fn items(&self) -> &[&'a [u8]] {
        &self.items
    }
}

/// Figures only: the items hold documents.
impl fmt::Debug for BulkAnswer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkAnswer")
            .field("took", &self.took)
            .field("errors", &self.errors)
            .field("items", &self.items.len())
            .finish_non_exhaustive()
    }
}

/// Writes one item under the client's own action, and says its status. `None` keeps the cluster's action.
///
/// The two differ where an id was minted: it is sent as `create`, which can't overwrite (DESIGN section 11).
///
/// # Errors
/// When it is no item of a bulk, or is about another partition's document: then nothing is written.
pub fn bulk_item(
    raw: &[u8],
    action: Option<Action>,
    reversal: &Reversal,
    out: &mut Vec<u8>,
) -> Result<StatusCode, ReverseError> {
    utf8(raw)?;
    let mark = out.len();
    let done = item(raw, action, reversal, out).and_then(|(end, status)| {
        edit::tail(raw, end, out)?;
        Ok(status)
    });
    if done.is_err() {
        out.truncate(mark);
    }
    done
}

/// Writes the item that `raw` begins with; the offset behind it and its status are returned. `raw` was checked to be UTF-8.
/// On an error `out` is as it was.
pub(super) fn item(
    raw: &[u8],
    action: Option<Action>,
    reversal: &Reversal,
    out: &mut Vec<u8>,
) -> Result<(usize, StatusCode), ReverseError> {
    let mark = out.len();
    let done = write_item(raw, action, reversal, out);
    if done.is_err() {
        out.truncate(mark);
    }
    done
}

fn write_item(
    raw: &[u8],
    action: Option<Action>,
    reversal: &Reversal,
    out: &mut Vec<u8>,
) -> Result<(usize, StatusCode), ReverseError> {
    let mut walk = Walk::object(raw)?;
    let head = walk
        .head()?
        .ok_or(ReverseError::Shape("an item has no action"))?;
    let physical = head
        .key
        .and_then(Action::named)
        .ok_or(ReverseError::Shape("an item has an unknown action"))?;
    // Around the action the spacing stays.
    out.extend_from_slice(edit::slice(raw, 0..head.key_span.start));
    out.extend_from_slice(action.unwrap_or(physical).as_str().as_bytes());
    out.extend_from_slice(edit::slice(raw, head.key_span.end..walk.at()));
    let (length, seen) =
        Reverser::new(reversal, &[]).object(walk.rest(), WRITE, Proof::Write, out)?;
    walk.advance(length);
    let end = walk.at();
    if walk.head()?.is_some() {
        return Err(ReverseError::Shape("an item has one action"));
    }
    out.extend_from_slice(edit::slice(raw, end..walk.at()));
    let status = seen
        .status
        .and_then(|status| StatusCode::from_u16(status).ok());
    match status {
        Some(status) => Ok((walk.at(), status)),
        None => Err(ReverseError::Shape("an item has no status")),
    }
}

fn number(value: &[u8]) -> Result<u64, ReverseError> {
    Lexer::new(value)?
        .number()?
        .parse()
        .map_err(|_| ReverseError::Shape("took is no number"))
}

fn elements(value: &[u8]) -> Result<Vec<&[u8]>, ReverseError> {
    let mut items = Vec::new();
    let mut walk = Walk::array(value)?;
    while let Some(item) = walk.next()? {
        items.push(item.value);
    }
    Ok(items)
}
