//! Whether a write may be dispatched now.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// The answer to `admit_write`.
#[must_use]
#[derive(Debug)]
pub enum Admission {
    /// The write may go; the permit counts it until it is dropped.
    Admitted(WritePermit),
    /// The partition is being cut over: wait for `settled`, then resolve anew.
    Moving,
    /// The write was resolved at an epoch that has passed: resolve anew.
    Superseded,
}

/// Counts one write as under way, from admission to the response's head.
///
/// Dropping it ends the count. What a router keeps in it is its own affair; the stack only holds it.
#[must_use = "a dropped permit no longer holds a cutover back"]
#[derive(Clone)]
pub struct WritePermit {
    held: Option<Arc<dyn Held>>,
}

impl WritePermit {
    /// A permit that counts nothing, for routers whose placements never move.
    pub const fn none() -> Self {
        Self { held: None }
    }

    /// A permit that holds the value until the write is over.
    ///
    /// `in_doubt` of the value is called when nobody can know whether the write was applied.
    pub fn new(held: Arc<dyn Held>) -> Self {
        Self { held: Some(held) }
    }

    /// Whether it counts its write. If not, the router's placements never move.
    #[must_use]
    pub const fn is_counted(&self) -> bool {
        self.held.is_some()
    }

    /// Tells the router that the outcome of the write is unknown: it was dispatched, and then its connection
    /// broke, its answer was a 502 or a 504, or nobody was left to finish it.
    pub fn mark_in_doubt(&self) {
        if let Some(held) = &self.held {
            held.in_doubt();
        }
    }
}

/// What a [`WritePermit`] keeps alive.
pub trait Held: Any + Send + Sync {
    /// The outcome of the write can't be known.
    fn in_doubt(&self) {}
}

impl fmt::Debug for WritePermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WritePermit")
            .field("counted", &self.held.is_some())
            .finish_non_exhaustive()
    }
}
