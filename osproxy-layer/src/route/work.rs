//! One request on an index that others use too: read, plan, check, send, turn back.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use http_body::Body;
use tower_service::Service;

use super::answer::{self, Shown};
use super::cursor;
use super::empty;
use super::forward::{self, malformed, stamps_of};
use super::held::{Ended, Held};
use super::read::read;
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::{Endpoint, Operation, Query};
use crate::expand::{self, Asking};
use crate::future::Stopped;
use crate::outbound::Outbound;
use crate::plan::{
    self, Answer, BodyUse, Logical, Payload, Plan, Presence, body_use, check_media,
    check_single_type, forwarded, physical_headers, reversal_of,
};
use crate::preflight::{Asker, Found};
use crate::rejection::Rejection;
use crate::router::{Resolved, Router};
use crate::stack::Stack;
use crate::state::RequestState;

/// Sends a request, and a write that was held again, to where its partition then lives.
pub(super) async fn work<S, R, B, T>(
    stack: Stack<R>,
    mut outbound: Outbound<S>,
    mut request: Request<RequestBody<B>>,
) -> Result<Response<ResponseBody<T>>, Stopped<S::Error>>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    loop {
        match attempt(&stack, &mut outbound, request).await? {
            Ended::Answered(response) => return Ok(response),
            Ended::Again(again) => request = *again,
        }
    }
}

/// The same for a write to a cluster of the partition's own, which passes as it streams.
pub(super) async fn on_cluster<S, R, B, T>(
    stack: Stack<R>,
    mut outbound: Outbound<S>,
    request: Request<RequestBody<B>>,
) -> Result<Response<ResponseBody<T>>, Stopped<S::Error>>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    match attempt_on_cluster(&stack, &mut outbound, request).await? {
        Ended::Answered(response) => Ok(response),
        Ended::Again(again) => Box::pin(work(stack, outbound, *again)).await,
    }
}

async fn attempt_on_cluster<S, R, B, T>(
    stack: &Stack<R>,
    outbound: &mut Outbound<S>,
    request: Request<RequestBody<B>>,
) -> Result<Ended<B, T>, Stopped<S::Error>>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    B: Body<Data = Bytes> + Send + 'static,
{
    let missing = || Rejection::missing_layer("ResolveLayer");
    let state = RequestState::get(request.extensions()).ok_or_else(missing)?;
    let resolved = state.resolved().cloned().ok_or_else(missing)?;
    let endpoint = Arc::clone(state.endpoint());
    let mount = answer::mount_of(request.extensions());
    let kept = request.body().own();
    let method = request.method().clone();
    let (physical, logical) = forward::physical(request, &resolved)?;
    let response = outbound.send(physical).await.map_err(Stopped::Failed)?;
    let mut parts = Request::new(()).into_parts().0;
    (parts.method, parts.uri, parts.headers) = (method, logical.uri, logical.headers);
    let held = Held {
        parts,
        endpoint,
        resolved,
        kept,
    };
    let mut ended = held.settle(stack, outbound, response).await?;
    if let (Ended::Answered(response), Some(mount)) = (&mut ended, mount) {
        mount.lead_back(response.headers_mut());
    }
    Ok(ended)
}

async fn attempt<S, R, B, T>(
    stack: &Stack<R>,
    outbound: &mut Outbound<S>,
    request: Request<RequestBody<B>>,
) -> Result<Ended<B, T>, Stopped<S::Error>>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let missing = || Rejection::missing_layer("ResolveLayer");
    let state = RequestState::get(request.extensions()).ok_or_else(missing)?;
    let resolved = state.resolved().cloned().ok_or_else(missing)?;
    let endpoint = Arc::clone(state.endpoint());
    if forward::may_be_held_on_its_cluster(state, &resolved) {
        return Box::pin(attempt_on_cluster(stack, outbound, request)).await;
    }
    let (mut parts, body) = request.into_parts();
    let state = RequestState::take(&mut parts.extensions).ok_or_else(missing)?;

    let mut query =
        Query::parse(parts.uri.query().unwrap_or_default()).map_err(|error| malformed(&error))?;
    let switches = stack.settings().switches;
    switches.take_routing(&endpoint, &resolved, &mut query);
    let mut kept = body.own();
    let mut streamed = None;
    let read = match body_use(endpoint.operation(), &resolved) {
        // On a cluster of the partition's own a body is read for the point in time in it, and a scroll has none.
        BodyUse::Stream
            if endpoint.operation() == Operation::Search && query.get("scroll").is_none() =>
        {
            read(outbound, body, stack.settings().max_body).await?
        }
        BodyUse::Stream => {
            check_single_type(&parts.headers)?;
            streamed = Some(body);
            Bytes::new()
        }
        BodyUse::Read => {
            let read = read(outbound, body, stack.settings().max_body).await?;
            if !read.is_empty() {
                check_media(&parts.headers)?;
            }
            kept = Some(read.clone());
            read
        }
        BodyUse::None => {
            if !read(outbound, body, 1)
                .await
                .unwrap_or_else(|_| Bytes::from_static(b"1"))
                .is_empty()
            {
                let template = endpoint.route().template();
                let reason = format!(
                    "request [{} {template}] does not support having a body",
                    parts.method
                );
                return Err(Rejection::malformed("illegal_argument_exception", reason).into());
            }
            Bytes::new()
        }
    };

    let mut logical = Logical {
        method: &parts.method,
        endpoint: &endpoint,
        query: &query,
        resolved: &resolved,
        body: &read,
        expanded: None,
        cursors: stack.cursors(),
        switches,
    };
    let expanded = if plan::takes_wildcards(&logical)? {
        let asking = Asking {
            resolved: &resolved,
            state: &state,
            extensions: &parts.extensions,
            lenient: query.is_on("ignore_unavailable"),
        };
        let names = names_of(&query, &endpoint)?;
        match expand::is_needed(names) {
            true => Some(Box::pin(expand::expand(outbound, asking, names)).await?),
            false => None,
        }
    } else {
        None
    };
    logical.expanded = expanded.as_deref();
    let mut plan = plan::plan(&logical)?;
    let pretty = plan::is_pretty(&query);
    if plan.indices.is_empty() && expanded.is_some() {
        return Ok(Ended::Answered(empty::no_index(&plan, pretty)));
    }
    if let Some(missing) = check(
        stack,
        outbound,
        &parts.extensions,
        &state,
        &resolved,
        &mut plan,
    )
    .await?
    {
        return Ok(Ended::Answered(empty::missing_index(
            &missing, &plan, pretty,
        )));
    }

    let mut reversal = reversal_of(&resolved, &plan);
    if let Some(numbers) = switches.numbers(stack.cursors(), &resolved)? {
        reversal = numbers.strictly(reversal);
    }
    let shown = Shown {
        answer: plan.answer.clone(),
        filter: plan.filter.clone(),
        reversal,
        mount: answer::mount_of(&parts.extensions),
        index: plan
            .indices
            .first()
            .map(|pair| pair.logical.clone())
            .unwrap_or_default(),
        id: endpoint.id().unwrap_or_default().to_owned(),
        limit: stack.settings().max_answer(0),
        pretty,
    };
    let media = match &plan.payload {
        Payload::Empty => None,
        Payload::Own(_) => Some(HeaderValue::from_static("application/json")),
        Payload::Stream => parts.headers.get(http::header::CONTENT_TYPE).cloned(),
    };
    let call = match &plan.answer {
        Answer::Cursor(call) => Some(Arc::clone(call)),
        _ => None,
    };
    let passes = call.as_ref().is_some_and(|call| call.passes());
    let mut headers = match passes {
        true => forwarded(&parts.headers, resolved.header_ops()),
        false => physical_headers(&parts.headers, media, resolved.header_ops()),
    };
    if matches!(plan.payload, Payload::Stream) {
        // A body that passes as it is may be encoded.
        if let Some(encoding) = parts.headers.get(http::header::CONTENT_ENCODING) {
            headers.insert(http::header::CONTENT_ENCODING, encoding.clone());
        }
    }
    let uri = plan
        .path_and_query()
        .parse()
        .map_err(|_| Rejection::internal("a path that makes no URI"))?;
    let target = match &call {
        Some(call) => call.home.target(&resolved, stack.router()),
        None => resolved.target(plan.physical_indices()),
    };
    let stamps = stamps_of(&state, &resolved);
    let body = match plan.payload {
        Payload::Stream => streamed.unwrap_or_else(|| RequestBody::from(Bytes::new())),
        Payload::Own(bytes) => RequestBody::from(bytes),
        Payload::Empty => RequestBody::from(Bytes::new()),
    };
    let mut physical = Request::new(body);
    *physical.method_mut() = plan.method;
    *physical.uri_mut() = uri;
    *physical.headers_mut() = headers;
    *physical.extensions_mut() = std::mem::take(&mut parts.extensions);
    physical
        .extensions_mut()
        .insert(state.into_physical(target, stamps));

    let Some(call) = call else {
        let response = outbound.send(physical).await.map_err(Stopped::Failed)?;
        let held = Held {
            parts,
            endpoint,
            resolved,
            kept,
        };
        return Ok(match held.settle(stack, outbound, response).await? {
            Ended::Answered(response) => Ended::Answered(answer::turn_back(response, shown).await),
            again @ Ended::Again(_) => again,
        });
    };
    let sealing = cursor::sealing(stack, &call)?;
    let response = match outbound.send(physical).await {
        Ok(response) => response,
        Err(error) => {
            if let Some(sealing) = sealing {
                sealing.refused();
            }
            return Err(Stopped::Failed(error));
        }
    };
    let quota = &stack.cursors().cursors.quota;
    let turned = Box::pin(cursor::turn_back(response, shown, &call, sealing, quota));
    let response = turned.await;
    Ok(Ended::Answered(response))
}

/// The index expression of the path, or of the query string on a root route.
fn names_of<'a>(
    query: &'a Query<'_>,
    endpoint: &'a Endpoint,
) -> Result<Option<&'a str>, Rejection> {
    match (endpoint.index(), query.get("index")) {
        (Some(_), Some(_)) => Err(Rejection::refused(
            "the index stands in the path, [index] can't name another",
        )),
        (Some(index), None) | (None, Some(index)) => Ok(Some(index)),
        (None, None) => Ok(None),
    }
}

/// Makes sure of the shared indices of a request. The logical name of one that is only read and isn't there: it has no
/// documents, so the cluster needs not be asked.
async fn check<S, R, B, T>(
    stack: &Stack<R>,
    outbound: &mut Outbound<S>,
    extensions: &http::Extensions,
    state: &RequestState,
    resolved: &Resolved,
    plan: &mut Plan,
) -> Result<Option<String>, Stopped<S::Error>>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let Some((shared, _)) = resolved.shared() else {
        return Ok(None);
    };
    if plan.presence == Presence::Any {
        return Ok(None);
    }
    let asker = Asker {
        resolved,
        rules: &shared.rules,
        state,
        extensions,
    };
    let create = plan.presence == Presence::Write;
    let mut missing = None;
    let mut there = Vec::with_capacity(plan.indices.len());
    for pair in &plan.indices {
        let found = stack
            .checks()
            .ensure(outbound, &asker, &pair.physical, create)
            .await?;
        match found {
            Found::Good => there.push(pair.clone()),
            Found::Missing => missing = missing.or(Some(pair.logical.clone())),
        }
    }
    let Some(missing) = missing else {
        return Ok(None);
    };
    if plan.lenient && !there.is_empty() {
        plan.narrow(state.endpoint(), there);
        return Ok(None);
    }
    Ok(Some(missing))
}
