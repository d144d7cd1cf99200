//! Turns back single values: a name, an id, a routing, a document. Each begins a longer text; how long it was is returned.

use super::edit::{self, Edited, Fate};
use super::{Breach, Reversal, ReverseError};
use crate::rewrite::json::write_string;

/// Writes the logical name of the index that is named.
pub(super) fn index(
    reversal: &Reversal,
    rest: &[u8],
    out: &mut Vec<u8>,
) -> Result<usize, ReverseError> {
    let (name, length) = edit::string(rest)?;
    write_string(out, reversal.logical_index(&name.decode())?);
    Ok(length)
}

/// Writes the logical id of a physical one.
pub(super) fn id(
    reversal: &Reversal,
    rest: &[u8],
    out: &mut Vec<u8>,
) -> Result<usize, ReverseError> {
    let (id, length) = edit::string(rest)?;
    write_string(out, reversal.logical_id(&id.decode())?);
    Ok(length)
}

/// Compares a routing with what every document of this partition has.
pub(super) fn routing(reversal: &Reversal, rest: &[u8]) -> Result<usize, ReverseError> {
    let Some(expected) = reversal.routing() else {
        return Ok(edit::value(rest)?.len());
    };
    let (routing, length) = edit::string(rest)?;
    if routing.is(expected) {
        Ok(length)
    } else {
        Err(Breach::Routing.into())
    }
}

/// Copies a document without the root keys that this project put there.
pub(super) fn source(
    reversal: &Reversal,
    rest: &[u8],
    out: &mut Vec<u8>,
) -> Result<usize, ReverseError> {
    without(rest, out, |key| reversal.hides_root_key(key))
}

/// Copies an object by field name without reserved names.
pub(super) fn fields(
    reversal: &Reversal,
    rest: &[u8],
    out: &mut Vec<u8>,
) -> Result<usize, ReverseError> {
    without(rest, out, |key| reversal.hides_field(key))
}

fn without(
    rest: &[u8],
    out: &mut Vec<u8>,
    hides: impl Fn(&str) -> bool,
) -> Result<usize, ReverseError> {
    edit::object(
        rest,
        out,
        |key| {
            Ok::<Fate<()>, _>(if hides(&key.decode()) {
                Fate::Drop
            } else {
                Fate::Keep
            })
        },
        |(), _, _| Ok(Edited::Kept(0)),
    )
}
