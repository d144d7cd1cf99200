//! Hits inside a hit: of nested documents, and of a collapsed group.

use super::ReverseError;
use super::edit::{self, Edited, Fate};
use super::object::{Reverser, copy};
use crate::rewrite::json::RawStr;

/// How deep hits may stand inside hits. The server nests them once for each `inner_hits` of the request, whose own depth
/// the screen bounds far below.
const MAX_INNER: u8 = 16;

impl Reverser<'_> {
    /// `{name: {"hits": {"total": …, "hits": [hit, …]}}}`: the names are the client's, all else is the server's.
    pub(super) fn inner_hits(&self, rest: &[u8], out: &mut Vec<u8>) -> Result<usize, ReverseError> {
        if self.depth >= MAX_INNER {
            return Err(ReverseError::TooDeep);
        }
        let mut inner = Reverser::new(self.reversal, &[]);
        inner.depth = self.depth + 1;
        edit::object(
            rest,
            out,
            |_| Ok(Fate::Edit(())),
            |(), rest, out| inner.found_hits(rest, out).map(Edited::Kept),
        )
    }

    /// `{"hits": {"total": …, "hits": [hit, …]}}`
    fn found_hits(&self, rest: &[u8], out: &mut Vec<u8>) -> Result<usize, ReverseError> {
        edit::object(rest, out, hits_only, |(), rest, out| {
            edit::object(rest, out, scored_hits, |part, rest, out| match part {
                Scored::Most if self.reversal.hides_scores() => {
                    out.extend_from_slice(b"null");
                    Ok(Edited::Kept(edit::value(rest)?.len()))
                }
                Scored::Most => copy(rest, out).map(|value| Edited::Kept(value.len())),
                Scored::Hits => edit::array(
                    rest,
                    out,
                    |_| Fate::Edit(()),
                    |(), rest, out| self.hit(rest, out).map(Edited::Kept),
                )
                .map(Edited::Kept),
            })
            .map(Edited::Kept)
        })
    }
}

fn hits_only(key: &RawStr<'_>) -> Result<Fate<()>, ReverseError> {
    Ok(if key.is("hits") {
        Fate::Edit(())
    } else {
        Fate::Keep
    })
}

/// What is looked at beside a list of hits.
enum Scored {
    /// The hits.
    Hits,
    /// The largest score.
    Most,
}

fn scored_hits(key: &RawStr<'_>) -> Result<Fate<Scored>, ReverseError> {
    Ok(if key.is("hits") {
        Fate::Edit(Scored::Hits)
    } else if key.is("max_score") {
        Fate::Edit(Scored::Most)
    } else {
        Fate::Keep
    })
}
