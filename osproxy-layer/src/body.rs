//! The bodies that the stack speaks.
//!
//! [`RequestBody`] is the caller's body or bytes of our own; [`ResponseBody`] is the inner service's body, that body
//! rewritten as it streams, or bytes of our own. Neither boxes, and what needs no rewrite is never collected.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use pin_project_lite::pin_project;

use crate::rewriter::{Rewriter, report};

/// Any error, as bodies carry it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

pin_project! {
    /// The caller's body, or bytes of our own.
    #[derive(Debug)]
    pub struct RequestBody<B> {
        #[pin]
        kind: RequestKind<B>,
    }
}

pin_project! {
    #[project = RequestProj]
    #[derive(Debug)]
    enum RequestKind<B> {
        Caller { #[pin] body: B },
        Own { bytes: Bytes },
    }
}

impl<B> RequestBody<B> {
    /// The caller's body.
    pub const fn new(body: B) -> Self {
        Self {
            kind: RequestKind::Caller { body },
        }
    }

    /// The caller's own body type again, for an inner service that wants it.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http_body_util::Full;
    /// use osproxy_layer::RequestBody;
    ///
    /// let body: Full<Bytes> = RequestBody::<Full<Bytes>>::from(Bytes::from("{}")).into_body();
    /// # let _ = body;
    /// ```
    pub fn into_body(self) -> B
    where
        B: From<Bytes>,
    {
        match self.kind {
            RequestKind::Caller { body } => body,
            RequestKind::Own { bytes } => B::from(bytes),
        }
    }
}

impl<B> RequestBody<B> {
    /// The caller's body, unless it is bytes of our own.
    pub(crate) fn into_caller(self) -> Option<B> {
        match self.kind {
            RequestKind::Caller { body } => Some(body),
            RequestKind::Own { .. } => None,
        }
    }

    /// How many bytes of our own it is.
    pub(crate) fn own_len(&self) -> usize {
        match &self.kind {
            RequestKind::Caller { .. } => 0,
            RequestKind::Own { bytes } => bytes.len(),
        }
    }

    /// Bytes of our own, which cost nothing to keep.
    pub(crate) fn own(&self) -> Option<Bytes> {
        match &self.kind {
            RequestKind::Caller { .. } => None,
            RequestKind::Own { bytes } => Some(bytes.clone()),
        }
    }
}

impl<B> From<Bytes> for RequestBody<B> {
    fn from(bytes: Bytes) -> Self {
        Self {
            kind: RequestKind::Own { bytes },
        }
    }
}

impl<B> Body for RequestBody<B>
where
    B: Body<Data = Bytes>,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project().kind.project() {
            RequestProj::Caller { body } => body.poll_frame(cx),
            RequestProj::Own { bytes } => Poll::Ready(take(bytes).map(Ok)),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            RequestKind::Caller { body } => body.is_end_stream(),
            RequestKind::Own { bytes } => bytes.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            RequestKind::Caller { body } => body.size_hint(),
            RequestKind::Own { bytes } => exactly(bytes),
        }
    }
}

pin_project! {
    /// The inner service's body, the same rewritten as it streams, or bytes of our own.
    pub struct ResponseBody<T> {
        #[pin]
        kind: ResponseKind<T>,
    }
}

pin_project! {
    #[project = ResponseProj]
    enum ResponseKind<T> {
        Inner { #[pin] body: T },
        // The rewriter is much larger than the rest of the enum, and a search pays for it alone.
        // Boxed too, so that the first of it can be read before the head is sent.
        Rewritten { body: Pin<Box<T>>, rewriter: Option<Box<Rewriter>>, ready: Vec<u8> },
        Own { bytes: Bytes },
        Withheld,
    }
}

impl<T> ResponseBody<T> {
    /// The inner service's body as it is.
    pub const fn new(body: T) -> Self {
        Self {
            kind: ResponseKind::Inner { body },
        }
    }

    /// The body of an answer to `HEAD`: there is none, and nobody knows its length, so a server that tells the length of
    /// the body that it sees tells none here.
    pub(crate) const fn withheld() -> Self {
        Self {
            kind: ResponseKind::Withheld,
        }
    }

    /// The same body through a rewriter. Bytes of our own are rewritten at once.
    ///
    /// # Errors
    /// When bytes of our own can't be rewritten, or the body is being rewritten already.
    pub(crate) fn rewrite(self, mut rewriter: Rewriter) -> Result<Self, BoxError> {
        match self.kind {
            ResponseKind::Inner { body } => {
                let rewriter = Some(Box::new(rewriter));
                Ok(Self {
                    kind: ResponseKind::Rewritten {
                        body: Box::pin(body),
                        rewriter,
                        ready: Vec::new(),
                    },
                })
            }
            ResponseKind::Own { bytes } => {
                let mut out = Vec::with_capacity(bytes.len());
                rewriter.push(&bytes, &mut out)?;
                rewriter.finish()?;
                Ok(Self::from(Bytes::from(out)))
            }
            ResponseKind::Rewritten { .. } => {
                Err("a response body can't be rewritten twice".into())
            }
            ResponseKind::Withheld => Ok(self),
        }
    }

    /// Waits until the rewriter has something to show, so that an answer which can't be shown is found before its
    /// head is sent. One that came whole is rewritten whole, and its length is known.
    ///
    /// # Errors
    /// The body's own, or the rewriter's.
    pub(crate) async fn prime(&mut self) -> Result<(), BoxError>
    where
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let ResponseKind::Rewritten {
            body,
            rewriter,
            ready,
        } = &mut self.kind
        else {
            return Ok(());
        };
        while ready.is_empty() {
            let Some(rewrite) = rewriter else {
                break;
            };
            match body.frame().await {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        rewrite.push(data, ready)?;
                    }
                    if !body.is_end_stream() {
                        continue;
                    }
                }
                Some(Err(error)) => return Err(error.into()),
                None => {}
            }
            rewrite.finish()?;
            let bytes = Bytes::from(std::mem::take(ready));
            self.kind = ResponseKind::Own { bytes };
            break;
        }
        Ok(())
    }
}

impl<T> Default for ResponseBody<T> {
    fn default() -> Self {
        Self::from(Bytes::new())
    }
}

impl<T> From<Bytes> for ResponseBody<T> {
    fn from(bytes: Bytes) -> Self {
        Self {
            kind: ResponseKind::Own { bytes },
        }
    }
}

impl<T> fmt::Debug for ResponseBody<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ResponseKind::Inner { .. } => "inner",
            ResponseKind::Rewritten { .. } => "rewritten",
            ResponseKind::Own { .. } => "own",
            ResponseKind::Withheld => "withheld",
        };
        f.debug_struct("ResponseBody")
            .field("kind", &kind)
            .finish_non_exhaustive()
    }
}

impl<T> Body for ResponseBody<T>
where
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.project().kind.project() {
            ResponseProj::Inner { body } => body.poll_frame(cx).map_err(Into::into),
            ResponseProj::Own { bytes } => Poll::Ready(take(bytes).map(Ok)),
            ResponseProj::Withheld => Poll::Ready(None),
            ResponseProj::Rewritten {
                body,
                rewriter,
                ready,
            } => loop {
                if !ready.is_empty() {
                    return Poll::Ready(Some(Ok(Frame::data(Bytes::from(std::mem::take(ready))))));
                }
                let Some(rewrite) = rewriter else {
                    return Poll::Ready(None);
                };
                let step = match ready!(body.as_mut().poll_frame(cx)) {
                    // Trailers of a rewritten body would speak of bytes that nobody receives.
                    Some(Ok(frame)) => frame
                        .data_ref()
                        .map_or(Ok(()), |data| rewrite.push(data, ready)),
                    Some(Err(error)) => {
                        *rewriter = None;
                        return Poll::Ready(Some(Err(error.into())));
                    }
                    None => rewrite.finish().inspect(|()| *rewriter = None),
                };
                if let Err(error) = step {
                    // The head is sent, so the body is broken off, and this line is all that tells why.
                    report(&error);
                    *rewriter = None;
                    ready.clear();
                    return Poll::Ready(Some(Err(error)));
                }
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            ResponseKind::Inner { body } => body.is_end_stream(),
            ResponseKind::Rewritten {
                rewriter, ready, ..
            } => rewriter.is_none() && ready.is_empty(),
            ResponseKind::Own { bytes } => bytes.is_empty(),
            ResponseKind::Withheld => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            ResponseKind::Inner { body } => body.size_hint(),
            ResponseKind::Rewritten { .. } | ResponseKind::Withheld => SizeHint::default(),
            ResponseKind::Own { bytes } => exactly(bytes),
        }
    }
}

fn take(bytes: &mut Bytes) -> Option<Frame<Bytes>> {
    if bytes.is_empty() {
        None
    } else {
        Some(Frame::data(std::mem::take(bytes)))
    }
}

fn exactly(bytes: &Bytes) -> SizeHint {
    SizeHint::with_exact(u64::try_from(bytes.len()).unwrap_or(u64::MAX))
}

/// Why a body couldn't be collected.
#[derive(Debug)]
pub(crate) enum CollectError {
    /// It is larger than the bound.
    TooLarge,
    /// It broke off.
    Broken(BoxError),
}

/// Reads a whole body, up to a bound.
pub(crate) async fn collect<B>(body: B, limit: usize) -> Result<Bytes, CollectError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    // A length that is told beforehand is refused before a byte is read.
    if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(CollectError::TooLarge);
    }
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(CollectError::TooLarge),
        Err(error) => Err(CollectError::Broken(error)),
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    #[tokio::test]
    async fn an_own_body_is_sent_once_with_its_length() {
        let body = RequestBody::<Full<Bytes>>::from(Bytes::from("{}"));
        assert_eq!(body.size_hint().exact(), Some(2));
        assert_eq!(collect(body, 2).await.expect("fits"), "{}");
    }

    #[tokio::test]
    async fn a_body_over_its_bound_is_not_collected() {
        let body = RequestBody::new(Full::new(Bytes::from("12345")));
        assert!(matches!(
            collect(body, 4).await,
            Err(CollectError::TooLarge)
        ));
    }

    #[test]
    fn the_callers_length_is_kept() {
        let body = ResponseBody::new(Full::new(Bytes::from("12345")));
        assert_eq!(body.size_hint().exact(), Some(5));
        assert!(ResponseBody::<Full<Bytes>>::default().is_end_stream());
    }
}
