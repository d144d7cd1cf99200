//! One bulk: read, place, write the groups, send them, merge their answers.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, StreamExt};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use super::item::{self, Destination, Read};
use super::merge::{Outcome, Slot, merge};
use super::place::{Index, Places};
use super::split::{self, Group, Groups};
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::Query;
use crate::future::Stopped;
use crate::outbound::Outbound;
use crate::plan::{Scoped, check_media, physical_headers, physical_params, single_index};
use crate::preflight::{Asker, Found};
use crate::rejection::{Rejection, RejectionKind};
use crate::rewrite::bulk::{Action, VersionType};
use crate::route::{malformed, read, read_whole};
use crate::router::Router;
use crate::settings::Settings;
use crate::spi::{BodyDoc, Principal, RequestCtx};
use crate::stack::Stack;
use crate::state::RequestState;

pub(super) async fn work<S, R, B, T>(
    stack: Stack<R>,
    mut outbound: Outbound<S>,
    request: Request<RequestBody<B>>,
) -> Result<Response<ResponseBody<T>>, Rejection>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let (mut parts, body) = request.into_parts();
    let state = RequestState::take(&mut parts.extensions)
        .ok_or_else(|| Rejection::missing_layer("ResolveLayer"))?;
    let endpoint = Arc::clone(state.endpoint());
    let body = read(&mut outbound, body, stack.settings().max_body).await?;
    if !body.is_empty() {
        check_media(&parts.headers)?;
    }
    let (query, default_index, require_alias, filter) = {
        let query = Query::parse(parts.uri.query().unwrap_or_default())
            .map_err(|error| malformed(&error))?;
        let params = physical_params(Scoped {
            endpoint: &endpoint,
            query: &query,
            resolved: state.resolved(),
        })?;
        let index = match (endpoint.index(), params.index) {
            (Some(_), Some(_)) => {
                return Err(Rejection::refused(
                    "the index stands in the path, [index] can't name another",
                ));
            }
            (Some(index), None) => Some(index.to_owned()),
            (None, index) => index,
        };
        (
            params.forward.encode(),
            index,
            params.require_alias,
            params.filter,
        )
    };
    let items = split::read(&body, default_index.as_deref())?;

    let mut bulk = Bulk {
        stack: &stack,
        parts: &parts,
        state: &state,
        places: Places::default(),
        groups: Groups::default(),
        slots: Vec::with_capacity(items.len()),
        require_alias,
        capacity: body.len() + body.len() / 4,
    };
    for item in &items {
        bulk.place(&mut outbound, item, default_index.as_deref())
            .await;
    }
    let Bulk {
        places,
        groups,
        slots,
        ..
    } = bulk;
    let groups = groups.into_all();

    // With nothing refused and one cluster, a bulk that the cluster refuses as a whole is answered as it says.
    let whole = groups.len() == 1 && slots.iter().all(|slot| matches!(slot, Slot::Sent { .. }));
    let sender = Sender {
        parts: &parts,
        state: &state,
        query: &query,
        settings: stack.settings(),
        whole,
    };
    let sent = sender
        .send_all(outbound, groups, stack.settings().max_groups)
        .await;
    let outcomes = match <[Sent<T>; 1]>::try_from(sent) {
        Ok([Sent::Whole(response)]) => return Ok(response),
        Ok([Sent::Outcome(outcome)]) => vec![outcome],
        Err(sent) => sent.into_iter().map(Sent::into_outcome).collect(),
    };
    let mut merged = merge(&slots, &places, &outcomes);
    if let Some(filter) = filter {
        merged = filter
            .apply(&merged)
            .map_err(|_| Rejection::internal("an answer of ours that can't be filtered"))?;
    }
    Ok(answer(merged))
}

fn answer<T>(body: Vec<u8>) -> Response<ResponseBody<T>> {
    let mut response = Response::new(ResponseBody::from(Bytes::from(body)));
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=UTF-8"),
    );
    response
}

/// A bulk while its items are placed.
struct Bulk<'a, R> {
    stack: &'a Stack<R>,
    parts: &'a Parts,
    state: &'a RequestState,
    places: Places,
    groups: Groups,
    slots: Vec<Slot>,
    require_alias: Option<bool>,
    capacity: usize,
}

impl<R: Router> Bulk<'_, R> {
    /// Places one item, and writes it into its cluster's group.
    async fn place<S, B, T>(
        &mut self,
        outbound: &mut Outbound<S>,
        read: &Read<'_>,
        default_index: Option<&str>,
    ) where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let meta = read.item.meta();
        let logical = meta.index().or(default_index).unwrap_or_default();
        let (action, index, id) = (
            read.item.action(),
            logical.to_owned(),
            meta.id().map(str::to_owned),
        );
        let slot = match self.try_place(outbound, read, logical).await {
            Ok((place, group)) => Slot::Sent {
                action,
                index,
                id,
                place,
                group,
            },
            Err(why) => Slot::Refused {
                action,
                index,
                id,
                why,
            },
        };
        self.slots.push(slot);
    }

    async fn try_place<S, B, T>(
        &mut self,
        outbound: &mut Outbound<S>,
        read: &Read<'_>,
        logical: &str,
    ) -> Result<(usize, usize), Rejection>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let at = self.resolve(outbound, read, logical).await?;
        let index_at = self.index(outbound, at, logical, creates(read)).await?;
        let place = self
            .places
            .get(at)
            .ok_or_else(|| Rejection::internal("a placement that was lost"))?;
        let index = place
            .indices
            .get(index_at)
            .ok_or_else(|| Rejection::internal("an index that was lost"))?;
        let pair = index.pair.as_ref().map_err(Clone::clone)?;
        let to = Destination {
            resolved: &place.resolved,
            logical: &pair.logical,
            physical: &pair.physical,
            require_alias: self.require_alias,
        };
        let (number, group) = self
            .groups
            .of(&place.resolved, self.capacity)
            .ok_or_else(|| Rejection::internal("a group that was lost"))?;
        item::write(read, &to, &mut group.body)?;
        group.note(&place.resolved, &pair.physical);
        Ok((at, number))
    }

    /// The placement of an item: once a partition.
    async fn resolve<S: Clone>(
        &mut self,
        outbound: &mut Outbound<S>,
        read: &Read<'_>,
        logical: &str,
    ) -> Result<usize, Rejection> {
        // Of a request that names its partition itself, every item is that partition's.
        if let Some(resolved) = self.state.resolved()
            && let Some(partition) = resolved.partition()
        {
            return match self.places.known(partition) {
                Some(known) => known,
                None => self.places.note(partition.clone(), Ok(resolved.clone())),
            };
        }
        let endpoint = self.state.endpoint();
        let document = document_of(read);
        let ctx = RequestCtx::new(&self.parts.method, endpoint, &self.parts.headers)
            .with_principal(Principal::get(&self.parts.extensions))
            .with_query(self.parts.uri.query())
            .with_item(Some(logical), read.item.meta().id())
            .with_body(BodyDoc::new(document));
        let router = self.stack.router();
        match router.resolve_partition(&ctx)? {
            Some(partition) => match self.places.known(&partition) {
                Some(known) => known,
                None => {
                    let placing = router.resolve_placement(&ctx, partition.clone());
                    let resolved = outbound
                        .unless_pending(placing)
                        .await
                        .map_err(Rejection::from);
                    self.places.note(partition, resolved)
                }
            },
            None => {
                let resolved = outbound.unless_pending(router.resolve(&ctx)).await?;
                Ok(self.places.add(resolved))
            }
        }
    }

    /// The physical index of an item: mapped and checked once.
    async fn index<S, B, T>(
        &mut self,
        outbound: &mut Outbound<S>,
        at: usize,
        logical: &str,
        creates: bool,
    ) -> Result<usize, Rejection>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let place = self
            .places
            .get_mut(at)
            .ok_or_else(|| Rejection::internal("a placement that was lost"))?;
        let index_at = match place
            .indices
            .iter()
            .position(|index| index.logical == logical)
        {
            Some(known) => known,
            None => {
                let pair = single_index(&place.resolved, logical);
                place.indices.push(Index {
                    logical: logical.to_owned(),
                    pair,
                    checked: None,
                    may_create: false,
                });
                place.indices.len() - 1
            }
        };
        let resolved = place.resolved.clone();
        let index = place
            .indices
            .get_mut(index_at)
            .ok_or_else(|| Rejection::internal("an index that was lost"))?;
        let (Some((shared, _)), Ok(pair)) = (resolved.shared(), &index.pair) else {
            return Ok(index_at);
        };
        if index.checked.is_none() || (creates && !index.may_create) {
            let asker = Asker {
                resolved: &resolved,
                rules: &shared.rules,
                state: self.state,
                extensions: &self.parts.extensions,
            };
            let found = self
                .stack
                .checks()
                .ensure(outbound, &asker, &pair.physical, creates)
                .await;
            index.may_create = creates;
            index.checked = Some(match found {
                Ok(Found::Good) => Ok(()),
                Ok(Found::Missing) => Err(no_such_index(logical)),
                Err(Stopped::Rejected(rejection)) => Err(rejection),
                Err(Stopped::Failed(_)) => Err(unreachable()),
            });
        }
        match &index.checked {
            Some(Err(why)) => Err(why.clone()),
            _ => Ok(index_at),
        }
    }
}

/// Whether the node creates a missing index for this item.
fn creates(read: &Read<'_>) -> bool {
    let external = matches!(
        read.item.meta().version_type(),
        VersionType::External | VersionType::ExternalGte
    );
    read.item.action() != Action::Delete || external
}

/// The document of an item, where a source of the partition's name may look for it.
fn document_of<'a>(read: &Read<'a>) -> &'a [u8] {
    let source = read.item.source().unwrap_or_default();
    if read.item.action() == Action::Update {
        crate::resolve::document_of_update(source)
    } else {
        source
    }
}

fn no_such_index(logical: &str) -> Rejection {
    let reason = format!("no such index [{logical}]");
    Rejection::new(
        RejectionKind::Unplaced,
        StatusCode::NOT_FOUND,
        "index_not_found_exception",
        reason,
    )
}

/// A cluster that can't be reached: its items may be sent again.
fn unreachable() -> Rejection {
    Rejection::new(
        RejectionKind::Upstream,
        StatusCode::SERVICE_UNAVAILABLE,
        "osproxy_upstream_exception",
        "the cluster can't be reached",
    )
}

/// What became of a sent group.
enum Sent<T> {
    Outcome(Outcome),
    /// The only group failed as a whole, and its status is the client's answer.
    Whole(Response<ResponseBody<T>>),
}

impl<T> Sent<T> {
    fn into_outcome(self) -> Outcome {
        match self {
            Self::Outcome(outcome) => outcome,
            Self::Whole(response) => Outcome::Failed(refusal_of(response.status())),
        }
    }
}

/// Sends groups.
#[derive(Clone, Copy)]
struct Sender<'a> {
    parts: &'a Parts,
    state: &'a RequestState,
    query: &'a str,
    settings: &'a Settings,
    whole: bool,
}

impl Sender<'_> {
    /// Sends the groups side by side, up to a bound. The first takes the ready instance, each other a clone of its
    /// own, which it drives ready itself.
    async fn send_all<S, B, T>(
        self,
        outbound: Outbound<S>,
        groups: Vec<Group>,
        bound: usize,
    ) -> Vec<Sent<T>>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let mut sent: Vec<Option<Sent<T>>> = Vec::new();
        sent.resize_with(groups.len(), || None);
        let idle = outbound.clone();
        let mut first = Some(outbound);
        let mut waiting = groups.into_iter().enumerate();
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < bound {
                let Some((at, group)) = waiting.next() else {
                    break;
                };
                let outbound = first.take().unwrap_or_else(|| idle.clone());
                running.push(async move { (at, self.send(outbound, group).await) });
            }
            let Some((at, outcome)) = running.next().await else {
                break;
            };
            if let Some(slot) = sent.get_mut(at) {
                *slot = Some(outcome);
            }
        }
        let lost = || Sent::Outcome(Outcome::Failed(unreachable()));
        sent.into_iter()
            .map(|sent| sent.unwrap_or_else(lost))
            .collect()
    }

    async fn send<S, B, T>(self, mut outbound: Outbound<S>, group: Group) -> Sent<T>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let limit = self.settings.max_answer(group.items);
        let Ok(request) = self.request(group) else {
            return Sent::Outcome(Outcome::Failed(Rejection::internal(
                "a path that makes no URI",
            )));
        };
        let Ok(response) = outbound.send(request).await else {
            return Sent::Outcome(Outcome::Failed(unreachable()));
        };
        let status = response.status();
        if status.is_success() {
            return Sent::Outcome(match read_whole(response.into_body(), limit).await {
                Ok(raw) => Outcome::Answered(raw),
                Err(why) => Outcome::Failed(why),
            });
        }
        let refusal = match response.extensions().get::<Rejection>() {
            // Our own gate: its words are the client's.
            Some(own) => own.clone(),
            None => match response.headers().get(RETRY_AFTER) {
                // When the cluster has room again is its own to say.
                Some(after) => refusal_of(status).with_header(RETRY_AFTER, after.clone()),
                None => refusal_of(status),
            },
        };
        if self.whole && refusal.kind() == RejectionKind::Upstream {
            return Sent::Whole(refusal.into_response());
        }
        Sent::Outcome(Outcome::Failed(refusal))
    }

    fn request<B>(self, group: Group) -> Result<Request<RequestBody<B>>, http::uri::InvalidUri> {
        let target = group.target();
        let uri = if self.query.is_empty() {
            "/_bulk".to_owned()
        } else {
            ["/_bulk?", self.query].concat()
        };
        let media = Some(HeaderValue::from_static("application/x-ndjson"));
        let mut request = Request::new(RequestBody::from(Bytes::from(group.body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.parse()?;
        *request.headers_mut() =
            physical_headers(&self.parts.headers, media, group.resolved.header_ops());
        *request.extensions_mut() = self.parts.extensions.clone();
        request.extensions_mut().insert(
            self.state
                .clone()
                .into_physical(target, group.stamps.into()),
        );
        Ok(request)
    }
}

/// A bulk that a cluster refused: the status is its own, the words are ours.
fn refusal_of(status: StatusCode) -> Rejection {
    let reason = format!(
        "the cluster refused the bulk with status [{}]",
        status.as_u16()
    );
    Rejection::new(
        RejectionKind::Upstream,
        status,
        "osproxy_upstream_exception",
        reason,
    )
}
