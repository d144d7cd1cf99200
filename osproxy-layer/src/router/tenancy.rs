//! Declarative rules as a router.

use std::future::Future;

use super::{Resolved, Router};
use crate::router::Scope;
use crate::spi::{
    Admission, BodyTransform, ClusterId, Epoch, InjectedField, InjectedValue, PartitionId,
    Protocol, RequestCtx, RouteDecision, RoutingSpi, SpiError, TenancySpi,
};

/// Turns a [`TenancySpi`] into a [`Router`], and into a [`RoutingSpi`] for those who only want the decision.
///
/// ```
/// use std::sync::Arc;
///
/// use osproxy_layer::spi::{ClusterId, IndexPattern, PartitionId, PartitionKeySpec, SharedIndex};
/// use osproxy_layer::{PlacementTable, TableTenancy, TenancyRouter};
///
/// let table = Arc::new(PlacementTable::new());
/// let shared = SharedIndex::new(ClusterId::from("eu-1"), IndexPattern::parse("{index}-shared").unwrap());
/// table.put(PartitionId::parse("acme").unwrap(), shared.into())?;
///
/// let from = PartitionKeySpec::PrincipalAttr("tenant".into());
/// let router = TenancyRouter::new(TableTenancy::new(from, table));
/// # let _ = router;
/// # Ok::<(), osproxy_layer::PlacementError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TenancyRouter<T> {
    spi: T,
}

impl<T> TenancyRouter<T> {
    /// A router by these rules.
    #[must_use]
    pub const fn new(spi: T) -> Self {
        Self { spi }
    }

    /// The rules.
    #[must_use]
    pub const fn get_ref(&self) -> &T {
        &self.spi
    }
}

impl<T: TenancySpi> Router for TenancyRouter<T> {
    fn reads_body(&self) -> bool {
        self.spi.reads_body()
    }

    fn resolve_partition(&self, ctx: &RequestCtx<'_>) -> Result<Option<PartitionId>, SpiError> {
        self.spi.resolve_partition(ctx, ctx.body()).map(Some)
    }

    async fn resolve_placement(
        &self,
        ctx: &RequestCtx<'_>,
        partition: PartitionId,
    ) -> Result<Resolved, SpiError> {
        let at = self.spi.placement_for(&partition).await?;
        let (id_rule, injected) = (self.spi.doc_id_rule(), self.spi.injected_fields());
        let resolved = Resolved::from_placement(ctx, partition, &at, id_rule, &injected)?;
        Ok(resolved.or_endpoint(|cluster| self.spi.cluster_endpoint(cluster)))
    }

    async fn resolve(&self, ctx: &RequestCtx<'_>) -> Result<Resolved, SpiError> {
        let partition = self.spi.resolve_partition(ctx, ctx.body())?;
        self.resolve_placement(ctx, partition).await
    }

    fn admit_write(&self, partition: &PartitionId, epoch: Epoch) -> Admission {
        self.spi.admit_write(partition, epoch)
    }

    fn settled(&self, partition: &PartitionId, epoch: Epoch) -> impl Future<Output = ()> + Send {
        self.spi.settled(partition, epoch)
    }

    fn cluster_endpoint(&self, cluster: &ClusterId) -> Option<String> {
        self.spi.cluster_endpoint(cluster)
    }
}

impl<T: TenancySpi> RoutingSpi for TenancyRouter<T> {
    async fn route(&self, ctx: &RequestCtx<'_>) -> Result<RouteDecision, SpiError> {
        let resolved = self.resolve(ctx).await?;
        let index = ctx
            .logical_index()
            .map(|logical| resolved.physical_index(logical))
            .transpose()?;
        let target = resolved.target(index);
        let decision = RouteDecision::passthrough(target, Protocol::Http1, resolved.epoch());
        Ok(match resolved.scope() {
            Scope::Shared(shared) => {
                let field =
                    InjectedField::new(shared.rules.field().clone(), InjectedValue::PartitionId);
                let inject = [field]
                    .into_iter()
                    .chain(shared.rules.injected().iter().cloned())
                    .collect();
                decision.with_body_transform(BodyTransform::Both {
                    inject,
                    id: shared.id.clone(),
                })
            }
            Scope::Pinned(_) | Scope::Cluster(_) | Scope::Index { .. } => decision,
        })
    }
}
