//! The start that every request of several items has: its body read, its parameters decided.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http::request::Parts;
use http_body::Body;

use crate::body::{BoxError, RequestBody};
use crate::endpoint::{Endpoint, Query};
use crate::outbound::Outbound;
use crate::plan::{Params, Scoped, check_media, check_wildcards, physical_params};
use crate::rejection::Rejection;
use crate::route::{malformed, read, spaced};
use crate::router::{Resolved, Router};
use crate::stack::Stack;
use crate::state::RequestState;
use crate::switches::Switches;

/// A request of several items, read.
pub(super) struct Received {
    pub(super) parts: Parts,
    pub(super) state: RequestState,
    pub(super) body: Bytes,
    /// The query string as the client sent it.
    pub(super) url: Query<'static>,
    /// What of it goes up, and what stays here.
    pub(super) params: Params,
    /// The index of items that name none.
    pub(super) default_index: Option<String>,
    /// The routing of items that name none, where each is placed by itself.
    pub(super) routing: Option<String>,
}

impl Received {
    pub(super) async fn read<S, R, B>(
        stack: &Stack<R>,
        outbound: &mut Outbound<S>,
        request: Request<RequestBody<B>>,
    ) -> Result<Self, Rejection>
    where
        R: Router,
        S: Clone,
        B: Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        let (mut parts, body) = request.into_parts();
        let state = RequestState::take(&mut parts.extensions)
            .ok_or_else(|| Rejection::missing_layer("ResolveLayer"))?;
        let endpoint = Arc::clone(state.endpoint());
        let body = read(outbound, body, stack.settings().max_body).await?;
        if !body.is_empty() {
            check_media(&parts.headers)?;
        }
        let Asked {
            url,
            mut params,
            routing,
        } = Asked::read(
            stack.settings().switches,
            &parts,
            &endpoint,
            state.resolved(),
        )?;
        let default_index = default_index(&endpoint, params.index.take())?;
        Ok(Self {
            parts,
            state,
            body,
            url,
            params,
            default_index,
            routing,
        })
    }
}

/// What the query string asks for, as far as the placement allows it.
pub(super) struct Asked {
    pub(super) url: Query<'static>,
    pub(super) params: Params,
    pub(super) routing: Option<String>,
}

impl Asked {
    /// Reads it for a placement; `None` where each item is placed by itself.
    pub(super) fn read(
        switches: Switches,
        parts: &Parts,
        endpoint: &Endpoint,
        resolved: Option<&Resolved>,
    ) -> Result<Self, Rejection> {
        let mut url = Query::parse(parts.uri.query().unwrap_or_default())
            .map_err(|error| malformed(&error))?
            .into_owned();
        let routing = match resolved {
            Some(resolved) => {
                switches.take_routing(endpoint, resolved, &mut url);
                None
            }
            None => switches.routing_of_items(&mut url),
        };
        if let Some(kinds) = url.get("expand_wildcards") {
            check_wildcards(kinds)?;
        }
        let params = physical_params(Scoped {
            endpoint,
            query: &url,
            resolved,
        })?;
        Ok(Self {
            url,
            params,
            routing,
        })
    }
}

/// The path's index, or on a root route the one of the query string.
fn default_index(endpoint: &Endpoint, param: Option<String>) -> Result<Option<String>, Rejection> {
    match (endpoint.index(), param) {
        (Some(_), Some(_)) => Err(Rejection::refused(
            "the index stands in the path, [index] can't name another",
        )),
        (Some(index), None) => Ok(Some(index.to_owned())),
        (None, index) => Ok(index),
    }
}

/// The part of a merged answer that the client asked for.
pub(super) fn filtered(merged: Vec<u8>, params: &Params) -> Result<Vec<u8>, Rejection> {
    let Some(filter) = &params.filter else {
        return Ok(merged);
    };
    let mut kept = filter
        .apply(&merged)
        .map_err(|_| Rejection::internal("an answer of ours that can't be filtered"))?;
    spaced(&mut kept, params.pretty);
    Ok(kept)
}
