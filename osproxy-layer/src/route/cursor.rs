//! What is about a cursor, on its way there and back.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{Request, Response, StatusCode};
use http_body::Body;

use super::answer::{self, Shown, headers, primed, read_whole, spaced, unreadable};
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::cursor::{self, Context, CursorKind, Quota, Sealing};
use crate::endpoint::{Endpoint, Operation, Query};
use crate::plan::{CursorCall, Shows, check_media};
use crate::rejection::Rejection;
use crate::rewrite::response::{self, Cursor, ReverseError, SealCursor, Stream};
use crate::rewriter::Rewriter;
use crate::stack::Stack;

/// The largest answer to the closing of cursors that is read, in bytes: some hundreds for each of them.
const MAX_CLOSED: usize = 64 * 1024 * 1024;

/// Whether a request on a cluster of the partition's own may be about a cursor. All others stream through.
pub(super) fn concerns<B>(endpoint: &Endpoint, request: &Request<RequestBody<B>>) -> bool
where
    B: Body<Data = Bytes>,
{
    match endpoint.operation() {
        Operation::Scroll
        | Operation::ClearScroll
        | Operation::CreatePit
        | Operation::DeletePit => true,
        Operation::Search => {
            let Ok(query) = Query::parse(request.uri().query().unwrap_or_default()) else {
                return false;
            };
            // A point in time has no index beside it. A body that can't be read can hold none: its id would be sealed.
            let root = endpoint.index().is_none() && query.get("index").is_none();
            let read = !request.body().is_end_stream() && check_media(request.headers()).is_ok();
            query.get("scroll").is_some() || (root && (read || query.get("source").is_some()))
        }
        _ => false,
    }
}

/// What seals the cursor in the answer. It takes the partition's share of open ones where the answer opens one.
pub(super) fn sealing<R>(
    stack: &Stack<R>,
    call: &CursorCall,
) -> Result<Option<Sealing>, Rejection> {
    let Some(kind) = call.seals else {
        return Ok(None);
    };
    let desk = stack.cursors();
    let quota = &desk.cursors.quota;
    let context = match &call.keep_alive {
        _ if call.home.is_cluster() => Context::Uncounted,
        keep_alive if !call.handles.is_empty() => {
            Context::Kept(Arc::clone(quota), keep_alive.clone())
        }
        keep_alive => {
            let most = stack.settings().max_cursors;
            let time = keep_alive
                .as_ref()
                .map_or_else(Default::default, |kept| kept.time);
            let slot = quota
                .reserve(&call.owner, most, time)
                .ok_or_else(|| Rejection::too_many_cursors(most))?;
            Context::Opened(Mutex::new(Some(slot)))
        }
    };
    let shape = match (&call.shows, kind) {
        (Shows::Hits(shape), CursorKind::Scroll) => shape.clone(),
        _ => Default::default(),
    };
    Ok(Some(Sealing {
        keys: desk.keys()?.clone(),
        kind,
        owner: call.owner.clone(),
        home: Arc::clone(&call.home),
        shape,
        context,
    }))
}

/// Turns the answer back by the rules of the placement that the cursor was opened on.
pub(super) async fn turn_back<T>(
    response: Response<ResponseBody<T>>,
    shown: Shown,
    call: &CursorCall,
    sealing: Option<Sealing>,
    quota: &Quota,
) -> Response<ResponseBody<T>>
where
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    if !response.status().is_success() {
        if let Some(sealing) = sealing {
            sealing.refused();
        }
        return refused(response, shown, call).await;
    }
    if call.passes() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    if call.home.is_cluster() {
        if parts.headers.contains_key(CONTENT_ENCODING) {
            return Rejection::upstream("the cluster encodes an answer that has to be read")
                .into_response();
        }
        parts.headers.remove(CONTENT_LENGTH);
    } else {
        parts.headers = headers(&parts.headers, true, &shown);
    }
    let turned = match &call.shows {
        Shows::Freed | Shows::Closed => closed(body, &shown, call, quota).await,
        _ if call.home.is_cluster() => streamed(Stream::own_cluster(), body, shown, sealing).await,
        Shows::Hits(shape) => {
            let mut reversal = shown.reversal.clone();
            if let Some(positions) = call.positions.clone() {
                reversal = reversal.seal_positions(move |number| positions.seal(number));
            }
            let stream = Stream::search(reversal, shape.clone());
            streamed(stream, body, shown, sealing).await
        }
        Shows::Opened => {
            let stream = Stream::point_in_time(shown.reversal.clone());
            streamed(stream, body, shown, sealing).await
        }
        Shows::Anything => Err(Rejection::internal("an answer of no known shape")),
    };
    match turned {
        Ok(body) => Response::from_parts(parts, body),
        Err(rejection) => rejection.into_response(),
    }
}

/// An error of the cluster. One about a context that is gone would print the counter that its id is made of, so it is
/// answered as a cursor is that can't be opened.
async fn refused<T>(
    response: Response<ResponseBody<T>>,
    shown: Shown,
    call: &CursorCall,
) -> Response<ResponseBody<T>>
where
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    if response.status() == StatusCode::NOT_FOUND && !call.handles.is_empty() {
        let mut missing = cursor::missing().into_response();
        // The cluster has said so.
        missing.extensions_mut().remove::<Rejection>();
        return missing;
    }
    if call.home.is_cluster() {
        return response;
    }
    answer::turn_back(response, shown).await
}

async fn streamed<T>(
    stream: Stream,
    body: ResponseBody<T>,
    shown: Shown,
    sealing: Option<Sealing>,
) -> Result<ResponseBody<T>, Rejection>
where
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let stream = match sealing {
        Some(sealing) => {
            let kind = match sealing.kind {
                CursorKind::Scroll => Cursor::Scroll,
                CursorKind::PointInTime => Cursor::PointInTime,
            };
            let seal = move |upstream: &str| sealing.seal(upstream);
            stream.sealing(SealCursor::new(kind, seal))
        }
        None => stream,
    };
    primed(body, Rewriter::new(stream, shown.filter, shown.pretty)).await
}

/// What was closed no longer counts.
async fn closed<T>(
    body: ResponseBody<T>,
    shown: &Shown,
    call: &CursorCall,
    quota: &Quota,
) -> Result<ResponseBody<T>, Rejection>
where
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    for handle in &call.handles {
        quota.close(&call.owner, &handle.upstream);
    }
    let raw = read_whole(body, MAX_CLOSED).await?;
    let mut out = Vec::with_capacity(raw.len());
    written(&raw, call, &mut out).map_err(|error| unreadable(&error))?;
    if let Some(filter) = &shown.filter {
        out = filter
            .apply(&out)
            .map_err(|_| Rejection::upstream("the answer of the cluster can't be filtered"))?;
        spaced(&mut out, shown.pretty);
    }
    Ok(ResponseBody::from(Bytes::from(out)))
}

fn written(raw: &[u8], call: &CursorCall, out: &mut Vec<u8>) -> Result<(), ReverseError> {
    if matches!(call.shows, Shows::Freed) {
        return response::freed(raw, out);
    }
    let own = |upstream: &str| {
        call.handles
            .iter()
            .find(|handle| handle.upstream == upstream)
            .map(|handle| &*handle.sealed)
    };
    response::closed(raw, own, out)
}
