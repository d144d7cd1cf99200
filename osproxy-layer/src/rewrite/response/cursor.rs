//! Cursors in answers: sealed for the client, never passed on as the cluster names them (catalogue section E).

use std::fmt;

use super::edit::{self, Edited, Fate};
use super::{Breach, ReverseError};
use crate::rewrite::json::{RawStr, write_string};

/// What sort of cursor an answer holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cursor {
    /// `_scroll_id`.
    Scroll,
    /// `pit_id`.
    PointInTime,
}

/// Seals the cursor of one answer.
///
/// ```
/// use osproxy_layer::rewrite::response::{Cursor, Reversal, SealCursor, Stream};
/// use osproxy_layer::rewrite::screen::Shape;
///
/// let seal = SealCursor::new(Cursor::Scroll, |upstream: &str| Some(format!("sealed {}", upstream.len())));
/// let reversal = Reversal::dedicated([("acme.orders", "orders")]);
/// let mut stream = Stream::search(reversal, Shape::default()).sealing(seal);
/// let mut out = Vec::new();
/// stream.push(br#"{"_scroll_id":"FGlu","hits":{"hits":[]}}"#, &mut out)?;
/// assert_eq!(out, br#"{"_scroll_id":"sealed 4","hits":{"hits":[]}}"#);
/// # Ok::<(), osproxy_layer::rewrite::response::ReverseError>(())
/// ```
pub struct SealCursor {
    kind: Cursor,
    seal: Seal,
}

type Seal = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl SealCursor {
    /// `seal` turns the cluster's id into the client's; `None` where it can't.
    pub fn new(
        kind: Cursor,
        seal: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            kind,
            seal: Box::new(seal),
        }
    }

    pub(super) fn is(&self, kind: Cursor) -> bool {
        self.kind == kind
    }

    pub(super) fn seal(&self, upstream: &str) -> Option<String> {
        (self.seal)(upstream)
    }
}

impl fmt::Debug for SealCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealCursor")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Writes the answer to the closing of scrolls: whether it was done, and how many contexts were freed.
///
/// # Errors
/// When the answer is not an object.
pub fn freed(raw: &[u8], out: &mut Vec<u8>) -> Result<(), ReverseError> {
    super::answer::utf8(raw)?;
    let known = |key: &RawStr<'_>| {
        Ok(match key.raw() {
            b"succeeded" | b"num_freed" => Fate::Keep,
            _ => Fate::Drop,
        })
    };
    let end = edit::object(raw, out, known, |(), _, _| Ok(Edited::Left(0)))?;
    edit::tail(raw, end, out)
}

/// Writes the answer to the closing of points in time, each under the client's own text. `sealed` finds it by the
/// cluster's id.
///
/// # Errors
/// When the answer is not what this call answers, or speaks of one that was not asked for.
///
/// ```
/// use osproxy_layer::rewrite::response::closed;
///
/// let raw = br#"{"pits":[{"successful":true,"pit_id":"o_-7"}]}"#;
/// let mut out = Vec::new();
/// closed(raw, |upstream| (upstream == "o_-7").then_some("sealed"), &mut out)?;
/// assert_eq!(out, br#"{"pits":[{"successful":true,"pit_id":"sealed"}]}"#);
/// assert!(closed(raw, |_| None, &mut Vec::new()).is_err());
/// # Ok::<(), osproxy_layer::rewrite::response::ReverseError>(())
/// ```
pub fn closed<'s>(
    raw: &[u8],
    sealed: impl Fn(&str) -> Option<&'s str>,
    out: &mut Vec<u8>,
) -> Result<(), ReverseError> {
    super::answer::utf8(raw)?;
    let pits = |key: &RawStr<'_>| {
        Ok(if key.is("pits") {
            Fate::Edit(())
        } else {
            Fate::Drop
        })
    };
    let one = |key: &RawStr<'_>| {
        Ok(match key.raw() {
            b"successful" => Fate::Keep,
            b"pit_id" => Fate::Edit(()),
            _ => Fate::Drop,
        })
    };
    let id = |(): (), rest: &[u8], out: &mut Vec<u8>| {
        let (text, length) = edit::string(rest)?;
        let own = sealed(&text.decode()).ok_or(ReverseError::Breach(Breach::Cursor))?;
        write_string(out, own);
        Ok(Edited::Kept(length))
    };
    let end = edit::object(raw, out, pits, |(), rest, out| {
        edit::array(
            rest,
            out,
            |_| Fate::Edit(()),
            |(), rest, out| edit::object(rest, out, one, id).map(Edited::Kept),
        )
        .map(Edited::Kept)
    })?;
    edit::tail(raw, end, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(raw: &str, answer: impl Fn(&[u8], &mut Vec<u8>) -> Result<(), ReverseError>) -> String {
        let mut out = Vec::new();
        match answer(raw.as_bytes(), &mut out) {
            Ok(()) => String::from_utf8(out).unwrap(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn closing_answers_by_their_lists() {
        for (raw, told) in [
            (
                r#"{"succeeded":true,"num_freed":3}"#,
                r#"{"succeeded":true,"num_freed":3}"#,
            ),
            (
                r#"{ "succeeded" : true, "nodes":["n"] }"#,
                r#"{ "succeeded" : true }"#,
            ),
            (
                "[]",
                "the answer has an unknown shape: an object was expected",
            ),
        ] {
            assert_eq!(run(raw, freed), told, "{raw}");
        }
        let find = |upstream: &str| match upstream {
            "a" => Some("A"),
            "b" => Some("B"),
            _ => None,
        };
        for (raw, told) in [
            (
                r#"{"pits":[{"successful":true,"pit_id":"b","node":1},{"pit_id":"\u0061"}],"x":1}"#,
                r#"{"pits":[{"successful":true,"pit_id":"B"},{"pit_id":"A"}]}"#,
            ),
            (r#"{"pits":[]}"#, r#"{"pits":[]}"#),
            (
                r#"{"pits":[{"pit_id":"c"}]}"#,
                "a cursor that nobody asked for was in the answer",
            ),
        ] {
            assert_eq!(run(raw, |raw, out| closed(raw, find, out)), told, "{raw}");
        }
    }
}
