//! A request that is answered here, and the calls of our own that its answer needs.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::future::Stopped;
use crate::outbound::Outbound;
use crate::plan::{physical_headers, single_index};
use crate::preflight::{Asker, Found};
use crate::rejection::Rejection;
use crate::route::read_whole;
use crate::router::{Resolved, SharedScope};
use crate::spi::{IndexName, SpiError};
use crate::stack::Stack;
use crate::state::RequestState;

/// What is known of a request that is answered here.
pub(super) struct Caller<'a, S, R> {
    pub(super) stack: &'a Stack<R>,
    pub(super) outbound: &'a mut Outbound<S>,
    pub(super) parts: &'a Parts,
    pub(super) state: &'a RequestState,
    pub(super) resolved: &'a Resolved,
}

impl<S, R> Caller<'_, S, R> {
    /// Asks the cluster behind the placement: a `GET` that carries the target and no write stamp.
    pub(super) async fn ask<B, T>(
        &mut self,
        path_and_query: &str,
        indices: impl IntoIterator<Item = IndexName>,
        limit: usize,
    ) -> Result<(StatusCode, Bytes), Stopped<S::Error>>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        self.ask_with(path_and_query, Bytes::new(), indices, limit)
            .await
    }

    /// The same with a body.
    pub(super) async fn ask_with<B, T>(
        &mut self,
        path_and_query: &str,
        body: Bytes,
        indices: impl IntoIterator<Item = IndexName>,
        limit: usize,
    ) -> Result<(StatusCode, Bytes), Stopped<S::Error>>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let media = (!body.is_empty()).then(|| HeaderValue::from_static("application/json"));
        let mut request = Request::new(RequestBody::from(body));
        *request.uri_mut() = path_and_query
            .parse()
            .map_err(|_| Rejection::internal("a path that makes no URI"))?;
        *request.headers_mut() =
            physical_headers(&HeaderMap::new(), media, self.resolved.header_ops());
        *request.extensions_mut() = self.parts.extensions.clone();
        let target = self.resolved.target(indices);
        request
            .extensions_mut()
            .insert(self.state.clone().into_physical(target, Arc::new([])));
        let response = self.outbound.send(request).await.map_err(Stopped::Failed)?;
        let status = response.status();
        Ok((status, read_whole(response.into_body(), limit).await?))
    }

    /// Whether a logical index of a shared placement is there; `create` makes it where it isn't.
    ///
    /// It is when its physical one is, and safe, or when the placement declares it.
    pub(super) async fn look<B, T>(
        &mut self,
        logical: &str,
        create: bool,
    ) -> Result<Found, Stopped<S::Error>>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let declares = |(shared, _): (&SharedScope, _)| shared.rules.indices().is_some();
        if !create && self.resolved.shared().is_some_and(declares) {
            return Ok(match single_index(self.resolved, logical) {
                Ok(_) => Found::Good,
                Err(_) => Found::Missing,
            });
        }
        self.check(logical, create).await
    }

    /// Whether the physical index of a logical one is there, and safe; `create` makes it where it isn't.
    pub(super) async fn check<B, T>(
        &mut self,
        logical: &str,
        create: bool,
    ) -> Result<Found, Stopped<S::Error>>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let (shared, _) = self
            .resolved
            .shared()
            .ok_or_else(|| Rejection::from(SpiError::PlacementMissing))?;
        let pair = match single_index(self.resolved, logical) {
            Ok(pair) => pair,
            Err(rejection) if rejection.status() == StatusCode::NOT_FOUND && !create => {
                return Ok(Found::Missing);
            }
            Err(rejection) => return Err(rejection.into()),
        };
        let asker = Asker {
            resolved: self.resolved,
            rules: &shared.rules,
            state: self.state,
            extensions: &self.parts.extensions,
        };
        self.stack
            .checks()
            .ensure(self.outbound, &asker, &pair.physical, create)
            .await
    }
}
