//! `PUT /{index}` on a shared placement.
//!
//! A logical index exists when its physical one does, or when the placement declares it. Its mapping and its settings
//! are the operator's: a client may ask for the index to be there, and nothing more.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use super::asked::Asked;
use super::output::Authored;
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::future::Stopped;
use crate::preflight::Found;
use crate::rejection::{Rejection, RejectionKind};
use crate::resolve::caller::Caller;
use crate::rewrite::json::tree::Value;

/// Makes the index, or says that it is there.
pub(super) async fn create<'a, S, R, B, T>(
    caller: &mut Caller<'_, S, R>,
    asked: &Asked<'a>,
    body: &[u8],
) -> Result<Authored<'a>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let logical = asked.endpoint.index().unwrap_or_default();
    if caller.look(logical, false).await? == Found::Good {
        let taken = Rejection::new(
            RejectionKind::Refused,
            StatusCode::BAD_REQUEST,
            "resource_already_exists_exception",
            format!("index [{logical}] already exists"),
        );
        return Err(taken.into());
    }
    let is_plain = body.is_empty()
        || serde_json::from_slice(body).is_ok_and(|sent: serde_json::Map<_, _>| sent.is_empty());
    if !is_plain {
        let reason = "an index that tenants share takes no mappings, settings or aliases from one of them: \
                      they are the operator's. Create it without a body, or by its first document";
        return Err(Rejection::refused(reason).into());
    }
    caller.look(logical, true).await?;
    Ok(Authored::ok(Value::object([
        ("acknowledged", Value::Bool(true)),
        ("shards_acknowledged", Value::Bool(true)),
        ("index", Value::text(logical)),
    ])))
}
