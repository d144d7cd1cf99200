//! What the gate says of a write that must be resolved anew.

use std::fmt;
use std::sync::Arc;

use http::Response;

use crate::body::ResponseBody;
use crate::rejection::Rejection;
use crate::spi::PartitionId;

/// A write wasn't dispatched, because these partitions have moved or are moving: it must be resolved anew.
///
/// In the extensions of the 429 that the gate answers.
#[derive(Clone)]
pub struct Superseded {
    partitions: Arc<[PartitionId]>,
}

impl Superseded {
    /// The partitions that moved.
    #[must_use]
    pub fn partitions(&self) -> &[PartitionId] {
        &self.partitions
    }

    pub(super) fn new(partitions: impl IntoIterator<Item = PartitionId>) -> Self {
        Self {
            partitions: partitions.into_iter().collect(),
        }
    }

    pub(super) fn into_response<T>(self) -> Response<ResponseBody<T>> {
        let mut response =
            Rejection::busy("the tenant is being moved, try again", 1).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Debug for Superseded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Superseded")
            .field("partitions", &self.partitions.len())
            .finish()
    }
}
