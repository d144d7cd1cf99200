//! The item of a write that went well, which most items are: its exact shape is known, so it is compared and not parsed.
//!
//! What differs in a byte from what the node writes is none of this function's business: [`bulk`](super::bulk) reads it.

use http::StatusCode;

use super::Reversal;
use crate::rewrite::bulk::Action;
use crate::rewrite::json::{Lexer, write_string};

/// Writes the item that `raw` begins with; the offset behind it and its status. `None`, with nothing written, where it looks
/// otherwise in any way or is not this partition's.
pub(super) fn plain_item(
    raw: &[u8],
    action: Option<Action>,
    reversal: &Reversal,
    out: &mut Vec<u8>,
) -> Option<(usize, StatusCode)> {
    // Sealed numbers are not the cluster's bytes.
    if reversal.seals_numbers() {
        return None;
    }
    let mut text = Text { raw, at: 0 };
    text.literal(b"{\"")?;
    let physical = text.action()?;
    text.literal(b"\":{\"_index\":")?;
    let index = text.string()?;
    text.literal(b",\"_id\":")?;
    let id = text.string()?;
    let kept = text.at;
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
    text.literal(b",\"status\":")?;
    let status = text.status()?;
    text.literal(b"}}")?;

    let index = reversal.logical_index(index).ok()?;
    let id = reversal.logical_id(id).ok()?;
    out.extend_from_slice(b"{\"");
    out.extend_from_slice(action.unwrap_or(physical).as_str().as_bytes());
    out.extend_from_slice(b"\":{\"_index\":");
    write_string(out, index);
    out.extend_from_slice(b",\"_id\":");
    write_string(out, id);
    out.extend_from_slice(raw.get(kept..text.at).unwrap_or_default());
    Some((text.at, status))
}

/// A text and how far it was compared.
struct Text<'a> {
    raw: &'a [u8],
    at: usize,
}

impl<'a> Text<'a> {
    /// The next bytes, where they are these.
    #[inline(always)]
    fn literal<const N: usize>(&mut self, bytes: &[u8; N]) -> Option<()> {
        let next = self.raw.get(self.at..)?.first_chunk::<N>()?;
        (next == bytes).then(|| self.at += N)
    }

    fn action(&mut self) -> Option<Action> {
        match self.raw.get(self.at)? {
            b'i' => self.literal(b"index").and(Some(Action::Index)),
            b'c' => self.literal(b"create").and(Some(Action::Create)),
            b'u' => self.literal(b"update").and(Some(Action::Update)),
            _ => self.literal(b"delete").and(Some(Action::Delete)),
        }
    }

    /// A string without escapes.
    fn string(&mut self) -> Option<&'a str> {
        let mut lexer = Lexer::starting_at(self.raw, self.at);
        if self.raw.get(self.at) != Some(&b'"') {
            return None;
        }
        let string = lexer.string().ok()?;
        self.at = lexer.offset();
        if string.is_escaped() {
            return None;
        }
        std::str::from_utf8(string.raw()).ok()
    }

    /// A whole number without a sign.
    #[inline(always)]
    fn number(&mut self) -> Option<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.raw.get(self.at) {
            self.at += 1;
        }
        let zero = self.raw.get(start) == Some(&b'0');
        let length = self.at - start;
        (length == 1 || length > 1 && !zero).then_some(())
    }

    fn status(&mut self) -> Option<StatusCode> {
        let digits = self.raw.get(self.at..)?.first_chunk::<3>()?;
        self.at += 3;
        StatusCode::from_bytes(digits).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rewrite::response::IdRule;
    use crate::rewrite::response::bulk::parsed_item;

    fn shared() -> Reversal {
        Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""))
            .expect_routing("acme")
    }

    const ITEM: &str = r#"{"index":{"_index":"orders-shared","_id":"acme:é1","_version":12,"result":"created","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1,"status":201}}"#;

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

    proptest! {
        /// Wherever it is taken, parsing it gives the same.
        #[test]
        fn says_what_parsing_says(
            from in prop::sample::select(vec![
                "acme:é1", "orders-shared", "\"index\"", "12", "created", ",\"_seq_no\":0", "201", "{\"total\":2", ":", "}}", "",
            ]),
            to in prop::sample::select(vec![
                "acme:x", "globex:1", "acme:", "acme:\\n", "other", "\"delete\"", "\"noop\"", "012", "1.5", "-1", "0", "099", "noop",
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
