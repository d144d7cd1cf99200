//! Where a cursor was opened.
//!
//! A scroll or a point in time lives on the cluster that it was opened on, and holds documents as they are stored there. So
//! its later pages are sent there and turned back by these rules, though the partition has moved since (DESIGN
//! section 6).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Positions;
use crate::plan::IndexPair;
use crate::rewrite::response::{IdRule, Reversal};
use crate::rewrite::screen::{self, IndexNames, SharedIndex};
use crate::router::{Resolved, Router, Scope};
use crate::spi::{ClusterId, IndexName, Target};

/// The placement that a cursor was opened on, as far as its pages need it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Home {
    #[serde(rename = "c")]
    cluster: String,
    /// Logical and physical names.
    #[serde(rename = "i")]
    indices: Vec<(String, String)>,
    #[serde(rename = "k")]
    kind: Kind,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    /// A cluster of its own: names and ids are the client's.
    #[serde(rename = "c")]
    Cluster,
    /// Indices of its own: names are mapped.
    #[serde(rename = "i")]
    Index,
    /// Indices that others use too.
    #[serde(rename = "s")]
    Shared(Box<Shared>),
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    #[serde(rename = "f")]
    field: String,
    #[serde(rename = "p")]
    prefix: String,
    #[serde(rename = "x")]
    suffix: String,
    #[serde(rename = "r")]
    routing: Option<String>,
    /// Injected fields beside the partition's.
    #[serde(rename = "e")]
    extra: Vec<String>,
    #[serde(rename = "o")]
    own_keys: Vec<String>,
}

impl Home {
    /// Of a request for these indices.
    pub(crate) fn of(resolved: &Resolved, indices: &[IndexPair]) -> Self {
        let kind = match (resolved.scope(), resolved.shared()) {
            (Scope::Cluster(_), _) => Kind::Cluster,
            (_, None) => Kind::Index,
            (_, Some((shared, partition))) => {
                let template = shared.id.template();
                Kind::Shared(Box::new(Shared {
                    field: shared.rules.field().as_str().to_owned(),
                    prefix: template.prefix(partition),
                    suffix: template.suffix(partition),
                    routing: shared.routing(partition).map(str::to_owned),
                    extra: shared.extra_fields.clone(),
                    own_keys: shared.rules.allowed_root_keys().to_vec(),
                }))
            }
        };
        let pair = |pair: &IndexPair| (pair.logical.clone(), pair.physical.as_str().to_owned());
        Self {
            cluster: resolved.cluster().as_str().to_owned(),
            indices: indices.iter().map(pair).collect(),
            kind,
        }
    }

    /// Whether answers from there pass as they are, but for the cursors in them.
    pub(crate) fn is_cluster(&self) -> bool {
        self.kind == Kind::Cluster
    }

    /// Whether both are on one cluster.
    pub(crate) fn is_beside(&self, other: &Self) -> bool {
        self.cluster == other.cluster
    }

    /// Where its pages are sent. The partition's present placement says how its cluster is reached, if it is the same one.
    pub(crate) fn target(&self, resolved: &Resolved, router: &impl Router) -> Target {
        let indices = self
            .indices
            .iter()
            .map(|(_, physical)| IndexName::from(physical.as_str()));
        if resolved.cluster().as_str() == self.cluster {
            return resolved.target(indices);
        }
        let cluster = ClusterId::from(self.cluster.as_str());
        let endpoint = router.cluster_endpoint(&cluster).map(Into::into);
        Target::with_indices(cluster, indices).with_endpoint(endpoint)
    }

    /// What turns an answer from there back.
    pub(crate) fn reversal(&self) -> Reversal {
        let names = self
            .indices
            .iter()
            .map(|(logical, physical)| (physical.as_str(), logical.as_str()));
        let Kind::Shared(shared) = &self.kind else {
            return Reversal::dedicated(names);
        };
        let ids = IdRule::new(shared.prefix.as_str(), shared.suffix.as_str());
        let mut reversal = Reversal::shared(names, ids)
            .strip(shared.field.as_str())
            .own_keys(shared.own_keys.iter().cloned());
        for field in &shared.extra {
            reversal = reversal.strip(field.as_str());
        }
        match &shared.routing {
            Some(routing) => reversal.expect_routing(routing.as_str()),
            None => reversal,
        }
    }

    /// Screens a search of a point in time that was opened there. Its routing is the point in time's own: a search of one
    /// can't name it.
    pub(crate) fn screen<T>(
        &self,
        partition: &str,
        point_in_time: &str,
        positions: &Positions,
        screen: impl FnOnce(&screen::Scope<'_>) -> T,
    ) -> T {
        match &self.kind {
            Kind::Shared(shared) => {
                let own_keys: Vec<&str> = shared.own_keys.iter().map(String::as_str).collect();
                let scope = screen::Scope::shared(SharedIndex {
                    field: &shared.field,
                    partition,
                    id_prefix: &shared.prefix,
                    id_suffix: &shared.suffix,
                    routing: None,
                    allow_root_keys: &own_keys,
                });
                let open = |text: &str| positions.open(text);
                screen(&scope.point_in_time(point_in_time).positions(&open))
            }
            Kind::Cluster | Kind::Index => {
                let names: Vec<IndexNames<'_>> = self
                    .indices
                    .iter()
                    .map(|(logical, physical)| IndexNames { logical, physical })
                    .collect();
                screen(&screen::Scope::dedicated(&names).point_in_time(point_in_time))
            }
        }
    }
}

/// Nothing of it: names and id rules hold the partition.
impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Home").finish_non_exhaustive()
    }
}
