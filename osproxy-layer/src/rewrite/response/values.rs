//! Turns back single values: a name, an id, a routing, a document.

use super::edit::{self, Fate};
use super::{Breach, Reversal, ReverseError};
use crate::rewrite::json::write_string;

/// Writes the logical name of the index that `value` names.
pub(super) fn index(
    reversal: &Reversal,
    value: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), ReverseError> {
    write_string(out, reversal.logical_index(&edit::string(value)?.decode())?);
    Ok(())
}

/// Writes the logical id of the physical one in `value`.
pub(super) fn id(reversal: &Reversal, value: &[u8], out: &mut Vec<u8>) -> Result<(), ReverseError> {
    write_string(out, reversal.logical_id(&edit::string(value)?.decode())?);
    Ok(())
}

/// Compares the routing in `value` with what every document of this partition has.
pub(super) fn routing(reversal: &Reversal, value: &[u8]) -> Result<(), ReverseError> {
    match reversal.routing() {
        Some(expected) if !edit::string(value)?.is(expected) => Err(Breach::Routing.into()),
        _ => Ok(()),
    }
}

/// Copies a document without the root keys that this project put there.
pub(super) fn source(
    reversal: &Reversal,
    value: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), ReverseError> {
    edit::object(
        value,
        out,
        |key| {
            Ok::<Fate<()>, _>(if reversal.hides_root_key(&key.decode()) {
                Fate::Drop
            } else {
                Fate::Keep
            })
        },
        |(), _, _| Ok(true),
    )
    .map(drop)
}
