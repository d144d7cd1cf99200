//! Turns one object of an answer back by its table, and is the tripwire.
//!
//! Everything is written to `out` as it is read. When the tripwire goes off at the last key of a document, what was
//! written of it is taken back: nothing of a foreign document ever leaves.

use super::edit::{self, Fate, Walk};
use super::error::{item_error, rename_texts};
use super::table::{self, HIT, OPTION, Op, SHARD_FAILURE, SHARDS, Table, UPDATE_GET};
use super::values::{id, index, routing, source};
use super::{Breach, Reversal, ReverseError};
use crate::rewrite::screen::SortValue;

/// How deep hits may stand inside hits. The server nests them once for each `inner_hits` of the request, whose own depth
/// the screen bounds far below.
const MAX_INNER: u8 = 16;

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
    reversal: &'r Reversal,
    /// What the positions of `sort` hold; behind them, and where this is empty, nothing that needs care.
    sort: &'r [SortValue],
    depth: u8,
}

impl<'r> Reverser<'r> {
    pub(super) const fn new(reversal: &'r Reversal, sort: &'r [SortValue]) -> Self {
        Self {
            reversal,
            sort,
            depth: 0,
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
        let done = edit::object(
            raw,
            out,
            table::fates(table, self.reversal.is_shared()),
            |op, value, out| self.value(op, value, &mut seen, out),
        )
        .and_then(|end| self.prove(proof, &seen).map(|()| end));
        if done.is_err() {
            out.truncate(mark);
        }
        done.map(|end| (end, seen))
    }

    /// Writes one hit, which must be all of `raw`.
    pub(super) fn hit(&self, raw: &[u8], out: &mut Vec<u8>) -> Result<(), ReverseError> {
        self.object(raw, HIT, Proof::Hit, out).map(drop)
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

    /// Writes one value; false when it is left out.
    fn value(
        &self,
        op: Op,
        value: &[u8],
        seen: &mut Seen,
        out: &mut Vec<u8>,
    ) -> Result<bool, ReverseError> {
        match op {
            Op::Drop => return Ok(false),
            // A failure that belongs to no shard has no index.
            Op::Index if value == b"null" => out.extend_from_slice(value),
            Op::Index => {
                index(self.reversal, value, out)?;
                seen.index = true;
            }
            Op::Id => {
                id(self.reversal, value, out)?;
                seen.id = true;
            }
            Op::Routing => {
                routing(self.reversal, value)?;
                seen.routing = true;
                return Ok(false);
            }
            Op::Source => {
                seen.content = true;
                if seen.nested {
                    // A part of a document has no root keys: what it calls `_tenant` is the client's own.
                    out.extend_from_slice(value);
                } else {
                    source(self.reversal, value, out)?;
                }
            }
            Op::Fields => {
                seen.content = true;
                self.fields(value, out)?;
            }
            Op::FieldNames => return self.field_names(value, out),
            Op::Sort => self.sort(value, out)?,
            Op::InnerHits => self.inner_hits(value, out)?,
            Op::Rename => rename_texts(value, self.reversal, out)?,
            Op::Shards => self.inside(value, SHARDS, out)?,
            Op::Failures => self.each(value, SHARD_FAILURE, out)?,
            Op::Options => self.each(value, OPTION, out)?,
            Op::UpdateGet => self.inside(value, UPDATE_GET, out)?,
            Op::Error => item_error(value, self.reversal, out),
            Op::Status => {
                seen.status = std::str::from_utf8(value)
                    .ok()
                    .and_then(|text| text.parse().ok());
                out.extend_from_slice(value);
            }
            Op::Found => {
                seen.found = match value {
                    b"true" => Some(true),
                    b"false" => Some(false),
                    _ => return Err(ReverseError::Shape("found is neither true nor false")),
                };
                out.extend_from_slice(value);
            }
            Op::Nested => {
                seen.nested = true;
                out.extend_from_slice(value);
            }
            Op::Keep => out.extend_from_slice(value),
        }
        Ok(true)
    }

    /// Writes an object that needs no proof of its own.
    pub(super) fn inside(
        &self,
        value: &[u8],
        table: Table,
        out: &mut Vec<u8>,
    ) -> Result<(), ReverseError> {
        self.object(value, table, Proof::Inside, out).map(drop)
    }

    fn each(&self, value: &[u8], table: Table, out: &mut Vec<u8>) -> Result<(), ReverseError> {
        edit::array(
            value,
            out,
            |_| Fate::Edit(()),
            |(), value, out| self.inside(value, table, out).map(|()| true),
        )
        .map(drop)
    }

    fn fields(&self, value: &[u8], out: &mut Vec<u8>) -> Result<(), ReverseError> {
        edit::object(
            value,
            out,
            |key| {
                Ok::<Fate<()>, _>(if self.reversal.hides_field(&key.decode()) {
                    Fate::Drop
                } else {
                    Fate::Keep
                })
            },
            |(), _, _| Ok(true),
        )
        .map(drop)
    }

    /// Left out altogether when nothing of it stays, as the server does.
    fn field_names(&self, value: &[u8], out: &mut Vec<u8>) -> Result<bool, ReverseError> {
        let mut left = 0;
        edit::array(
            value,
            out,
            |_| Fate::Edit(()),
            |(), value, out| {
                let hidden = self.reversal.hides_field(&edit::string(value)?.decode());
                out.extend_from_slice(value);
                left += usize::from(!hidden);
                Ok(!hidden)
            },
        )?;
        Ok(left > 0)
    }

    fn sort(&self, value: &[u8], out: &mut Vec<u8>) -> Result<(), ReverseError> {
        edit::array(
            value,
            out,
            |at| match self.sort.get(at) {
                None | Some(SortValue::Plain) => Fate::Keep,
                Some(what) => Fate::Edit(*what),
            },
            |what, value, out| {
                match what {
                    SortValue::Plain => out.extend_from_slice(value),
                    SortValue::Id => id(self.reversal, value, out)?,
                    // Left in its place, so that the others keep theirs.
                    SortValue::Position => out.extend_from_slice(b"null"),
                }
                Ok(true)
            },
        )
        .map(drop)
    }

    /// `{name: {"hits": {"total": …, "hits": [hit, …]}}}`: the names are the client's, all else is the server's.
    fn inner_hits(&self, value: &[u8], out: &mut Vec<u8>) -> Result<(), ReverseError> {
        if self.depth >= MAX_INNER {
            return Err(ReverseError::TooDeep);
        }
        let inner = Reverser {
            reversal: self.reversal,
            sort: &[],
            depth: self.depth + 1,
        };
        edit::object(
            value,
            out,
            |_| Ok(Fate::Edit(())),
            |(), value, out| inner.found_hits(value, out).map(|()| true),
        )
        .map(drop)
    }

    fn found_hits(&self, value: &[u8], out: &mut Vec<u8>) -> Result<(), ReverseError> {
        let only = |name: &'static str| {
            move |key: &crate::rewrite::json::RawStr<'_>| {
                Ok(if key.is(name) {
                    Fate::Edit(())
                } else {
                    Fate::Keep
                })
            }
        };
        edit::object(value, out, only("hits"), |(), hits, out| {
            edit::object(hits, out, only("hits"), |(), list, out| {
                edit::array(
                    list,
                    out,
                    |_| Fate::Edit(()),
                    |(), hit, out| self.hit(hit, out).map(|()| true),
                )?;
                Ok(true)
            })?;
            Ok(true)
        })
        .map(drop)
    }
}

/// What a document says about itself, without writing it.
pub(super) fn read_proof<'a>(
    raw: &'a [u8],
    reversal: &Reversal,
) -> Result<(bool, Option<&'a [u8]>), ReverseError> {
    let mut seen = Seen::default();
    let mut document = None;
    let mut walk = Walk::object(raw)?;
    while let Some(item) = walk.next()? {
        let value = walk.value(&item);
        let Some(key) = &item.key else { continue };
        match key.raw() {
            b"_index" => {
                reversal.logical_index(&edit::string(value)?.decode())?;
                seen.index = true;
            }
            b"_id" => {
                reversal.logical_id(&edit::string(value)?.decode())?;
                seen.id = true;
            }
            b"_routing" => {
                routing(reversal, value)?;
                seen.routing = true;
            }
            b"found" => seen.found = Some(value == b"true"),
            b"_source" => {
                document = Some(value);
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
