//! Reading a whole bulk, and the groups that it is sent as.

use std::collections::HashMap;

use super::item::Read;
use crate::rejection::Rejection;
use crate::rewrite::bulk::{Action, BulkError, Items, Validation};
use crate::rewrite::update::UpdateBody;
use crate::router::Resolved;
use crate::spi::{ClusterId, IndexName, Target};
use crate::state::WriteStamp;

/// Reads every line, so that a body which is malformed as a whole is refused before anything of it is sent.
pub(super) fn read<'a>(
    body: &'a [u8],
    default_index: Option<&str>,
) -> Result<Vec<Read<'a>>, Rejection> {
    let malformed =
        |error: BulkError| Rejection::malformed(error.error_type(), error.reason().to_owned());
    let mut validation = Validation::default();
    let mut all = Vec::new();
    for item in Items::of(body).map_err(malformed)? {
        let item = item.map_err(malformed)?;
        let update = match (item.action(), item.source()) {
            (Action::Update, Some(source)) => Some(UpdateBody::read(source)),
            _ => None,
        };
        if let Some(Err(error)) = &update
            && error.fails_request()
        {
            return Err(Rejection::malformed(
                error.error_type(),
                error.reason().to_owned(),
            ));
        }
        let facts = update
            .as_ref()
            .and_then(|update| update.as_ref().ok())
            .map(UpdateBody::facts);
        validation.check(&item, default_index, facts);
        all.push(Read { item, update });
    }
    validation.finish().map_err(malformed)?;
    Ok(all)
}

/// The items of one cluster.
pub(super) struct Group {
    pub(super) resolved: Resolved,
    pub(super) body: Vec<u8>,
    pub(super) indices: Vec<IndexName>,
    pub(super) stamps: Vec<WriteStamp>,
    pub(super) items: usize,
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
            self.all.push(Group {
                resolved: resolved.clone(),
                body: Vec::with_capacity(capacity),
                indices: Vec::new(),
                stamps: Vec::new(),
                items: 0,
            });
            next
        });
        self.all.get_mut(at).map(|group| (at, group))
    }

    pub(super) fn into_all(self) -> Vec<Group> {
        self.all
    }
}

impl Group {
    /// Notes what a written item goes to.
    pub(super) fn note(&mut self, resolved: &Resolved, index: &IndexName) {
        self.items += 1;
        if !self.indices.contains(index) {
            self.indices.push(index.clone());
        }
        if let Some(partition) = resolved.partition()
            && !self
                .stamps
                .iter()
                .any(|stamp| stamp.partition == *partition)
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
