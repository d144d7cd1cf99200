//! Where a partition lives.

use std::sync::Arc;

use super::{ClusterId, Epoch, IndexPattern, SharedIndex};
use crate::endpoint::PlacementKind;

/// The home of a partition.
///
/// ```
/// use osproxy_layer::spi::{ClusterId, IndexPattern, Placement, SharedIndex};
///
/// let eu = ClusterId::from("eu-1");
/// let own = Placement::dedicated_index(eu.clone(), IndexPattern::parse("{partition}.{index}").unwrap());
/// let shared = Placement::from(SharedIndex::new(eu, IndexPattern::parse("{index}-shared").unwrap()));
/// assert_eq!(own.cluster(), shared.cluster());
/// ```
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Placement {
    /// A cluster of its own: names, ids and bodies pass as they are.
    DedicatedCluster {
        /// The cluster.
        cluster: ClusterId,
    },
    /// Indices of its own on a cluster that others use: names are mapped, ids and documents stay.
    DedicatedIndex {
        /// The cluster.
        cluster: ClusterId,
        /// How its indices are called.
        index: IndexPattern,
    },
    /// Indices that it shares with other partitions: ids are mapped and every document carries the partition.
    SharedIndex(Arc<SharedIndex>),
}

impl Placement {
    /// A cluster of its own.
    #[must_use]
    pub fn dedicated_cluster(cluster: ClusterId) -> Self {
        Self::DedicatedCluster { cluster }
    }

    /// Indices of its own.
    #[must_use]
    pub fn dedicated_index(cluster: ClusterId, index: IndexPattern) -> Self {
        Self::DedicatedIndex { cluster, index }
    }

    /// The cluster.
    #[must_use]
    pub fn cluster(&self) -> &ClusterId {
        match self {
            Self::DedicatedCluster { cluster } | Self::DedicatedIndex { cluster, .. } => cluster,
            Self::SharedIndex(shared) => shared.cluster(),
        }
    }

    /// Which of the three kinds it is.
    #[must_use]
    pub fn kind(&self) -> PlacementKind {
        match self {
            Self::DedicatedCluster { .. } => PlacementKind::DedicatedCluster,
            Self::DedicatedIndex { .. } => PlacementKind::DedicatedIndex,
            Self::SharedIndex(_) => PlacementKind::SharedIndex,
        }
    }

    /// How its physical indices are called; `None` where logical names are physical ones.
    #[must_use]
    pub fn index(&self) -> Option<&IndexPattern> {
        match self {
            Self::DedicatedCluster { .. } => None,
            Self::DedicatedIndex { index, .. } => Some(index),
            Self::SharedIndex(shared) => Some(shared.index()),
        }
    }
}

impl From<SharedIndex> for Placement {
    fn from(shared: SharedIndex) -> Self {
        Self::SharedIndex(Arc::new(shared))
    }
}

/// What a partition's move has come to.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum MigrationPhase {
    /// It lives in one place.
    #[default]
    Settled,
    /// A move was begun: writes go on to the old place, and the new one is filled.
    Draining,
    /// Writes wait until the older ones are through.
    Cutover,
}

impl MigrationPhase {
    /// Its name in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Draining => "draining",
            Self::Cutover => "cutover",
        }
    }
}

/// A placement with the epoch that it was read at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlacementAt {
    placement: Placement,
    epoch: Epoch,
    phase: MigrationPhase,
    endpoint: Option<Arc<str>>,
    reserved: Arc<[IndexPattern]>,
}

impl PlacementAt {
    /// A settled placement.
    #[must_use]
    pub fn new(placement: Placement, epoch: Epoch) -> Self {
        Self {
            placement,
            epoch,
            phase: MigrationPhase::Settled,
            endpoint: None,
            reserved: Arc::new([]),
        }
    }

    /// Sets the phase of its move.
    #[must_use]
    pub fn with_phase(mut self, phase: MigrationPhase) -> Self {
        self.phase = phase;
        self
    }

    /// Sets the cluster's base URL.
    #[must_use]
    pub fn with_endpoint(mut self, endpoint: impl Into<Arc<str>>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Sets the patterns of the shared indices on its cluster: physical names that a dedicated placement must keep
    /// away from. [`PlacementTable`](crate::PlacementTable) fills them in; a store of your own has to.
    #[must_use]
    pub fn with_reserved(mut self, patterns: Arc<[IndexPattern]>) -> Self {
        self.reserved = patterns;
        self
    }

    /// The placement.
    #[must_use]
    pub fn placement(&self) -> &Placement {
        &self.placement
    }

    /// Its epoch.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The phase of its move.
    #[must_use]
    pub fn phase(&self) -> MigrationPhase {
        self.phase
    }

    /// The cluster's base URL, where the store knows it.
    #[must_use]
    pub fn endpoint(&self) -> Option<&Arc<str>> {
        self.endpoint.as_ref()
    }

    /// Physical names that belong to shared indices of the same cluster.
    #[must_use]
    pub fn reserved(&self) -> &Arc<[IndexPattern]> {
        &self.reserved
    }
}
