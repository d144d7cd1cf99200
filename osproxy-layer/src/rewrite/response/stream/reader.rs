//! The machine under a stream: one answer, read byte by byte where it has a structure of its own, and value by value where
//! it has none.

use std::fmt;
use std::sync::Arc;

use super::super::bulk::item;
use super::super::cursor::SealCursor;
use super::super::edit;
use super::super::error::rename_texts;
use super::super::object::Reverser;
use super::super::skim::{Skim, skip_space};
use super::super::table::{SHARDS, SUGGESTION};
use super::super::{Breach, Reversal, ReverseError};
use super::place::{Act, Held, Place, Plan};
use super::step::{Level, Step};
use crate::rewrite::bulk::Action;
use crate::rewrite::json::{Lexer, MAX_DEPTH, write_string};

/// Where one answer stands.
pub(super) struct Reader {
    reversal: Arc<Reversal>,
    plan: Plan,
    root: Place,
    /// What seals the cursor that the client asked for.
    pub(super) seal: Option<SealCursor>,
    /// The client's own action for each item of a bulk.
    pub(super) actions: Option<Vec<Action>>,
    items: usize,
    /// Whether the list came that this answer is about.
    listed: bool,
    /// The most that is held at a time.
    pub(super) limit: usize,
    levels: Vec<Level>,
    step: Step,
    /// From behind the last bracket or comma up to the value: white space, and the key with its colon.
    lead: Vec<u8>,
    held: Vec<u8>,
}

impl Reader {
    pub(super) fn new(reversal: Arc<Reversal>, root: Place, plan: Plan, limit: usize) -> Self {
        Self {
            reversal,
            plan,
            root,
            seal: None,
            actions: None,
            items: 0,
            listed: false,
            limit,
            levels: Vec::new(),
            step: Step::Root,
            lead: Vec::new(),
            held: Vec::new(),
        }
    }

    /// Whether the answer was whole.
    pub(super) fn end(&self) -> Result<(), ReverseError> {
        if !matches!(self.step, Step::Done) {
            return Err(ReverseError::Truncated);
        }
        match &self.actions {
            _ if !self.listed && matches!(self.root, Place::Search | Place::Bulk) => {
                Err(ReverseError::Shape("no hits and no items"))
            }
            Some(actions) if actions.len() != self.items => {
                Err(ReverseError::Shape("fewer items than were sent"))
            }
            _ => Ok(()),
        }
    }

    /// Reads a chunk; on an error `out` holds what was turned back before.
    pub(super) fn read(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), ReverseError> {
        let mut rest = chunk;
        while !rest.is_empty() {
            let read = self.advance(rest, out)?;
            rest = rest.get(read..).unwrap_or_default();
        }
        Ok(())
    }

    /// Reads up to the next turn and says how many bytes that were; not always one, never past the end.
    fn advance(&mut self, rest: &[u8], out: &mut Vec<u8>) -> Result<usize, ReverseError> {
        match &mut self.step {
            Step::Within(act, skim) => {
                let act = *act;
                let end = skim.feed(rest)?;
                let part = edit::slice(rest, 0..end.unwrap_or(rest.len()));
                self.within(act, part, end.is_some(), out)?;
                return Ok(part.len());
            }
            Step::InKey { start, escape } => {
                let (start, mut escape) = (*start, *escape);
                let quote = rest.iter().position(|byte| match byte {
                    _ if escape => {
                        escape = false;
                        false
                    }
                    b'\\' => {
                        escape = true;
                        false
                    }
                    byte => *byte == b'"',
                });
                let end = quote.map_or(rest.len(), |at| at + 1);
                self.lead(edit::slice(rest, 0..end))?;
                self.step = match quote {
                    Some(_) => Step::Colon(self.act_of_key(start)?),
                    None => Step::InKey { start, escape },
                };
                return Ok(end);
            }
            _ => {}
        }
        let space = skip_space(rest, 0);
        self.lead(edit::slice(rest, 0..space))?;
        let Some(&byte) = rest.get(space) else {
            if matches!(self.step, Step::Done) {
                out.append(&mut self.lead);
            }
            return Ok(space);
        };
        if let Step::Value(Act::Hold(held)) = self.step {
            let rest = edit::slice(rest, space..rest.len());
            return Ok(space + self.hold(held, rest, out)?);
        }
        let taken = self.punctuation(byte, out)?;
        Ok(space + usize::from(taken))
    }

    /// Takes what must be seen whole. Most often it is whole in this chunk, and then it is read once and nothing is held.
    fn hold(&mut self, held: Held, rest: &[u8], out: &mut Vec<u8>) -> Result<usize, ReverseError> {
        match self.turn_back(held, rest, out) {
            Ok(end) if end > self.limit => Err(ReverseError::TooLarge),
            Ok(end) => {
                self.step = Step::Next;
                Ok(end)
            }
            Err(ReverseError::Truncated) => {
                self.step = Step::Within(Act::Hold(held), Skim::held());
                Ok(0)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads one byte that is not white space; false when it is the first of a value and was left to the value.
    fn punctuation(&mut self, byte: u8, out: &mut Vec<u8>) -> Result<bool, ReverseError> {
        let level = self.levels.last().copied();
        match (&self.step, level) {
            (Step::Root, _) => {
                if byte != b'{' {
                    return Err(edit::no_container(&[byte], true));
                }
                self.open(self.root, byte, out)?;
            }
            (Step::First | Step::Next, Some(level))
                if byte == if level.object { b'}' } else { b']' } =>
            {
                out.append(&mut self.lead);
                out.push(byte);
                self.levels.pop();
                self.step = if self.levels.is_empty() {
                    Step::Done
                } else {
                    Step::Next
                };
            }
            (Step::Next, Some(level)) if byte == b',' => {
                if level.kept {
                    out.append(&mut self.lead);
                }
                self.lead.clear();
                self.step = if level.object {
                    Step::Key
                } else {
                    Step::Value(self.plan.element(level.place))
                };
            }
            (Step::First | Step::Key, Some(level)) if level.object => {
                if byte != b'"' {
                    return Err(ReverseError::NotJson);
                }
                let start = self.lead.len();
                self.lead(b"\"")?;
                self.step = Step::InKey {
                    start,
                    escape: false,
                };
            }
            (Step::First, Some(level)) => {
                self.step = Step::Value(self.plan.element(level.place));
                return Ok(false);
            }
            (Step::Colon(act), _) if byte == b':' => {
                let act = *act;
                self.lead(b":")?;
                self.step = Step::Value(act);
            }
            (Step::Value(act), _) => return self.value(*act, byte, out),
            _ => return Err(ReverseError::NotJson),
        }
        Ok(true)
    }

    /// Begins a value; true when its first byte was read.
    fn value(&mut self, act: Act, byte: u8, out: &mut Vec<u8>) -> Result<bool, ReverseError> {
        let act = match act {
            Act::Cursor(_) => return Err(Breach::Cursor.into()),
            Act::Ambiguous => {
                return Err(ReverseError::Shape("an aggregation is called buckets"));
            }
            Act::Enter(place) if place.begins_with(byte) => {
                self.separate(out);
                self.open(place, byte, out)?;
                return Ok(true);
            }
            Act::Enter(place) => {
                if matches!(byte, b'{' | b'[') || !place.may_be_scalar() {
                    return Err(ReverseError::Shape(
                        "a list or an object stands in the wrong place",
                    ));
                }
                Act::Copy
            }
            act => act,
        };
        if matches!(act, Act::Copy | Act::Null) {
            self.separate(out);
            out.append(&mut self.lead);
            out.extend_from_slice(if act == Act::Null { b"null" } else { b"" });
        }
        self.step = Step::Within(act, Skim::value());
        Ok(false)
    }

    fn open(&mut self, place: Place, byte: u8, out: &mut Vec<u8>) -> Result<(), ReverseError> {
        if self.levels.len() >= MAX_DEPTH as usize {
            return Err(ReverseError::TooDeep);
        }
        self.listed |= matches!(place, Place::HitList(0) | Place::Items);
        out.append(&mut self.lead);
        out.push(byte);
        self.levels.push(Level {
            place,
            object: byte == b'{',
            any: false,
            kept: false,
        });
        self.step = Step::First;
        Ok(())
    }

    /// Takes the next part of a value.
    fn within(
        &mut self,
        act: Act,
        part: &[u8],
        ended: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), ReverseError> {
        match act {
            Act::Copy => out.extend_from_slice(part),
            Act::Hold(held) => {
                if self.held.len() + part.len() > self.limit {
                    return Err(ReverseError::TooLarge);
                }
                self.held.extend_from_slice(part);
                if ended {
                    let whole = std::mem::take(&mut self.held);
                    self.turn_back(held, &whole, out)?;
                    // Its room serves the next one.
                    self.held = whole;
                    self.held.clear();
                }
            }
            Act::Drop | Act::Null | Act::Cursor(_) | Act::Ambiguous | Act::Enter(_) => {}
        }
        if ended {
            if act == Act::Drop {
                self.lead.clear();
                if let Some(level) = self.levels.last_mut() {
                    level.kept = false;
                }
            }
            self.step = Step::Next;
        }
        Ok(())
    }

    /// Writes what `raw` begins with; the offset behind it is returned. On an error nothing has changed.
    fn turn_back(
        &mut self,
        held: Held,
        raw: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<usize, ReverseError> {
        let mark = out.len();
        if self.levels.last().is_some_and(|level| level.any) {
            out.push(b',');
        }
        out.extend_from_slice(&self.lead);
        let plain = Reverser::new(&self.reversal, &[]);
        let done = match held {
            Held::Hit(hits) => Reverser::new(&self.reversal, self.plan.sort(hits)).hit(raw, out),
            Held::Shards => plain.inside(raw, SHARDS, out),
            Held::Suggestion => plain.inside(raw, SUGGESTION, out),
            Held::Cursor => self.cursor(raw, out),
            Held::Texts => edit::value(raw).and_then(|value| {
                rename_texts(value, &self.reversal, out)?;
                Ok(value.len())
            }),
            Held::Item => self
                .action()
                .and_then(|action| item(raw, action, &self.reversal, out))
                .map(|(end, _)| end),
        };
        if done.is_err() {
            out.truncate(mark);
            return done;
        }
        self.items += usize::from(held == Held::Item);
        self.lead.clear();
        if let Some(level) = self.levels.last_mut() {
            level.any = true;
            level.kept = true;
        }
        done
    }

    /// Writes the client's text for the cluster's cursor.
    fn cursor(&self, raw: &[u8], out: &mut Vec<u8>) -> Result<usize, ReverseError> {
        let (text, length) = edit::string(raw)?;
        let sealed = self
            .seal
            .as_ref()
            .and_then(|seal| seal.seal(&text.decode()));
        write_string(out, &sealed.ok_or(ReverseError::Unsealed)?);
        Ok(length)
    }

    /// The client's own action for the next item.
    fn action(&self) -> Result<Option<Action>, ReverseError> {
        match &self.actions {
            None => Ok(None),
            Some(actions) => match actions.get(self.items) {
                Some(action) => Ok(Some(*action)),
                None => Err(ReverseError::Shape("more items than were sent")),
            },
        }
    }

    /// Writes the comma before a member that stays.
    fn separate(&mut self, out: &mut Vec<u8>) {
        if let Some(level) = self.levels.last_mut() {
            if level.any {
                out.push(b',');
            }
            level.any = true;
            level.kept = true;
        }
    }

    fn act_of_key(&self, start: usize) -> Result<Act, ReverseError> {
        let Some(level) = self.levels.last() else {
            return Err(ReverseError::NotJson);
        };
        let key = Lexer::new(edit::slice(&self.lead, start..self.lead.len()))?.string()?;
        let shared = self.reversal.is_shared();
        Ok(match self.plan.member(level.place, &key.decode(), shared) {
            Act::Cursor(kind) if self.seal.as_ref().is_some_and(|seal| seal.is(kind)) => {
                Act::Hold(Held::Cursor)
            }
            act => act,
        })
    }

    fn lead(&mut self, bytes: &[u8]) -> Result<(), ReverseError> {
        if self.lead.len() + bytes.len() > self.limit {
            return Err(ReverseError::TooLarge);
        }
        self.lead.extend_from_slice(bytes);
        Ok(())
    }
}

/// Where it stands, nothing of what it holds.
impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("root", &self.root)
            .field("step", &self.step)
            .field("held", &self.held.len())
            .finish_non_exhaustive()
    }
}
