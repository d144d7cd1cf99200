//! The low-level seam: one decision a request.

use std::future::Future;

use super::{RequestCtx, RouteDecision, SpiError};
use crate::router::RoutingRouter;

/// Decides where a request goes, with full control.
///
/// Exactly one [`Target`](super::Target) a request: nothing is scattered. The decision's epoch comes from the
/// placement state that it was derived from. An implementation never panics.
///
/// Alone it drives the stack through [`into_router`](Self::into_router): the path's index is replaced by the
/// target's, names are turned back in the answer, ids and bodies stay untouched. It is not dyn-compatible, by
/// design: the stack is monomorphised.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't decide where a request goes",
    note = "implement `RoutingSpi` for one decision a request, or `TenancySpi` for declarative rules"
)]
pub trait RoutingSpi: Send + Sync + 'static {
    /// Decides one request.
    fn route(
        &self,
        ctx: &RequestCtx<'_>,
    ) -> impl Future<Output = Result<RouteDecision, SpiError>> + Send;

    /// The router that drives the stack with these decisions.
    fn into_router(self) -> RoutingRouter<Self>
    where
        Self: Sized,
    {
        RoutingRouter::new(self)
    }
}
