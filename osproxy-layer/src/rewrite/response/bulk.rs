//! The answer to a bulk: its items, one at a time.
//!
//! A bulk is split by cluster and its items can belong to several partitions, so the demuxer takes the answers apart
//! ([`BulkAnswer`]), turns each item back by its own rule and puts them in the order that the client sent.
//! Where one request went to one index, [`Stream`](super::Stream) does the same in passing.

use std::fmt;

use http::StatusCode;

use super::answer::utf8;
use super::edit::{self, Walk};
use super::object::{Proof, Reverser};
use super::plain_item::plain_item;
use super::table::WRITE;
use super::{Reversal, ReverseError};
use crate::rewrite::bulk::Action;
use crate::rewrite::json::Lexer;

/// One answer to a bulk, whose items are read one by one.
///
/// ```
/// use http::StatusCode;
/// use osproxy_layer::rewrite::bulk::Action;
/// use osproxy_layer::rewrite::response::{BulkAnswer, IdRule, Reversal};
///
/// let raw = br#"{"took":3,"errors":false,"items":[{"create":{"_index":"orders-shared","_id":"acme:x1","status":201}}]}"#;
/// let mut answer = BulkAnswer::parse(raw)?;
/// assert_eq!((answer.took(), answer.errors()), (3, false));
///
/// let shared = Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""));
/// let mut out = Vec::new();
/// let status = answer.next_item(Some(Action::Index), &shared, &mut out);
/// assert_eq!(status, Some(Ok(StatusCode::CREATED)));
/// assert_eq!(out, br#"{"index":{"_index":"orders","_id":"x1","status":201}}"#);
/// assert_eq!(answer.next_item(None, &shared, &mut out), None);
/// # Ok::<(), osproxy_layer::rewrite::response::ReverseError>(())
/// ```
pub struct BulkAnswer<'a> {
    took: u64,
    ingest_took: Option<&'a [u8]>,
    errors: bool,
    items: Walk<'a>,
    /// Whether all of it is known to be UTF-8. The usual item needs not know.
    checked: bool,
    /// Why no further item can be found.
    broken: Option<ReverseError>,
}

impl<'a> BulkAnswer<'a> {
    /// Reads an answer up to its items. They come last, as the node writes it; where they don't, the whole of it is read.
    ///
    /// # Errors
    /// When it is not a bulk's.
    pub fn parse(raw: &'a [u8]) -> Result<Self, ReverseError> {
        let mut took = None;
        let mut errors = None;
        let mut ingest_took = None;
        let mut items = None;
        let mut walk = Walk::object(raw)?;
        while let Some(head) = walk.head()? {
            let key = head.key.map_or(&b""[..], |key| key.raw());
            if key == b"items" {
                items = Some(Walk::array(walk.rest())?);
                if took.is_some() && errors.is_some() {
                    break;
                }
            }
            let value = walk.value()?;
            match key {
                b"took" => took = Some(number(value)?),
                b"errors" => errors = Some(Lexer::new(value)?.bool()?),
                b"ingest_took" => ingest_took = Some(value),
                _ => {}
            }
        }
        match (took, errors, items) {
            (Some(took), Some(errors), Some(items)) => Ok(Self {
                took,
                ingest_took,
                errors,
                items,
                checked: false,
                broken: None,
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

    /// Writes the next item, in the order of the physical request, under the client's own action, and says its status; `None`
    /// behind the last one. With no action the cluster's stays.
    ///
    /// The two differ where an id was minted: it is sent as `create`, which can't overwrite (DESIGN section 11).
    ///
    /// # Errors
    /// When it is no item of a bulk, or is about another partition's document: then nothing is written, and the next one is
    /// read all the same. An answer that breaks off gives its error for every further item.
    pub fn next_item(
        &mut self,
        action: Option<Action>,
        reversal: &Reversal,
        out: &mut Vec<u8>,
    ) -> Option<Result<StatusCode, ReverseError>> {
        if let Some(error) = self.broken {
            return Some(Err(error));
        }
        match self.items.head() {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(error) => {
                self.broken = Some(error);
                return Some(Err(error));
            }
        }
        let rest = self.items.rest();
        let read = match plain_item(rest, action, reversal, out) {
            Some(done) => Ok(done),
            None => self
                .check(rest)
                .and_then(|()| parsed_item(rest, action, reversal, out)),
        };
        Some(match read {
            Ok((length, status)) => {
                self.items.advance(length);
                Ok(status)
            }
            Err(error) => {
                self.broken = self.broken.or_else(|| self.items.value().err());
                Err(error)
            }
        })
    }

    /// Checks all that is left, once.
    fn check(&mut self, rest: &[u8]) -> Result<(), ReverseError> {
        if !self.checked {
            self.broken = utf8(rest).err();
            self.checked = true;
        }
        self.broken.map_or(Ok(()), Err)
    }
}

/// Figures only: the items hold documents.
impl fmt::Debug for BulkAnswer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BulkAnswer")
            .field("took", &self.took)
            .field("errors", &self.errors)
            .finish_non_exhaustive()
    }
}

/// Writes the item that `raw` begins with; the offset behind it and its status are returned. `raw` was checked to be UTF-8.
/// On an error `out` is as it was.
pub(super) fn item(
    raw: &[u8],
    action: Option<Action>,
    reversal: &Reversal,
    out: &mut Vec<u8>,
) -> Result<(usize, StatusCode), ReverseError> {
    match plain_item(raw, action, reversal, out) {
        Some(done) => Ok(done),
        None => parsed_item(raw, action, reversal, out),
    }
}

/// [`item`], however it looks.
pub(super) fn parsed_item(
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
