//! The answer to a write that went well, alone or as an item of a bulk, as most are: its exact shape is known, so it is
//! compared and not parsed.
//!
//! What differs in a byte from what the node writes is none of this file's business: it is parsed.

use http::StatusCode;

use super::Reversal;
use crate::rewrite::bulk::Action;
use crate::rewrite::json::{Exact, write_string};

/// Writes the item that `raw` begins with; the offset behind it and its status. `None`, with nothing written, where it looks
/// otherwise in any way or is not this partition's.
pub(super) fn plain_item(
    raw: &[u8],
    action: Option<Action>,
    reversal: &Reversal,
    out: &mut Vec<u8>,
) -> Option<(usize, StatusCode)> {
    let mut text = Exact::new(raw);
    text.literal(b"{\"")?;
    let physical = Action::exactly(&mut text)?;
    text.literal(b"\":{")?;
    let written = Written::read(&mut text)?;
    text.literal(b",\"status\":")?;
    let status = StatusCode::from_bytes(text.take::<3>()?).ok()?;
    text.literal(b"}}")?;

    let (index, id) = written.logical(reversal)?;
    out.extend_from_slice(b"{\"");
    out.extend_from_slice(action.unwrap_or(physical).as_str().as_bytes());
    out.extend_from_slice(b"\":{\"_index\":");
    write_names(index, id, out);
    out.extend_from_slice(raw.get(written.kept..text.at()).unwrap_or_default());
    Some((text.at(), status))
}

/// Writes the whole answer to one write, likewise.
pub(super) fn plain_write(raw: &[u8], reversal: &Reversal, out: &mut Vec<u8>) -> Option<()> {
    let mut text = Exact::new(raw);
    text.literal(b"{")?;
    let written = Written::read(&mut text)?;
    text.literal(b"}")?;
    if !text.is_at_end() {
        return None;
    }
    let (index, id) = written.logical(reversal)?;
    out.extend_from_slice(b"{\"_index\":");
    write_names(index, id, out);
    out.extend_from_slice(raw.get(written.kept..).unwrap_or_default());
    Some(())
}

fn write_names(index: &str, id: &[u8], out: &mut Vec<u8>) {
    write_string(out, index);
    out.extend_from_slice(b",\"_id\":\"");
    out.extend_from_slice(id);
    out.push(b'"');
}

/// What the node says of a document that it has written.
struct Written<'a> {
    index: &'a [u8],
    id: &'a [u8],
    /// From where on its own bytes stay.
    kept: usize,
}

impl<'a> Written<'a> {
    #[inline]
    fn read(text: &mut Exact<'a>) -> Option<Self> {
        text.literal(b"\"_index\":")?;
        let index = text.string()?;
        text.literal(b",\"_id\":")?;
        let id = text.string()?;
        let kept = text.at();
        text.literal(b",\"_version\":")?;
        text.number()?;
        text.literal(b",\"result\":")?;
        text.string()?;
        // Only where the write asked for a refresh.
        let _ = text.literal(b",\"forced_refresh\":true");
        text.literal(b",\"_shards\":{\"total\":")?;
        text.number()?;
        text.literal(b",\"successful\":")?;
        text.number()?;
        text.literal(b",\"failed\":")?;
        text.number()?;
        text.literal(b"},\"_seq_no\":")?;
        text.number()?;
        text.literal(b",\"_primary_term\":")?;
        text.number()?;
        Some(Self { index, id, kept })
    }

    /// The client's names, where the document is its own.
    fn logical<'r>(&self, reversal: &'r Reversal) -> Option<(&'r str, &'a [u8])> {
        // Sealed numbers are not the cluster's bytes.
        if reversal.seals_numbers() {
            return None;
        }
        let index = std::str::from_utf8(self.index).ok()?;
        let index = reversal.logical_index(index).ok()?;
        Some((index, reversal.logical_plain_id(self.id)?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rewrite::response::IdRule;
    use crate::rewrite::response::answer::parsed_write;
    use crate::rewrite::response::bulk::parsed_item;

    fn shared() -> Reversal {
        Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""))
            .expect_routing("acme")
    }

    const ITEM: &str = r#"{"index":{"_index":"orders-shared","_id":"acme:e1","_version":12,"result":"created","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1,"status":201}}"#;

    #[test]
    fn the_usual_item_is_taken() {
        let mut out = Vec::new();
        let text = format!("{ITEM},rest");
        let done = plain_item(text.as_bytes(), None, &shared(), &mut out);
        assert_eq!(done, Some((ITEM.len(), StatusCode::CREATED)));
        let expected = ITEM.replace("orders-shared", "orders").replace("acme:", "");
        assert_eq!(String::from_utf8(out).unwrap(), expected);
        let refreshed = ITEM.replace("_shards", r#"forced_refresh":true,"_shards"#);
        assert!(plain_item(refreshed.as_bytes(), None, &shared(), &mut Vec::new()).is_some());
    }

    #[test]
    fn the_usual_answer_to_a_write_is_taken() {
        let answer = ITEM.strip_prefix(r#"{"index":"#).unwrap();
        let answer = answer.replace(r#","status":201}}"#, "}");
        let (mut fast, mut slow) = (Vec::new(), Vec::new());
        assert!(plain_write(answer.as_bytes(), &shared(), &mut fast).is_some());
        parsed_write(answer.as_bytes(), &shared(), &mut slow).unwrap();
        assert_eq!(fast, slow);
        for other in [
            answer.replace("acme:", "globex:"),
            answer.replace("orders-shared", "carts-shared"),
            format!("{answer} "),
            answer.replace(r#""_version":12"#, r#""_version":"12""#),
        ] {
            let taken = plain_write(other.as_bytes(), &shared(), &mut Vec::new());
            assert!(taken.is_none(), "{other}");
        }
    }

    proptest! {
        /// Wherever it is taken, parsing it gives the same.
        #[test]
        fn says_what_parsing_says(
            from in prop::sample::select(vec![
                "acme:e1", "orders-shared", "\"index\"", "12", "created", ",\"_seq_no\":0", "201", "{\"total\":2", ":", "}}", "",
            ]),
            to in prop::sample::select(vec![
                "acme:x", "acme:é", "globex:1", "acme:", "acme:\\n", "other", "\"delete\"", "\"noop\"", "012", "1.5", "-1", "0", "099", "noop",
                " ", "{\"total\":2", "}", "é", "\"",
            ]),
            action in prop::sample::select(vec![None, Some(Action::Index), Some(Action::Delete)]),
        ) {
            let text = ITEM.replacen(from, to, 1);
            let strict = shared().seal_numbers(|_, _, (number, term)| Some((number + 5, term + 5)));
            for reversal in [shared(), strict, Reversal::dedicated([("orders-shared", "orders")])] {
                let (mut fast, mut slow) = (Vec::new(), Vec::new());
                if let Some(done) = plain_item(text.as_bytes(), action, &reversal, &mut fast) {
                    prop_assert_eq!(parsed_item(text.as_bytes(), action, &reversal, &mut slow), Ok(done));
                    prop_assert_eq!(fast, slow);
                } else {
                    prop_assert!(fast.is_empty());
                }
            }
        }
    }
}
