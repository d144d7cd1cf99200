//! How much may wait at the gate.
//!
//! A write that waits keeps its body in memory. Without a bound, a tenant that writes while it is cut over would fill
//! the service's.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use super::Hold;
use crate::settings::Settings;

/// What waits at the moment, over all partitions.
#[derive(Debug, Default)]
pub(crate) struct Room {
    writes: AtomicUsize,
    bytes: AtomicUsize,
}

/// What a request keeps in memory while it waits, and for how long it may.
///
/// The groups of a bulk share one: its body is kept once however many of them wait, and its time runs from the first
/// of them.
#[derive(Debug)]
pub(crate) struct Load {
    bytes: usize,
    taken: Mutex<Weak<TakenBytes>>,
    hold: OnceLock<Hold>,
}

/// A write's place among those that wait. Dropped, it makes room.
#[derive(Debug)]
pub(super) struct Waiter {
    room: Arc<Room>,
    _bytes: Arc<TakenBytes>,
}

#[derive(Debug)]
struct TakenBytes {
    room: Arc<Room>,
    bytes: usize,
}

impl Load {
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            bytes,
            taken: Mutex::default(),
            hold: OnceLock::new(),
        }
    }

    /// The hold of the first part that waited.
    pub(super) fn hold(&self) -> Option<Hold> {
        self.hold.get().copied()
    }

    pub(super) fn begin(&self, hold: Hold) {
        // The first one counts.
        let _ = self.hold.set(hold);
    }
}

impl Room {
    /// A place for one more; `None` where there is none.
    pub(super) fn enter(self: &Arc<Self>, load: &Load, settings: &Settings) -> Option<Waiter> {
        let mut taken = load.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = match taken.upgrade() {
            Some(bytes) => bytes,
            None => {
                add(&self.bytes, load.bytes, settings.max_held_bytes)?;
                let bytes = Arc::new(TakenBytes {
                    room: Arc::clone(self),
                    bytes: load.bytes,
                });
                *taken = Arc::downgrade(&bytes);
                bytes
            }
        };
        add(&self.writes, 1, settings.max_held_writes)?;
        Some(Waiter {
            room: Arc::clone(self),
            _bytes: bytes,
        })
    }
}

/// Adds to a count, unless that would be over its bound. Nothing is read under these counts, so no order is needed.
fn add(count: &AtomicUsize, more: usize, most: usize) -> Option<()> {
    count
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| {
            now.checked_add(more).filter(|sum| *sum <= most)
        })
        .ok()
        .map(drop)
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.room.writes.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for TakenBytes {
    fn drop(&mut self) {
        self.room.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(writes: usize, bytes: usize) -> Settings {
        Settings {
            max_held_writes: writes,
            max_held_bytes: bytes,
            ..Settings::default()
        }
    }

    #[test]
    fn room_is_bounded_in_writes_and_in_bytes_and_is_given_back() {
        let room = Arc::new(Room::default());
        let settings = settings(2, 10);
        let (small, large) = (Load::new(4), Load::new(7));
        let first = room.enter(&small, &settings).expect("room");
        assert!(room.enter(&large, &settings).is_none(), "11 bytes");
        let second = room.enter(&Load::new(6), &settings).expect("room");
        assert!(room.enter(&Load::new(0), &settings).is_none(), "3 writes");
        drop((first, second));
        assert_eq!(room.bytes.load(Ordering::Relaxed), 0);
        assert!(room.enter(&large, &settings).is_some());
        assert_eq!(room.writes.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_body_that_is_kept_once_is_counted_once() {
        let room = Arc::new(Room::default());
        let settings = settings(9, 10);
        let bulk = Load::new(8);
        let groups: Vec<_> = (0..3).map(|_| room.enter(&bulk, &settings)).collect();
        assert!(groups.iter().all(Option::is_some));
        assert_eq!(room.bytes.load(Ordering::Relaxed), 8);
        drop(groups);
        assert_eq!(room.bytes.load(Ordering::Relaxed), 0);
        assert!(room.enter(&bulk, &settings).is_some(), "counted anew");
    }
}
