//! The groups that a request of several items is sent as.

use std::collections::{HashMap, HashSet};

use crate::router::Resolved;
use crate::spi::{ClusterId, IndexName, PartitionId, Target};
use crate::state::WriteStamp;

/// The items of one cluster.
pub(super) struct Group {
    pub(super) resolved: Resolved,
    pub(super) body: Vec<u8>,
    pub(super) indices: Vec<IndexName>,
    pub(super) stamps: Vec<WriteStamp>,
    pub(super) items: usize,
    /// The group that it goes on with: it is sent when that has been.
    pub(super) behind: Option<usize>,
    /// The group that goes on with it.
    ahead: Option<usize>,
    /// What is in `indices` and in `stamps`, to be found at once among a thousand.
    named: HashSet<IndexName>,
    stamped: HashSet<PartitionId>,
}

/// Groups in the order of their first items.
#[derive(Default)]
pub(super) struct Groups {
    all: Vec<Group>,
    by_cluster: HashMap<ClusterId, Vec<usize>>,
}

impl Groups {
    /// The group of a placement's cluster, and its number. Routing decisions that differ in headers or in the endpoint
    /// can't share a request, so theirs are groups of their own.
    pub(super) fn of(
        &mut self,
        resolved: &Resolved,
        capacity: usize,
    ) -> Option<(usize, &mut Group)> {
        let known = self.by_cluster.get(resolved.cluster());
        let at = known.into_iter().flatten().copied().find(|at| {
            let group = self.all.get(*at);
            group.is_some_and(|group| group.resolved.is_sent_like(resolved))
        });
        let at = at.unwrap_or_else(|| {
            let next = self.all.len();
            let cluster = resolved.cluster().clone();
            self.by_cluster.entry(cluster).or_default().push(next);
            // Most requests are for one cluster. Room for all of it in each of many would be many times the request.
            let capacity = if next == 0 { capacity } else { 0 };
            self.all
                .push(Group::new(resolved, Vec::with_capacity(capacity)));
            next
        });
        self.all.get_mut(at).map(|group| (at, group))
    }

    /// Sees to it that a group stays within what its cluster takes, when an item was written behind `mark`: where it
    /// doesn't, the item becomes the first of another group, which goes on with this one. The item's group is returned.
    pub(super) fn within(&mut self, number: usize, mark: usize, most: usize) -> usize {
        let next = self.all.len();
        let Some(group) = self.all.get_mut(number) else {
            return number;
        };
        if group.body.len() <= most || mark == 0 {
            return number;
        }
        // Room for as much again, or for the rest of what the first group had room for.
        let room = group.body.capacity().saturating_sub(mark).min(most);
        let mut body = Vec::with_capacity(room.max(group.body.len() - mark));
        body.extend(group.body.drain(mark..));
        let mut more = Group::new(&group.resolved, body);
        more.behind = Some(number);
        group.ahead = Some(next);
        let cluster = group.resolved.cluster();
        for known in self.by_cluster.get_mut(cluster).into_iter().flatten() {
            if *known == number {
                *known = next;
            }
        }
        self.all.push(more);
        next
    }

    /// The group that items of a group go to now: itself, or the last one that goes on with it.
    pub(super) fn last_of(&self, mut number: usize) -> usize {
        while let Some(ahead) = self.all.get(number).and_then(|group| group.ahead) {
            number = ahead;
        }
        number
    }

    pub(super) fn get_mut(&mut self, number: usize) -> Option<&mut Group> {
        self.all.get_mut(number)
    }

    pub(super) fn into_all(self) -> Vec<Group> {
        self.all
    }
}

impl Group {
    fn new(resolved: &Resolved, body: Vec<u8>) -> Self {
        Self {
            resolved: resolved.clone(),
            body,
            indices: Vec::new(),
            stamps: Vec::new(),
            items: 0,
            behind: None,
            ahead: None,
            named: HashSet::new(),
            stamped: HashSet::new(),
        }
    }

    /// A group is made for its first item; where every item was refused on writing, there is nothing to send.
    pub(super) fn is_empty(&self) -> bool {
        self.items == 0
    }

    /// Notes what a written item goes to: the index, and for a write the partition that it is stamped for.
    pub(super) fn note_write(&mut self, resolved: &Resolved, index: &IndexName) {
        self.note_read(index);
        self.stamp(resolved);
    }

    /// Notes what a read item goes to.
    pub(super) fn note_read(&mut self, index: &IndexName) {
        self.items += 1;
        // The items of one index mostly come one after the other.
        if self.indices.last() != Some(index) && self.named.insert(index.clone()) {
            self.indices.push(index.clone());
        }
    }

    fn stamp(&mut self, resolved: &Resolved) {
        if let Some(partition) = resolved.partition()
            && self.stamps.last().map(|stamp| &stamp.partition) != Some(partition)
            && self.stamped.insert(partition.clone())
        {
            self.stamps.push(WriteStamp {
                partition: partition.clone(),
                epoch: resolved.epoch(),
            });
        }
    }

    pub(super) fn target(&self) -> Target {
        self.resolved.target(self.indices.iter().cloned())
    }
}
