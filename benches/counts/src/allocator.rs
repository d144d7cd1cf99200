//! The system's allocator, counted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static COUNT: AtomicUsize = AtomicUsize::new(0);
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// Counts every block that is asked for, a grown one included, and the most bytes that were held at a time.
#[derive(Debug)]
pub struct Counting;

impl Counting {
    fn grown(by: usize) {
        COUNT.fetch_add(1, Relaxed);
        let live = LIVE.fetch_add(by, Relaxed) + by;
        PEAK.fetch_max(live, Relaxed);
    }
}

// The one place of the repository with `unsafe`: the trait asks for it. Each call is the system's own, with its own arguments.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::grown(layout.size());
        // SAFETY: the caller's own promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's own promise.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LIVE.fetch_sub(layout.size(), Relaxed);
        Self::grown(size);
        // SAFETY: the caller's own promise.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// What some work took.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// Blocks that were asked for.
    pub blocks: usize,
    /// The most bytes that were held at a time, beyond those before it began.
    pub peak: usize,
}

/// Counts what `work` takes. One thread at a time.
pub fn count(work: impl FnOnce()) -> Taken {
    let (before, held) = (COUNT.load(Relaxed), LIVE.load(Relaxed));
    PEAK.store(held, Relaxed);
    work();
    Taken {
        blocks: COUNT.load(Relaxed) - before,
        peak: PEAK.load(Relaxed).saturating_sub(held),
    }
}
