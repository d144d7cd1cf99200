//! A write on its way.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Response, StatusCode};

use crate::settings::FinishWrites;
use crate::spi::WritePermit;

/// A dispatched write and its permits.
///
/// Dropping it does not undo the write (a node goes on applying a bulk after its client has hung up), so then the
/// rest of it is handed to the hook, permits and all. Without a hook nobody will know how it ended: it is in doubt.
pub(super) struct DispatchedWrite<F: Future + Send + 'static>
where
    F::Output: Outcome,
{
    future: Option<Pin<Box<F>>>,
    permits: Vec<WritePermit>,
    hook: Option<FinishWrites>,
}

/// How a write ended.
pub trait Outcome {
    /// Whether it may or may not have been applied.
    fn is_in_doubt(&self) -> bool;
}

impl<B, E> Outcome for Result<Response<B>, E> {
    /// After a transport error nobody knows; a 502 or a 504 is somebody else's transport error.
    fn is_in_doubt(&self) -> bool {
        let unknown = [StatusCode::BAD_GATEWAY, StatusCode::GATEWAY_TIMEOUT];
        self.as_ref()
            .map_or(true, |response| unknown.contains(&response.status()))
    }
}

impl<F> DispatchedWrite<F>
where
    F: Future + Send + 'static,
    F::Output: Outcome,
{
    pub(super) fn new(
        future: Pin<Box<F>>,
        permits: Vec<WritePermit>,
        hook: Option<FinishWrites>,
    ) -> Self {
        Self {
            future: Some(future),
            permits,
            hook,
        }
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Some(future) = &mut self.future else {
            return Poll::Pending;
        };
        let polled = future.as_mut().poll(cx);
        if let Poll::Ready(outcome) = &polled {
            self.future = None;
            settle(&std::mem::take(&mut self.permits), outcome.is_in_doubt());
        }
        polled
    }
}

impl<F> Drop for DispatchedWrite<F>
where
    F: Future + Send + 'static,
    F::Output: Outcome,
{
    fn drop(&mut self) {
        let Some(future) = self.future.take() else {
            return;
        };
        let permits = std::mem::take(&mut self.permits);
        match &self.hook {
            Some(hook) => {
                // Marked by its drop, should the hook's own runtime stop before the write is through, or before it has
                // begun.
                let mut rest = Abandoned { permits };
                hook(Box::pin(async move {
                    let outcome = future.await;
                    settle(&std::mem::take(&mut rest.permits), outcome.is_in_doubt());
                }));
            }
            None => settle(&permits, true),
        }
    }
}

/// Permits of a write that nobody has seen the end of.
struct Abandoned {
    permits: Vec<WritePermit>,
}

impl Drop for Abandoned {
    fn drop(&mut self) {
        settle(&self.permits, true);
    }
}

/// The permits end when the caller drops them, right after this.
fn settle(permits: &[WritePermit], in_doubt: bool) {
    if in_doubt {
        permits.iter().for_each(WritePermit::mark_in_doubt);
    }
}
