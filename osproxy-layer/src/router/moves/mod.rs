//! Moving a partition while it is written to: the steps, and the counts that make them safe.
//!
//! The invariant: no write commits against a superseded placement. It holds for one process; a fleet needs every
//! instance's acknowledgement.

mod bounds;
mod cell;
mod cutover;
mod doubts;
mod error;
mod status;
mod steps;
mod word;

pub use bounds::MoveBounds;
pub(super) use cell::Cell;
pub use cutover::Cutover;
pub use error::MoveError;
pub use status::MoveStatus;
pub(super) use word::Entry;

/// The atomics of the word. Its models, which include the file, put a checker's in their place.
mod sync {
    pub(super) use std::sync::atomic::{AtomicU64, Ordering};
}

#[cfg(test)]
mod tests;
