//! The two bodies of an exchange with a cluster.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use osproxy_layer::BoxError;
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep};

use super::error::RequestBodyError;
use super::{ClientError, ClientErrorKind};

/// A cluster's answer as it streams in. It ends with an error when the cluster falls silent for too long.
///
/// tower-http's time-out body is not used: it looks at the clock before it looks for a frame, so a reader that pauses
/// would be taken for a cluster that is silent.
pub struct ClientBody {
    body: Incoming,
    timeout: Duration,
    /// Made at the first wait, so that an answer which came with its head costs no timer.
    silence: Option<Pin<Box<Sleep>>>,
    waiting: bool,
}

impl ClientBody {
    pub(super) fn new(body: Incoming, timeout: Duration) -> Self {
        Self {
            body,
            timeout,
            silence: None,
            waiting: false,
        }
    }

    /// Starts the clock at the first wait for a frame; later waits for the same frame go on with it.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let timeout = self.timeout;
        let silence = self.silence.get_or_insert_with(|| Box::pin(sleep(timeout)));
        if !self.waiting {
            self.waiting = true;
            // A time-out beyond what the clock can tell never comes.
            if let Some(deadline) = Instant::now().checked_add(timeout) {
                silence.as_mut().reset(deadline);
            }
        }
        silence.as_mut().poll(cx)
    }
}

impl Body for ClientBody {
    type Data = Bytes;
    type Error = ClientError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ClientError>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.waiting = false;
            return Poll::Ready(frame.map(|frame| {
                frame.map_err(|error| ClientError::caused(ClientErrorKind::Transport, error))
            }));
        }
        ready!(this.poll_silence(cx));
        Poll::Ready(Some(Err(ClientErrorKind::BodyTimeout.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl fmt::Debug for ClientBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBody")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// The body that is sent, with its errors marked as the caller's.
    #[derive(Debug)]
    pub(super) struct Outgoing<B> {
        #[pin]
        body: B,
    }
}

impl<B> Outgoing<B> {
    pub(super) fn new(body: B) -> Self {
        Self { body }
    }
}

impl<B> Body for Outgoing<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = RequestBodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, RequestBodyError>>> {
        self.project()
            .body
            .poll_frame(cx)
            .map_err(|error| RequestBodyError(error.into()))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
