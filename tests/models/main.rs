//! The atomics of the write gate under a model checker: every interleaving of a few threads, and every value that a weak memory
//! may show them.
//!
//! The word is the library's own file. Beside it stand the ways of counting that look right and are not; each is found by the same
//! model that the word passes.
mod protocol;
mod wrong;

/// What the word's file takes its atomics from.
mod sync {
    pub(crate) use loom::sync::atomic::{AtomicU64, Ordering};
}

#[path = "../../osproxy-layer/src/router/moves/word.rs"]
mod word;

use protocol::{Gate, aborted_and_moved, moved, moved_while_two_write, reached_by_all};
use word::{Entry, Word};

impl Gate for Word {
    fn new() -> Self {
        Self::new(1)
    }

    fn admit(&self, epoch: u32) -> Entry {
        self.admit(epoch)
    }

    fn leave(&self, _: u32) -> bool {
        self.leave()
    }

    fn close(&self) {
        self.close();
    }

    fn is_drained(&self) -> bool {
        self.read().open == 0
    }

    fn reopen(&self) {
        self.reopen();
    }

    fn is_open(&self, above: u32) -> bool {
        let now = self.read();
        now.epoch > above || (now.epoch == above && !now.closed)
    }
}

#[test]
fn a_move_loses_no_write_and_lets_none_through_to_the_old_home() {
    moved::<Word>();
}

#[test]
fn nor_with_two_writers() {
    moved_while_two_write::<Word>();
}

#[test]
fn nor_after_an_abort() {
    aborted_and_moved::<Word>();
}

#[test]
fn a_write_that_waits_reaches_the_new_home() {
    reached_by_all::<Word>();
}

/// A partition that is placed anew without a move waits for nothing, but its epoch counts on and its count is kept.
#[test]
fn an_advance_keeps_the_count() {
    protocol::check(|| {
        let word = std::sync::Arc::new(Word::new(1));
        let writer = std::sync::Arc::clone(&word);
        let writing = loom::thread::spawn(move || match writer.admit(1) {
            Entry::Admitted => {
                assert!(!writer.leave(), "nobody waits");
                true
            }
            Entry::Superseded => false,
            Entry::Moving => panic!("it was never closed"),
        });
        word.advance();
        assert_eq!(word.admit(1), Entry::Superseded);
        assert_eq!(word.admit(2), Entry::Admitted);
        writing.join().unwrap();
        assert_eq!((word.read().epoch, word.read().open), (2, 1));
    });
}
