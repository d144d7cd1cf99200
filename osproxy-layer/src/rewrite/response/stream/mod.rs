//! The answers that can be long, turned back while they pass: of a search and of a bulk.
//!
//! One pass, and memory for one hit or item. Bytes around the hits are copied, or left out by key; a hit is held until it
//! is whole, passes the tripwire, and is written. So a client may have seen earlier hits when one trips the wire: the
//! caller then breaks the body off.

mod place;
mod reader;
mod step;
mod utf8;

use std::fmt;
use std::sync::Arc;

#[cfg(test)]
pub(super) use self::place::places;
pub(super) use self::place::rows;

use self::place::{Place, Plan};
use self::reader::Reader;
use self::utf8::Utf8;
use super::cursor::SealCursor;
use super::{Reversal, ReverseError};
use crate::rewrite::bulk::Action;
use crate::rewrite::screen::Shape;

/// The largest hit or item by default, in bytes: a document of the largest size that a write may have, and what is around
/// it.
const LIMIT: usize = 128 << 20;

/// An answer on its way.
///
/// ```
/// use osproxy_layer::rewrite::response::{IdRule, Reversal, Stream};
/// use osproxy_layer::rewrite::screen::Shape;
///
/// let shared = Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""))
///     .expect_routing("acme")
///     .strip("_tenant");
/// let mut stream = Stream::search(shared, Shape::default());
/// let mut out = Vec::new();
/// stream.push(br#"{"took":2,"hits":{"total":{"value":1},"hits":[{"_index":"orders-shared","_id":"acme:7","_sco"#, &mut out)?;
/// assert_eq!(out, br#"{"took":2,"hits":{"total":{"value":1},"hits":["#);
/// stream.push(br#"re":1.0,"_routing":"acme","_source":{"_tenant":"acme","a":1}}]}}"#, &mut out)?;
/// stream.finish()?;
/// assert_eq!(
///     out,
///     br#"{"took":2,"hits":{"total":{"value":1},"hits":[{"_index":"orders","_id":"7","_score":1.0,"_source":{"a":1}}]}}"#
/// );
/// # Ok::<(), osproxy_layer::rewrite::response::ReverseError>(())
/// ```
pub struct Stream {
    reader: Reader,
    utf8: Utf8,
    failed: Option<ReverseError>,
}

impl Stream {
    /// The answer to a search of this shape, which the screen told.
    pub fn search(reversal: impl Into<Arc<Reversal>>, shape: Shape) -> Self {
        let reversal = reversal.into();
        let plan = Plan::new(shape).hides_scores(reversal.hides_scores());
        Self::new(Reader::new(reversal, Place::Search, plan, LIMIT))
    }

    /// The answer to a bulk whose items are all of one partition. The items keep the cluster's actions, unless
    /// [`Stream::with_actions`] says otherwise.
    pub fn bulk(reversal: impl Into<Arc<Reversal>>) -> Self {
        Self::new(Reader::new(
            reversal.into(),
            Place::Bulk,
            Plan::default(),
            LIMIT,
        ))
    }

    /// The answer to the opening of a point in time.
    pub fn point_in_time(reversal: impl Into<Arc<Reversal>>) -> Self {
        Self::new(Reader::new(
            reversal.into(),
            Place::PointInTime,
            Plan::default(),
            LIMIT,
        ))
    }

    /// Any answer of a cluster that is the partition's own: it passes as it is, but for the cursors in it.
    pub fn own_cluster() -> Self {
        let names: [(&str, &str); 0] = [];
        Self::new(Reader::new(
            Arc::new(Reversal::dedicated(names)),
            Place::OwnCluster,
            Plan::default(),
            LIMIT,
        ))
    }

    /// Seals the cursor in the answer. Without this one is a [`Breach`](super::Breach), as is one of another kind.
    #[must_use]
    pub fn sealing(mut self, seal: SealCursor) -> Self {
        self.reader.seal = Some(seal);
        self
    }

    /// The action that the client sent for each item. As many items must come.
    #[must_use]
    pub fn with_actions(mut self, actions: Vec<Action>) -> Self {
        self.reader.actions = Some(actions);
        self
    }

    /// Bounds what is held at a time, in bytes: one hit, one item, a key. 128 MiB by default.
    #[must_use]
    pub const fn limit(mut self, bytes: usize) -> Self {
        self.reader.limit = bytes;
        self
    }

    fn new(reader: Reader) -> Self {
        Self {
            reader,
            utf8: Utf8::default(),
            failed: None,
        }
    }

    /// Reads the next chunk and appends what can be sent on to `out`.
    ///
    /// # Errors
    /// When the answer can't be turned back. `out` then holds only what was turned back before, and the stream is of no
    /// use: every later call gives the same error.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), ReverseError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let done = self
            .utf8
            .feed(chunk)
            .and_then(|()| self.reader.read(chunk, out));
        self.failed = done.err();
        done
    }

    /// Ends the answer.
    ///
    /// # Errors
    /// [`ReverseError::Truncated`] when something is missing, and the error of an earlier push.
    pub fn finish(&mut self) -> Result<(), ReverseError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let done = if self.utf8.is_whole() {
            self.reader.end()
        } else {
            Err(ReverseError::Truncated)
        };
        self.failed = done.err();
        done
    }
}

/// Where it stands, nothing of what it holds.
impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("reader", &self.reader)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
