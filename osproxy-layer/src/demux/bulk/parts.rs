//! Taking apart a group of which some partitions move.

use std::collections::{HashMap, HashSet};

use super::super::place::Places;
use super::merge::Slot;
use crate::router::Resolved;
use crate::spi::PartitionId;

/// The items of a group that wasn't dispatched.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) settled: Vec<usize>,
    /// A partition at a time.
    pub(super) moving: Vec<(Resolved, Vec<usize>)>,
}

impl Parts {
    pub(super) fn of(slots: &[Slot], places: &Places, group: usize, moved: &[PartitionId]) -> Self {
        let moved: HashSet<&PartitionId> = moved.iter().collect();
        let mut numbers: HashMap<&PartitionId, usize> = HashMap::new();
        let mut parts = Self::default();
        for (at, slot) in slots.iter().enumerate() {
            let Some(place) = slot.place_in(group) else {
                continue;
            };
            let Some(place) = places.get(place) else {
                continue;
            };
            let Some(partition) = place.resolved.partition().filter(|id| moved.contains(id)) else {
                parts.settled.push(at);
                continue;
            };
            let next = parts.moving.len();
            let number = *numbers.entry(partition).or_insert(next);
            if number == next {
                parts.moving.push((place.resolved.clone(), Vec::new()));
            }
            if let Some((_, items)) = parts.moving.get_mut(number) {
                items.push(at);
            }
        }
        parts
    }
}
