//! The one value that our layers keep in a request's extensions.
//!
//! An insert costs as much as a box, so what is read together is one type, changed in place. Outsiders read it
//! through the accessors of the concepts in it: `Endpoint::get`, `Resolved::get`, `Target::get`.

use std::sync::Arc;

use http::Extensions;

use crate::endpoint::Endpoint;
use crate::gate::{Hold, Load};
use crate::router::Resolved;
use crate::spi::{Epoch, PartitionId, Target};

#[derive(Clone, Debug)]
pub(crate) struct RequestState {
    endpoint: Arc<Endpoint>,
    resolved: Option<Resolved>,
    stage: Stage,
    /// What is left of the time that the gate may hold it: set once, however often it is sent.
    hold: Option<Hold>,
    /// What is kept of it while the gate holds it, where that is more than its body.
    load: Option<Arc<Load>>,
}

#[derive(Clone, Debug)]
enum Stage {
    /// Spelled as the client sent it. Never dispatched.
    Logical,
    /// Spelled for a cluster, with the stamps of every write in it.
    Physical {
        target: Target,
        stamps: Arc<[WriteStamp]>,
    },
}

/// That a request writes to a partition, and at which epoch it was resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct WriteStamp {
    pub(crate) partition: PartitionId,
    pub(crate) epoch: Epoch,
}

impl RequestState {
    pub(crate) fn logical(endpoint: Arc<Endpoint>, resolved: Option<Resolved>) -> Self {
        Self {
            endpoint,
            resolved,
            stage: Stage::Logical,
            hold: None,
            load: None,
        }
    }

    /// The same, for a request that was held before.
    pub(crate) fn with_hold(mut self, hold: Hold) -> Self {
        self.hold = Some(hold);
        self
    }

    pub(crate) fn hold(&self) -> Option<Hold> {
        self.hold
    }

    /// The same, where the request's partition lives elsewhere now. One whose items are placed one by one stays as it is.
    pub(crate) fn placed_anew(mut self, resolved: Resolved) -> Self {
        self.resolved = self.resolved.map(|_| resolved);
        self
    }

    /// The same, for a part of a request that is kept whole.
    pub(crate) fn with_load(mut self, load: Load) -> Self {
        self.load = Some(Arc::new(load));
        self
    }

    pub(crate) fn load(&self) -> Option<&Load> {
        self.load.as_deref()
    }

    pub(crate) fn get(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    pub(crate) fn take(extensions: &mut Extensions) -> Option<Self> {
        extensions.remove()
    }

    pub(crate) fn endpoint(&self) -> &Arc<Endpoint> {
        &self.endpoint
    }

    pub(crate) fn resolved(&self) -> Option<&Resolved> {
        self.resolved.as_ref()
    }

    pub(crate) fn target(&self) -> Option<&Target> {
        match &self.stage {
            Stage::Logical => None,
            Stage::Physical { target, .. } => Some(target),
        }
    }

    pub(crate) fn is_logical(&self) -> bool {
        matches!(self.stage, Stage::Logical)
    }

    pub(crate) fn stamps(&self) -> &[WriteStamp] {
        match &self.stage {
            Stage::Logical => &[],
            Stage::Physical { stamps, .. } => stamps,
        }
    }

    /// Makes it the state of a physical request.
    pub(crate) fn into_physical(mut self, target: Target, stamps: Arc<[WriteStamp]>) -> Self {
        self.stage = Stage::Physical { target, stamps };
        self
    }
}

impl Endpoint {
    /// Which API a request is for, as the resolve layer found.
    ///
    /// ```
    /// use osproxy_layer::endpoint::Endpoint;
    ///
    /// fn template<B>(request: &http::Request<B>) -> Option<&'static str> {
    ///     Some(Endpoint::get(request.extensions())?.route().template())
    /// }
    /// # let _ = template::<()>;
    /// ```
    #[must_use]
    pub fn get(extensions: &Extensions) -> Option<&Self> {
        RequestState::get(extensions).map(|state| &**state.endpoint())
    }
}
