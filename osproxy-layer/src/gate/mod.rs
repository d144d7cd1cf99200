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
//! # Errors
//!
//! 429 with `Retry-After` where a write can't be admitted within the bound of [`Stack::hold`]; the response's
//! extensions then hold [`Superseded`].

mod dispatched;
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
            Ok(permits) => {
                let hook = self.stack.settings().finish_writes.clone();
                let write = DispatchedWrite::new(Box::pin(inner.call(request)), permits, hook);
                ResponseFuture {
                    kind: Kind::Write { write },
                }
            }
            Err(stamps) => {
                let hold_for = self.stack.settings().hold;
                let deadline = state.deadline();
                let deadline = deadline.unwrap_or_else(|| Instant::now() + hold_for);
                let partial = stamps.len() < state.stamps().len();
                // The instance is given back at once, and the request with the answer, but for bytes that the sender
                // has a better copy of.
                drop(inner);
                let (parts, body) = request.into_parts();
                let returned = Returned {
                    body: body.into_caller(),
                    extensions: parts.extensions,
                    deadline,
                };
                let held = hold(self.stack.clone(), stamps, partial, returned);
                ResponseFuture {
                    kind: Kind::Held {
                        held: Box::pin(held),
                    },
                }
            }
        }
    }
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

/// Waits until the partitions admit writes again, but for a request that isn't wholly moving: its sender can send the
/// rest at once. Either way the request must be resolved anew, so the answer is the same.
async fn hold<R: Router, B: Send + 'static>(
    stack: Stack<R>,
    stamps: Vec<WriteStamp>,
    partial: bool,
    returned: Returned<B>,
) -> Superseded {
    let mut in_time = true;
    if !partial {
        for stamp in &stamps {
            let settled = stack.router().settled(&stamp.partition, stamp.epoch);
            in_time = timeout_at(returned.deadline, settled).await.is_ok();
            if !in_time {
                break;
            }
        }
    }
    let superseded = Superseded::new(stamps.into_iter().map(|stamp| stamp.partition));
    if in_time {
        superseded.returning(returned)
    } else {
        superseded
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
