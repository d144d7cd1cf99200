//! Writes of which nobody knows whether they were applied.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How finely marks are told apart, so that a dead cluster can't fill the memory with them.
const STEP: Duration = Duration::from_millis(250);

/// Marks, each with the moment it was made.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    marks: Mutex<VecDeque<(Instant, usize)>>,
}

impl Doubts {
    /// Marks one write.
    pub(super) fn mark(&self, grace: Duration) {
        let now = Instant::now();
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        forget(&mut marks, now, grace);
        match marks.back_mut() {
            Some((at, count)) if *at >= now => *count += 1,
            // The later moment counts, which is the careful side.
            _ => marks.push_back((now + STEP, 1)),
        }
    }

    /// How many are in doubt, and until when.
    pub(super) fn now(&self, grace: Duration) -> Option<(usize, Instant)> {
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        forget(&mut marks, Instant::now(), grace);
        let last = marks.back()?.0 + grace;
        Some((marks.iter().map(|(_, count)| count).sum(), last))
    }
}

fn forget(marks: &mut VecDeque<(Instant, usize)>, now: Instant, grace: Duration) {
    while marks.front().is_some_and(|(at, _)| *at + grace <= now) {
        marks.pop_front();
    }
}
