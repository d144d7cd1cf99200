//! How long one request may be held, and how often.

use std::time::Duration;

use tokio::time::Instant;

/// The most that a request is given back to be sent again. Each time its partition was closed and opened: so many moves
/// in one hold are none, but a router whose epochs run away, and it would keep a thread busy until the hold's end.
const MOST: u8 = 16;

/// What a request has left, from the first time that it was not admitted. It travels with the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold {
    until: Instant,
    given_back: u8,
}

impl Hold {
    pub(super) fn new(bound: Duration) -> Self {
        Self {
            until: Instant::now() + bound,
            given_back: 0,
        }
    }

    /// Whether it has had its time, or its turns.
    pub(super) fn is_over(self) -> bool {
        self.until <= Instant::now() || self.given_back >= MOST
    }

    pub(super) const fn until(self) -> Instant {
        self.until
    }

    /// What is left once it has waited.
    pub(super) const fn given_back(mut self) -> Self {
        self.given_back = self.given_back.saturating_add(1);
        self
    }
}
