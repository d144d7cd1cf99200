//! The right to end a cutover.

use std::sync::Arc;

use super::MoveError;
use crate::router::PlacementTable;
use crate::spi::{Epoch, PartitionId};

/// A cutover: the partition's writes wait. Complete it or abort it.
///
/// Dropped, or when its lease runs out, it aborts: a script that died must not leave a tenant closed.
#[must_use = "a dropped cutover is aborted"]
#[derive(Debug)]
pub struct Cutover {
    pub(super) table: Arc<PlacementTable>,
    pub(super) partition: PartitionId,
    pub(super) lease: u64,
}

/// How a cutover ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// At the new placement.
    Complete,
    /// At the old one.
    Abort,
    /// At the old one, with the move still begun.
    Rehearsed,
}

impl Cutover {
    /// The partition lives at its new placement from now on.
    ///
    /// # Errors
    /// [`MoveError::LeaseOver`] when the cutover was aborted meanwhile.
    pub fn complete(self) -> Result<Epoch, MoveError> {
        self.table.end(&self.partition, self.lease, End::Complete)
    }

    /// The partition stays where it is.
    ///
    /// # Errors
    /// As [`complete`](Self::complete).
    pub fn abort(self) -> Result<Epoch, MoveError> {
        self.table.end(&self.partition, self.lease, End::Abort)
    }

    pub(super) fn rehearsed(self) -> Result<Epoch, MoveError> {
        self.table.end(&self.partition, self.lease, End::Rehearsed)
    }
}

impl Drop for Cutover {
    fn drop(&mut self) {
        // One that has ended already is no longer this lease's.
        let _ = self.table.end(&self.partition, self.lease, End::Abort);
    }
}
