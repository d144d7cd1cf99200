//! Spells a logical request for its cluster, and the answer back.
//!
//! Every request for one document, every search and every count passes here. The path, the parameters, the headers
//! and, on a shared index, the body are written anew from typed values; the answer is turned back in one pass. A
//! request on a dedicated cluster only has its path and headers rebuilt, and streams.
//!
//! ```
//! use osproxy_layer::{RouteLayer, Stack};
//! # use osproxy_layer::Router;
//! # fn route<R: Router>(router: R) {
//! let layer = RouteLayer::of(&Stack::new(router).max_body_bytes(10 * 1024 * 1024));
//! # let _ = layer;
//! # }
//! ```
//!
//! # Order
//!
//! Inside of [`ResolveLayer`](crate::ResolveLayer), whose findings it reads, and outside of
//! [`WriteGateLayer`](crate::WriteGateLayer). What [`DemuxLayer`](crate::DemuxLayer) handles passes through.
//!
//! # Errors
//!
//! 400 for what the screen refuses, 404 for a cursor that can't be opened, 413 for a body over its bound, 415 for an
//! encoded one, 429 for a partition with too many open cursors, 502 for an answer that can't be turned back.

mod answer;
mod cursor;
mod empty;
mod forward;
mod held;
mod read;
mod work;

pub(crate) use forward::malformed;
pub(crate) use held::{Ended, Held};
pub(crate) use read::read;

use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::demux;
use crate::future::ResponseFuture;
use crate::outbound::{Outbound, take_ready};
use crate::plumbing::stack_layer;
use crate::rejection::Rejection;
use crate::router::{Router, Scope};
use crate::state::RequestState;

pub(crate) use answer::{read_whole, spaced, unreadable};
pub(crate) use empty::no_hits;

stack_layer!(RouteLayer, Route);

impl<S, R, B, T> Service<Request<RequestBody<B>>> for Route<S, R>
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
        if !state.is_logical() || demux::handles(state) {
            return ResponseFuture::passed(inner.call(request));
        }
        let Some(resolved) = state.resolved() else {
            return ResponseFuture::answered(Rejection::missing_layer("ResolveLayer"));
        };
        if forward::may_be_held_on_its_cluster(state, resolved) {
            let (outbound, stack) = (Outbound::ready(inner), self.stack.clone());
            return ResponseFuture::worked(Box::pin(async move {
                work::on_cluster(stack, outbound, request)
                    .await
                    .or_else(|stopped| stopped.into_result())
            }));
        }
        if matches!(resolved.scope(), Scope::Cluster(_))
            && !cursor::concerns(state.endpoint(), &request)
        {
            let resolved = resolved.clone();
            let mount = answer::mount_of(request.extensions());
            return match forward::physical(request, &resolved) {
                Ok((request, _)) => ResponseFuture::mounted(inner.call(request), mount),
                Err(rejection) => ResponseFuture::answered(rejection),
            };
        }
        let outbound = Outbound::ready(inner);
        let stack = self.stack.clone();
        ResponseFuture::worked(Box::pin(async move {
            work::work(stack, outbound, request)
                .await
                .or_else(|stopped| stopped.into_result())
        }))
    }
}
