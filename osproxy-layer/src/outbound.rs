//! Holding an inner service the right way.
//!
//! A ready instance of a service holds something: a slot of a concurrency limit, a place in a buffer. So it is used
//! at once or given back. A clone driven ready beside a held ready original hangs under `ConcurrencyLimit(1)`.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};

use tower_service::Service;

/// An inner service that may be ready.
#[derive(Debug)]
pub(crate) struct Outbound<S> {
    service: S,
    ready: bool,
}

impl<S> Outbound<S> {
    /// The instance that was polled ready.
    pub(crate) fn ready(service: S) -> Self {
        Self {
            service,
            ready: true,
        }
    }

    /// A clone that holds nothing yet.
    pub(crate) fn idle(service: S) -> Self {
        Self {
            service,
            ready: false,
        }
    }
}

// A clone holds nothing, whatever the original does.
impl<S: Clone> Clone for Outbound<S> {
    fn clone(&self) -> Self {
        Self::idle(self.service.clone())
    }
}

impl<S: Clone> Outbound<S> {
    /// Gives a ready instance back: the clone holds nothing, and the original is dropped with what it held.
    pub(crate) fn release(&mut self) {
        if self.ready {
            self.service = self.service.clone();
            self.ready = false;
        }
    }

    /// Waits for something else, and gives the ready instance back as soon as that has to wait.
    pub(crate) async fn unless_pending<F: Future>(&mut self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|cx| {
            let polled = future.as_mut().poll(cx);
            if polled.is_pending() {
                self.release();
            }
            polled
        })
        .await
    }

    /// Sends a request, driving the instance ready first where it isn't.
    pub(crate) async fn send<Req>(&mut self, request: Req) -> Result<S::Response, S::Error>
    where
        S: Service<Req>,
    {
        if !self.ready {
            poll_fn(|cx| self.service.poll_ready(cx)).await?;
        }
        self.ready = false;
        self.service.call(request).await
    }
}

impl<S> Outbound<S> {
    /// Drives the instance ready, for a named future.
    pub(crate) fn poll_ready<Req>(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>>
    where
        S: Service<Req>,
    {
        if self.ready {
            return Poll::Ready(Ok(()));
        }
        let polled = self.service.poll_ready(cx);
        self.ready = matches!(polled, Poll::Ready(Ok(())));
        polled
    }

    /// Calls the instance, which [`poll_ready`](Self::poll_ready) found ready.
    pub(crate) fn call<Req>(&mut self, request: Req) -> S::Future
    where
        S: Service<Req>,
    {
        self.ready = false;
        self.service.call(request)
    }
}

/// Takes the instance that was polled ready and leaves a clone behind, which wasn't.
pub(crate) fn take_ready<S: Clone>(service: &mut S) -> S {
    let spare = service.clone();
    std::mem::replace(service, spare)
}
