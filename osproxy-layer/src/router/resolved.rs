//! What a router found out about a request.

use std::sync::Arc;

use http::{Extensions, HeaderName};

use crate::endpoint::PlacementKind;
use crate::rewrite::document::{DocumentRules, Injection};
use crate::spi::{
    ClusterId, DocIdRule, Epoch, HeaderOp, IndexName, IndexPattern, InjectedField, InjectedValue,
    MigrationPhase, PartitionId, Placement, PlacementAt, Protocol, RequestCtx, RouteDecision,
    SharedIndex, SpiError, Target,
};
use crate::state::RequestState;

/// Where a request goes, and by which rules it is rewritten and turned back.
///
/// Cheap to clone. Outer layers and the inner service may read it from the request's extensions with
/// [`Resolved::get`].
#[derive(Clone, Debug)]
pub struct Resolved {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    partition: Option<PartitionId>,
    scope: Scope,
    epoch: Epoch,
    phase: MigrationPhase,
    endpoint: Option<Arc<str>>,
    /// What to speak there, where a decision says.
    protocol: Option<Protocol>,
    header_ops: Vec<HeaderOp>,
}

/// The rules of one placement, ready for use.
#[derive(Debug)]
pub(crate) enum Scope {
    /// A routing decision without a partition: every logical index is the target's.
    Pinned(Target),
    /// Names, ids and bodies pass as they are.
    Cluster(ClusterId),
    /// Names are mapped.
    Index {
        cluster: ClusterId,
        pattern: IndexPattern,
        reserved: Arc<[IndexPattern]>,
    },
    /// Names and ids are mapped, and documents carry the partition.
    Shared(SharedScope),
}

/// A partition's share of a shared index.
#[derive(Debug)]
pub(crate) struct SharedScope {
    pub(crate) rules: Arc<SharedIndex>,
    pub(crate) id: DocIdRule,
    /// What a document may hold at its root.
    pub(crate) documents: Arc<DocumentRules>,
    /// Names that are injected beside the partition field.
    pub(crate) extra_fields: Vec<String>,
    /// What is spliced into every document.
    pub(crate) injection: Injection,
}

impl Resolved {
    /// A partition's placement.
    ///
    /// # Errors
    /// When an injected field's value isn't in the request.
    pub fn from_placement(
        ctx: &RequestCtx<'_>,
        partition: PartitionId,
        at: &PlacementAt,
        id_rule: Option<DocIdRule>,
        injected: &[InjectedField],
    ) -> Result<Self, SpiError> {
        let scope = match at.placement() {
            Placement::DedicatedCluster { cluster } => Scope::Cluster(cluster.clone()),
            Placement::DedicatedIndex { cluster, index } => Scope::Index {
                cluster: cluster.clone(),
                pattern: index.clone(),
                reserved: Arc::clone(at.reserved()),
            },
            Placement::SharedIndex(rules) => Scope::Shared(SharedScope::new(
                ctx,
                &partition,
                Arc::clone(rules),
                id_rule,
                injected,
            )?),
        };
        let inner = Inner {
            partition: Some(partition),
            scope,
            epoch: at.epoch(),
            phase: at.phase(),
            endpoint: at.endpoint().cloned(),
            protocol: None,
            header_ops: Vec::new(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// A routing decision without a partition.
    ///
    /// # Errors
    /// [`SpiError::TransformWithoutPartition`] where the decision changes documents.
    pub fn from_decision(decision: &RouteDecision) -> Result<Self, SpiError> {
        if !decision.body_transform().is_none() {
            return Err(SpiError::TransformWithoutPartition);
        }
        let inner = Inner {
            partition: None,
            scope: Scope::Pinned(decision.target().clone()),
            epoch: decision.epoch(),
            phase: MigrationPhase::Settled,
            endpoint: decision.target().endpoint().map(Arc::from),
            protocol: Some(decision.upstream_protocol()),
            header_ops: decision.header_ops().to_vec(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// A whole cluster, for the operator: nobody's partition.
    pub(crate) fn of_operator(cluster: ClusterId) -> Self {
        let inner = Inner {
            partition: None,
            scope: Scope::Cluster(cluster),
            epoch: Epoch::ZERO,
            phase: MigrationPhase::Settled,
            endpoint: None,
            protocol: None,
            header_ops: Vec::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The same with a base URL for its cluster, unless it has one.
    #[must_use]
    pub fn or_endpoint(self, endpoint: impl FnOnce(&ClusterId) -> Option<String>) -> Self {
        if self.inner.endpoint.is_some() {
            return self;
        }
        let Some(found) = endpoint(self.cluster()) else {
            return self;
        };
        match Arc::try_unwrap(self.inner) {
            Ok(mut inner) => {
                inner.endpoint = Some(found.into());
                Self {
                    inner: Arc::new(inner),
                }
            }
            Err(inner) => Self { inner },
        }
    }

    /// What the resolve layer found for this request.
    #[must_use]
    pub fn get(extensions: &Extensions) -> Option<&Self> {
        RequestState::get(extensions)?.resolved()
    }

    /// The partition; `None` for a router that knows none.
    #[must_use]
    pub fn partition(&self) -> Option<&PartitionId> {
        self.inner.partition.as_ref()
    }

    /// The cluster.
    #[must_use]
    pub fn cluster(&self) -> &ClusterId {
        match &self.inner.scope {
            Scope::Pinned(target) => target.cluster(),
            Scope::Cluster(cluster) | Scope::Index { cluster, .. } => cluster,
            Scope::Shared(shared) => shared.rules.cluster(),
        }
    }

    /// The epoch that it was resolved at.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.inner.epoch
    }

    /// Whether the partition is being moved.
    #[must_use]
    pub fn phase(&self) -> MigrationPhase {
        self.inner.phase
    }

    /// Which column of the endpoint table decides. A pinned request is decided like one on a dedicated index: its
    /// cluster may have other users.
    #[must_use]
    pub fn kind(&self) -> PlacementKind {
        match self.inner.scope {
            Scope::Cluster(_) => PlacementKind::DedicatedCluster,
            Scope::Pinned(_) | Scope::Index { .. } => PlacementKind::DedicatedIndex,
            Scope::Shared(_) => PlacementKind::SharedIndex,
        }
    }

    /// The physical index of a logical one, whose name has passed the path grammar.
    ///
    /// # Errors
    /// As [`IndexPattern::physical`], and [`SpiError::IndexReserved`] where the name belongs to a shared index of
    /// the same cluster.
    pub fn physical_index(&self, logical: &str) -> Result<IndexName, SpiError> {
        match (&self.inner.scope, &self.inner.partition) {
            (Scope::Pinned(target), _) => target.index().cloned().ok_or(SpiError::IndexUnknown),
            (
                Scope::Index {
                    pattern, reserved, ..
                },
                Some(partition),
            ) => {
                let physical = pattern.physical(partition, logical)?;
                if reserved
                    .iter()
                    .any(|shared| shared.matches(physical.as_str()))
                {
                    return Err(SpiError::IndexReserved);
                }
                Ok(physical)
            }
            (Scope::Shared(shared), Some(partition)) => {
                if shared
                    .rules
                    .indices()
                    .is_some_and(|declared| !declared.iter().any(|name| name == logical))
                {
                    return Err(SpiError::IndexUnknown);
                }
                shared.rules.index().physical(partition, logical)
            }
            (Scope::Cluster(_) | Scope::Index { .. } | Scope::Shared(_), _) => {
                Ok(IndexName::from(logical))
            }
        }
    }

    /// The logical index behind a physical one, where that is the partition's own or shared with it. The other way
    /// round of [`physical_index`](Self::physical_index): what that wouldn't give is `None`.
    pub(crate) fn logical_index(&self, physical: &str) -> Option<String> {
        let partition = self.inner.partition.as_ref()?;
        let pattern = match &self.inner.scope {
            Scope::Index { pattern, .. } => pattern,
            Scope::Shared(shared) => shared.rules.index(),
            Scope::Pinned(_) | Scope::Cluster(_) => return None,
        };
        let logical = pattern.logical_of(partition, physical)?;
        let back = self.physical_index(logical).ok()?;
        (back.as_str() == physical).then(|| logical.to_owned())
    }

    /// The target of a request for these physical indices.
    #[must_use]
    pub fn target(&self, indices: impl IntoIterator<Item = IndexName>) -> Target {
        Target::with_indices(self.cluster().clone(), indices)
            .with_endpoint(self.inner.endpoint.clone())
            .with_protocol(self.inner.protocol)
    }

    /// Changes to the physical request's headers.
    #[must_use]
    pub fn header_ops(&self) -> &[HeaderOp] {
        &self.inner.header_ops
    }

    /// Whether a request for both may be one: the same endpoint, protocol and headers, beside the same cluster.
    pub(crate) fn is_sent_like(&self, other: &Self) -> bool {
        self.inner.endpoint == other.inner.endpoint
            && self.inner.protocol == other.inner.protocol
            && self.inner.header_ops == other.inner.header_ops
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.inner.scope
    }

    /// The shared index's rules beside the partition, where the placement is one.
    pub(crate) fn shared(&self) -> Option<(&SharedScope, &PartitionId)> {
        match (&self.inner.scope, &self.inner.partition) {
            (Scope::Shared(shared), Some(partition)) => Some((shared, partition)),
            _ => None,
        }
    }
}

impl SharedScope {
    fn new(
        ctx: &RequestCtx<'_>,
        partition: &PartitionId,
        rules: Arc<SharedIndex>,
        id_rule: Option<DocIdRule>,
        injected: &[InjectedField],
    ) -> Result<Self, SpiError> {
        let mut injection = Injection::default().string(rules.field().as_str(), partition.as_str());
        let mut documents = Arc::clone(rules.documents());
        let mut extra_fields: Vec<String> = Vec::new();
        for field in rules.injected().iter().chain(injected) {
            let name = field.name().as_str();
            if name == rules.field().as_str() || extra_fields.iter().any(|taken| taken == name) {
                continue;
            }
            injection = match field.value() {
                InjectedValue::PartitionId => injection.string(name, partition.as_str()),
                InjectedValue::Constant(constant) => injection.value(name, constant),
                InjectedValue::FromPrincipal(attr) => {
                    injection.string(name, principal_attr(ctx, attr)?)
                }
                InjectedValue::FromHeader(header) => {
                    injection.string(name, header_value(ctx, header)?)
                }
            };
            if !documents.is_reserved(name) {
                let reserved = DocumentRules::clone(&documents).reserve(name);
                documents = Arc::new(reserved.map_err(|_| SpiError::InjectedFieldInvalid)?);
            }
            extra_fields.push(name.to_owned());
        }
        let id = id_rule.unwrap_or_else(|| rules.id_rule().clone());
        Ok(Self {
            rules,
            id,
            documents,
            extra_fields,
            injection,
        })
    }

    /// The routing value of the partition's documents, where the rule sets one.
    pub(crate) fn routing<'a>(&self, partition: &'a PartitionId) -> Option<&'a str> {
        self.id.sets_routing().then_some(partition.as_str())
    }
}

fn principal_attr<'a>(ctx: &RequestCtx<'a>, attr: &str) -> Result<&'a str, SpiError> {
    let principal = ctx.principal().ok_or(SpiError::PrincipalMissing)?;
    principal
        .attr(attr)
        .ok_or_else(|| SpiError::PrincipalAttrMissing {
            attr: attr.to_owned(),
        })
}

fn header_value<'a>(ctx: &RequestCtx<'a>, name: &HeaderName) -> Result<&'a str, SpiError> {
    let missing = || SpiError::HeaderMissing {
        header: name.as_str().to_owned(),
    };
    ctx.headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(missing)
}
