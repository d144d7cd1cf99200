//! A `RoutingSpi` alone as a router.

use std::future::{Future, ready};

use super::{Resolved, Router};
use crate::spi::{Admission, Epoch, PartitionId, RequestCtx, RoutingSpi, SpiError, WritePermit};

/// Drives the stack with single decisions: see [`RoutingSpi::into_router`].
#[derive(Clone, Debug)]
pub struct RoutingRouter<T> {
    spi: T,
}

impl<T> RoutingRouter<T> {
    pub(crate) const fn new(spi: T) -> Self {
        Self { spi }
    }

    /// The decisions.
    #[must_use]
    pub fn get_ref(&self) -> &T {
        &self.spi
    }
}

impl<T: RoutingSpi> Router for RoutingRouter<T> {
    fn resolve_partition(&self, _ctx: &RequestCtx<'_>) -> Result<Option<PartitionId>, SpiError> {
        Ok(None)
    }

    async fn resolve_placement(
        &self,
        ctx: &RequestCtx<'_>,
        _partition: PartitionId,
    ) -> Result<Resolved, SpiError> {
        self.resolve(ctx).await
    }

    async fn resolve(&self, ctx: &RequestCtx<'_>) -> Result<Resolved, SpiError> {
        Resolved::from_decision(&self.spi.route(ctx).await?)
    }

    // Nothing moves without a partition.
    fn admit_write(&self, _partition: &PartitionId, _epoch: Epoch) -> Admission {
        Admission::Admitted(WritePermit::none())
    }

    fn settled(&self, _partition: &PartitionId, _epoch: Epoch) -> impl Future<Output = ()> + Send {
        ready(())
    }
}
