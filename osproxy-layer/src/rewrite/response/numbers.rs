//! The sequence number and the primary term of one document: written as they came, and sealed once the whole document was
//! read (F-12).

use std::ops::Range;

use super::edit;
use super::table::Op;
use super::{Reversal, ReverseError};

/// What an object says about its document while it is turned back.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// Its logical index and id.
    index: Option<String>,
    id: Option<String>,
    /// Where the two numbers stand in what was written.
    number: Option<Range<usize>>,
    term: Option<Range<usize>>,
}

impl Numbers {
    /// Of an object inside that of a document, by that one's index and id.
    #[cold]
    pub(super) fn of(around: Option<(&str, &str)>) -> Self {
        Self {
            index: around.map(|(index, _)| index.to_owned()),
            id: around.map(|(_, id)| id.to_owned()),
            ..Self::default()
        }
    }

    /// Reads the physical index that `rest` begins with.
    #[cold]
    pub(super) fn index(&mut self, reversal: &Reversal, rest: &[u8]) -> Result<(), ReverseError> {
        let physical = edit::string(rest)?.0.decode();
        self.index = Some(reversal.logical_index(&physical)?.to_owned());
        Ok(())
    }

    /// Reads the physical id that `rest` begins with.
    #[cold]
    pub(super) fn id(&mut self, reversal: &Reversal, rest: &[u8]) -> Result<(), ReverseError> {
        let physical = edit::string(rest)?.0.decode();
        self.id = Some(reversal.logical_id(&physical)?.to_owned());
        Ok(())
    }

    /// The logical index and id, once both were read.
    pub(super) fn document(&self) -> Option<(&str, &str)> {
        self.index.as_deref().zip(self.id.as_deref())
    }

    /// Writes the number that `rest` begins with, and notes where it stands. `op` says which of the two it is.
    #[cold]
    pub(super) fn note(
        &mut self,
        op: Op,
        rest: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<usize, ReverseError> {
        let value = edit::value(rest)?;
        let start = out.len();
        out.extend_from_slice(value);
        let place = match op {
            Op::SeqNo => &mut self.number,
            _ => &mut self.term,
        };
        *place = Some(start..out.len());
        Ok(value.len())
    }

    /// Puts the sealed numbers in the place of the two. One without the other can't be sealed, and is not what the server
    /// writes; nor are numbers of a document that has no name.
    #[cold]
    pub(super) fn seal(self, reversal: &Reversal, out: &mut Vec<u8>) -> Result<(), ReverseError> {
        let (number, term) = match (self.number, self.term) {
            (None, None) => return Ok(()),
            (Some(number), Some(term)) => (number, term),
            _ => return Err(ReverseError::Shape("a sequence number without its term")),
        };
        let (Some(index), Some(id)) = (self.index, self.id) else {
            return Err(ReverseError::Shape("a sequence number of no document"));
        };
        let read = |at: &Range<usize>| {
            let text = std::str::from_utf8(edit::slice(out, at.clone())).ok();
            text.and_then(|text| text.parse::<i64>().ok())
                .ok_or(ReverseError::Shape("a sequence number is no whole number"))
        };
        let both = (read(&number)?, read(&term)?);
        // What is below zero is none, and the same for everybody.
        let sealed = match (u64::try_from(both.0), u64::try_from(both.1)) {
            (Ok(number), Ok(term)) => reversal.numbers(&index, &id, (number, term)),
            _ => None,
        };
        let (number_text, term_text) = match sealed {
            Some((number, term)) => (number.to_string(), term.to_string()),
            None => ("-2".to_owned(), "0".to_owned()),
        };
        let mut places = [(number, number_text), (term, term_text)];
        // The later one first, so that the other stays where it is.
        places.sort_by_key(|(at, _)| std::cmp::Reverse(at.start));
        for (at, text) in places {
            out.splice(at, text.into_bytes());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::bulk::item as bulk_item;
    use super::super::{IdRule, get, hit, write};
    use super::*;
    use crate::rewrite::response::Stream;
    use crate::rewrite::screen::{Shape, TopHits};

    /// Adds 1000 and 500 for the document `1` of `orders`, and seals nothing above a thousand.
    fn strict() -> Reversal {
        let names = [("orders-shared", "orders")];
        Reversal::shared(names, IdRule::new("acme:", ""))
            .strip("_tenant")
            .hide_scores()
            .seal_numbers(|index, id, (number, term)| {
                let known = (index, id) == ("orders", "1") && number <= 1000;
                known.then_some((number + 1000, term + 500))
            })
    }

    type Turn = fn(&[u8], &Reversal, &mut Vec<u8>) -> Result<(), ReverseError>;

    fn turned(turn: Turn, raw: &str) -> String {
        let mut out = Vec::new();
        turn(raw.as_bytes(), &strict(), &mut out).unwrap_or_else(|error| panic!("{raw}: {error}"));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_sealed_wherever_they_stand() {
        let one_hit: Turn = |raw, reversal, out| hit(raw, reversal, &[], out);
        let item: Turn = |raw, reversal, out| bulk_item(raw, None, reversal, out).map(drop);
        for (turn, raw, told) in [
            (
                write as Turn,
                r#"{"_index":"orders-shared","_id":"acme:1","_version":2,"_seq_no":7,"_primary_term":1}"#,
                r#"{"_index":"orders","_id":"1","_version":2,"_seq_no":1007,"_primary_term":501}"#,
            ),
            // As the node writes it.
            (
                write,
                r#"{"_index":"orders-shared","_id":"acme:1","_version":2,"result":"updated","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":7,"_primary_term":1}"#,
                r#"{"_index":"orders","_id":"1","_version":2,"result":"updated","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":1007,"_primary_term":501}"#,
            ),
            // In another order, with spaces, and before the document is named.
            (
                write,
                r#"{ "_primary_term" : 1, "_seq_no" : 7, "_id":"acme:1", "_index":"orders-shared"}"#,
                r#"{ "_primary_term" : 501, "_seq_no" : 1007, "_id":"1", "_index":"orders"}"#,
            ),
            // An update shows the document that it has made.
            (
                write,
                r#"{"_index":"orders-shared","_id":"acme:1","_seq_no":8,"_primary_term":1,"get":{"_seq_no":8,"_primary_term":1,"found":true,"_source":{"_tenant":"acme","a":1}}}"#,
                r#"{"_index":"orders","_id":"1","_seq_no":1008,"_primary_term":501,"get":{"_seq_no":1008,"_primary_term":501,"found":true,"_source":{"a":1}}}"#,
            ),
            (
                get,
                r#"{"_index":"orders-shared","_id":"acme:1","_seq_no":7,"_primary_term":1,"found":true}"#,
                r#"{"_index":"orders","_id":"1","_seq_no":1007,"_primary_term":501,"found":true}"#,
            ),
            (
                item,
                r#"{"index":{"_index":"orders-shared","_id":"acme:1","_seq_no":7,"_primary_term":1,"status":200}}"#,
                r#"{"index":{"_index":"orders","_id":"1","_seq_no":1007,"_primary_term":501,"status":200}}"#,
            ),
            // As the node writes it.
            (
                item,
                r#"{"index":{"_index":"orders-shared","_id":"acme:1","_version":2,"result":"updated","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":7,"_primary_term":1,"status":200}}"#,
                r#"{"index":{"_index":"orders","_id":"1","_version":2,"result":"updated","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":1007,"_primary_term":501,"status":200}}"#,
            ),
            (
                one_hit,
                r#"{"_index":"orders-shared","_id":"acme:1","_seq_no":7,"_primary_term":1,"_score":1.5,"inner_hits":{"g":{"hits":{"total":1,"max_score":2.5,"hits":[{"_index":"orders-shared","_id":"acme:1","_score":2.5,"_seq_no":9,"_primary_term":2}]}}}}"#,
                r#"{"_index":"orders","_id":"1","_seq_no":1007,"_primary_term":501,"_score":null,"inner_hits":{"g":{"hits":{"total":1,"max_score":null,"hits":[{"_index":"orders","_id":"1","_score":null,"_seq_no":1009,"_primary_term":502}]}}}}"#,
            ),
            // None, and one that can't be sealed: as the node shows none.
            (
                get,
                r#"{"_index":"orders-shared","_id":"acme:1","_seq_no":-2,"_primary_term":0,"found":true}"#,
                r#"{"_index":"orders","_id":"1","_seq_no":-2,"_primary_term":0,"found":true}"#,
            ),
            (
                get,
                r#"{"_index":"orders-shared","_id":"acme:2","_seq_no":7,"_primary_term":1,"found":true}"#,
                r#"{"_index":"orders","_id":"2","_seq_no":-2,"_primary_term":0,"found":true}"#,
            ),
        ] {
            assert_eq!(turned(turn, raw), told);
        }
    }

    #[test]
    fn what_can_not_be_sealed_is_not_shown() {
        for raw in [
            r#"{"_index":"orders-shared","_id":"acme:1","_seq_no":7,"found":true}"#,
            r#"{"_index":"orders-shared","_id":"acme:1","_primary_term":1,"found":true}"#,
            r#"{"_index":"orders-shared","_id":"acme:1","_seq_no":7.5,"_primary_term":1,"found":true}"#,
            r#"{"_index":"orders-shared","_id":"acme:1","_seq_no":"7","_primary_term":1,"found":true}"#,
        ] {
            let mut out = Vec::new();
            assert!(get(raw.as_bytes(), &strict(), &mut out).is_err(), "{raw}");
            assert!(out.is_empty());
        }
    }

    #[test]
    fn scores_of_a_search_are_null_in_any_chunks() {
        let raw = r#"{"took":1,"hits":{"total":{"value":1,"relation":"eq"},"max_score":1.25e1,"hits":[{"_index":"orders-shared","_id":"acme:1","_score":12.5}]},"aggregations":{"max_score":{"value":3.0},"t":{"hits":{"total":1,"max_score":0.5,"hits":[{"_index":"orders-shared","_id":"acme:1","_score":0.5,"_source":{"_score":1}}]}}}}"#;
        let told = r#"{"took":1,"hits":{"total":{"value":1,"relation":"eq"},"max_score":null,"hits":[{"_index":"orders","_id":"1","_score":null}]},"aggregations":{"max_score":{"value":3.0},"t":{"hits":{"total":1,"max_score":null,"hits":[{"_index":"orders","_id":"1","_score":null,"_source":{"_score":1}}]}}}}"#;
        let shape = Shape {
            top_hits: vec![TopHits {
                path: vec!["t".to_owned()],
                sort: Vec::new(),
            }],
            ..Shape::default()
        };
        for size in [1, 2, 7, raw.len()] {
            let mut stream = Stream::search(strict(), shape.clone());
            let mut out = Vec::new();
            for chunk in raw.as_bytes().chunks(size) {
                stream.push(chunk, &mut out).unwrap();
            }
            stream.finish().unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), told, "{size}");
        }
    }

    #[test]
    fn an_own_index_shows_everything() {
        let own = Reversal::dedicated([("acme.orders", "orders")])
            .hide_scores()
            .seal_numbers(|_, _, _| None);
        let raw =
            r#"{"_index":"acme.orders","_id":"1","_score":1.5,"_seq_no":7,"_primary_term":1}"#;
        let mut out = Vec::new();
        hit(raw.as_bytes(), &own, &[], &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            raw.replace("acme.orders", "orders")
        );
    }
}
