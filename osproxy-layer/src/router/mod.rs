//! The seam that the stack is generic over, and what implements it.

mod moves;
mod partition;
mod placement_error;
mod placement_table;
mod resolved;
mod routing;
mod snapshot;
mod table_tenancy;
mod tenancy;

use std::future::Future;
use std::sync::Arc;

pub use moves::{Cutover, MoveBounds, MoveError, MoveStatus};
pub use placement_error::PlacementError;
pub use placement_table::PlacementTable;
pub use resolved::Resolved;
pub(crate) use resolved::{Scope, SharedScope};
pub use routing::RoutingRouter;
pub use table_tenancy::TableTenancy;
pub use tenancy::TenancyRouter;

use crate::spi::{Admission, ClusterId, Epoch, PartitionId, RequestCtx, SpiError};

/// Turns a request, and each item of a bulk, into [`Resolved`].
///
/// Most services don't implement it: [`TenancyRouter`] does for declarative rules, and
/// [`RoutingSpi::into_router`](crate::spi::RoutingSpi::into_router) for single decisions. It is not dyn-compatible,
/// by design: the stack is monomorphised. An implementation never panics.
///
/// The contract of a move (for those who implement it): every reopening, an abort included, has a higher epoch; the
/// epoch stays while a move is only begun; a placement is published before its epoch opens.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `osproxy_layer::Router`",
    note = "wrap a `TenancySpi` in `TenancyRouter::new`, or call `into_router()` on a `RoutingSpi`"
)]
pub trait Router: Send + Sync + 'static {
    /// Whether a single document's body must be read before the request can be placed.
    fn reads_body(&self) -> bool {
        false
    }

    /// Names the partition of a request, or of one item of a bulk. `None`: this router knows no partitions, and
    /// decides each request by itself.
    ///
    /// # Errors
    /// [`SpiError::PartitionUnresolved`] and its kin.
    fn resolve_partition(&self, ctx: &RequestCtx<'_>) -> Result<Option<PartitionId>, SpiError>;

    /// Where the partition lives now, with the rules for its requests.
    fn resolve_placement(
        &self,
        ctx: &RequestCtx<'_>,
        partition: PartitionId,
    ) -> impl Future<Output = Result<Resolved, SpiError>> + Send;

    /// Both in one.
    fn resolve(
        &self,
        ctx: &RequestCtx<'_>,
    ) -> impl Future<Output = Result<Resolved, SpiError>> + Send;

    /// Whether a write that was resolved at this epoch may be dispatched now.
    fn admit_write(&self, partition: &PartitionId, epoch: Epoch) -> Admission;

    /// Ends when the partition admits writes again, at an epoch above this one.
    fn settled(&self, partition: &PartitionId, epoch: Epoch) -> impl Future<Output = ()> + Send;

    /// A cluster's base URL, for clients that don't know clusters by name.
    fn cluster_endpoint(&self, _cluster: &ClusterId) -> Option<String> {
        None
    }
}

impl<R: Router> Router for Arc<R> {
    fn reads_body(&self) -> bool {
        R::reads_body(self)
    }

    fn resolve_partition(&self, ctx: &RequestCtx<'_>) -> Result<Option<PartitionId>, SpiError> {
        R::resolve_partition(self, ctx)
    }

    fn resolve_placement(
        &self,
        ctx: &RequestCtx<'_>,
        partition: PartitionId,
    ) -> impl Future<Output = Result<Resolved, SpiError>> + Send {
        R::resolve_placement(self, ctx, partition)
    }

    fn resolve(
        &self,
        ctx: &RequestCtx<'_>,
    ) -> impl Future<Output = Result<Resolved, SpiError>> + Send {
        R::resolve(self, ctx)
    }

    fn admit_write(&self, partition: &PartitionId, epoch: Epoch) -> Admission {
        R::admit_write(self, partition, epoch)
    }

    fn settled(&self, partition: &PartitionId, epoch: Epoch) -> impl Future<Output = ()> + Send {
        R::settled(self, partition, epoch)
    }

    fn cluster_endpoint(&self, cluster: &ClusterId) -> Option<String> {
        R::cluster_endpoint(self, cluster)
    }
}
