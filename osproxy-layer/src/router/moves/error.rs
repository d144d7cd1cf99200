//! Why a move can't go on.

use std::fmt;
use std::time::Duration;

use crate::router::PlacementError;
use crate::spi::MigrationPhase;

/// Why a step of a move was refused or given up. The partition then stays where it is.
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MoveError {
    /// The partition has no placement.
    Unplaced,
    /// The step isn't one of the phase that the partition is in.
    Phase(MigrationPhase),
    /// The new placement can't stand beside the others.
    Placement(PlacementError),
    /// Writes were still under way or in doubt when the cutover's time ran out. It was aborted.
    Held {
        /// Writes under way.
        open: usize,
        /// Writes of which nobody knows whether they were applied.
        in_doubt: usize,
        /// How long the cutover waited.
        waited: Duration,
    },
    /// The cutover's lease has run out, and it was aborted.
    LeaseOver,
}

impl fmt::Display for MoveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unplaced => f.write_str("the partition has no placement"),
            Self::Phase(phase) => write!(f, "the partition is in phase [{}]", phase.as_str()),
            Self::Placement(error) => error.fmt(f),
            Self::Held {
                open,
                in_doubt,
                waited,
            } => write!(
                f,
                "after {waited:?} [{open}] writes are under way and [{in_doubt}] in doubt: the cutover was aborted"
            ),
            Self::LeaseOver => f.write_str("the cutover's lease ran out: it was aborted"),
        }
    }
}

impl std::error::Error for MoveError {}

impl From<PlacementError> for MoveError {
    fn from(error: PlacementError) -> Self {
        Self::Placement(error)
    }
}
