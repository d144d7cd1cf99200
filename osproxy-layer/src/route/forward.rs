//! Requests on a dedicated cluster: the path and the headers are rebuilt, all else streams.

use std::sync::Arc;

use http::{HeaderMap, Request, Uri};

use crate::body::RequestBody;
use crate::endpoint::{Operation, Query, QueryError};
use crate::plan::{check_single_type, forwarded, on_own_cluster};
use crate::rejection::Rejection;
use crate::router::{Resolved, Scope};
use crate::spi::IndexName;
use crate::state::{RequestState, WriteStamp};

/// The physical request.
pub(super) fn physical<B>(
    mut request: Request<RequestBody<B>>,
    resolved: &Resolved,
) -> Result<(Request<RequestBody<B>>, Logical), Rejection> {
    let state = RequestState::take(request.extensions_mut())
        .ok_or_else(|| Rejection::missing_layer("ResolveLayer"))?;
    check_single_type(request.headers())?;
    let endpoint = Arc::clone(state.endpoint());
    let index = endpoint.index();
    let query = Query::parse(request.uri().query().unwrap_or_default())
        .map_err(|error| malformed(&error))?;
    let forward = on_own_cluster(&endpoint, &query)?;
    let mut path = endpoint.physical_path(None, None);
    if !forward.is_empty() {
        path.push('?');
        path.push_str(&forward.encode());
    }
    let target = resolved.target(index.map(IndexName::from));
    let stamps = stamps_of(&state, resolved);
    let uri = path
        .parse()
        .map_err(|_| Rejection::internal("a path that makes no URI"))?;
    let headers = forwarded(request.headers(), resolved.header_ops());
    let logical = Logical {
        uri: std::mem::replace(request.uri_mut(), uri),
        headers: std::mem::replace(request.headers_mut(), headers),
    };
    request
        .extensions_mut()
        .insert(state.into_physical(target, stamps));
    Ok((request, logical))
}

/// What the client sent and the physical request spells otherwise.
pub(super) struct Logical {
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
}

/// Whether the gate may hold a request, so that it must be possible to send it again.
fn may_be_held(state: &RequestState, resolved: &Resolved) -> bool {
    let operation = state.endpoint().operation();
    // A bulk is the demux layer's wherever else its partition lives.
    resolved.partition().is_some() && operation.is_write() && operation != Operation::Bulk
}

/// The same, for a request to a cluster of the partition's own.
pub(super) fn may_be_held_on_its_cluster(state: &RequestState, resolved: &Resolved) -> bool {
    matches!(resolved.scope(), Scope::Cluster(_)) && may_be_held(state, resolved)
}

/// The stamp of a request that writes to one partition.
pub(super) fn stamps_of(state: &RequestState, resolved: &Resolved) -> Arc<[WriteStamp]> {
    match resolved.partition() {
        Some(partition) if state.endpoint().operation().is_write() => Arc::new([WriteStamp {
            partition: partition.clone(),
            epoch: resolved.epoch(),
        }]),
        _ => Arc::new([]),
    }
}

/// A query string that has no single reading.
pub(crate) fn malformed(error: &QueryError) -> Rejection {
    Rejection::malformed("illegal_argument_exception", error.to_string())
}
