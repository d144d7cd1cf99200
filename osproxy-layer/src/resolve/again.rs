//! Resolves a write anew that the gate has not dispatched.

use http::request::Parts;

use super::decide::{Next, document_of, on_placement};
use crate::endpoint::Endpoint;
use crate::outbound::Outbound;
use crate::rejection::Rejection;
use crate::router::{Resolved, Router};
use crate::spi::{BodyDoc, Principal, RequestCtx};
use crate::stack::Stack;

/// Where the partition lives now. `None` where that is no later than before: sending it again would only spin.
///
/// # Errors
/// When the router has no answer, or the new placement refuses the endpoint.
pub(crate) async fn again<S: Clone, R: Router>(
    stack: &Stack<R>,
    outbound: &mut Outbound<S>,
    parts: &Parts,
    endpoint: &Endpoint,
    (before, body): (&Resolved, &[u8]),
) -> Result<Option<Resolved>, Rejection> {
    let Some(partition) = before.partition() else {
        return Ok(None);
    };
    let ctx = RequestCtx::new(&parts.method, endpoint, &parts.headers)
        .with_principal(Principal::get(&parts.extensions))
        .with_version(parts.version)
        .with_query(parts.uri.query())
        .with_body(BodyDoc::new(document_of(endpoint, body)));
    let router = stack.router();
    let placing = router.resolve_placement(&ctx, partition.clone());
    let resolved = outbound.unless_pending(placing).await?;
    if resolved.epoch() <= before.epoch() {
        return Ok(None);
    }
    Ok(match on_placement(endpoint, Some(&resolved))? {
        Next::On => Some(resolved),
        // Answered by the layer outside, when the client sends it again.
        Next::Here => None,
    })
}
