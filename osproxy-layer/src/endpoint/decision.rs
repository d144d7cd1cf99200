//! What is done with a route or a parameter, and for which kind of placement.

/// Where a partition's documents live.
///
/// The kind decides how much of a request must be rewritten or refused: a dedicated cluster has no neighbours, a
/// dedicated index has them on the same cluster, a shared index has them among its own documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlacementKind {
    /// A cluster of the partition's own.
    DedicatedCluster,
    /// Indices of the partition's own, on a cluster that others use.
    DedicatedIndex,
    /// An index that other partitions' documents share.
    SharedIndex,
}

impl PlacementKind {
    /// The name that configuration files and refusals use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DedicatedCluster => "dedicated_cluster",
            Self::DedicatedIndex => "dedicated_index",
            Self::SharedIndex => "shared_index",
        }
    }
}

/// What is done with a request, by its route and the kind of placement. The table is [`routes`](super::routes()).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Answered here; no cluster is asked.
    Virtual,
    /// Sent on after path, parameters, body or answer were rewritten.
    Rewrite,
    /// Sent on as it is, but for names.
    Forward,
    /// Refused, until the operator lists the route.
    Operator,
    /// Refused.
    Reject,
}

/// What is done with a query-string parameter. The table is [`params`](super::params).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamDecision {
    /// Sent on with its value.
    Forward,
    /// Translated: read here, and sent on changed, elsewhere, or not at all.
    Rewrite,
    /// The request is refused.
    Reject,
    /// Left out. The row says why that loses nothing.
    Drop,
}
