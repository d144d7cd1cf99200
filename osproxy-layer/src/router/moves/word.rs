//! One partition's epoch, whether it is closed, and how many writes are under way: one number.
//!
//! Every step is one operation on it, because each two-step form loses a write: a check before an increment, or two
//! words, lets a write in behind a cutover's back.

use super::sync::{AtomicU64, Ordering};

/// `epoch:32 | closed:1 | open:31`.
#[derive(Debug)]
pub(crate) struct Word(AtomicU64);

const CLOSED: u64 = 1 << 31;
const OPEN: u64 = CLOSED - 1;
const EPOCH: u64 = 1 << 32;

/// Whether a write was let in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Entry {
    Admitted,
    Moving,
    Superseded,
}

/// The three parts as they were at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Reading {
    pub(crate) epoch: u32,
    pub(crate) closed: bool,
    pub(crate) open: u32,
}

impl Word {
    /// Nothing under way, and open.
    pub(crate) fn new(epoch: u32) -> Self {
        Self(AtomicU64::new(u64::from(epoch) * EPOCH))
    }

    /// Counts a write that was resolved at this epoch, if it may go.
    pub(crate) fn admit(&self, epoch: u32) -> Entry {
        let mut word = self.0.load(Ordering::Acquire);
        loop {
            let now = Reading::of(word);
            if now.epoch > epoch {
                return Entry::Superseded;
            }
            // A full count must not run over into the bit that closes.
            if now.epoch < epoch || now.closed || word & OPEN == OPEN {
                return Entry::Moving;
            }
            match self
                .0
                .compare_exchange_weak(word, word + 1, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return Entry::Admitted,
                Err(newer) => word = newer,
            }
        }
    }

    /// Ends the count of one write. Whether it was the last one that a cutover waits for.
    pub(crate) fn leave(&self) -> bool {
        let before = Reading::of(self.0.fetch_sub(1, Ordering::AcqRel));
        before.closed && before.open == 1
    }

    /// Lets nobody in any more.
    pub(crate) fn close(&self) {
        self.0.fetch_or(CLOSED, Ordering::AcqRel);
    }

    /// Opens the next epoch of a closed word, and keeps the count: what an aborted cutover left behind is waited for by
    /// the next one. Only under the lock of the transitions.
    pub(crate) fn reopen(&self) {
        self.0.fetch_add(EPOCH - CLOSED, Ordering::AcqRel);
    }

    /// Opens the next epoch of a word that is open. Only under the lock of the transitions.
    pub(crate) fn advance(&self) {
        self.0.fetch_add(EPOCH, Ordering::AcqRel);
    }

    pub(crate) fn read(&self) -> Reading {
        Reading::of(self.0.load(Ordering::Acquire))
    }
}

impl Reading {
    const fn of(word: u64) -> Self {
        Self {
            epoch: (word / EPOCH) as u32,
            closed: word & CLOSED != 0,
            open: (word & OPEN) as u32,
        }
    }
}
