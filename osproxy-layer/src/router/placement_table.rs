//! Placements in memory.

use std::collections::HashMap;
use std::fmt;
use std::future::{Ready, ready};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use crate::spi::{
    Admission, ClusterId, Epoch, IndexPattern, PartitionId, Placement, PlacementAt, WritePermit,
};

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
    snapshot: ArcSwap<Snapshot>,
    /// Held by writers alone, so that a change is checked against what it changes.
    changes: Mutex<()>,
}

#[derive(Clone, Default)]
struct Snapshot {
    version: u64,
    placements: HashMap<PartitionId, PlacementAt>,
    default: Option<PlacementAt>,
}

impl PlacementTable {
    /// A table without placements.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Places a partition. The epoch is the new placement's.
    ///
    /// # Errors
    /// When the placement could meet another one's indices on the same cluster.
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
        snapshot
            .placements
            .get(partition)
            .or(snapshot.default.as_ref())
            .cloned()
    }

    /// How often the table was changed.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.snapshot.load().version
    }

    /// Whether a write that was resolved at this epoch may be dispatched: while no partition of this table moves,
    /// always.
    pub fn admit_write(&self, _partition: &PartitionId, _epoch: Epoch) -> Admission {
        Admission::Admitted(WritePermit::none())
    }

    /// Ends when the partition admits writes again.
    pub fn settled(&self, _partition: &PartitionId, _epoch: Epoch) -> Ready<()> {
        ready(())
    }

    fn change(
        &self,
        of: Option<PartitionId>,
        placement: Placement,
    ) -> Result<Epoch, PlacementError> {
        let _writer = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Snapshot::clone(&self.snapshot.load());
        next.check(of.as_ref(), &placement)?;
        next.version += 1;
        let epoch = Epoch::new(next.version);
        let at = PlacementAt::new(placement, epoch);
        match of {
            Some(partition) => {
                next.placements.insert(partition, at);
            }
            None => next.default = Some(at),
        }
        next.reserve();
        self.snapshot.store(Arc::new(next));
        Ok(epoch)
    }
}

impl Snapshot {
    fn all(&self) -> impl Iterator<Item = (Option<&PartitionId>, &PlacementAt)> {
        let own = self
            .placements
            .iter()
            .map(|(partition, at)| (Some(partition), at));
        own.chain(self.default.iter().map(|at| (None, at)))
    }

    /// Compares a new placement with every other one on its cluster.
    fn check(&self, of: Option<&PartitionId>, placement: &Placement) -> Result<(), PlacementError> {
        self.all()
            .filter(|(other, _)| *other != of)
            .try_for_each(|(other, at)| check_pair(of, placement, other, at.placement()))
    }

    /// Tells each dedicated placement which names belong to the shared indices of its cluster.
    fn reserve(&mut self) {
        let mut shared: HashMap<ClusterId, Vec<IndexPattern>> = HashMap::new();
        for (_, at) in self.all() {
            if let Placement::SharedIndex(rules) = at.placement() {
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
        for at in self.placements.values_mut().chain(&mut self.default) {
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

impl fmt::Debug for PlacementTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.snapshot.load();
        f.debug_struct("PlacementTable")
            .field("version", &snapshot.version)
            .field("placements", &snapshot.placements.len())
            .finish_non_exhaustive()
    }
}

/// Why a placement can't be put beside the others.
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PlacementError {
    /// Two index patterns of one cluster could give one name.
    PatternsMeet {
        /// One pattern.
        one: String,
        /// The other.
        other: String,
    },
    /// Two placements name one shared pattern with another field, id rule or routing rule.
    RulesDiffer {
        /// The pattern.
        pattern: String,
    },
    /// A dedicated cluster that another kind of placement names.
    ClusterNotDedicated {
        /// The cluster.
        cluster: ClusterId,
    },
}

impl fmt::Display for PlacementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PatternsMeet { one, other } => {
                write!(
                    f,
                    "the index patterns [{one}] and [{other}] could give one name on the same cluster"
                )
            }
            Self::RulesDiffer { pattern } => {
                write!(
                    f,
                    "one shared index pattern has one field, one id rule and one routing rule: [{pattern}]"
                )
            }
            Self::ClusterNotDedicated { cluster } => {
                write!(
                    f,
                    "the cluster [{cluster}] is dedicated to a partition and named by another kind of placement"
                )
            }
        }
    }
}

impl std::error::Error for PlacementError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spi::{DocIdRule, SharedIndex};

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
