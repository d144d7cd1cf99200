//! What one answer does with the cursor in it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::seal::{Cursor, seal};
use super::{CursorKeys, CursorKind, Home, KeepAlive, LIFE, Owner, Quota, Slot, now};
use crate::rewrite::screen::Shape;

/// Seals the cursor of one answer, and keeps the count of it.
pub(crate) struct Sealing {
    pub(crate) keys: CursorKeys,
    pub(crate) kind: CursorKind,
    pub(crate) owner: Owner,
    pub(crate) home: Arc<Home>,
    /// Of the later pages.
    pub(crate) shape: Shape,
    pub(crate) context: Context,
}

/// What becomes of the count.
pub(crate) enum Context {
    /// Nothing: the cluster is the partition's own.
    Uncounted,
    /// The answer opens a cursor.
    Opened(Mutex<Option<Slot>>),
    /// The answer is about one that is open, and that the client may have asked to keep for longer.
    Kept(Arc<Quota>, Option<KeepAlive>),
}

impl Sealing {
    /// The client's text for the cluster's id. `None` when it can't be sealed: then the answer can't be shown.
    pub(crate) fn seal(&self, upstream: &str) -> Option<String> {
        let cursor = Cursor {
            home: Arc::clone(&self.home),
            shape: self.shape.clone(),
            upstream: upstream.to_owned(),
            expires: now().saturating_add(LIFE),
        };
        let text = seal(&self.keys, self.kind, &self.owner, &cursor)?;
        match &self.context {
            Context::Uncounted | Context::Kept(_, None) => {}
            Context::Opened(slot) => {
                let slot = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(slot) = slot {
                    slot.opened(upstream);
                }
            }
            Context::Kept(quota, Some(keep_alive)) => {
                quota.extend(&self.owner, upstream, keep_alive.time);
            }
        }
        Some(text)
    }

    /// The cluster has refused, so nothing is open.
    pub(crate) fn refused(self) {
        if let Context::Opened(slot) = self.context
            && let Some(slot) = slot.into_inner().unwrap_or_else(PoisonError::into_inner)
        {
            slot.refused();
        }
    }
}

impl fmt::Debug for Sealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealing")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
