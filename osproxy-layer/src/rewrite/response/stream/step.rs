//! Where a reader stands: in which containers, and before what.

use super::super::skim::Skim;
use super::place::{Act, Place};

/// A container that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    pub(super) place: Place,
    pub(super) object: bool,
    /// Whether a member was written, so that the next one needs a comma.
    pub(super) any: bool,
    /// Whether the last member was written.
    pub(super) kept: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Before the answer.
    Root,
    /// Behind a bracket.
    First,
    /// Before a key.
    Key,
    /// Inside a key that begins at this offset of `lead`.
    InKey {
        start: usize,
        escape: bool,
    },
    Colon(Act),
    Value(Act),
    Within(Act, Skim),
    /// Behind a value.
    Next,
    /// Behind the answer.
    Done,
}
