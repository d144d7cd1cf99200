//! Waiting for a response's head.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Response;
use hyper_util::client::legacy::ResponseFuture as Sent;
use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

use super::cluster::Timeouts;
use super::{ClientBody, ClientError, ClientErrorKind, headers};

pin_project! {
    /// The future of [`OpenSearchClient`](super::OpenSearchClient).
    pub struct ResponseFuture {
        #[pin]
        kind: Kind,
    }
}

pin_project! {
    #[project = KindProj]
    enum Kind {
        Failed { error: Option<ClientError> },
        Sent { #[pin] sent: Sent, #[pin] too_late: Sleep, body_timeout: Duration },
    }
}

impl ResponseFuture {
    pub(super) fn failed(error: ClientError) -> Self {
        Self {
            kind: Kind::Failed { error: Some(error) },
        }
    }

    pub(super) fn sent(sent: Sent, timeouts: Timeouts) -> Self {
        Self {
            kind: Kind::Sent {
                sent,
                too_late: sleep(timeouts.header),
                body_timeout: timeouts.body,
            },
        }
    }
}

impl Future for ResponseFuture {
    type Output = Result<Response<ClientBody>, ClientError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().kind.project() {
            // Polled again after its end: the contract of futures is broken, and nobody waits for an answer.
            KindProj::Failed { error } => error
                .take()
                .map_or(Poll::Pending, |error| Poll::Ready(Err(error))),
            KindProj::Sent {
                sent,
                too_late,
                body_timeout,
            } => {
                if let Poll::Ready(answer) = sent.poll(cx) {
                    return Poll::Ready(match answer {
                        Ok(response) => {
                            let (mut parts, body) = response.into_parts();
                            headers::strip(&mut parts.headers);
                            Ok(Response::from_parts(
                                parts,
                                ClientBody::new(body, *body_timeout),
                            ))
                        }
                        Err(error) => Err(ClientError::from_client(error)),
                    });
                }
                too_late
                    .poll(cx)
                    .map(|()| Err(ClientErrorKind::HeaderTimeout.into()))
            }
        }
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
