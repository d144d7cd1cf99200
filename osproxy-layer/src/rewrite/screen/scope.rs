//! For whom a request is screened: the placement's kind and what belongs to the partition there.

use std::fmt;

/// The placement that a search is screened for.
///
/// ```
/// use osproxy_layer::rewrite::screen::{Scope, SharedIndex};
///
/// let scope = Scope::shared(SharedIndex {
///     field: "_tenant",
///     partition: "acme",
///     id_prefix: "acme:",
///     id_suffix: "",
///     routing: Some("acme"),
///     allow_root_keys: &[],
/// });
/// assert!(scope.is_shared());
/// ```
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub(super) placement: Placement<'a>,
    pub(super) limits: Limits,
    /// The cluster's id of the point in time that is searched.
    pub(super) point_in_time: Option<&'a str>,
    /// Opens what the client holds for a position in a shard.
    pub(super) positions: Option<Open<'a>>,
    /// Whether empty buckets of terms are left out instead of being refused.
    pub(super) omits_zero_buckets: bool,
    /// Whether no tenant may read the statistics of a shared index.
    pub(super) strict: bool,
}

type Open<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync + 'a);

#[derive(Clone, Copy, Debug)]
pub(super) enum Placement<'a> {
    Shared(SharedIndex<'a>),
    Dedicated(&'a [IndexNames<'a>]),
}

/// What marks a partition's documents in an index that it shares.
#[derive(Clone, Copy)]
pub struct SharedIndex<'a> {
    /// The partition field. It starts with `_` (row P-11).
    pub field: &'a str,
    /// The partition, as the field holds it.
    pub partition: &'a str,
    /// What stands before the logical id in the physical one.
    pub id_prefix: &'a str,
    /// What stands behind it.
    pub id_suffix: &'a str,
    /// The partition's routing, where the id rule sets one: the search goes to that shard.
    pub routing: Option<&'a str>,
    /// Root keys with a leading `_` that the operator lets documents have (`_class`).
    pub allow_root_keys: &'a [&'a str],
}

/// A logical index on a dedicated placement, and the physical one behind it.
#[derive(Clone, Copy)]
pub struct IndexNames<'a> {
    /// What the client calls it.
    pub logical: &'a str,
    /// What the cluster calls it.
    pub physical: &'a str,
}

/// Bounds of one screened body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Containers inside each other, at most [`Limits::DEEPEST`]. The node has overflowed its stack below its own bound of
    /// 1,000 (row A1-03).
    pub depth: u32,
    /// Query clauses in one body. The node stops at 1,024 a query (row A1-03).
    pub clauses: u32,
}

impl Limits {
    /// The most levels that can be allowed: the walker is recursive, and a worker's stack is not ours to size.
    pub const DEEPEST: u32 = 64;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 32,
            clauses: 1024,
        }
    }
}

impl<'a> Scope<'a> {
    /// An index that several partitions share.
    pub fn shared(index: SharedIndex<'a>) -> Self {
        Self {
            placement: Placement::Shared(index),
            limits: Limits::default(),
            point_in_time: None,
            positions: None,
            omits_zero_buckets: false,
            strict: false,
        }
    }

    /// One or more indices of the partition's own.
    pub fn dedicated(names: &'a [IndexNames<'a>]) -> Self {
        Self {
            placement: Placement::Dedicated(names),
            limits: Limits::default(),
            point_in_time: None,
            positions: None,
            omits_zero_buckets: false,
            strict: false,
        }
    }

    /// A search of a point in time, whose sealed id in the body becomes this one, the cluster's own (row C1-22).
    #[must_use]
    pub fn point_in_time(mut self, upstream: &'a str) -> Self {
        self.point_in_time = Some(upstream);
        self
    }

    /// A client may go on from a position in a shard, which it holds sealed; `open` gives the number (rows C1-08, C1-09).
    #[must_use]
    pub fn positions(mut self, open: &'a (dyn Fn(&str) -> Option<String> + Sync)) -> Self {
        self.positions = Some(open);
        self
    }

    /// On a shared index `min_doc_count: 0` of an aggregation of terms is sent as 1, instead of being refused (rows B-02 to
    /// B-04, B-09).
    #[must_use]
    pub fn omit_zero_buckets(mut self) -> Self {
        self.omits_zero_buckets = true;
        self
    }

    /// On a shared index nothing is scored, and what is computed from scores is refused: its statistics are those of every
    /// tenant (rows F-01, F-02).
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Other bounds than the default ones.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether the index is shared.
    pub fn is_shared(&self) -> bool {
        matches!(self.placement, Placement::Shared(_))
    }

    pub(super) fn shared_index(&self) -> Option<&SharedIndex<'a>> {
        match &self.placement {
            Placement::Shared(index) => Some(index),
            Placement::Dedicated(_) => None,
        }
    }

    /// `on a shared index`: where a refusal says that something is not allowed.
    pub(super) fn place(&self) -> &'static str {
        match self.placement {
            Placement::Shared(_) => "on a shared index",
            Placement::Dedicated(_) => "on a dedicated index",
        }
    }
}

/// Not the point in time: its id is a key to a tenant's documents.
impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("placement", &self.placement)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Not the partition: a log is not the place for it.
impl fmt::Debug for SharedIndex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedIndex").finish_non_exhaustive()
    }
}

/// Not the names: they can hold the partition's.
impl fmt::Debug for IndexNames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexNames").finish_non_exhaustive()
    }
}
