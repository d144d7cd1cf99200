//! One answer from those of several clusters, with the items in the order sent.

use super::super::frame::Frame;
use super::super::place::{Places, Reversals};
use super::super::send::{Outcome, lost};
use super::Common;
use crate::rejection::Rejection;
use crate::rewrite::bulk::Action;
use crate::rewrite::json::write_string;
use crate::rewrite::response::{BulkAnswer, Reversal};
use crate::route::unreadable;

/// What became of one item.
pub(super) enum Slot {
    /// It was refused here.
    Refused(Box<Rejection>),
    /// It is the next one of this group's answer.
    Sent { place: usize, group: usize },
}

impl Slot {
    /// Where it was placed, if it was sent.
    pub(super) fn place(&self) -> Option<usize> {
        match self {
            Self::Sent { place, .. } => Some(*place),
            Self::Refused(_) => None,
        }
    }

    /// The same, if it was sent in this group.
    pub(super) fn place_in(&self, number: usize) -> Option<usize> {
        match self {
            Self::Sent { place, group } if *group == number => Some(*place),
            _ => None,
        }
    }

    /// It goes with another group, or to another placement.
    pub(super) fn place_at(&mut self, at: impl FnOnce(usize) -> usize, number: usize) {
        if let Self::Sent { place, group } = self {
            (*place, *group) = (at(*place), number);
        }
    }
}

/// Writes the client's answer: compact unless it asked for line breaks, and in the node's key order, for shippers search
/// it as text.
pub(super) fn merge<R>(
    common: &Common<'_, R>,
    slots: &[Slot],
    places: &Places,
    outcomes: &[Outcome],
    pretty: bool,
) -> Vec<u8> {
    let mut groups: Vec<Cursor<'_>> = outcomes.iter().map(Cursor::new).collect();
    let mut reversals = Reversals::default();
    let answered = outcomes.iter().map(Outcome::len).sum();
    let mut items = Vec::with_capacity(answered);
    let mut frame = Frame::new(pretty);
    // What the clusters call an error: a delete that finds nothing is a 404 and none.
    let mut errors = groups.iter().any(Cursor::errors);
    for (at, slot) in slots.iter().enumerate() {
        frame.next(&mut items);
        let (action, index, id) = common.asked(at);
        let failed = match slot {
            Slot::Refused(why) => Some(Rejection::clone(why)),
            Slot::Sent { place, group } => {
                let reversal = reversals.of(places, *place);
                let cursor = groups.get_mut(*group);
                match cursor.map(|cursor| cursor.next(action, reversal, &mut items)) {
                    Some(Ok(())) => None,
                    Some(Err(why)) => Some(why),
                    None => Some(lost()),
                }
            }
        };
        if let Some(why) = failed {
            let mark = items.len();
            write_refused(action, index, id, &why, &mut items);
            frame.authored(mark, &mut items);
            errors = true;
        }
    }
    let took = groups.iter().map(Cursor::took).max().unwrap_or(0);
    let took = took.to_string();
    // Only where some index has a pipeline of its own; the node writes it in this place.
    let ingest_took = groups.iter().filter_map(Cursor::ingest_took).max();
    let ingest_took = ingest_took.map(|took| took.to_string());
    let mut head = vec![("took", &*took)];
    if let Some(took) = &ingest_took {
        head.push(("ingest_took", took));
    }
    head.push(("errors", if errors { "true" } else { "false" }));
    let mut out = frame.open(&head, "items");
    out.append(&mut items);
    frame.close(&mut out);
    out
}

/// The answer of one group, read item by item.
enum Cursor<'a> {
    Answered(BulkAnswer<'a>),
    Failed(Rejection),
}

impl<'a> Cursor<'a> {
    fn new(outcome: &'a Outcome) -> Self {
        match outcome {
            Outcome::Answered(raw) => match BulkAnswer::parse(raw) {
                Ok(answer) => Self::Answered(answer),
                Err(error) => Self::Failed(unreadable(&error)),
            },
            Outcome::Failed(why) => Self::Failed(why.clone()),
        }
    }

    fn errors(&self) -> bool {
        matches!(self, Self::Answered(answer) if answer.errors())
    }

    fn took(&self) -> u64 {
        match self {
            Self::Answered(answer) => answer.took(),
            Self::Failed(_) => 0,
        }
    }

    fn ingest_took(&self) -> Option<u64> {
        match self {
            Self::Answered(answer) => std::str::from_utf8(answer.ingest_took()?)
                .ok()?
                .parse()
                .ok(),
            Self::Failed(_) => None,
        }
    }

    fn next(
        &mut self,
        action: Action,
        reversal: Option<&Reversal>,
        out: &mut Vec<u8>,
    ) -> Result<(), Rejection> {
        match self {
            Self::Failed(why) => Err(why.clone()),
            Self::Answered(answer) => {
                let reversal = reversal.ok_or_else(lost)?;
                let told = answer.next_item(Some(action), reversal, out);
                told.ok_or_else(lost)?
                    .map(|_status| ())
                    .map_err(|error| unreadable(&error))
            }
        }
    }
}

/// An item's error in the node's shape.
fn write_refused(
    action: Action,
    index: &str,
    id: Option<&str>,
    why: &Rejection,
    out: &mut Vec<u8>,
) {
    out.extend_from_slice(b"{\"");
    out.extend_from_slice(action.as_str().as_bytes());
    out.extend_from_slice(b"\":{\"_index\":");
    write_string(out, index);
    out.extend_from_slice(b",\"_id\":");
    match id {
        Some(id) => write_string(out, id),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(b",\"status\":");
    out.extend_from_slice(why.status().as_str().as_bytes());
    out.extend_from_slice(b",\"error\":");
    why.write_cause(out);
    out.extend_from_slice(b"}}");
}
