//! `HEAD /{index}` and `PUT /{index}` on a shared placement.
//!
//! A logical index exists when its physical one does, or when the placement declares it. Its mapping and its settings
//! are the operator's: a client may ask for the index to be there, and nothing more.

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use super::info;
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::future::Stopped;
use crate::outbound::Outbound;
use crate::plan::single_index;
use crate::preflight::{Asker, Found};
use crate::rejection::{Rejection, RejectionKind};
use crate::rewrite::filter_path::FilterPath;
use crate::router::Resolved;
use crate::spi::SpiError;
use crate::stack::Stack;
use crate::state::RequestState;

/// `HEAD /{index}`.
pub(super) async fn exists<S, R, B, T>(
    stack: &Stack<R>,
    outbound: &mut Outbound<S>,
    parts: &Parts,
    state: &RequestState,
    resolved: &Resolved,
) -> Result<Response<ResponseBody<T>>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let found = look(stack, outbound, parts, state, resolved, false).await?;
    let mut response = info::ping();
    if found == Found::Missing {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    Ok(response)
}

/// What a client wants of an index that it creates, and of the answer.
pub(super) struct Create<'a> {
    pub(super) body: &'a [u8],
    pub(super) filter: Option<&'a FilterPath>,
}

/// `PUT /{index}`.
pub(super) async fn create<S, R, B, T>(
    stack: &Stack<R>,
    outbound: &mut Outbound<S>,
    parts: &Parts,
    state: &RequestState,
    resolved: &Resolved,
    wanted: Create<'_>,
) -> Result<Response<ResponseBody<T>>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let logical = state.endpoint().index().unwrap_or_default();
    if look(stack, outbound, parts, state, resolved, false).await? == Found::Good {
        let taken = Rejection::new(
            RejectionKind::Refused,
            StatusCode::BAD_REQUEST,
            "resource_already_exists_exception",
            format!("index [{logical}] already exists"),
        );
        return Err(taken.into());
    }
    let is_plain = wanted.body.is_empty()
        || serde_json::from_slice(wanted.body)
            .is_ok_and(|sent: serde_json::Map<_, _>| sent.is_empty());
    if !is_plain {
        let reason = "an index that tenants share takes no mappings, settings or aliases from one of them: \
                      they are the operator's. Create it without a body, or by its first document";
        return Err(Rejection::refused(reason).into());
    }
    look(stack, outbound, parts, state, resolved, true).await?;
    let mut answer = br#"{"acknowledged":true,"shards_acknowledged":true,"index":"#.to_vec();
    crate::rewrite::json::write_string(&mut answer, logical);
    answer.push(b'}');
    Ok(info::filtered(Bytes::from(answer), wanted.filter)?)
}

async fn look<S, R, B, T>(
    stack: &Stack<R>,
    outbound: &mut Outbound<S>,
    parts: &Parts,
    state: &RequestState,
    resolved: &Resolved,
    create: bool,
) -> Result<Found, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let (shared, _) = resolved
        .shared()
        .ok_or_else(|| Rejection::from(SpiError::PlacementMissing))?;
    let pair = match single_index(resolved, state.endpoint().index().unwrap_or_default()) {
        Ok(pair) => pair,
        Err(rejection) if rejection.status() == StatusCode::NOT_FOUND && !create => {
            return Ok(Found::Missing);
        }
        Err(rejection) => return Err(rejection.into()),
    };
    if shared.rules.indices().is_some() && !create {
        // Declared: `single_index` has told the others apart.
        return Ok(Found::Good);
    }
    let asker = Asker {
        resolved,
        rules: &shared.rules,
        state,
        extensions: &parts.extensions,
    };
    stack
        .checks()
        .ensure(outbound, &asker, &pair.physical, create)
        .await
}
