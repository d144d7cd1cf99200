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

use std::collections::BTreeMap;
use std::sync::LazyLock;

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
    /// Sets that other groups have too. Each set, and `own`, is sorted by name.
    sets: &'static [&'static [Param]],
    own: &'static [Param],
}

impl Group {
    /// The group of this name, as [`Route::group`](super::Route::group) gives it.
    #[must_use]
    pub fn get(name: &str) -> Option<&'static Self> {
        GROUPS.get(name).copied()
    }

    /// The name of the group.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The row of a parameter.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&'static Param> {
        let within = |rows: &'static [Param]| {
            let at = rows.binary_search_by(|param| param.name.cmp(name)).ok()?;
            rows.get(at)
        };
        within(self.own).or_else(|| self.sets.iter().copied().find_map(within))
    }

    /// All its rows.
    pub fn params(&self) -> impl Iterator<Item = &'static Param> {
        self.own.iter().chain(self.sets.iter().copied().flatten())
    }
}

/// Every group that has parameters, by name.
pub fn groups() -> impl Iterator<Item = &'static Group> {
    GROUPS.values().copied()
}

/// What is done with a parameter of a group. `None`: the name is not known there, and the request is refused.
///
/// On a dedicated cluster every parameter is forwarded, known or not, but for those that name an index, a document or a
/// cursor, and `error_trace`.
#[must_use]
pub fn decide(group: &str, kind: PlacementKind, name: &str) -> Option<ParamDecision> {
    if kind == PlacementKind::DedicatedCluster && !is_ours(name) {
        return Some(ParamDecision::Forward);
    }
    match Group::get(group).and_then(|group| group.param(name)) {
        Some(param) => Some(param.decision(kind)),
        None if kind == PlacementKind::DedicatedCluster && name == "error_trace" => {
            Some(ParamDecision::Drop)
        }
        None => None,
    }
}

/// What stays in our hands even where the partition has the cluster to itself: names, cursors, stack traces.
fn is_ours(name: &str) -> bool {
    matches!(name, "index" | "id" | "error_trace") || name.starts_with("scroll")
}

static GROUPS: LazyLock<BTreeMap<&'static str, &'static Group>> = LazyLock::new(|| {
    [
        document::GROUPS,
        search::GROUPS,
        term::GROUPS,
        by_query::GROUPS,
        indices::GROUPS,
        cluster::GROUPS,
    ]
    .into_iter()
    .flatten()
    .map(|group| (group.name, group))
    .collect()
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
