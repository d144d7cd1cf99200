//! The protocol of a move, step by step as the placement table does it, on any way of counting.
// Not loom's, which can't be dropped while a model that has failed unwinds.
use std::sync::Arc;
use std::time::Duration;

use loom::cell::UnsafeCell;
use loom::model::Builder;
use loom::sync::Mutex;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread::{self, Thread};

use crate::word::Entry;

/// A way of letting writes in and counting them.
pub trait Gate: Send + Sync + 'static {
    /// Open, at epoch 1.
    fn new() -> Self;
    fn admit(&self, epoch: u32) -> Entry;
    /// Ends a write that was let in at this epoch. Whether somebody must be told.
    fn leave(&self, epoch: u32) -> bool;
    fn close(&self);
    fn is_drained(&self) -> bool;
    fn reopen(&self);
    /// Whether writes above this epoch are let in, or this one's are.
    fn is_open(&self, above: u32) -> bool;
    /// Waits for the last write, as the cell does.
    fn until_drained(&self, drained: &Notify) {
        loop {
            let listening = drained.listen();
            if self.is_drained() {
                return;
            }
            drained.wait(listening);
        }
    }
}

/// Wakes those who listen at the moment, as tokio's `notify_waiters` does.
#[derive(Default)]
pub struct Notify(Mutex<Waiters>);

#[derive(Default)]
struct Waiters {
    calls: usize,
    parked: Vec<Thread>,
}

impl Notify {
    pub fn listen(&self) -> usize {
        self.0.lock().unwrap().calls
    }

    pub fn wait(&self, since: usize) {
        loop {
            let mut waiters = self.0.lock().unwrap();
            if waiters.calls != since {
                return;
            }
            waiters.parked.push(thread::current());
            drop(waiters);
            thread::park();
        }
    }

    fn notify(&self) {
        let mut waiters = self.0.lock().unwrap();
        waiters.calls += 1;
        waiters.parked.drain(..).for_each(|thread| thread.unpark());
    }
}

/// The documents of one home. Its cell finds two that touch it without an order between them.
#[derive(Default)]
struct Home(UnsafeCell<Documents>);

#[derive(Default)]
struct Documents {
    written: usize,
    has_moved: bool,
}

/// Homes number 0 and 1, a partition that lives in one of them, and its gate.
struct Cluster<G> {
    gate: G,
    /// `epoch:32 | home:32`: what a router reads.
    published: AtomicU64,
    homes: [Home; 2],
    drained: Notify,
    settled: Notify,
}

impl<G: Gate> Cluster<G> {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            gate: G::new(),
            published: AtomicU64::new(1 << 32),
            homes: Default::default(),
            drained: Notify::default(),
            settled: Notify::default(),
        })
    }

    fn resolve(&self) -> (u32, usize) {
        let published = self.published.load(Ordering::Acquire);
        ((published >> 32) as u32, published as u32 as usize)
    }

    /// One attempt of a write. The home that it reached, or the epoch that it was refused at.
    fn write(&self) -> Result<usize, u32> {
        let (epoch, home) = self.resolve();
        // Between the two the router may sleep for as long as it likes: the checker tries it.
        if self.gate.admit(epoch) != Entry::Admitted {
            return Err(epoch);
        }
        self.homes[home].0.with_mut(|documents| {
            // SAFETY: loom's cell ends the model when two are in here, or come in without an order.
            let documents = unsafe { &mut *documents };
            assert!(
                !documents.has_moved,
                "a write was committed against a superseded placement"
            );
            documents.written += 1;
        });
        if self.gate.leave(epoch) {
            self.drained.notify();
        }
        Ok(home)
    }

    /// A write that waits as long as it must.
    fn write_patiently(&self) -> usize {
        loop {
            let epoch = match self.write() {
                Ok(home) => return home,
                Err(epoch) => epoch,
            };
            loop {
                let listening = self.settled.listen();
                if self.gate.is_open(epoch) {
                    break;
                }
                self.settled.wait(listening);
            }
        }
    }

    fn cut_over(&self) {
        self.gate.close();
        self.gate.until_drained(&self.drained);
    }

    /// Carries the documents over and counts them.
    fn carry_over(&self) -> usize {
        self.homes[0].0.with_mut(|documents| {
            // SAFETY: as above.
            let documents = unsafe { &mut *documents };
            documents.has_moved = true;
            documents.written
        })
    }

    fn reopen(&self, epoch: u32, home: usize) {
        let published = u64::from(epoch) << 32 | home as u64;
        self.published.store(published, Ordering::Release);
        self.gate.reopen();
        self.settled.notify();
    }
}

/// Every interleaving with a few pre-emptions, which is where such errors are found, and no longer than some seconds.
pub fn check(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.max_duration = Some(Duration::from_secs(5));
    builder.check(model);
}

/// A move beside one write.
pub fn moved<G: Gate>() {
    check(|| {
        let cluster = Cluster::<G>::new();
        let writer = Arc::clone(&cluster);
        let writing = thread::spawn(move || writer.write());
        cluster.cut_over();
        let carried = cluster.carry_over();
        cluster.reopen(2, 1);
        let at_old = usize::from(writing.join().unwrap() == Ok(0));
        assert_eq!(carried, at_old, "a write was lost");
    });
}

/// The same beside two.
pub fn moved_while_two_write<G: Gate>() {
    check(|| {
        let cluster = Cluster::<G>::new();
        let writers = [Arc::clone(&cluster), Arc::clone(&cluster)];
        let writing = writers.map(|writer| {
            thread::spawn(move || {
                let (epoch, _) = writer.resolve();
                // Both may be in at a time, so they touch nothing: the count alone is looked at.
                let admitted = writer.gate.admit(epoch) == Entry::Admitted;
                let is_last = admitted && writer.gate.leave(epoch);
                if is_last {
                    writer.drained.notify();
                }
                is_last
            })
        });
        cluster.cut_over();
        assert_eq!(cluster.gate.admit(1), Entry::Moving);
        cluster.reopen(2, 1);
        let told = writing.map(|writing| writing.join().unwrap());
        assert!(!(told[0] && told[1]), "one of them was the last");
    });
}

/// A cutover that is given up, and one that is not, beside one write.
pub fn aborted_and_moved<G: Gate>() {
    check(|| {
        let cluster = Cluster::<G>::new();
        let writer = Arc::clone(&cluster);
        let writing = thread::spawn(move || writer.write());
        cluster.gate.close();
        cluster.reopen(2, 0);
        cluster.cut_over();
        let carried = cluster.carry_over();
        cluster.reopen(3, 1);
        let at_old = usize::from(writing.join().unwrap() == Ok(0));
        assert_eq!(carried, at_old, "a write was lost");
    });
}

/// A write that never gives up: it arrives, at one home or the other.
pub fn reached_by_all<G: Gate>() {
    check(|| {
        let cluster = Cluster::<G>::new();
        let writer = Arc::clone(&cluster);
        let writing = thread::spawn(move || writer.write_patiently());
        cluster.cut_over();
        let carried = cluster.carry_over();
        cluster.reopen(2, 1);
        let at_old = usize::from(writing.join().unwrap() == 0);
        assert_eq!(carried, at_old, "a write was lost");
    });
}
