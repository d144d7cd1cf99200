//! Admits writes, and counts them until their response's head has arrived.
//!
//! The gate is last, as near to dispatch as can be: what it admits is on its way at once. It asks the router whether
//! a write that was resolved at an epoch may go ([`Router::admit_write`]) and holds the permits until the answer's
//! head, which for a write comes when all of it is applied.
//!
//! ```
//! use osproxy_layer::{Stack, WriteGateLayer};
//! # use osproxy_layer::Router;
//! # fn gate<R: Router>(router: R) {
//! let layer = WriteGateLayer::of(&Stack::new(router));
//! # let _ = layer;
//! # }
//! ```
//!
//! # Order
//!
//! Inside of [`RouteLayer`](crate::RouteLayer) and [`DemuxLayer`](crate::DemuxLayer). A request that is still logical
//! is refused with a 500 that names the missing layer.
//!
//! A write of a partition that is being moved is held until that has settled; then it is given back to be spelled for
//! where the partition lives, by the layer that still has it as the client sent it. A bulk for several partitions is
//! given back at once, so that one that moves holds back no other.
//!
//! # Errors
//!
//! 400 for a call that answers before its writes are done (`_bulk/stream`, `wait_for_completion=false`), where the router
//! counts writes: nobody could wait for its end. 429 with `Retry-After` where a write can't be admitted within the bound of [`Stack::hold`], and at once where as much
//! waits already as [`Stack::max_held_writes`] and [`Stack::max_held_bytes`] allow; the response's extensions then hold
//! [`Superseded`].

mod dispatched;
mod early;
mod hold;
mod room;
mod superseded;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tokio::time::{Instant, timeout_at};
use tower_service::Service;

use self::dispatched::DispatchedWrite;
pub use self::dispatched::Outcome;
use self::early::answers_early;
pub(crate) use self::hold::Hold;
use self::room::Waiter;
pub(crate) use self::room::{Load, Room};
pub(crate) use self::superseded::Returned;
pub use self::superseded::Superseded;
use crate::body::{RequestBody, ResponseBody};
use crate::outbound::take_ready;
use crate::plumbing::stack_layer;
use crate::rejection::Rejection;
use crate::router::Router;
use crate::spi::{Admission, WritePermit};
use crate::stack::Stack;
use crate::state::{RequestState, WriteStamp};

stack_layer!(WriteGateLayer, WriteGate);

impl<S, R, B, T> Service<Request<RequestBody<B>>> for WriteGate<S, R>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    S::Future: Send + 'static,
    B: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, T>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody<B>>) -> Self::Future {
        let mut inner = take_ready(&mut self.inner);
        let Some(state) = RequestState::get(request.extensions()) else {
            return ResponseFuture::answered(Rejection::missing_layer("ResolveLayer"));
        };
        if state.is_logical() {
            return ResponseFuture::answered(Rejection::missing_layer("RouteLayer or DemuxLayer"));
        }
        let stamps = state.stamps();
        if stamps.is_empty() {
            return ResponseFuture {
                kind: Kind::Passed {
                    future: inner.call(request),
                },
            };
        }
        match admit(self.stack.router(), stamps) {
            Ok(permits)
                if permits.iter().any(WritePermit::is_counted)
                    && answers_early(state.endpoint(), request.uri().query()) =>
            {
                ResponseFuture::answered(Rejection::refused(
                    "a call that answers before its writes are done is not allowed where a tenant can move: its end \
                     could not be waited for",
                ))
            }
            Ok(permits) => {
                let hook = self.stack.settings().finish_writes.clone();
                let write = DispatchedWrite::new(Box::pin(inner.call(request)), permits, hook);
                ResponseFuture {
                    kind: Kind::Write { write },
                }
            }
            Err(refused) => {
                // The instance is given back at once.
                drop(inner);
                ResponseFuture {
                    kind: Kind::Held {
                        held: Box::pin(hold(self.stack.clone(), refused, request)),
                    },
                }
            }
        }
    }
}

/// Keeps a request that isn't admitted until its sender should send it again.
fn hold<R: Router, B: Send + 'static>(
    stack: Stack<R>,
    refused: Vec<WriteStamp>,
    request: Request<RequestBody<B>>,
) -> impl Future<Output = Superseded> + Send + use<R, B> {
    let (parts, body) = request.into_parts();
    let state = RequestState::get(&parts.extensions);
    let load = state.and_then(RequestState::load);
    let set = state.and_then(RequestState::hold);
    let set = set.or_else(|| load.and_then(Load::hold));
    let several = state.is_some_and(|state| state.stamps().len() > 1);
    let (room, settings) = (stack.room(), stack.settings());
    let waiter = match load {
        _ if several || set.is_some_and(Hold::is_over) => None,
        Some(load) => room.enter(load, settings),
        None => room.enter(&Load::new(body.own_len()), settings),
    };
    let hold = set.unwrap_or_else(|| Hold::new(settings.hold));
    if let Some(load) = load {
        load.begin(hold);
    }
    let mut returned = Returned {
        hold,
        // But for bytes that the sender has a better copy of.
        body: body.into_caller(),
        extensions: parts.extensions,
    };
    async move {
        let superseded = Superseded::new(refused.iter().map(|stamp| stamp.partition.clone()));
        if several {
            return superseded.returning(returned);
        }
        let (Some(waiter), Some(stamp)) = (waiter, refused.first()) else {
            return superseded;
        };
        let settled = settles(&stack, stamp, returned.hold.until(), waiter).await;
        returned.hold = returned.hold.given_back();
        if settled {
            superseded.returning(returned)
        } else {
            superseded
        }
    }
}

/// Waits until a partition admits writes again. Whether it did in time.
async fn settles<R: Router>(
    stack: &Stack<R>,
    stamp: &WriteStamp,
    deadline: Instant,
    _waiter: Waiter,
) -> bool {
    let settled = stack.router().settled(&stamp.partition, stamp.epoch);
    timeout_at(deadline, settled).await.is_ok()
}

/// Admits all writes of a request or none. The error names the partitions that can't go.
fn admit<R: Router>(
    router: &R,
    stamps: &[WriteStamp],
) -> Result<Vec<WritePermit>, Vec<WriteStamp>> {
    let mut permits = Vec::with_capacity(stamps.len());
    let mut refused = Vec::new();
    for stamp in stamps {
        match router.admit_write(&stamp.partition, stamp.epoch) {
            Admission::Admitted(permit) => permits.push(permit),
            Admission::Moving | Admission::Superseded => refused.push(stamp.clone()),
        }
    }
    if refused.is_empty() {
        Ok(permits)
    } else {
        Err(refused)
    }
}

pin_project! {
    /// The future of [`WriteGate`].
    pub struct ResponseFuture<F, T>
    where
        F: Future,
        F: Send,
        F: 'static,
        F::Output: Outcome,
    {
        #[pin]
        kind: Kind<F, T>,
    }
}

pin_project! {
    #[project = KindProj]
    enum Kind<F, T>
    where
        F: Future,
        F: Send,
        F: 'static,
        F::Output: Outcome,
    {
        Passed { #[pin] future: F },
        Write { write: DispatchedWrite<F> },
        Held { held: Pin<Box<dyn Future<Output = Superseded> + Send>> },
        Answered { response: Option<Response<ResponseBody<T>>> },
    }
}

impl<F, T> ResponseFuture<F, T>
where
    F: Future + Send + 'static,
    F::Output: Outcome,
{
    fn answered(rejection: Rejection) -> Self {
        Self {
            kind: Kind::Answered {
                response: Some(rejection.into_response()),
            },
        }
    }
}

impl<F, T, E> Future for ResponseFuture<F, T>
where
    F: Future<Output = Result<Response<ResponseBody<T>>, E>> + Send + 'static,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().kind.project() {
            KindProj::Passed { future } => future.poll(cx),
            KindProj::Write { write } => write.poll(cx),
            KindProj::Held { held } => {
                Poll::Ready(Ok(ready!(held.as_mut().poll(cx)).into_response()))
            }
            KindProj::Answered { response } => response
                .take()
                .map_or(Poll::Pending, |response| Poll::Ready(Ok(response))),
        }
    }
}

impl<F, T> fmt::Debug for ResponseFuture<F, T>
where
    F: Future + Send + 'static,
    F::Output: Outcome,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
