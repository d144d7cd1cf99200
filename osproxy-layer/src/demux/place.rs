//! Where the items of one request go: each partition is placed once, each index checked once.

use std::collections::HashMap;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::cursor::{CursorKeys, Numbers, Owner};
use crate::endpoint::Operation;
use crate::future::Stopped;
use crate::outbound::Outbound;
use crate::plan::{IndexPair, reversal, single_index};
use crate::preflight::{Asker, Found};
use crate::rejection::Rejection;
use crate::rewrite::response::{IdRule, Reversal};
use crate::router::{Resolved, Router};
use crate::spi::{BodyDoc, PartitionId, Principal, RequestCtx};
use crate::stack::Stack;
use crate::state::RequestState;
use crate::switches::Switches;

/// The placements of one request.
#[derive(Default)]
pub(super) struct Places {
    all: Vec<Place>,
    by_partition: HashMap<PartitionId, Result<usize, Rejection>>,
    /// What sequence numbers are sealed with, where they are.
    keys: Option<CursorKeys>,
}

/// One placement and the indices of it that items name.
pub(super) struct Place {
    pub(super) resolved: Resolved,
    pub(super) indices: Vec<Index>,
    /// What seals its sequence numbers, where they are sealed.
    numbers: Option<Numbers>,
}

/// A logical index, or why items can't go to it.
pub(super) struct Index {
    pub(super) logical: String,
    pub(super) pair: Result<IndexPair, Rejection>,
    /// What the mapping check said; asked by the first item that needs it.
    pub(super) checked: Option<Result<(), Rejection>>,
    /// A delete alone doesn't create an index, so its check says less.
    pub(super) may_create: bool,
}

impl Places {
    /// None yet, of a request on this stack.
    pub(super) fn of<R>(stack: &Stack<R>) -> Result<Self, Rejection> {
        let keys = match stack.settings().switches.strict {
            true => Some(stack.cursors().keys()?.clone()),
            false => None,
        };
        Ok(Self {
            keys,
            ..Self::default()
        })
    }

    /// What is known of a partition.
    pub(super) fn known(&self, partition: &PartitionId) -> Option<Result<usize, Rejection>> {
        self.by_partition.get(partition).cloned()
    }

    /// Notes what the router said of a partition.
    pub(super) fn note(
        &mut self,
        partition: PartitionId,
        found: Result<Resolved, Rejection>,
    ) -> Result<usize, Rejection> {
        let found = found.map(|resolved| self.add(resolved));
        self.by_partition.insert(partition, found.clone());
        found
    }

    /// Adds a placement.
    pub(super) fn add(&mut self, resolved: Resolved) -> usize {
        let keys = self.keys.as_ref().filter(|_| resolved.shared().is_some());
        let numbers = keys.map(|keys| Numbers::new(keys, Owner::of(&resolved)));
        self.all.push(Place {
            resolved,
            indices: Vec::new(),
            numbers,
        });
        self.all.len() - 1
    }

    /// Where an item goes that [`Placer`] has placed.
    pub(super) fn destination(
        &self,
        place: usize,
        index: usize,
    ) -> Result<(&Resolved, &IndexPair), Rejection> {
        let lost = || Rejection::internal("a placement that was lost");
        let place = self.get(place).ok_or_else(lost)?;
        let index = place.indices.get(index).ok_or_else(lost)?;
        Ok((&place.resolved, index.pair.as_ref().map_err(Clone::clone)?))
    }

    /// What opens and seals the sequence numbers of a placement's documents, where they are sealed.
    pub(super) fn numbers(&self, place: usize) -> Option<&Numbers> {
        self.get(place)?.numbers.as_ref()
    }

    /// Takes in the placements of a part of the request that was placed anew. The first of them has this number now.
    pub(super) fn absorb(&mut self, newer: Self) -> usize {
        let first = self.all.len();
        self.all.extend(newer.all);
        first
    }

    pub(super) fn get(&self, place: usize) -> Option<&Place> {
        self.all.get(place)
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut Place> {
        self.all.get_mut(place)
    }
}

/// Places the items of one request.
pub(super) struct Placer<'a, R> {
    pub(super) stack: &'a Stack<R>,
    pub(super) parts: &'a Parts,
    pub(super) state: &'a RequestState,
    pub(super) places: Places,
}

/// What a router may see of one item.
#[derive(Clone, Copy)]
pub(super) struct ItemView<'i> {
    pub(super) logical: &'i str,
    pub(super) id: Option<&'i str>,
    pub(super) document: &'i [u8],
}

impl<R> Placer<'_, R> {
    /// What the operator has chosen about shared indices.
    pub(super) fn switches(&self) -> Switches {
        self.stack.settings().switches
    }
}

impl ItemView<'_> {
    fn seen_in<'c>(&'c self, ctx: RequestCtx<'c>) -> RequestCtx<'c> {
        ctx.with_item(Some(self.logical), self.id)
            .with_body(BodyDoc::new(self.document))
    }
}

impl<'a, R: Router> Placer<'a, R> {
    /// Places a partition anew that was placed before, by its first item. `None` where its epoch is no higher than it was:
    /// sending it again would only spin.
    pub(super) async fn again<S: Clone>(
        &mut self,
        outbound: &mut Outbound<S>,
        item: ItemView<'_>,
        before: &Resolved,
    ) -> Result<Option<Resolved>, Rejection> {
        let Some(partition) = before.partition() else {
            return Ok(None);
        };
        let ctx = self.ctx();
        let ctx = match self.state.resolved() {
            Some(_) => ctx,
            None => item.seen_in(ctx),
        };
        let placing = (self.stack.router()).resolve_placement(&ctx, partition.clone());
        let resolved = outbound.unless_pending(placing).await?;
        if resolved.epoch() <= before.epoch() {
            return Ok(None);
        }
        self.places.note(partition.clone(), Ok(resolved.clone()))?;
        Ok(Some(resolved))
    }

    /// What a router may see of the request.
    fn ctx(&self) -> RequestCtx<'a> {
        RequestCtx::new(
            &self.parts.method,
            self.state.endpoint(),
            &self.parts.headers,
        )
        .with_principal(Principal::get(&self.parts.extensions))
        .with_version(self.parts.version)
        .with_query(self.parts.uri.query())
    }

    /// Whether all items have one placement: of a request that names its partition itself, each is that partition's.
    pub(super) fn places_alike(&self) -> bool {
        let resolved = self.state.resolved();
        resolved.is_some_and(|resolved| resolved.partition().is_some())
    }

    /// The placement of an item: once a partition.
    pub(super) async fn resolve<S: Clone>(
        &mut self,
        outbound: &mut Outbound<S>,
        item: ItemView<'_>,
    ) -> Result<usize, Rejection> {
        if let Some(resolved) = self.state.resolved()
            && let Some(partition) = resolved.partition()
        {
            return match self.places.known(partition) {
                Some(known) => known,
                None => self.places.note(partition.clone(), Ok(resolved.clone())),
            };
        }
        let ctx = item.seen_in(self.ctx());
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
    pub(super) async fn index<S, B, T>(
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
        let index_at = match place.position(logical) {
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
                Ok(Found::Missing) => {
                    let looked_for = match self.state.endpoint().operation() {
                        Operation::Msearch => "index_or_alias",
                        _ => "index_expression",
                    };
                    Err(Rejection::no_such_index(logical, Some(looked_for)))
                }
                Err(Stopped::Rejected(rejection)) => Err(rejection),
                Err(Stopped::Failed(_)) => Err(Rejection::unreachable()),
            });
        }
        match &index.checked {
            Some(Err(why)) => Err(why.clone()),
            _ => Ok(index_at),
        }
    }
}

/// What turns the answers of each placement back, made when it is first needed.
#[derive(Default)]
pub(super) struct Reversals {
    known: Vec<Option<Reversal>>,
}

impl Reversals {
    pub(super) fn of(&mut self, places: &Places, place: usize) -> Option<&Reversal> {
        if self.known.len() <= place {
            self.known.resize_with(place + 1, || None);
        }
        let slot = self.known.get_mut(place)?;
        if slot.is_none() {
            *slot = Some(places.get(place)?.reversal());
        }
        slot.as_ref()
    }
}

impl Place {
    /// Where a logical index stands that an item has named before.
    pub(super) fn position(&self, logical: &str) -> Option<usize> {
        let mut indices = self.indices.iter();
        indices.position(|index| index.logical == logical)
    }

    fn pairs(&self) -> impl Iterator<Item = &IndexPair> {
        self.indices
            .iter()
            .filter_map(|index| index.pair.as_ref().ok())
    }

    fn reversal(&self) -> Reversal {
        let pairs: Vec<IndexPair> = self.pairs().cloned().collect();
        let reversal = reversal(&self.resolved, &pairs);
        match self.numbers.clone() {
            Some(numbers) => numbers.strictly(reversal),
            None => reversal,
        }
    }
}

impl Places {
    /// What turns back an error that is about all items alike: the strictest rule that one of them has.
    pub(super) fn of_whole(&self) -> Reversal {
        let names = self.all.iter().flat_map(Place::pairs);
        let names = names.map(|pair| (pair.physical.as_str(), pair.logical.as_str()));
        if self
            .all
            .iter()
            .any(|place| place.resolved.shared().is_some())
        {
            Reversal::shared(names, IdRule::default())
        } else {
            Reversal::dedicated(names)
        }
    }
}
