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
        let shared = self.reversal.is_shared();
        let outer = move |key: &RawStr<'_>| Ok(unless_hits(key, (), shared));
        edit::object(rest, out, outer, |(), rest, out| {
            let inner = move |key: &RawStr<'_>| Ok(scored_hits(key, shared));
            edit::object(rest, out, inner, |part, rest, out| match part {
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

/// What is looked at beside a list of hits.
enum Scored {
    /// The hits.
    Hits,
    /// The largest score.
    Most,
}

fn scored_hits(key: &RawStr<'_>, shared: bool) -> Fate<Scored> {
    match key.raw() {
        b"max_score" => Fate::Edit(Scored::Most),
        b"total" => Fate::Keep,
        _ => unless_hits(key, Scored::Hits, shared),
    }
}

/// What is no list of hits and is not known is left out on a shared index.
fn unless_hits<T>(key: &RawStr<'_>, hits: T, shared: bool) -> Fate<T> {
    match key.raw() {
        b"hits" => Fate::Edit(hits),
        _ if shared => Fate::Drop,
        _ => Fate::Keep,
    }
}
