//! The response future that the layers share.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use pin_project_lite::pin_project;

use crate::body::ResponseBody;
use crate::mount::MountPath;
use crate::rejection::Rejection;

/// What a boxed piece of work ends with.
pub(crate) type Worked<T, E> =
    Pin<Box<dyn Future<Output = Result<Response<ResponseBody<T>>, E>> + Send>>;

pin_project! {
    /// The future of the demux and the route layer.
    ///
    /// What passes through is the inner future as it is. Only a request that is rewritten pays for a box, where
    /// reading a body, asking for a mapping and reading an answer follow each other.
    pub struct ResponseFuture<F, T, E> {
        #[pin]
        kind: Kind<F, T, E>,
    }
}

pin_project! {
    #[project = KindProj]
    enum Kind<F, T, E> {
        Passed { #[pin] future: F, mount: Option<MountPath> },
        Worked { future: Worked<T, E> },
        Answered { response: Option<Response<ResponseBody<T>>> },
    }
}

impl<F, T, E> ResponseFuture<F, T, E> {
    pub(crate) const fn passed(future: F) -> Self {
        Self::mounted(future, None)
    }

    /// What passes but for its `Location`, which leads back through the mount.
    pub(crate) const fn mounted(future: F, mount: Option<MountPath>) -> Self {
        Self {
            kind: Kind::Passed { future, mount },
        }
    }

    pub(crate) fn worked(future: Worked<T, E>) -> Self {
        Self {
            kind: Kind::Worked { future },
        }
    }

    pub(crate) fn answered(rejection: Rejection) -> Self {
        Self {
            kind: Kind::Answered {
                response: Some(rejection.into_response()),
            },
        }
    }
}

impl<F, T, E> Future for ResponseFuture<F, T, E>
where
    F: Future<Output = Result<Response<ResponseBody<T>>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().kind.project() {
            KindProj::Passed { future, mount } => {
                let mut answer = ready!(future.poll(cx));
                if let (Ok(response), Some(mount)) = (&mut answer, mount) {
                    mount.lead_back(response.headers_mut());
                }
                Poll::Ready(answer)
            }
            KindProj::Worked { future } => future.as_mut().poll(cx),
            KindProj::Answered { response } => response
                .take()
                .map_or(Poll::Pending, |response| Poll::Ready(Ok(response))),
        }
    }
}

impl<F, T, E> fmt::Debug for ResponseFuture<F, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

/// Why a piece of work ended early: a refusal of ours, or the inner service's own error.
#[derive(Debug)]
pub(crate) enum Stopped<E> {
    Rejected(Rejection),
    Failed(E),
}

impl<E> From<Rejection> for Stopped<E> {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl<E> Stopped<E> {
    /// A refusal is a response; the inner service's error stays an error.
    pub(crate) fn into_result<T>(self) -> Result<Response<ResponseBody<T>>, E> {
        match self {
            Self::Rejected(rejection) => Ok(rejection.into_response()),
            Self::Failed(error) => Err(error),
        }
    }
}
