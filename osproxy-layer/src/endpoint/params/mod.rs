//! What is done with each query-string parameter, by the operation group of the route and the kind of placement.
//!
//! A name that the table lacks is refused: parameters and captures of a path share one map on the server, so an unlisted
//! name could fill in an index or a document id.
//!
//! ```
//! use osproxy_layer::endpoint::{ParamDecision, PlacementKind, params};
//!
//! let routing = |kind| params::decide("get", kind, "routing");
//! assert_eq!(routing(PlacementKind::SharedIndex), Some(ParamDecision::Reject));
//! assert_eq!(routing(PlacementKind::DedicatedIndex), Some(ParamDecision::Forward));
//! assert_eq!(params::decide("get", PlacementKind::SharedIndex, "new_thing"), None);
//! ```

use std::sync::LazyLock;

use super::tree::order;
use super::{ParamDecision, PlacementKind};

mod by_query;
mod cluster;
mod common;
mod document;
mod indices;
mod search;
mod term;
mod value;
mod why;

pub use value::ValueKind;

/// One parameter of one operation group.
#[derive(Debug, PartialEq, Eq)]
pub struct Param {
    name: &'static str,
    value: ValueKind,
    shared: ParamDecision,
    dedicated: ParamDecision,
    reason: &'static str,
}

impl Param {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What its value must be.
    #[must_use]
    pub const fn value(&self) -> ValueKind {
        self.value
    }

    /// Why it is refused or left out, where it is: a phrase for the client.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    /// What is done with it.
    #[must_use]
    pub fn decision(&self, kind: PlacementKind) -> ParamDecision {
        match kind {
            PlacementKind::SharedIndex => self.shared,
            PlacementKind::DedicatedIndex => self.dedicated,
            PlacementKind::DedicatedCluster if is_ours(self.name) => self.shared,
            PlacementKind::DedicatedCluster => ParamDecision::Forward,
        }
    }

    const fn on_dedicated_index(mut self, decision: ParamDecision) -> Self {
        self.dedicated = decision;
        self
    }
}

/// The parameters of one operation group.
#[derive(Debug)]
pub struct Group {
    name: &'static str,
    /// In the order of [`order`].
    params: Vec<&'static Param>,
}

impl Group {
    /// The group of this name, as [`Route::group`](super::Route::group) gives it.
    #[must_use]
    pub fn get(name: &str) -> Option<&'static Self> {
        let at = GROUPS
            .binary_search_by(|group| order(group.name, name))
            .ok()?;
        GROUPS.get(at)
    }

    /// The name of the group.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The row of a parameter.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&'static Param> {
        let at = self
            .params
            .binary_search_by(|param| order(param.name, name))
            .ok()?;
        self.params.get(at).copied()
    }

    /// All its rows.
    pub fn params(&self) -> impl Iterator<Item = &'static Param> {
        self.params.iter().copied()
    }
}

/// Every group that has parameters.
pub fn groups() -> impl Iterator<Item = &'static Group> {
    GROUPS.iter()
}

/// What is done with a parameter of a group. `None`: the name is not known there, and the request is refused.
///
/// On a dedicated cluster every parameter is forwarded, known or not, but for those that name an index, a document or a
/// cursor, and `error_trace`.
#[must_use]
pub fn decide(group: &str, kind: PlacementKind, name: &str) -> Option<ParamDecision> {
    decide_in(Group::get(group), kind, name)
}

/// Whether any operation has a parameter of this name.
pub(crate) fn is_known(name: &str) -> bool {
    groups().any(|group| group.param(name).is_some())
}

/// [`decide`] with the group at hand.
pub(super) fn decide_in(
    group: Option<&Group>,
    kind: PlacementKind,
    name: &str,
) -> Option<ParamDecision> {
    let own_cluster = kind == PlacementKind::DedicatedCluster;
    if own_cluster && !is_ours(name) {
        return Some(ParamDecision::Forward);
    }
    match group.and_then(|group| group.param(name)) {
        Some(param) => Some(param.decision(kind)),
        None if own_cluster && name == "error_trace" => Some(ParamDecision::Drop),
        None => None,
    }
}

/// What stays in our hands even where the partition has the cluster to itself: names, cursors, stack traces.
fn is_ours(name: &str) -> bool {
    matches!(name, "index" | "id" | "error_trace") || name.starts_with("scroll")
}

/// A group as the tables have it.
struct Rows {
    group: &'static str,
    /// Sets that other groups have too.
    sets: &'static [&'static [Param]],
    own: &'static [Param],
}

static GROUPS: LazyLock<Vec<Group>> = LazyLock::new(|| {
    let tables = [
        document::GROUPS,
        search::GROUPS,
        term::GROUPS,
        by_query::GROUPS,
        indices::GROUPS,
        cluster::GROUPS,
    ];
    let mut groups: Vec<_> = tables
        .into_iter()
        .flatten()
        .map(|rows| {
            let mut params: Vec<_> = rows
                .own
                .iter()
                .chain(rows.sets.iter().copied().flatten())
                .collect();
            params.sort_by(|a, b| order(a.name, b.name));
            Group {
                name: rows.group,
                params,
            }
        })
        .collect();
    groups.sort_by(|a, b| order(a.name, b.name));
    groups
});

const fn forward(name: &'static str, value: ValueKind) -> Param {
    param(name, value, ParamDecision::Forward, "")
}

const fn rewrite(name: &'static str, value: ValueKind) -> Param {
    param(name, value, ParamDecision::Rewrite, "")
}

const fn reject(name: &'static str, value: ValueKind, reason: &'static str) -> Param {
    param(name, value, ParamDecision::Reject, reason)
}

const fn dropped(name: &'static str, value: ValueKind, reason: &'static str) -> Param {
    param(name, value, ParamDecision::Drop, reason)
}

const fn param(
    name: &'static str,
    value: ValueKind,
    decision: ParamDecision,
    reason: &'static str,
) -> Param {
    Param {
        name,
        value,
        shared: decision,
        dedicated: decision,
        reason,
    }
}

#[cfg(test)]
pub(super) mod tests;
