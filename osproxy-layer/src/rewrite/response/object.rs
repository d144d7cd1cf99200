//! Turns one object of an answer back by its table, and is the tripwire.
//!
//! Everything is written to `out` as it is read. When the tripwire goes off at the last key of a document, what was
//! written of it is taken back: nothing of a foreign document ever leaves.

use super::edit::{self, Edited, Fate, Walk};
use super::error::{item_error, rename_texts};
use super::numbers::Numbers;
use super::table::{self, HIT, OPTION, Op, SHARD_FAILURE, SHARDS, Table, UPDATE_GET};
use super::values::{fields, id, index, routing, source};
use super::{Breach, Reversal, ReverseError};
use crate::rewrite::json::{RawStr, write_string};
use crate::rewrite::screen::SortValue;

/// What was seen of a document while it was written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    index: bool,
    id: bool,
    routing: bool,
    content: bool,
    nested: bool,
    pub(super) found: Option<bool>,
    pub(super) status: Option<u16>,
}

/// What a document must prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Index, id and, unless it is a part of a larger document, routing.
    Hit,
    /// Index, id and, when it was found, routing.
    Document,
    /// Index and id: the routing was in the request.
    Write,
    /// Nothing of its own: it is inside what has proved itself.
    Inside,
}

/// Turns back the objects of one answer.
#[derive(Clone, Copy)]
pub(super) struct Reverser<'r> {
    pub(super) reversal: &'r Reversal,
    /// What the positions of `sort` hold; behind them, and where this is empty, nothing that needs care.
    sort: &'r [SortValue],
    pub(super) depth: u8,
    /// The logical index and id of the document around the object, where it has none of its own.
    around: Option<(&'r str, &'r str)>,
}

impl<'r> Reverser<'r> {
    pub(super) const fn new(reversal: &'r Reversal, sort: &'r [SortValue]) -> Self {
        Self {
            reversal,
            sort,
            depth: 0,
            around: None,
        }
    }

    /// Writes the object that `raw` begins with; the offset behind it is returned. On an error `out` is as it was.
    pub(super) fn object(
        &self,
        raw: &[u8],
        table: Table,
        proof: Proof,
        out: &mut Vec<u8>,
    ) -> Result<(usize, Seen), ReverseError> {
        let mark = out.len();
        let mut seen = Seen::default();
        let mut numbers = self.numbers();
        let done = edit::object(
            raw,
            out,
            |key| Ok(self.fate(table, key)),
            |op, rest, out| self.value(op, rest, &mut seen, &mut numbers, out),
        )
        .and_then(|end| {
            self.prove(proof, &seen)?;
            match numbers {
                Some(numbers) => numbers.seal(self.reversal, out).map(|()| end),
                None => Ok(end),
            }
        });
        if done.is_err() {
            out.truncate(mark);
        }
        done.map(|end| (end, seen))
    }

    /// What is noted to seal a document's numbers. Most operators are not strict, so it takes no room in other answers.
    fn numbers(&self) -> Option<Box<Numbers>> {
        let seals = self.reversal.seals_numbers();
        seals.then(|| Box::new(Numbers::of(self.around)))
    }

    /// What the table says, less what only a strict operator wants.
    #[inline]
    fn fate(&self, table: Table, key: &RawStr<'_>) -> Fate<Op> {
        match table::fate(table, key, self.reversal.is_shared()) {
            Fate::Edit(Op::Score) if !self.reversal.hides_scores() => Fate::Keep,
            Fate::Edit(Op::SeqNo | Op::Term) if !self.reversal.seals_numbers() => Fate::Keep,
            fate => fate,
        }
    }

    /// Writes the hit that `raw` begins with; the offset behind it is returned.
    pub(super) fn hit(&self, raw: &[u8], out: &mut Vec<u8>) -> Result<usize, ReverseError> {
        self.object(raw, HIT, Proof::Hit, out).map(|(end, _)| end)
    }

    fn prove(&self, proof: Proof, seen: &Seen) -> Result<(), ReverseError> {
        // On a dedicated index what is not printed can't be wrong: `stored_fields=_none_` leaves the id out.
        if proof == Proof::Inside || !self.reversal.is_shared() {
            return Ok(());
        }
        if !seen.index {
            return Err(Breach::Index.into());
        }
        if !seen.id {
            return Err(Breach::Id.into());
        }
        let needs_routing = match proof {
            Proof::Hit => !seen.nested,
            Proof::Document => seen.found != Some(false) || seen.content,
            Proof::Write | Proof::Inside => false,
        };
        if needs_routing && self.reversal.routing().is_some() && !seen.routing {
            return Err(Breach::Routing.into());
        }
        Ok(())
    }

    /// Writes the value that `rest` begins with.
    fn value(
        &self,
        op: Op,
        rest: &[u8],
        seen: &mut Seen,
        numbers: &mut Option<Box<Numbers>>,
        out: &mut Vec<u8>,
    ) -> Result<Edited, ReverseError> {
        Ok(Edited::Kept(match op {
            Op::Drop => return Ok(Edited::Left(edit::value(rest)?.len())),
            // A failure that belongs to no shard has no index.
            Op::Index if rest.first() == Some(&b'n') => copy(rest, out)?.len(),
            Op::Index => {
                seen.index = true;
                if let Some(numbers) = numbers {
                    numbers.index(self.reversal, rest)?;
                }
                index(self.reversal, rest, out)?
            }
            Op::Id => {
                seen.id = true;
                if let Some(numbers) = numbers {
                    numbers.id(self.reversal, rest)?;
                }
                id(self.reversal, rest, out)?
            }
            Op::Routing => {
                seen.routing = true;
                return Ok(Edited::Left(routing(self.reversal, rest)?));
            }
            Op::Source => {
                seen.content = true;
                if seen.nested {
                    // A part of a document has no root keys: what it calls `_tenant` is the client's own.
                    copy(rest, out)?.len()
                } else {
                    source(self.reversal, rest, out)?
                }
            }
            Op::Fields => {
                seen.content = true;
                fields(self.reversal, rest, out)?
            }
            Op::FieldNames => return self.field_names(rest, out),
            Op::Sort => self.sort(rest, out)?,
            Op::InnerHits => self.inner_hits(rest, out)?,
            Op::Rename => {
                let value = edit::value(rest)?;
                rename_texts(value, self.reversal, out)?;
                value.len()
            }
            Op::Shards => self.inside(rest, SHARDS, out)?,
            Op::Failures => self.each(rest, SHARD_FAILURE, out)?,
            Op::Options => self.each(rest, OPTION, out)?,
            Op::UpdateGet => {
                let inner = Reverser {
                    around: numbers.as_ref().and_then(|numbers| numbers.document()),
                    ..*self
                };
                inner.inside(rest, UPDATE_GET, out)?
            }
            Op::Score => {
                out.extend_from_slice(b"null");
                edit::value(rest)?.len()
            }
            Op::SeqNo | Op::Term => match numbers {
                Some(numbers) => numbers.note(op, rest, out)?,
                None => copy(rest, out)?.len(),
            },
            Op::Error => {
                let value = edit::value(rest)?;
                item_error(value, self.reversal, out);
                value.len()
            }
            Op::Status => {
                let value = copy(rest, out)?;
                seen.status = std::str::from_utf8(value)
                    .ok()
                    .and_then(|text| text.parse().ok());
                value.len()
            }
            Op::Found => {
                let value = copy(rest, out)?;
                seen.found = match value {
                    b"true" => Some(true),
                    b"false" => Some(false),
                    _ => return Err(ReverseError::Shape("found is neither true nor false")),
                };
                value.len()
            }
            Op::Nested => {
                seen.nested = true;
                copy(rest, out)?.len()
            }
            Op::Keep => copy(rest, out)?.len(),
        }))
    }

    /// Writes an object that needs no proof of its own.
    pub(super) fn inside(
        &self,
        rest: &[u8],
        table: Table,
        out: &mut Vec<u8>,
    ) -> Result<usize, ReverseError> {
        self.object(rest, table, Proof::Inside, out)
            .map(|(end, _)| end)
    }

    fn each(&self, rest: &[u8], table: Table, out: &mut Vec<u8>) -> Result<usize, ReverseError> {
        edit::array(
            rest,
            out,
            |_| Fate::Edit(()),
            |(), rest, out| self.inside(rest, table, out).map(Edited::Kept),
        )
    }

    /// Left out altogether when nothing of it stays, as the server does.
    fn field_names(&self, rest: &[u8], out: &mut Vec<u8>) -> Result<Edited, ReverseError> {
        let mut left = 0;
        let length = edit::array(
            rest,
            out,
            |_| Fate::Edit(()),
            |(), rest, out| {
                let (name, length) = edit::string(rest)?;
                if self.reversal.hides_field(&name.decode()) {
                    return Ok(Edited::Left(length));
                }
                left += 1;
                out.extend_from_slice(edit::slice(rest, 0..length));
                Ok(Edited::Kept(length))
            },
        )?;
        Ok(if left > 0 {
            Edited::Kept(length)
        } else {
            Edited::Left(length)
        })
    }

    fn sort(&self, rest: &[u8], out: &mut Vec<u8>) -> Result<usize, ReverseError> {
        edit::array(
            rest,
            out,
            |at| match self.sort.get(at) {
                None | Some(SortValue::Plain) => Fate::Keep,
                Some(what) => Fate::Edit(*what),
            },
            |what, rest, out| {
                Ok(Edited::Kept(match what {
                    SortValue::Plain => copy(rest, out)?.len(),
                    SortValue::Id => id(self.reversal, rest, out)?,
                    SortValue::Position => {
                        let number = edit::value(rest)?;
                        let text = std::str::from_utf8(number).ok();
                        match text.and_then(|number| self.reversal.position(number)) {
                            Some(sealed) => write_string(out, &sealed),
                            // Its place stays, so that the others keep theirs.
                            None => out.extend_from_slice(b"null"),
                        }
                        number.len()
                    }
                }))
            },
        )
    }
}

/// Copies the value that `rest` begins with.
pub(super) fn copy<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> Result<&'a [u8], ReverseError> {
    let value = edit::value(rest)?;
    out.extend_from_slice(value);
    Ok(value)
}

/// What a document says about itself, without writing it. The source comes with the blanks around it: the server stores
/// what the client sent, blanks and all, and shows it so.
pub(super) fn read_proof<'a>(
    raw: &'a [u8],
    reversal: &Reversal,
) -> Result<(bool, Option<&'a [u8]>), ReverseError> {
    let mut seen = Seen::default();
    let mut document = None;
    let mut walk = Walk::object(raw)?;
    while let Some(item) = walk.next()? {
        let value = item.value;
        let Some(key) = item.key else { continue };
        match key.raw() {
            b"_index" => {
                reversal.logical_index(&edit::string(value)?.0.decode())?;
                seen.index = true;
            }
            b"_id" => {
                reversal.logical_id(&edit::string(value)?.0.decode())?;
                seen.id = true;
            }
            b"_routing" => {
                routing(reversal, value)?;
                seen.routing = true;
            }
            b"found" => seen.found = Some(value == b"true"),
            b"_source" => {
                document = Some(item.spaced);
                seen.content = true;
            }
            _ => {}
        }
    }
    walk.end()?;
    Reverser::new(reversal, &[]).prove(Proof::Document, &seen)?;
    match seen.found {
        Some(found) => Ok((found, document)),
        None => Err(ReverseError::Shape("found is missing")),
    }
}
