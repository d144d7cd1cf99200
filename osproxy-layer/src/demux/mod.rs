//! Takes bulks apart: one upstream request a cluster, whatever the number of items and tenants.
//!
//! Items are grouped by cluster in order, so that two writes to one document keep theirs. The groups run side by side
//! under a bound, and the client gets one answer, its items in the order sent. What can't be placed, what the screen
//! refuses and what a dead cluster had are errors of their own items; the others go on.
//!
//! ```
//! use osproxy_layer::{DemuxLayer, Stack};
//! # use osproxy_layer::Router;
//! # fn demux<R: Router>(router: R) {
//! let layer = DemuxLayer::of(&Stack::new(router).max_groups_in_flight(4));
//! # let _ = layer;
//! # }
//! ```
//!
//! # Order
//!
//! Inside of [`ResolveLayer`](crate::ResolveLayer) and outside of [`WriteGateLayer`](crate::WriteGateLayer); beside
//! [`RouteLayer`](crate::RouteLayer), on either side. Outside of it is better: there it takes up a bulk for a cluster of its
//! tenant's own that the gate has held, and on the inside the client is told to send that again.
//!
//! # Errors
//!
//! 400 for a body that is malformed as a whole, before anything is sent; 413 over the bound. Everything else is an
//! item's own error inside a 200. Where all items were for one cluster and it refused the bulk, its status is kept.

mod bulk;
mod frame;
mod group;
mod mget;
mod msearch;
mod multi;
mod place;
mod receive;
mod send;

use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use http_body::Body;
use tower_service::Service;

use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::{Operation, PlacementKind};
use crate::future::{ResponseFuture, Stopped};
use crate::outbound::{Outbound, take_ready};
use crate::plumbing::stack_layer;
use crate::rejection::Rejection;
use crate::router::{Resolved, Router};
use crate::state::RequestState;

stack_layer!(DemuxLayer, Demux);

/// Whether this layer handles a request. A bulk of one partition with a cluster of its own streams through instead.
pub(crate) fn handles(state: &RequestState) -> bool {
    let own_cluster = state.resolved().map(Resolved::kind) == Some(PlacementKind::DedicatedCluster);
    let several = matches!(
        state.endpoint().operation(),
        Operation::Bulk | Operation::Mget | Operation::Msearch
    );
    several && !own_cluster
}

impl<S, R, B, T> Service<Request<RequestBody<B>>> for Demux<S, R>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    T: Body<Data = Bytes> + Send + 'static,
    T::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, T, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody<B>>) -> Self::Future {
        let mut inner = take_ready(&mut self.inner);
        let Some(state) = RequestState::get(request.extensions()) else {
            return ResponseFuture::answered(Rejection::missing_layer("ResolveLayer"));
        };
        let operation = state.endpoint().operation();
        let ours = handles(state);
        // One that streams through is taken up again should the gate hold it.
        let passes = operation != Operation::Bulk || state.resolved().is_none();
        if !state.is_logical() || (!ours && passes) {
            return ResponseFuture::passed(inner.call(request));
        }
        let outbound = Outbound::ready(inner);
        let stack = self.stack.clone();
        ResponseFuture::worked(Box::pin(async move {
            if !ours {
                let answer = bulk::through(stack, outbound, request).await;
                return answer.or_else(Stopped::into_result);
            }
            let answer = match operation {
                Operation::Mget => mget::work(stack, outbound, request).await,
                Operation::Msearch => msearch::work(stack, outbound, request).await,
                _ => bulk::work(stack, outbound, request).await,
            };
            Ok(answer.unwrap_or_else(Rejection::into_response))
        }))
    }
}

fn answer<T>(body: Vec<u8>) -> Response<ResponseBody<T>> {
    let mut response = Response::new(ResponseBody::from(Bytes::from(body)));
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=UTF-8"),
    );
    response
}
