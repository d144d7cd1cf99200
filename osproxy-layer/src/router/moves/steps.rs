//! The steps of a move: `Settled(A)` → `Draining(A→B)` → `Cutover` → `Settled(B)`, or back to `Settled(A)`.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::cutover::{Cutover, End};
use super::{Cell, MoveError, MoveStatus};
use crate::router::PlacementTable;
use crate::router::snapshot::{Entry, Snapshot};
use crate::spi::{Epoch, MigrationPhase, PartitionId, Placement, PlacementAt};

impl PlacementTable {
    /// Begins to move a partition. Nothing changes for its requests; the new placement may now be filled.
    ///
    /// # Errors
    /// When the new placement can't stand beside the others, or the partition isn't settled.
    pub fn begin_move(&self, partition: &PartitionId, to: Placement) -> Result<Epoch, MoveError> {
        self.end_abandoned(partition);
        let _writer = self.lock();
        let mut next = Snapshot::clone(&self.snapshot.load());
        let entry = next.entry(partition).ok_or(MoveError::Unplaced)?;
        if entry.to.is_some() {
            return Err(MoveError::Phase(entry.at.phase()));
        }
        next.check(Some(partition), &to)?;
        let mut retired = None;
        let mut entry = match next.placements.get(partition) {
            Some(own) => own.clone(),
            None => {
                let mut own = entry.clone();
                retired = next.split_default(true, self.bounds.grace);
                own.cell = Arc::new(Cell::new(own.cell.epoch(), self.bounds.grace));
                own.older.extend(retired.iter().cloned());
                own
            }
        };
        entry.older.retain(|older| {
            let just = retired
                .as_ref()
                .is_some_and(|retired| Arc::ptr_eq(retired, older));
            just || !older.is_idle()
        });
        entry.to = Some(to);
        let epoch = entry.at.epoch();
        entry.enter(MigrationPhase::Draining);
        next.placements.insert(partition.clone(), entry);
        self.publish(next);
        if let Some(retired) = retired {
            retired.retire();
        }
        Ok(epoch)
    }

    /// Holds the partition's writes back, and waits until all that were admitted before are through.
    ///
    /// # Errors
    /// [`MoveError::Held`] with what was still under way when the time ran out; [`MoveError::Phase`] where no move was
    /// begun. The partition then admits writes, where it was.
    pub async fn cutover(self: &Arc<Self>, partition: &PartitionId) -> Result<Cutover, MoveError> {
        let begun = Instant::now();
        let deadline = begun + self.bounds.drain;
        let (guard, entry) = self.close(partition, deadline + self.bounds.lease)?;
        let drained = async {
            for cell in entry.cells() {
                cell.until_drained().await;
            }
        };
        if timeout_at(deadline, drained).await.is_err() {
            return Err(MoveError::Held {
                open: entry.open(),
                in_doubt: entry.in_doubt(),
                waited: begun.elapsed(),
            });
        }
        let until = Instant::now() + self.bounds.lease;
        entry.cell.renew_lease(guard.lease, until);
        Ok(guard)
    }

    /// Cuts over and back at once, and says how long writes were held for it. The move stays begun.
    ///
    /// # Errors
    /// As [`cutover`](Self::cutover).
    pub async fn rehearse(
        self: &Arc<Self>,
        partition: &PartitionId,
    ) -> Result<Duration, MoveError> {
        let begun = Instant::now();
        self.cutover(partition).await?.rehearsed()?;
        Ok(begun.elapsed())
    }

    /// Gives a move up, in whichever phase: the partition stays where it is.
    ///
    /// # Errors
    /// [`MoveError::Phase`] where no move was begun.
    pub fn abort(&self, partition: &PartitionId) -> Result<Epoch, MoveError> {
        self.end_abandoned(partition);
        let _writer = self.lock();
        let mut next = Snapshot::clone(&self.snapshot.load());
        let entry = next.own(partition)?;
        match entry.at.phase() {
            MigrationPhase::Cutover => Ok(self.reopen(next, partition, End::Abort)?),
            MigrationPhase::Draining => {
                entry.to = None;
                entry.enter(MigrationPhase::Settled);
                let epoch = entry.at.epoch();
                self.publish(next);
                Ok(epoch)
            }
            phase => Err(MoveError::Phase(phase)),
        }
    }

    /// How far a partition's move has come.
    #[must_use]
    pub fn status(&self, partition: &PartitionId) -> Option<MoveStatus> {
        self.end_abandoned(partition);
        self.snapshot.load().entry(partition).map(Entry::status)
    }

    /// How far the move of each partition with a placement of its own has come, in no order.
    #[must_use]
    pub fn statuses(&self) -> Vec<(PartitionId, MoveStatus)> {
        let snapshot = self.snapshot.load_full();
        for (partition, _) in snapshot
            .placements
            .iter()
            .filter(|(_, entry)| entry.cell.is_abandoned())
        {
            self.end_abandoned(partition);
        }
        let snapshot = self.snapshot.load();
        let own = snapshot.placements.iter();
        own.map(|(partition, entry)| (partition.clone(), entry.status()))
            .collect()
    }

    /// The same of the default, which serves all other partitions.
    #[must_use]
    pub fn default_status(&self) -> Option<MoveStatus> {
        self.snapshot.load().default.as_ref().map(Entry::status)
    }

    fn close(
        self: &Arc<Self>,
        partition: &PartitionId,
        until: Instant,
    ) -> Result<(Cutover, Entry), MoveError> {
        let _writer = self.lock();
        let mut next = Snapshot::clone(&self.snapshot.load());
        let entry = next.own(partition)?;
        if entry.at.phase() != MigrationPhase::Draining {
            return Err(MoveError::Phase(entry.at.phase()));
        }
        entry.enter(MigrationPhase::Cutover);
        let entry = entry.clone();
        let lease = entry.cell.begin_lease(until);
        self.publish(next);
        entry.cell.word.close();
        let guard = Cutover {
            table: Arc::clone(self),
            partition: partition.clone(),
            lease,
        };
        Ok((guard, entry))
    }

    /// Ends the cutover that this lease began.
    pub(super) fn end(
        &self,
        partition: &PartitionId,
        lease: u64,
        how: End,
    ) -> Result<Epoch, MoveError> {
        let _writer = self.lock();
        let mut next = Snapshot::clone(&self.snapshot.load());
        let entry = next.own(partition)?;
        let own = entry.cell.lease().filter(|held| held.number == lease);
        if own.is_none() || (how != End::Abort && entry.cell.is_abandoned()) {
            return Err(MoveError::LeaseOver);
        }
        self.reopen(next, partition, how)
    }

    /// Aborts a cutover whose lease has run out. Whether something has changed.
    pub(in crate::router) fn end_abandoned(&self, partition: &PartitionId) -> bool {
        let abandoned = |snapshot: &Snapshot| {
            let entry = snapshot.placements.get(partition);
            entry.is_some_and(|entry| entry.cell.is_abandoned())
        };
        if !abandoned(&self.snapshot.load()) {
            return false;
        }
        let _writer = self.lock();
        let next = Snapshot::clone(&self.snapshot.load());
        abandoned(&next) && self.reopen(next, partition, End::Abort).is_ok()
    }

    /// Under the lock: publishes the placement of the next epoch, and then opens it.
    fn reopen(
        &self,
        mut next: Snapshot,
        partition: &PartitionId,
        how: End,
    ) -> Result<Epoch, MoveError> {
        let entry = next.own(partition)?;
        if how == End::Complete && entry.open() > 0 {
            return Err(MoveError::Held {
                open: entry.open(),
                in_doubt: entry.in_doubt(),
                waited: entry.since.elapsed(),
            });
        }
        let placement = match (how, &entry.to) {
            (End::Complete, Some(to)) => to.clone(),
            _ => entry.at.placement().clone(),
        };
        let epoch = Epoch::new(u64::from(entry.cell.epoch().wrapping_add(1)));
        entry.at = PlacementAt::new(placement, epoch);
        if how == End::Rehearsed {
            entry.enter(MigrationPhase::Draining);
        } else {
            entry.to = None;
            entry.enter(MigrationPhase::Settled);
        }
        let cell = Arc::clone(&entry.cell);
        self.publish(next);
        cell.end_lease();
        cell.word.reopen();
        cell.settled.notify_waiters();
        Ok(epoch)
    }
}

impl Snapshot {
    /// The entry of a partition that has begun to move at least once.
    fn own(&mut self, partition: &PartitionId) -> Result<&mut Entry, MoveError> {
        let served = self.default.is_some();
        self.placements.get_mut(partition).ok_or(if served {
            MoveError::Phase(MigrationPhase::Settled)
        } else {
            MoveError::Unplaced
        })
    }
}

impl Entry {
    fn status(&self) -> MoveStatus {
        let lease = self.cell.lease();
        MoveStatus {
            at: self.at.clone(),
            to: self.to.clone(),
            since: self.since.elapsed(),
            open: self.open(),
            in_doubt: self.in_doubt(),
            waiting: self.cells().map(|cell| cell.waiting()).sum(),
            lease_left: lease.map(|lease| lease.until.saturating_duration_since(Instant::now())),
        }
    }

    fn enter(&mut self, phase: MigrationPhase) {
        self.at = self.at.clone().with_phase(phase);
        self.since = Instant::now();
    }

    fn cells(&self) -> impl Iterator<Item = &Arc<Cell>> {
        std::iter::once(&self.cell).chain(&self.older)
    }

    /// Writes under way, of all epochs.
    fn open(&self) -> usize {
        self.cells()
            .map(|cell| cell.word.read().open as usize)
            .sum()
    }

    fn in_doubt(&self) -> usize {
        self.cells().map(|cell| cell.in_doubt()).sum()
    }
}
