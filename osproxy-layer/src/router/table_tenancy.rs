//! Declared partition sources over a placement table.

use std::future::{Future, ready};
use std::sync::Arc;

use super::PlacementTable;
use crate::spi::{
    Admission, BodyDoc, Epoch, PartitionId, PartitionKeySpec, PlacementAt, RequestCtx, SpiError,
    TenancySpi,
};

/// The [`TenancySpi`] that needs no code: a source of the partition's name, and a [`PlacementTable`].
#[derive(Clone, Debug)]
pub struct TableTenancy {
    from: PartitionKeySpec,
    table: Arc<PlacementTable>,
}

impl TableTenancy {
    /// Partitions named by this source, placed by this table.
    #[must_use]
    pub const fn new(from: PartitionKeySpec, table: Arc<PlacementTable>) -> Self {
        Self { from, table }
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> &Arc<PlacementTable> {
        &self.table
    }
}

impl TenancySpi for TableTenancy {
    fn resolve_partition(
        &self,
        ctx: &RequestCtx<'_>,
        body: BodyDoc<'_>,
    ) -> Result<PartitionId, SpiError> {
        self.from.resolve(ctx, body)
    }

    fn placement_for(
        &self,
        partition: &PartitionId,
    ) -> impl Future<Output = Result<PlacementAt, SpiError>> + Send {
        ready(self.table.get(partition).ok_or(SpiError::PlacementMissing))
    }

    fn reads_body(&self) -> bool {
        self.from.reads_body()
    }

    fn admit_write(&self, partition: &PartitionId, epoch: Epoch) -> Admission {
        self.table.admit_write(partition, epoch)
    }

    fn settled(&self, partition: &PartitionId, epoch: Epoch) -> impl Future<Output = ()> + Send {
        self.table.settled(partition, epoch)
    }
}
