//! A body that is read whole.

use bytes::Bytes;
use http_body::Body;
use http_body_util::LengthLimitError;

use crate::body::{BoxError, CollectError, RequestBody, collect};
use crate::outbound::Outbound;
use crate::rejection::Rejection;

/// Reads a body whole, and gives the ready instance back while it has to wait.
pub(crate) async fn read<S, B>(
    outbound: &mut Outbound<S>,
    body: RequestBody<B>,
    limit: usize,
) -> Result<Bytes, Rejection>
where
    S: Clone,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    match outbound.unless_pending(collect(body, limit)).await {
        Ok(bytes) => Ok(bytes),
        Err(CollectError::TooLarge) => Err(Rejection::too_large(limit)),
        Err(CollectError::Broken(error)) if is_over_a_bound(&*error) => {
            Err(Rejection::too_large(limit))
        }
        Err(CollectError::Broken(_)) => Err(Rejection::malformed(
            "parse_exception",
            "the request body broke off before its end",
        )),
    }
}

/// Whether an outer layer has bounded the body: it then ends with that layer's error, which the host's body type may
/// have wrapped.
fn is_over_a_bound(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source())
        .any(|error| error.is::<LengthLimitError>())
}
