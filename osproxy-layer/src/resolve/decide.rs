//! One request's decision.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::caller::Caller;
use super::{info, virtual_answer};
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::{Decision, Endpoint, Operation, Query};
use crate::future::Stopped;
use crate::outbound::Outbound;
use crate::plan::{check_media, is_offered, not_offered};
use crate::rejection::Rejection;
use crate::rewrite::json::Members;
use crate::route;
use crate::router::{Resolved, Router};
use crate::spi::{BodyDoc, Principal, RequestCtx, SpiError};
use crate::stack::Stack;
use crate::state::RequestState;

/// What becomes of a request.
pub(super) enum Decided<S, B, T, E> {
    /// It goes on, with what was found in its extensions.
    Forward(Outbound<S>, Box<Request<RequestBody<B>>>),
    /// It ends here.
    Answer(Result<Response<ResponseBody<T>>, E>),
}

pub(super) async fn decide<S, R, B, T>(
    stack: Stack<R>,
    mut outbound: Outbound<S>,
    request: Request<RequestBody<B>>,
    endpoint: Arc<Endpoint>,
) -> Decided<S, B, T, S::Error>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    match endpoint.operation() {
        Operation::Options => return Decided::Answer(Ok(info::options(&endpoint))),
        Operation::Favicon => return Decided::Answer(Ok(info::favicon())),
        _ => {}
    }
    let (mut parts, body) = request.into_parts();
    match listed(&stack, &parts, &endpoint) {
        None => {}
        Some(Ok(resolved)) => {
            let state = RequestState::logical(endpoint, Some(resolved));
            parts.extensions.insert(state);
            let request = Box::new(Request::from_parts(parts, body));
            return Decided::Forward(outbound, request);
        }
        Some(Err(rejection)) => return Decided::Answer(Ok(rejection.into_response())),
    }
    let mut body = Some(body);
    let found = find(&stack, &mut outbound, &parts, &endpoint, &mut body).await;
    let resolved = match found {
        Ok(resolved) => resolved,
        Err(rejection) => return Decided::Answer(Ok(rejection.into_response())),
    };
    let state = RequestState::logical(Arc::clone(&endpoint), resolved);
    let body = body.unwrap_or_else(|| RequestBody::from(Bytes::new()));
    match on_placement(&endpoint, state.resolved()) {
        Ok(Next::On) => {
            parts.extensions.insert(state);
            Decided::Forward(outbound, Box::new(Request::from_parts(parts, body)))
        }
        Ok(Next::Here) => {
            // Boxed, as what follows: rare, and it must not make every request's future as large.
            let here = Box::pin(answer_here(&stack, &mut outbound, &parts, &state, body));
            let answer = here.await;
            Decided::Answer(answer.or_else(Stopped::into_result))
        }
        Err(rejection) => Decided::Answer(Ok(rejection.into_response())),
    }
}

/// What the operator's list says, where it has the route for this caller: such a request is no tenant's, so the router is
/// not asked whose it is.
fn listed<R: Router>(
    stack: &Stack<R>,
    parts: &Parts,
    endpoint: &Endpoint,
) -> Option<Result<Resolved, Rejection>> {
    let caller = Principal::get(&parts.extensions);
    let operator = &stack.settings().operator;
    let listed = operator.find(&parts.method, endpoint, caller)?;
    let query = parts.uri.query().unwrap_or_default();
    let checked = Query::parse(query)
        .map_err(|error| route::malformed(&error))
        .and_then(|query| listed.check(endpoint, &query));
    let resolved = Resolved::of_operator(listed.cluster().clone());
    Some(checked.map(|()| resolved.or_endpoint(|cluster| stack.router().cluster_endpoint(cluster))))
}

/// Asks the router. `None` where each item of the request is placed by itself.
async fn find<S, R, B>(
    stack: &Stack<R>,
    outbound: &mut Outbound<S>,
    parts: &Parts,
    endpoint: &Endpoint,
    body: &mut Option<RequestBody<B>>,
) -> Result<Option<Resolved>, Rejection>
where
    R: Router,
    S: Clone,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let router = stack.router();
    let mut document = Bytes::new();
    if router.reads_body() {
        match endpoint.operation() {
            Operation::Bulk => return Ok(None),
            Operation::Index | Operation::Create | Operation::Update => {
                if let Some(streamed) = body.take() {
                    let limit = stack.settings().max_body;
                    document = Box::pin(route::read(outbound, streamed, limit)).await?;
                    if !document.is_empty() {
                        check_media(&parts.headers)?;
                    }
                    *body = Some(RequestBody::from(document.clone()));
                }
            }
            _ => {}
        }
    }
    let ctx = RequestCtx::new(&parts.method, endpoint, &parts.headers)
        .with_principal(Principal::get(&parts.extensions))
        .with_version(parts.version)
        .with_query(parts.uri.query())
        .with_body(BodyDoc::new(document_of(endpoint, &document)));
    let resolved = outbound.unless_pending(router.resolve(&ctx)).await?;
    Ok(Some(resolved))
}

/// The document in a body: an update carries it one level down.
pub(super) fn document_of<'a>(endpoint: &Endpoint, body: &'a [u8]) -> &'a [u8] {
    if endpoint.operation() == Operation::Update {
        document_of_update(body)
    } else {
        body
    }
}

/// The document that an update brings: the change, or what is stored where nothing is.
pub(crate) fn document_of_update(body: &[u8]) -> &[u8] {
    let member = |name: &str| {
        Members::of(body)
            .filter_map(Result::ok)
            .find(|member| member.key == name)
            .map(|member| member.value)
    };
    member("doc")
        .or_else(|| member("upsert"))
        .unwrap_or_default()
}

pub(super) enum Next {
    On,
    Here,
}

/// What the endpoint table says for this placement.
pub(super) fn on_placement(
    endpoint: &Endpoint,
    resolved: Option<&Resolved>,
) -> Result<Next, Rejection> {
    let Some(resolved) = resolved else {
        return Ok(Next::On);
    };
    let kind = resolved.kind();
    let route = endpoint.route();
    let refused = |what: &str| {
        let (template, why) = (route.template(), route.reason());
        let colon = if why.is_empty() { "" } else { ": " };
        let placements = " on placements of kind [";
        let (kind, end) = (kind.as_str(), "]");
        // Not `format!`: what is refused must stay the cheapest of all.
        Rejection::refused(["[", template, "] ", what, placements, kind, end, colon, why].concat())
    };
    match route.decision(kind) {
        Decision::Reject => Err(refused("is not allowed")),
        Decision::Operator => Err(refused("is the operator's")),
        Decision::Forward => Ok(Next::On),
        Decision::Rewrite if is_offered(endpoint.operation(), kind) => Ok(Next::On),
        Decision::Virtual => Ok(Next::Here),
        Decision::Rewrite if virtual_answer::gathers(endpoint.operation(), kind) => Ok(Next::Here),
        Decision::Rewrite => Err(not_offered(endpoint, kind)),
    }
}

/// The answer is authored here, perhaps after calls of our own.
async fn answer_here<S, R, B, T>(
    stack: &Stack<R>,
    outbound: &mut Outbound<S>,
    parts: &Parts,
    state: &RequestState,
    body: RequestBody<B>,
) -> Result<Response<ResponseBody<T>>, Stopped<S::Error>>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let resolved = state
        .resolved()
        .ok_or_else(|| Rejection::from(SpiError::PlacementMissing))?;
    let sent = match state.endpoint().operation() {
        Operation::IndexCreate | Operation::FieldCaps => {
            route::read(outbound, body, stack.settings().max_body).await?
        }
        _ => Bytes::new(),
    };
    if !sent.is_empty() {
        check_media(&parts.headers)?;
    }
    let caller = Caller {
        stack,
        outbound,
        parts,
        state,
        resolved,
    };
    virtual_answer::answer(caller, &sent).await
}
