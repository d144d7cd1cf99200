//! One bulk: read, place, write the groups, send them, merge their answers.

mod chains;
mod dispatch;
mod item;
mod merge;
mod parts;
mod read;
mod spelling;
mod through;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use self::dispatch::Dispatch;
use self::item::{Destination, Read};
use self::merge::{Slot, merge};
use self::spelling::Spelling;
use super::answer;
use super::group::Groups;
use super::place::{ItemView, Placer, Places};
use super::receive::{Received, filtered};
use super::send::{Call, Sender};
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::cursor::Numbers;
use crate::gate::Load;
use crate::outbound::Outbound;
use crate::plan::IndexPair;
use crate::rejection::Rejection;
use crate::rewrite::bulk::{Action, VersionType};
use crate::router::{Resolved, Router};
use crate::stack::Stack;
use crate::state::RequestState;

pub(super) use self::through::through;

pub(super) async fn work<S, R, B, T>(
    stack: Stack<R>,
    mut outbound: Outbound<S>,
    request: Request<RequestBody<B>>,
) -> Result<Response<ResponseBody<T>>, Rejection>
where
    R: Router,
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    B: Body<Data = Bytes> + Send + 'static,
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
    // Kept whole to the end, however small the part is that must wait.
    let state = state.with_load(Load::new(body.len()));

    let query = params.forward.encode();
    let common = Common {
        stack: &stack,
        parts: &parts,
        items: &items,
        default_index: default_index.as_deref(),
        require_alias: params.require_alias,
        routing: routing.as_deref(),
    };
    let placer = common.placer(&state)?;
    let mut bulk = Bulk::new(common, placer, body.len() + body.len() / 4);
    bulk.most = stack.settings().max_content;
    bulk.place_all(&mut outbound, 0..items.len()).await;
    let Bulk {
        placer,
        groups,
        mut slots,
        ..
    } = bulk;
    let mut places = placer.places;
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
    let dispatch = Dispatch { common, sender };
    let outcomes = match dispatch
        .run(outbound, groups, &mut places, &mut slots)
        .await
    {
        Ok(response) => return Ok(response),
        Err(outcomes) => outcomes,
    };
    let merged = merge(&common, &slots, &places, &outcomes, params.pretty);
    Ok(answer(filtered(merged, &params)?))
}

/// What all items of a bulk have in common.
struct Common<'a, R> {
    stack: &'a Stack<R>,
    parts: &'a Parts,
    items: &'a [Read<'a>],
    default_index: Option<&'a str>,
    require_alias: Option<bool>,
    /// The routing of items that name none.
    routing: Option<&'a str>,
}

// Not derived: that would ask for `R: Copy`.
impl<R> Clone for Common<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Common<'_, R> {}

impl<'a, R> Common<'a, R> {
    fn placer(&self, state: &'a RequestState) -> Result<Placer<'a, R>, Rejection> {
        Ok(Placer {
            stack: self.stack,
            parts: self.parts,
            state,
            places: Places::of(self.stack)?,
        })
    }

    /// Where an item goes that is placed.
    fn destination<'d>(
        &self,
        (resolved, pair): (&'d Resolved, &'d IndexPair),
        numbers: Option<&'d Numbers>,
    ) -> Destination<'d>
    where
        'a: 'd,
    {
        let switches = self.stack.settings().switches;
        Destination {
            resolved,
            logical: &pair.logical,
            physical: &pair.physical,
            require_alias: self.require_alias,
            numbers,
            routing: self.routing,
            ignores_routing: switches.ignores_routing(resolved),
            spelling: None,
        }
    }

    /// What the client asked for with an item: what it does, and to which of its documents.
    fn asked(&self, at: usize) -> (Action, &'a str, Option<&'a str>) {
        self.item(at)
            .map_or((Action::Index, "", None), |(read, logical)| {
                (read.item.action(), logical, read.item.meta().id())
            })
    }

    /// An item and its logical index.
    fn item(&self, at: usize) -> Option<(&'a Read<'a>, &'a str)> {
        let read = self.items.get(at)?;
        let own = read.item.meta().index();
        Some((read, own.or(self.default_index).unwrap_or_default()))
    }
}

/// A bulk, or a part of one, while its items are placed.
struct Bulk<'a, R> {
    common: Common<'a, R>,
    placer: Placer<'a, R>,
    groups: Groups,
    slots: Vec<Slot>,
    capacity: usize,
    /// The most bytes of one request.
    most: usize,
    /// The placement of all items, where the request has one.
    only: Option<usize>,
    /// The last index of each placement: neighbours mostly go to one.
    last: Vec<Option<Last<'a>>>,
}

/// Where items of one index go, once one of them was written there.
struct Last<'a> {
    logical: &'a str,
    /// Whether it was looked for with the right to create it.
    creates: bool,
    index: usize,
    group: usize,
    spelling: Option<Spelling>,
}

impl<'a, R: Router> Bulk<'a, R> {
    fn new(common: Common<'a, R>, placer: Placer<'a, R>, capacity: usize) -> Self {
        Self {
            common,
            placer,
            groups: Groups::default(),
            slots: Vec::with_capacity(common.items.len()),
            capacity,
            most: usize::MAX,
            only: None,
            last: Vec::new(),
        }
    }

    /// Places items, and writes each into its cluster's group.
    async fn place_all<S, B, T>(
        &mut self,
        outbound: &mut Outbound<S>,
        items: impl IntoIterator<Item = usize>,
    ) where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        for at in items {
            let Some((read, logical)) = self.common.item(at) else {
                continue;
            };
            // Most items need nothing that would have to be waited for.
            let known = self
                .only
                .and_then(|place| self.write_known(place, read, logical));
            let placed = match known {
                Some(placed) => placed,
                None => self.try_place(outbound, read, logical).await,
            };
            self.slots.push(match placed {
                Ok((place, group)) => Slot::Sent { place, group },
                Err(why) => Slot::Refused(Box::new(why)),
            });
        }
    }

    /// Writes an item that goes where one before it went; `None` where it doesn't.
    fn write_known(
        &mut self,
        place: usize,
        read: &Read<'_>,
        logical: &str,
    ) -> Option<Result<(usize, usize), Rejection>> {
        let last = self.last.get(place)?.as_ref()?;
        if last.logical != logical || creates(read) && !last.creates {
            return None;
        }
        let places = &self.placer.places;
        let placed = places.destination(place, last.index).ok()?;
        let to = Destination {
            spelling: last.spelling.as_ref(),
            ..self.common.destination(placed, places.numbers(place))
        };
        let number = self.groups.last_of(last.group);
        // The index and the write are noted already, unless the group is another one now.
        let noted = number == last.group;
        let written = write(&mut self.groups, number, noted, read, &to, self.most);
        if let (Ok(group), Some(Some(last))) = (&written, self.last.get_mut(place)) {
            last.group = *group;
        }
        Some(written.map(|group| (place, group)))
    }

    async fn try_place<S, B, T>(
        &mut self,
        outbound: &mut Outbound<S>,
        read: &Read<'_>,
        logical: &'a str,
    ) -> Result<(usize, usize), Rejection>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let place = self.placer.resolve(outbound, view(read, logical)).await?;
        if self.placer.places_alike() {
            self.only = Some(place);
        }
        if let Some(written) = self.write_known(place, read, logical) {
            return written;
        }
        let creates = creates(read);
        let index = self.placer.index(outbound, place, logical, creates).await?;
        let places = &self.placer.places;
        let placed @ (resolved, pair) = places.destination(place, index)?;
        let to = self.common.destination(placed, places.numbers(place));
        let (number, _) = (self.groups.of(resolved, self.capacity)).ok_or_else(lost)?;
        let number = write(&mut self.groups, number, false, read, &to, self.most)?;
        let last = Last {
            logical,
            creates,
            index,
            group: number,
            spelling: Spelling::of(resolved, &pair.physical),
        };
        if self.last.len() <= place {
            self.last.resize_with(place + 1, || None);
        }
        if let Some(slot) = self.last.get_mut(place) {
            *slot = Some(last);
        }
        Ok((place, number))
    }
}

/// Writes an item into a group, or into one that goes on with it; that one's number is returned.
fn write(
    groups: &mut Groups,
    number: usize,
    noted: bool,
    read: &Read<'_>,
    to: &Destination<'_>,
    most: usize,
) -> Result<usize, Rejection> {
    let group = groups.get_mut(number).ok_or_else(lost)?;
    let mark = group.body.len();
    item::write(read, to, &mut group.body)?;
    let own = groups.within(number, mark, most);
    let group = groups.get_mut(own).ok_or_else(lost)?;
    if noted && own == number {
        group.items += 1;
    } else {
        group.note_write(to.resolved, to.physical);
    }
    Ok(own)
}

fn lost() -> Rejection {
    Rejection::internal("a group that was lost")
}

/// What a router may see of an item.
fn view<'a>(read: &'a Read<'_>, logical: &'a str) -> ItemView<'a> {
    ItemView {
        logical,
        id: read.item.meta().id(),
        document: document_of(read),
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
