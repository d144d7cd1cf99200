//! What is kept of one partition beside its placement: its word, who waits for it, and what is in doubt.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::doubts::Doubts;
use super::word::{Entry, Word};
use crate::spi::{Held, WritePermit};

/// One partition's counts. It outlives every snapshot that names it.
#[derive(Default)]
pub(crate) struct Cell {
    pub(super) word: Word,
    /// The last write that a cutover waits for is through.
    drained: Notify,
    /// The partition admits writes again.
    pub(super) settled: Notify,
    doubts: Doubts,
    grace: Duration,
    /// Writes that are held.
    waiting: AtomicUsize,
    lease: Mutex<Option<Lease>>,
    leases: AtomicU64,
    /// Another cell has taken its place.
    retired: AtomicBool,
}

/// The right to end a cutover, and until when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lease {
    pub(super) number: u64,
    pub(super) until: Instant,
}

impl Default for Word {
    fn default() -> Self {
        Self::new(1)
    }
}

impl Cell {
    pub(crate) fn new(epoch: u32, grace: Duration) -> Self {
        Self {
            word: Word::new(epoch),
            grace,
            ..Self::default()
        }
    }

    /// The permit of a write that the word has let in.
    pub(crate) fn permit(self: &Arc<Self>) -> WritePermit {
        WritePermit::new(Arc::new(Counted {
            cell: Arc::clone(self),
            in_doubt: AtomicBool::new(false),
        }))
    }

    /// Ends when no write that was let in is under way or in doubt.
    pub(super) async fn until_drained(&self) {
        loop {
            // Listening begins before the count is looked at, so that the last one's call isn't missed.
            let mut drained = std::pin::pin!(self.drained.notified());
            drained.as_mut().enable();
            if self.word.read().open == 0 {
                break;
            }
            drained.await;
        }
        while let Some((_, until)) = self.doubts.now(self.grace) {
            sleep_until(until).await;
        }
    }

    /// Ends when writes above this epoch are admitted, or this one's are.
    pub(crate) async fn until_settled(&self, epoch: u32) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.waiting);
        loop {
            let mut settled = std::pin::pin!(self.settled.notified());
            settled.as_mut().enable();
            let now = self.word.read();
            let opened = now.epoch > epoch || (now.epoch == epoch && !now.closed);
            if opened || self.retired.load(Ordering::Acquire) {
                return;
            }
            match self.lease() {
                // Whoever waits longest finds that nobody will end the cutover, and does.
                Some(lease) => {
                    let waited = timeout_at(lease.until, settled).await;
                    if waited.is_err() && self.is_abandoned() {
                        return;
                    }
                }
                None => settled.await,
            }
        }
    }

    /// Lets nobody in for good, and sends those who wait elsewhere.
    pub(crate) fn retire(&self) {
        self.retired.store(true, Ordering::Release);
        self.word.close();
        self.settled.notify_waiters();
    }

    /// Opens the next epoch of a partition that is placed anew without a move.
    pub(crate) fn advance(&self) {
        self.word.advance();
        self.settled.notify_waiters();
    }

    pub(crate) fn admit(&self, epoch: u32) -> Entry {
        self.word.admit(epoch)
    }

    pub(crate) fn epoch(&self) -> u32 {
        self.word.read().epoch
    }

    /// Whether nothing of it is under way or in doubt.
    pub(crate) fn is_idle(&self) -> bool {
        self.word.read().open == 0 && self.in_doubt() == 0
    }

    pub(super) fn in_doubt(&self) -> usize {
        self.doubts.now(self.grace).map_or(0, |(count, _)| count)
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(super) fn lease(&self) -> Option<Lease> {
        *self.lease.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the cutover's lease has run out.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.lease()
            .is_some_and(|lease| lease.until <= Instant::now())
    }

    pub(super) fn begin_lease(&self, until: Instant) -> u64 {
        let number = self.leases.fetch_add(1, Ordering::Relaxed) + 1;
        let lease = Lease { number, until };
        *self.lease.lock().unwrap_or_else(PoisonError::into_inner) = Some(lease);
        number
    }

    /// Gives a lease that hasn't run out more time.
    pub(super) fn renew_lease(&self, number: u64, until: Instant) {
        let mut lease = self.lease.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lease) = lease.as_mut().filter(|lease| lease.number == number) {
            lease.until = until;
        }
    }

    pub(super) fn end_lease(&self) {
        *self.lease.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One write under way.
struct Counted {
    cell: Arc<Cell>,
    in_doubt: AtomicBool,
}

impl Held for Counted {
    fn in_doubt(&self) {
        self.in_doubt.store(true, Ordering::Relaxed);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        // Before the count ends, so that a cutover can't look between the two.
        if *self.in_doubt.get_mut() {
            self.cell.doubts.mark(self.cell.grace);
        }
        if self.cell.word.leave() {
            self.cell.drained.notify_waiters();
        }
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cell")
            .field("word", &self.word.read())
            .finish_non_exhaustive()
    }
}
