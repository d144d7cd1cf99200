//! How long the steps of a move may take.

use std::time::Duration;

/// The bounds of a table's moves.
///
/// ```
/// use std::time::Duration;
/// use osproxy_layer::{MoveBounds, PlacementTable};
///
/// let bounds = MoveBounds::default().lease(Duration::from_secs(120));
/// let table = PlacementTable::new().with_bounds(bounds);
/// # let _ = table;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MoveBounds {
    pub(crate) grace: Duration,
    pub(super) drain: Duration,
    pub(super) lease: Duration,
}

impl Default for MoveBounds {
    fn default() -> Self {
        Self {
            grace: Duration::from_secs(10),
            drain: Duration::from_secs(30),
            lease: Duration::from_secs(60),
        }
    }
}

impl MoveBounds {
    /// How long a write counts as in doubt after it ended without anybody knowing how: 10 s by default. A node goes on
    /// applying a bulk for seconds after its client has hung up.
    #[must_use]
    pub const fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// How long a cutover waits for the writes that were admitted before it: 30 s by default.
    #[must_use]
    pub const fn drain(mut self, drain: Duration) -> Self {
        self.drain = drain;
        self
    }

    /// How long a cutover that has drained may stay without being completed: 60 s by default. Then it is aborted.
    #[must_use]
    pub const fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }
}
