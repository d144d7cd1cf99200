//! Where the items of one bulk go: each partition is placed once, each index checked once.

use std::collections::HashMap;

use crate::plan::IndexPair;
use crate::rejection::Rejection;
use crate::router::Resolved;
use crate::spi::PartitionId;

/// The placements of one bulk.
#[derive(Default)]
pub(super) struct Places {
    all: Vec<Place>,
    by_partition: HashMap<PartitionId, Result<usize, Rejection>>,
}

/// One placement and the indices of it that items name.
pub(super) struct Place {
    pub(super) resolved: Resolved,
    pub(super) indices: Vec<Index>,
}

/// A logical index, or why items can't go to it.
pub(super) struct Index {
    pub(super) logical: String,
    pub(super) pair: Result<IndexPair, Rejection>,
    /// What the mapping check said; asked by the first item that needs it.
    pub(super) checked: Option<Result<(), Rejection>>,
    /// A delete alone doesn't create an index, so its check says less.
    pub(super) may_create: bool,
}

impl Places {
    /// What is known of a partition.
    pub(super) fn known(&self, partition: &PartitionId) -> Option<Result<usize, Rejection>> {
        self.by_partition.get(partition).cloned()
    }

    /// Notes what the router said of a partition.
    pub(super) fn note(
        &mut self,
        partition: PartitionId,
        found: Result<Resolved, Rejection>,
    ) -> Result<usize, Rejection> {
        let found = found.map(|resolved| self.add(resolved));
        self.by_partition.insert(partition, found.clone());
        found
    }

    /// Adds a placement.
    pub(super) fn add(&mut self, resolved: Resolved) -> usize {
        self.all.push(Place {
            resolved,
            indices: Vec::new(),
        });
        self.all.len() - 1
    }

    pub(super) fn get(&self, place: usize) -> Option<&Place> {
        self.all.get(place)
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut Place> {
        self.all.get_mut(place)
    }
}
