//! One bulk: read, place, write the groups, send them, merge their answers.

mod item;
mod merge;
mod read;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use self::item::{Destination, Read};
use self::merge::{Slot, merge};
use super::answer;
use super::group::Groups;
use super::place::{ItemView, Placer, Places};
use super::receive::{Received, filtered};
use super::send::{Call, Sender};
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::outbound::Outbound;
use crate::rejection::Rejection;
use crate::rewrite::bulk::{Action, VersionType};
use crate::router::Router;
use crate::stack::Stack;

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
    let Received {
        parts,
        state,
        body,
        params,
        default_index,
        routing,
        ..
    } = Received::read(&stack, &mut outbound, request).await?;
    let items = read::read(&body, default_index.as_deref())?;

    let query = params.forward.encode();
    let mut bulk = Bulk {
        placer: Placer {
            stack: &stack,
            parts: &parts,
            state: &state,
            places: Places::default(),
        },
        groups: Groups::default(),
        slots: Vec::with_capacity(items.len()),
        require_alias: params.require_alias,
        routing: routing.as_deref(),
        capacity: body.len() + body.len() / 4,
    };
    for item in &items {
        bulk.place(&mut outbound, item, default_index.as_deref())
            .await;
    }
    let Bulk {
        placer,
        groups,
        slots,
        ..
    } = bulk;
    let places = placer.places;
    let groups = groups.into_all();

    // With nothing refused and one cluster, a bulk that the cluster refuses as a whole is answered as it says.
    let whole = (groups.len() == 1 && slots.iter().all(|slot| matches!(slot, Slot::Sent { .. })))
        .then(|| places.of_whole());
    let sender = Sender {
        parts: &parts,
        state: &state,
        call: Call {
            path: "/_bulk",
            media: "application/x-ndjson",
            query: &query,
            around: ("", ""),
            pretty: params.pretty,
        },
        settings: stack.settings(),
        whole: whole.as_ref(),
    };
    let outcomes = match sender.send_all(outbound, groups).await {
        Ok(response) => return Ok(response),
        Err(outcomes) => outcomes,
    };
    let merged = merge(&slots, &places, &outcomes, params.pretty);
    Ok(answer(filtered(merged, &params)?))
}

/// A bulk while its items are placed.
struct Bulk<'a, R> {
    placer: Placer<'a, R>,
    groups: Groups,
    slots: Vec<Slot>,
    require_alias: Option<bool>,
    /// The routing of items that name none.
    routing: Option<&'a str>,
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
        let view = ItemView {
            logical,
            id: read.item.meta().id(),
            document: document_of(read),
        };
        let at = self.placer.resolve(outbound, view).await?;
        let index_at = self
            .placer
            .index(outbound, at, logical, creates(read))
            .await?;
        let (resolved, pair) = self.placer.places.destination(at, index_at)?;
        let to = Destination {
            resolved,
            logical: &pair.logical,
            physical: &pair.physical,
            require_alias: self.require_alias,
            routing: self.routing,
            ignores_routing: self.placer.switches().ignores_routing(resolved),
        };
        let (number, group) = self
            .groups
            .of(resolved, self.capacity)
            .ok_or_else(|| Rejection::internal("a group that was lost"))?;
        item::write(read, &to, &mut group.body)?;
        group.note_write(resolved, &pair.physical);
        Ok((at, number))
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
