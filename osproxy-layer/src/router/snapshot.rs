//! All placements at one moment, and the rules by which they stand beside each other.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::PlacementError;
use super::moves::Cell;
use crate::spi::{ClusterId, IndexPattern, PartitionId, Placement, PlacementAt};

/// What readers see: whole, and never changed.
#[derive(Clone, Default)]
pub(super) struct Snapshot {
    pub(super) version: u64,
    pub(super) placements: HashMap<PartitionId, Entry>,
    pub(super) default: Option<Entry>,
}

/// One partition's placement, or the default.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) at: PlacementAt,
    /// Where it moves to.
    pub(super) to: Option<Placement>,
    /// When it came into its phase.
    pub(super) since: Instant,
    pub(super) cell: Arc<Cell>,
    /// Counts that its writes were in before it had an entry of its own. Closed for good.
    pub(super) older: Vec<Arc<Cell>>,
}

impl Snapshot {
    /// The entry that a partition is served by.
    pub(super) fn entry(&self, partition: &PartitionId) -> Option<&Entry> {
        self.placements.get(partition).or(self.default.as_ref())
    }

    /// Gives the default a new cell of the same epoch, so that a partition that leaves it waits for no others' writes but
    /// those that are under way now. The old cell is retired once this snapshot is published.
    pub(super) fn split_default(&mut self, leaves: bool, grace: Duration) -> Option<Arc<Cell>> {
        let default = self.default.as_mut().filter(|_| leaves)?;
        let cell = Cell::new(default.cell.epoch(), grace);
        let retired = std::mem::replace(&mut default.cell, Arc::new(cell));
        default.older.retain(|older| !older.is_idle());
        default.older.push(Arc::clone(&retired));
        Some(retired)
    }

    /// Every placement, and every one that a partition moves to.
    fn all(&self) -> impl Iterator<Item = (Option<&PartitionId>, &Placement)> {
        let own = self
            .placements
            .iter()
            .map(|(partition, entry)| (Some(partition), entry));
        own.chain(self.default.iter().map(|entry| (None, entry)))
            .flat_map(|(partition, entry)| {
                let placements = std::iter::once(entry.at.placement()).chain(&entry.to);
                placements.map(move |placement| (partition, placement))
            })
    }

    /// Compares a new placement with every other one on its cluster.
    pub(super) fn check(
        &self,
        of: Option<&PartitionId>,
        placement: &Placement,
    ) -> Result<(), PlacementError> {
        self.all()
            .filter(|(other, _)| *other != of)
            .try_for_each(|(other, at)| check_pair(of, placement, other, at))
    }

    /// Tells each dedicated placement which names belong to the shared indices of its cluster.
    pub(super) fn reserve(&mut self) {
        let mut shared: HashMap<ClusterId, Vec<IndexPattern>> = HashMap::new();
        for (_, placement) in self.all() {
            if let Placement::SharedIndex(rules) = placement {
                let patterns = shared.entry(rules.cluster().clone()).or_default();
                if !patterns.contains(rules.index()) {
                    patterns.push(rules.index().clone());
                }
            }
        }
        let shared: HashMap<ClusterId, Arc<[IndexPattern]>> = shared
            .into_iter()
            .map(|(cluster, patterns)| (cluster, patterns.into()))
            .collect();
        for entry in self.placements.values_mut().chain(&mut self.default) {
            let at = &mut entry.at;
            if let Placement::DedicatedIndex { cluster, .. } = at.placement() {
                let patterns = shared.get(cluster).cloned().unwrap_or_default();
                *at = at.clone().with_reserved(patterns);
            }
        }
    }
}

fn check_pair(
    of: Option<&PartitionId>,
    one: &Placement,
    of_other: Option<&PartitionId>,
    other: &Placement,
) -> Result<(), PlacementError> {
    if one.cluster() != other.cluster() {
        return Ok(());
    }
    match (one, other) {
        (Placement::DedicatedCluster { .. }, Placement::DedicatedCluster { .. }) => Ok(()),
        (Placement::DedicatedCluster { .. }, _) | (_, Placement::DedicatedCluster { .. }) => {
            Err(PlacementError::ClusterNotDedicated {
                cluster: one.cluster().clone(),
            })
        }
        (Placement::SharedIndex(a), Placement::SharedIndex(b)) => {
            if a.is_compatible(b) {
                Ok(())
            } else if a.index() == b.index() {
                Err(PlacementError::RulesDiffer {
                    pattern: a.index().as_str().to_owned(),
                })
            } else {
                apart(None, a.index(), None, b.index())
            }
        }
        (
            Placement::DedicatedIndex { index: a, .. },
            Placement::DedicatedIndex { index: b, .. },
        ) => apart(of, a, of_other, b),
        // A name that the shared pattern matches is refused when it is asked for; one text for both never works.
        (Placement::SharedIndex(a), Placement::DedicatedIndex { index: b, .. })
        | (Placement::DedicatedIndex { index: b, .. }, Placement::SharedIndex(a)) => {
            if a.index().as_str() == b.as_str() {
                Err(PlacementError::PatternsMeet {
                    one: b.as_str().to_owned(),
                    other: b.as_str().to_owned(),
                })
            } else {
                Ok(())
            }
        }
    }
}

fn apart(
    of: Option<&PartitionId>,
    one: &IndexPattern,
    of_other: Option<&PartitionId>,
    other: &IndexPattern,
) -> Result<(), PlacementError> {
    if one.may_meet(of, other, of_other) {
        Err(PlacementError::PatternsMeet {
            one: one.as_str().to_owned(),
            other: other.as_str().to_owned(),
        })
    } else {
        Ok(())
    }
}
