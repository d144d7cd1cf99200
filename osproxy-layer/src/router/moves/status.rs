//! How far a move has come.

use std::time::Duration;

use crate::spi::{MigrationPhase, Placement, PlacementAt};

/// A partition's placement and its move, as they were at one moment.
#[derive(Clone, Debug)]
pub struct MoveStatus {
    pub(super) at: PlacementAt,
    pub(super) to: Option<Placement>,
    pub(super) since: Duration,
    pub(super) open: usize,
    pub(super) in_doubt: usize,
    pub(super) waiting: usize,
    pub(super) lease_left: Option<Duration>,
}

impl MoveStatus {
    /// Where the partition lives, with its epoch.
    #[must_use]
    pub const fn placement(&self) -> &PlacementAt {
        &self.at
    }

    /// Where it moves to.
    #[must_use]
    pub const fn to(&self) -> Option<&Placement> {
        self.to.as_ref()
    }

    /// The phase of its move.
    #[must_use]
    pub fn phase(&self) -> MigrationPhase {
        self.at.phase()
    }

    /// How long it has been in this phase.
    #[must_use]
    pub const fn since(&self) -> Duration {
        self.since
    }

    /// How long a cutover has waited so far; `None` where there is none.
    #[must_use]
    pub fn cutover_waited(&self) -> Option<Duration> {
        (self.phase() == MigrationPhase::Cutover).then_some(self.since)
    }

    /// Writes under way, of all epochs.
    #[must_use]
    pub const fn open(&self) -> usize {
        self.open
    }

    /// Writes of which nobody knows whether they were applied.
    #[must_use]
    pub const fn in_doubt(&self) -> usize {
        self.in_doubt
    }

    /// Writes that are held until the partition has settled.
    #[must_use]
    pub const fn writes_waiting(&self) -> usize {
        self.waiting
    }

    /// How long the cutover may still stay open before it is aborted; `None` where there is none.
    #[must_use]
    pub const fn lease_left(&self) -> Option<Duration> {
        self.lease_left
    }
}
