//! A write that the gate has held: its partition lives elsewhere now, so it is spelled anew and sent again.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use tower_service::Service;

use crate::body::{RequestBody, ResponseBody};
use crate::endpoint::Endpoint;
use crate::future::Stopped;
use crate::gate::Superseded;
use crate::outbound::Outbound;
use crate::resolve::again;
use crate::router::{Resolved, Router};
use crate::stack::Stack;
use crate::state::RequestState;

/// What one attempt came to.
pub(crate) enum Ended<B, T> {
    Answered(Response<ResponseBody<T>>),
    /// It was not dispatched, and its partition lives elsewhere now.
    Again(Box<Request<RequestBody<B>>>),
}

/// A request that was sent, as the client sent it.
pub(crate) struct Held {
    pub(crate) parts: Parts,
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) resolved: Resolved,
    /// Its body, where that is bytes.
    pub(crate) kept: Option<Bytes>,
}

impl Held {
    /// Resolves a write anew that the gate has not dispatched. Everything else is an answer, and most are: only the rest
    /// pays for the wait.
    pub(crate) async fn settle<S, R, B, T>(
        self,
        stack: &Stack<R>,
        outbound: &mut Outbound<S>,
        response: Response<ResponseBody<T>>,
    ) -> Result<Ended<B, T>, Stopped<S::Error>>
    where
        R: Router,
        S: Service<Request<RequestBody<B>>> + Clone,
        B: Send + 'static,
    {
        if Superseded::returns(&response) {
            Box::pin(self.resolve_anew(stack, outbound, response)).await
        } else {
            Ok(Ended::Answered(response))
        }
    }

    async fn resolve_anew<S, R, B, T>(
        mut self,
        stack: &Stack<R>,
        outbound: &mut Outbound<S>,
        mut response: Response<ResponseBody<T>>,
    ) -> Result<Ended<B, T>, Stopped<S::Error>>
    where
        R: Router,
        S: Service<Request<RequestBody<B>>> + Clone,
        B: Send + 'static,
    {
        let Some(returned) = Superseded::take::<B, _>(&mut response) else {
            return Ok(Ended::Answered(response));
        };
        self.parts.extensions = returned.extensions;
        let body = self.kept.clone().unwrap_or_default();
        let before = (&self.resolved, &*body);
        let Some(resolved) = again(stack, outbound, &self.parts, &self.endpoint, before).await?
        else {
            return Ok(Ended::Answered(response));
        };
        let state = RequestState::logical(self.endpoint, Some(resolved));
        self.parts.extensions.insert(state.with_hold(returned.hold));
        let body = match returned.body {
            Some(unread) if self.kept.is_none() => RequestBody::new(unread),
            _ => RequestBody::from(body),
        };
        Ok(Ended::Again(Box::new(Request::from_parts(
            self.parts, body,
        ))))
    }
}
