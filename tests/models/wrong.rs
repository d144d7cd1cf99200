//! Ways of counting that look right. Each loses a write, and the model says so.
use loom::sync::atomic::{AtomicU64, Ordering, fence};

use crate::protocol::{Gate, Notify, aborted_and_moved, moved};
use crate::word::{Entry, Word};

const CLOSED: u64 = 1 << 31;
const OPEN: u64 = CLOSED - 1;
const EPOCH: u64 = 1 << 32;

fn is_at(word: u64, epoch: u32) -> bool {
    word / EPOCH == u64::from(epoch) && word & CLOSED == 0
}

/// The parts that most of them have in common.
macro_rules! like_the_word {
    () => {
        fn new() -> Self {
            Self(AtomicU64::new(EPOCH))
        }

        fn close(&self) {
            self.0.fetch_or(CLOSED, Ordering::AcqRel);
        }

        fn is_drained(&self) -> bool {
            self.0.load(Ordering::Acquire) & OPEN == 0
        }

        fn is_open(&self, above: u32) -> bool {
            let word = self.0.load(Ordering::Acquire);
            word / EPOCH > u64::from(above) || is_at(word, above)
        }
    };
}

/// The check, and then the count: the cutover comes in between.
struct CheckThenIncrement(AtomicU64);

impl Gate for CheckThenIncrement {
    like_the_word!();

    fn admit(&self, epoch: u32) -> Entry {
        if !is_at(self.0.load(Ordering::Acquire), epoch) {
            return Entry::Moving;
        }
        self.0.fetch_add(1, Ordering::AcqRel);
        Entry::Admitted
    }

    fn leave(&self, _: u32) -> bool {
        let before = self.0.fetch_sub(1, Ordering::AcqRel);
        before & CLOSED != 0 && before & OPEN == 1
    }

    fn reopen(&self) {
        self.0.fetch_add(EPOCH - CLOSED, Ordering::AcqRel);
    }
}

#[test]
#[should_panic(expected = "a write was committed against a superseded placement")]
fn check_then_increment_is_found() {
    moved::<CheckThenIncrement>();
}

/// The count, and then the check of another word: each side may miss what the other has just stored.
struct TwoWords<const FENCED: bool> {
    open: AtomicU64,
    state: AtomicU64,
}

fn between(fenced: bool) {
    if fenced {
        fence(Ordering::SeqCst);
    }
}

impl<const FENCED: bool> Gate for TwoWords<FENCED> {
    fn new() -> Self {
        Self {
            open: AtomicU64::new(0),
            state: AtomicU64::new(EPOCH),
        }
    }

    fn admit(&self, epoch: u32) -> Entry {
        self.open.fetch_add(1, Ordering::AcqRel);
        between(FENCED);
        if is_at(self.state.load(Ordering::Acquire), epoch) {
            return Entry::Admitted;
        }
        self.open.fetch_sub(1, Ordering::AcqRel);
        Entry::Moving
    }

    fn leave(&self, _: u32) -> bool {
        self.open.fetch_sub(1, Ordering::AcqRel);
        true
    }

    fn close(&self) {
        let state = self.state.load(Ordering::Relaxed);
        self.state.store(state | CLOSED, Ordering::Release);
        between(FENCED);
    }

    fn is_drained(&self) -> bool {
        self.open.load(Ordering::Acquire) == 0
    }

    fn reopen(&self) {
        let state = self.state.load(Ordering::Relaxed);
        self.state.store(state + EPOCH - CLOSED, Ordering::Release);
    }

    fn is_open(&self, above: u32) -> bool {
        let state = self.state.load(Ordering::Acquire);
        state / EPOCH > u64::from(above) || is_at(state, above)
    }

    // A refused write counts for a moment too and tells nobody, so this one asks again and again.
    fn until_drained(&self, _: &Notify) {
        while !self.is_drained() {
            loom::thread::yield_now();
        }
    }
}

#[test]
#[should_panic(expected = "Causality violation")]
fn two_words_without_fences_are_found() {
    moved::<TwoWords<false>>();
}

/// What the fences are for. The model doesn't just object to two words.
#[test]
fn two_words_with_fences_pass() {
    moved::<TwoWords<true>>();
}

/// A write that was resolved before the move is let in after it.
struct WithoutEpoch(AtomicU64);

impl Gate for WithoutEpoch {
    like_the_word!();

    fn admit(&self, _: u32) -> Entry {
        let mut word = self.0.load(Ordering::Acquire);
        while word & CLOSED == 0 {
            match self
                .0
                .compare_exchange(word, word + 1, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return Entry::Admitted,
                Err(newer) => word = newer,
            }
        }
        Entry::Moving
    }

    fn leave(&self, _: u32) -> bool {
        let before = self.0.fetch_sub(1, Ordering::AcqRel);
        before & CLOSED != 0 && before & OPEN == 1
    }

    fn reopen(&self) {
        self.0.fetch_and(!CLOSED, Ordering::AcqRel);
    }
}

#[test]
#[should_panic(expected = "a write was committed against a superseded placement")]
fn a_closed_bit_without_the_epoch_is_found() {
    moved::<WithoutEpoch>();
}

/// The count is over before what it counted is to be seen.
struct RelaxedDecrement(AtomicU64);

impl Gate for RelaxedDecrement {
    like_the_word!();

    fn admit(&self, epoch: u32) -> Entry {
        let mut word = self.0.load(Ordering::Acquire);
        while is_at(word, epoch) {
            match self
                .0
                .compare_exchange(word, word + 1, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return Entry::Admitted,
                Err(newer) => word = newer,
            }
        }
        Entry::Moving
    }

    fn leave(&self, _: u32) -> bool {
        let before = self.0.fetch_sub(1, Ordering::Relaxed);
        before & CLOSED != 0 && before & OPEN == 1
    }

    fn reopen(&self) {
        self.0.fetch_add(EPOCH - CLOSED, Ordering::AcqRel);
    }
}

#[test]
#[should_panic(expected = "Causality violation")]
fn a_relaxed_decrement_is_found() {
    moved::<RelaxedDecrement>();
}

/// Each epoch begins to count at nothing, so the second cutover doesn't wait for what the first left behind.
struct CountPerEpoch(AtomicU64);

impl Gate for CountPerEpoch {
    like_the_word!();

    fn admit(&self, epoch: u32) -> Entry {
        let mut word = self.0.load(Ordering::Acquire);
        while is_at(word, epoch) {
            match self
                .0
                .compare_exchange(word, word + 1, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return Entry::Admitted,
                Err(newer) => word = newer,
            }
        }
        Entry::Moving
    }

    fn leave(&self, epoch: u32) -> bool {
        let mut word = self.0.load(Ordering::Acquire);
        // Of an older epoch nobody knows the count any more.
        while word / EPOCH == u64::from(epoch) {
            match self
                .0
                .compare_exchange(word, word - 1, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return word & CLOSED != 0 && word & OPEN == 1,
                Err(newer) => word = newer,
            }
        }
        false
    }

    fn reopen(&self) {
        let word = self.0.load(Ordering::Acquire);
        self.0.store((word / EPOCH + 1) * EPOCH, Ordering::Release);
    }
}

#[test]
#[should_panic(expected = "Causality violation")]
fn a_count_per_epoch_is_found_after_an_abort() {
    aborted_and_moved::<CountPerEpoch>();
}

/// The right word, but a cutover that looks at the count before it listens: the last write's call comes in between.
struct ListensTooLate(Word);

impl Gate for ListensTooLate {
    fn new() -> Self {
        Self(Word::new(1))
    }

    fn admit(&self, epoch: u32) -> Entry {
        self.0.admit(epoch)
    }

    fn leave(&self, _: u32) -> bool {
        self.0.leave()
    }

    fn close(&self) {
        self.0.close();
    }

    fn is_drained(&self) -> bool {
        self.0.read().open == 0
    }

    fn reopen(&self) {
        self.0.reopen();
    }

    fn is_open(&self, above: u32) -> bool {
        self.0.read().epoch > above
    }

    fn until_drained(&self, drained: &Notify) {
        while !self.is_drained() {
            drained.wait(drained.listen());
        }
    }
}

#[test]
#[should_panic(expected = "deadlock")]
fn a_cutover_that_listens_too_late_is_found() {
    moved::<ListensTooLate>();
}
