//! Placements in memory.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use tokio::time::Instant;

use super::PlacementError;
use super::moves::{Cell, Entry as Let, MoveBounds};
use super::snapshot::{Entry, Snapshot};
use crate::spi::{Admission, Epoch, PartitionId, Placement, PlacementAt};

/// The placements of all partitions, in memory and versioned. Reads never block: they see the last snapshot whole.
///
/// Every change is checked first, so that no two partitions can meet in one physical index by accident.
///
/// ```
/// use osproxy_layer::PlacementTable;
/// use osproxy_layer::spi::{ClusterId, IndexPattern, PartitionId, Placement};
///
/// let table = PlacementTable::new();
/// let acme = PartitionId::parse("acme").unwrap();
/// let pattern = IndexPattern::parse("{partition}.{index}").unwrap();
/// let epoch = table.put(acme.clone(), Placement::dedicated_index(ClusterId::from("eu-1"), pattern))?;
/// assert_eq!(table.get(&acme).unwrap().epoch(), epoch);
/// # Ok::<(), osproxy_layer::PlacementError>(())
/// ```
#[derive(Default)]
pub struct PlacementTable {
    pub(super) snapshot: ArcSwap<Snapshot>,
    /// Held by writers alone, so that a change is checked against what it changes.
    pub(super) changes: Mutex<()>,
    pub(super) bounds: MoveBounds,
}

impl PlacementTable {
    /// A table without placements.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with these bounds of moves.
    #[must_use]
    pub fn with_bounds(mut self, bounds: MoveBounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Places a partition. The epoch is the new placement's.
    ///
    /// Nothing is waited for: a partition that is written to is moved with [`begin_move`](Self::begin_move).
    ///
    /// # Errors
    /// When the placement could meet another one's indices on the same cluster, or the partition is being moved.
    pub fn put(
        &self,
        partition: PartitionId,
        placement: Placement,
    ) -> Result<Epoch, PlacementError> {
        self.change(Some(partition), placement)
    }

    /// Places every partition that has no placement of its own.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn put_default(&self, placement: Placement) -> Result<Epoch, PlacementError> {
        self.change(None, placement)
    }

    /// The placement of a partition.
    #[must_use]
    pub fn get(&self, partition: &PartitionId) -> Option<PlacementAt> {
        let snapshot = self.snapshot.load();
        snapshot.entry(partition).map(|entry| entry.at.clone())
    }

    /// Whether a partition has a placement of its own, and is not served by the default.
    #[must_use]
    pub fn is_own(&self, partition: &PartitionId) -> bool {
        self.snapshot.load().placements.contains_key(partition)
    }

    /// How often the table was changed.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.snapshot.load().version
    }

    /// Whether a write that was resolved at this epoch may be dispatched. The permit counts it.
    pub fn admit_write(&self, partition: &PartitionId, epoch: Epoch) -> Admission {
        let epoch = u32::try_from(epoch.get()).unwrap_or(u32::MAX);
        let mut known = self.cell(partition);
        loop {
            let Some(cell) = known else {
                return Admission::Superseded;
            };
            match cell.admit(epoch) {
                Let::Admitted => return Admission::Admitted(cell.permit()),
                Let::Superseded => return Admission::Superseded,
                Let::Moving => {}
            }
            // A placement is published before its epoch opens: whoever was quicker waits for the publisher.
            if cell.epoch() < epoch {
                drop(self.lock());
                if cell.epoch() == epoch {
                    known = Some(cell);
                    continue;
                }
            }
            let now = self.cell(partition);
            let replaced = now.as_ref().is_some_and(|now| !Arc::ptr_eq(now, &cell));
            if !replaced && !self.end_abandoned(partition) {
                return Admission::Moving;
            }
            known = now;
        }
    }

    /// Ends when the partition admits writes again.
    pub async fn settled(&self, partition: &PartitionId, epoch: Epoch) {
        let epoch = u32::try_from(epoch.get()).unwrap_or(u32::MAX);
        if let Some(cell) = self.cell(partition) {
            cell.until_settled(epoch).await;
            self.end_abandoned(partition);
        }
    }

    fn cell(&self, partition: &PartitionId) -> Option<Arc<Cell>> {
        let snapshot = self.snapshot.load();
        snapshot
            .entry(partition)
            .map(|entry| Arc::clone(&entry.cell))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, ()> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(
        &self,
        of: Option<PartitionId>,
        placement: Placement,
    ) -> Result<Epoch, PlacementError> {
        let _writer = self.lock();
        let mut next = Snapshot::clone(&self.snapshot.load());
        next.check(of.as_ref(), &placement)?;
        let own = match &of {
            Some(partition) => next.placements.get(partition),
            None => next.default.as_ref(),
        };
        if own.is_some_and(|own| own.to.is_some()) {
            return Err(PlacementError::Moving);
        }
        let known = own.cloned();
        // A partition that the default has served: what was resolved there has an epoch too.
        let before = known.as_ref().or(next.default.as_ref());
        let epoch = before
            .map_or(0, |before| before.cell.epoch())
            .wrapping_add(1);
        let at = PlacementAt::new(placement, Epoch::new(u64::from(epoch)));
        let mut retired = None;
        let entry = match &known {
            Some(known) => Entry {
                at,
                since: Instant::now(),
                ..known.clone()
            },
            None => {
                retired = next.split_default(of.is_some(), self.bounds.grace);
                Entry {
                    at,
                    to: None,
                    since: Instant::now(),
                    cell: Arc::new(Cell::new(epoch, self.bounds.grace)),
                    older: match (&retired, &next.default) {
                        (Some(_), Some(default)) => default.older.clone(),
                        _ => Vec::new(),
                    },
                }
            }
        };
        match of {
            Some(partition) => {
                next.placements.insert(partition, entry);
            }
            None => next.default = Some(entry),
        }
        self.publish(next);
        if let Some(known) = known {
            known.cell.advance();
        }
        if let Some(retired) = retired {
            retired.retire();
        }
        Ok(Epoch::new(u64::from(epoch)))
    }

    /// Under the lock.
    pub(super) fn publish(&self, mut next: Snapshot) {
        next.version += 1;
        next.reserve();
        self.snapshot.store(Arc::new(next));
    }
}

impl fmt::Debug for PlacementTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.snapshot.load();
        f.debug_struct("PlacementTable")
            .field("version", &snapshot.version)
            .field("placements", &snapshot.placements.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spi::{ClusterId, DocIdRule, IndexPattern, SharedIndex};

    fn id(text: &str) -> PartitionId {
        PartitionId::parse(text).expect("parses")
    }

    fn pattern(text: &str) -> IndexPattern {
        IndexPattern::parse(text).expect("parses")
    }

    fn shared(text: &str) -> SharedIndex {
        SharedIndex::new(ClusterId::from("eu"), pattern(text))
    }

    fn dedicated(text: &str) -> Placement {
        Placement::dedicated_index(ClusterId::from("eu"), pattern(text))
    }

    #[test]
    fn a_default_serves_all_others() {
        let table = PlacementTable::new();
        assert!(table.get(&id("acme")).is_none());
        table
            .put_default(shared("{index}-shared").into())
            .expect("fits");
        table
            .put(id("acme"), dedicated("{partition}.{index}"))
            .expect("fits");
        let kind = |name: &str| table.get(&id(name)).expect("placed").placement().kind();
        assert_ne!(kind("acme"), kind("globex"));
        assert!(table.is_own(&id("acme")) && !table.is_own(&id("globex")));
        assert_eq!(table.version(), 2);
    }

    #[test]
    fn placements_that_could_meet_are_refused() {
        let table = PlacementTable::new();
        table
            .put(id("acme"), shared("{index}-shared").into())
            .expect("fits");
        table
            .put(id("other"), shared("{index}-shared").into())
            .expect("one pattern, one rule");
        assert!(matches!(
            table.put(
                id("globex"),
                shared("{index}-shared")
                    .with_id_rule(DocIdRule::default().with_routing(false))
                    .into()
            ),
            Err(PlacementError::RulesDiffer { .. })
        ));
        assert!(matches!(
            table.put(id("globex"), shared("x-{index}").into()),
            Err(PlacementError::PatternsMeet { .. })
        ));
        assert!(matches!(
            table.put(id("globex"), dedicated("{index}-shared")),
            Err(PlacementError::PatternsMeet { .. })
        ));
        table
            .put(id("globex"), dedicated("{partition}.{index}"))
            .expect("fits");
        assert!(matches!(
            table.put(id("hooli"), dedicated("globex.{index}")),
            Err(PlacementError::PatternsMeet { .. })
        ));
        let cluster = Placement::dedicated_cluster(ClusterId::from("eu"));
        assert!(matches!(
            table.put(id("hooli"), cluster),
            Err(PlacementError::ClusterNotDedicated { .. })
        ));
        assert_eq!(
            table.version(),
            3,
            "a refused change leaves the table as it was"
        );
    }

    #[test]
    fn a_dedicated_placement_knows_the_shared_names() {
        let table = PlacementTable::new();
        table
            .put(id("acme"), dedicated("{partition}.{index}"))
            .expect("fits");
        table
            .put(id("globex"), shared("{index}-shared").into())
            .expect("fits");
        let at = table.get(&id("acme")).expect("placed");
        assert!(
            at.reserved()
                .iter()
                .any(|shared| shared.matches("acme.orders-shared"))
        );
    }
}
