//! A bulk of a partition with a cluster of its own: it streams through, unread.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::super::handles;
use super::work;
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::future::Stopped;
use crate::outbound::Outbound;
use crate::rejection::Rejection;
use crate::route::{Ended, Held};
use crate::router::Router;
use crate::stack::Stack;
use crate::state::RequestState;

/// Sends it on, and again where the gate has held it. Where its partition then shares a cluster, it is read after all.
pub(in crate::demux) async fn through<S, R, B, T>(
    stack: Stack<R>,
    mut outbound: Outbound<S>,
    mut request: Request<RequestBody<B>>,
) -> Result<Response<ResponseBody<T>>, Stopped<S::Error>>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    loop {
        let missing = || Rejection::missing_layer("ResolveLayer");
        let state = RequestState::get(request.extensions()).ok_or_else(missing)?;
        if handles(state) {
            return Ok(work(stack, outbound, request).await?);
        }
        let endpoint = Arc::clone(state.endpoint());
        let resolved = state.resolved().cloned().ok_or_else(missing)?;
        let kept = request.body().own();
        let mut parts = Request::new(()).into_parts().0;
        parts.method = request.method().clone();
        parts.uri = request.uri().clone();
        parts.headers = request.headers().clone();
        let response = outbound.send(request).await.map_err(Stopped::Failed)?;
        let held = Held {
            parts,
            endpoint,
            resolved,
            kept,
        };
        match held.settle(&stack, &mut outbound, response).await? {
            Ended::Answered(response) => return Ok(response),
            Ended::Again(again) => request = *again,
        }
    }
}
