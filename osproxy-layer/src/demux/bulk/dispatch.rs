//! Sends the groups of a bulk, and what the gate gives back of them again.
//!
//! A group goes whole or not at all. One for several partitions of which some move is taken apart: what has settled is
//! sent at once, and each partition that moves is a group of its own. One for a single partition was held until that has
//! settled: it is placed and written anew from the client's lines.

use std::collections::VecDeque;

use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, StreamExt};
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::super::group::{Group, Groups};
use super::super::place::{Placer, Places};
use super::super::receive::Asked;
use super::super::send::{Call, Instances, Moved, Outcome, Sender, Sent, lost};
use super::chains::Chains;
use super::item;
use super::merge::Slot;
use super::parts::Parts;
use super::{Bulk, Common, view};
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::gate::{Hold, Superseded};
use crate::outbound::Outbound;
use crate::rejection::Rejection;
use crate::router::{Resolved, Router};

/// Sends the groups of one bulk.
pub(super) struct Dispatch<'a, R> {
    pub(super) common: Common<'a, R>,
    pub(super) sender: Sender<'a>,
}

/// A group to be sent.
struct Job {
    /// Its number, which its items' slots have.
    at: usize,
    what: What,
    /// What is left of the time that it may be held; none where nothing of the request was.
    hold: Option<Hold>,
}

enum What {
    Written(Group),
    /// Placed and written anew.
    Anew(Part),
}

/// Items of one partition.
struct Part {
    items: Vec<usize>,
    before: Resolved,
    /// They are all that the bulk has.
    is_all: bool,
}

/// Items that were placed and written anew.
struct Anew<T> {
    places: Places,
    /// In the order of the items.
    slots: Vec<Slot>,
    sent: Sent<T>,
}

/// What became of a job.
struct Done<T> {
    at: usize,
    sent: Sent<T>,
    /// Where its items went, if they were placed anew.
    anew: Option<(Places, Vec<(usize, Slot)>)>,
}

/// The bulk while its groups are under way.
struct Sending<'s, T> {
    places: &'s mut Places,
    slots: &'s mut [Slot],
    sent: Vec<Option<Sent<T>>>,
    queue: VecDeque<Job>,
    /// Groups that go on with another.
    chains: Chains<Job>,
}

impl<R: Router> Dispatch<'_, R> {
    /// Sends groups side by side, up to a bound. Gives the client's answer where the only group failed as a whole, else
    /// what became of each. The slots then tell the group and the placement that each item has ended at.
    pub(super) async fn run<S, B, T>(
        &self,
        outbound: Outbound<S>,
        groups: Vec<Group>,
        places: &mut Places,
        slots: &mut [Slot],
    ) -> Result<Response<ResponseBody<T>>, Vec<Outcome>>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        B: Body<Data = Bytes> + Send + 'static,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let mut sending = Sending {
            places,
            slots,
            sent: groups.iter().map(|_| None).collect(),
            queue: VecDeque::with_capacity(groups.len()),
            chains: Chains::new(),
        };
        for (at, group) in groups.into_iter().enumerate() {
            match group.behind {
                _ if group.is_empty() => {}
                Some(behind) => sending.chains.wait(behind, Job::first(at, group)),
                None => sending.queue.push_back(Job::first(at, group)),
            }
        }
        let mut instances = Instances::new(outbound);
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < self.sender.settings.max_groups {
                let Some(job) = sending.queue.pop_front() else {
                    break;
                };
                running.push(self.work(instances.next(), job));
            }
            let Some(done) = running.next().await else {
                break;
            };
            self.settle(&mut sending, done);
        }
        Sent::whole_or_outcomes(sending.sent)
    }

    async fn work<S, B, T>(&self, outbound: Outbound<S>, job: Job) -> Done<T>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        B: Body<Data = Bytes> + Send + 'static,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let at = job.at;
        match (job.what, job.hold) {
            (What::Written(group), None) => Done {
                at,
                sent: self.sender.send(outbound, group).await,
                anew: None,
            },
            // Rare, so it must not make each group's future as large as placing an item.
            (what, hold) => Box::pin(self.work_late(outbound, at, what, hold)).await,
        }
    }

    /// A job that waits or has waited.
    async fn work_late<S, B, T>(
        &self,
        outbound: Outbound<S>,
        at: usize,
        what: What,
        hold: Option<Hold>,
    ) -> Done<T>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        B: Body<Data = Bytes> + Send + 'static,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let state = self.sender.state.clone();
        let state = match hold {
            Some(hold) => state.with_hold(hold),
            None => state,
        };
        let sender = Sender {
            state: &state,
            whole: None,
            ..self.sender
        };
        match what {
            What::Written(group) => Done {
                at,
                sent: sender.send(outbound, group).await,
                anew: None,
            },
            What::Anew(part) => match self.anew(outbound, sender, &part).await {
                Ok(Anew {
                    places,
                    slots,
                    sent,
                }) => Done {
                    at,
                    sent,
                    anew: Some((places, part.items.into_iter().zip(slots).collect())),
                },
                Err(why) => Done {
                    at,
                    sent: Sent::Outcome(Outcome::Failed(why)),
                    anew: None,
                },
            },
        }
    }

    /// Places, writes and sends items of one partition that the gate has held.
    async fn anew<S, B, T>(
        &self,
        mut outbound: Outbound<S>,
        sender: Sender<'_>,
        part: &Part,
    ) -> Result<Anew<T>, Rejection>
    where
        S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
        B: Body<Data = Bytes> + Send + 'static,
        T: Body<Data = Bytes>,
        T::Error: Into<BoxError>,
    {
        let mut placer = self.common.placer(sender.state)?;
        let first = part.items.first().and_then(|at| self.common.item(*at));
        let (read, logical) = first.ok_or_else(lost)?;
        let again = placer.again(&mut outbound, view(read, logical), &part.before);
        let resolved = again.await?.ok_or_else(Superseded::rejection)?;
        let state = sender.state.clone().placed_anew(resolved);
        let switches = self.common.stack.settings().switches;
        let (endpoint, placed) = (state.endpoint(), state.resolved());
        // What the query string may ask for is the placement's to say, where the request has one.
        let asked = Asked::read(switches, sender.parts, endpoint, placed)?;
        let common = Common {
            require_alias: asked.params.require_alias,
            routing: asked.routing.as_deref(),
            ..self.common
        };
        let placer = Placer {
            state: &state,
            ..placer
        };
        let mut bulk = Bulk::new(common, placer, 0);
        let items = part.items.iter().copied();
        bulk.place_all(&mut outbound, items).await;
        let (places, slots) = (bulk.placer.places, bulk.slots);
        let all = slots.iter().all(|slot| matches!(slot, Slot::Sent { .. }));
        let whole = (part.is_all && all).then(|| places.of_whole());
        let query = asked.params.forward.encode();
        let sender = Sender {
            state: &state,
            whole: whole.as_ref(),
            call: Call {
                query: &query,
                ..sender.call
            },
            ..sender
        };
        let sent = match bulk.groups.into_all().pop() {
            Some(group) if !group.is_empty() => sender.send(outbound, group).await,
            // Every item was refused by its new placement.
            _ => Sent::Outcome(Outcome::Failed(lost())),
        };
        Ok(Anew {
            places,
            slots,
            sent,
        })
    }

    /// Notes what became of a group, or sees to it that it is sent again.
    fn settle<T>(&self, sending: &mut Sending<'_, T>, done: Done<T>) {
        if let Some((places, slots)) = done.anew {
            let first = sending.places.absorb(places);
            for (item, mut slot) in slots {
                slot.place_at(|place| place + first, done.at);
                if let Some(known) = sending.slots.get_mut(item) {
                    *known = slot;
                }
            }
        }
        match done.sent {
            Sent::Superseded(moved) => self.send_again(sending, done.at, &moved),
            sent => {
                if let Some(slot) = sending.sent.get_mut(done.at) {
                    *slot = Some(sent);
                }
                sending.queue.extend(sending.chains.through(done.at));
            }
        }
    }

    fn send_again<T>(&self, sending: &mut Sending<'_, T>, at: usize, moved: &Moved) {
        let hold = Some(moved.hold);
        let parts = Parts::of(sending.slots, sending.places, at, &moved.partitions);
        if parts.settled.is_empty()
            && let [(before, items)] = &*parts.moving
        {
            // What has waited already is first.
            sending.queue.push_front(Job {
                at,
                what: What::Anew(Part {
                    items: items.clone(),
                    before: before.clone(),
                    is_all: items.len() == sending.slots.len(),
                }),
                hold,
            });
            return;
        }
        for (_, items) in parts.moving {
            let piece = sending.sent.len();
            sending.sent.push(None);
            if let Some(group) = self.write(sending, &items, piece) {
                sending.chains.split(at, piece);
                sending.queue.push_back(Job {
                    at: piece,
                    what: What::Written(group),
                    hold,
                });
            }
        }
        match self.write(sending, &parts.settled, at) {
            Some(group) => sending.queue.push_front(Job {
                at,
                what: What::Written(group),
                hold,
            }),
            None => sending.queue.extend(sending.chains.through(at)),
        }
    }

    /// A group of items that are placed already.
    fn write<T>(
        &self,
        sending: &mut Sending<'_, T>,
        items: &[usize],
        number: usize,
    ) -> Option<Group> {
        let mut groups = Groups::default();
        for at in items {
            let Some(slot) = sending.slots.get_mut(*at) else {
                continue;
            };
            match self.write_item(&mut groups, sending.places, *at, slot) {
                Ok(()) => slot.place_at(|place| place, number),
                Err(why) => *slot = Slot::Refused(Box::new(why)),
            }
        }
        let group = groups.into_all().pop();
        group.filter(|group| !group.is_empty())
    }

    fn write_item(
        &self,
        groups: &mut Groups,
        places: &Places,
        at: usize,
        slot: &Slot,
    ) -> Result<(), Rejection> {
        let (read, logical) = self.common.item(at).ok_or_else(lost)?;
        let place = slot.place().ok_or_else(lost)?;
        let index = places.get(place).and_then(|place| place.position(logical));
        let placed @ (resolved, pair) = places.destination(place, index.ok_or_else(lost)?)?;
        let to = self.common.destination(placed, places.numbers(place));
        let (_, group) = groups.of(resolved, 0).ok_or_else(lost)?;
        item::write(read, &to, &mut group.body)?;
        group.note_write(resolved, &pair.physical);
        Ok(())
    }
}

impl Job {
    fn first(at: usize, group: Group) -> Self {
        Self {
            at,
            what: What::Written(group),
            hold: None,
        }
    }
}
