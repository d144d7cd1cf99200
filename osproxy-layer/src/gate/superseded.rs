//! What the gate says of a write that must be resolved anew.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::{Extensions, Response};

use super::Hold;
use crate::body::ResponseBody;
use crate::rejection::Rejection;
use crate::spi::PartitionId;

/// A write wasn't dispatched, because these partitions have moved or are moving: it must be resolved anew.
///
/// In the extensions of the 429 that the gate answers.
#[derive(Clone)]
pub struct Superseded {
    partitions: Arc<[PartitionId]>,
    /// What the gate gives back; nothing where its time ran out.
    returned: Option<Arc<dyn Any + Send + Sync>>,
}

/// What a layer needs to send a request again that the gate has not dispatched.
pub(crate) struct Returned<B> {
    /// The caller's body, where it was not read.
    pub(crate) body: Option<B>,
    pub(crate) extensions: Extensions,
    pub(crate) hold: Hold,
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
            returned: None,
        }
    }

    pub(super) fn returning<B: Send + 'static>(mut self, returned: Returned<B>) -> Self {
        self.returned = Some(Arc::new(Mutex::new(Some(returned))));
        self
    }

    /// Whether an answer brings back a request that may be sent again.
    pub(crate) fn returns<T>(response: &Response<T>) -> bool {
        let superseded: Option<&Self> = response.extensions().get();
        superseded.is_some_and(|superseded| superseded.returned.is_some())
    }

    /// What the gate gave back with an answer, if it may be sent again.
    pub(crate) fn take<B: Send + 'static, T>(response: &mut Response<T>) -> Option<Returned<B>> {
        let superseded: &mut Self = response.extensions_mut().get_mut()?;
        let returned = superseded.returned.take()?;
        let returned = returned.downcast::<Mutex<Option<Returned<B>>>>().ok()?;
        let mut returned = returned.lock().unwrap_or_else(PoisonError::into_inner);
        returned.take()
    }

    pub(super) fn into_response<T>(self) -> Response<ResponseBody<T>> {
        let mut response = Self::rejection().into_response();
        response.extensions_mut().insert(self);
        response
    }

    /// What the client is told.
    pub(crate) fn rejection() -> Rejection {
        Rejection::busy("the tenant is being moved, try again", 1)
    }
}

impl fmt::Debug for Superseded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Superseded")
            .field("partitions", &self.partitions.len())
            .finish()
    }
}
