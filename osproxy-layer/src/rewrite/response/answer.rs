//! Answers that are small and whole: of one write, one read, one count.
//!
//! The caller chooses by endpoint, and by status: an answer with an `error` goes to [`error`](super::error), as does every
//! other refusal. A 404 of a read or a delete is no error object: it says `found` or `result`, and comes here.

use super::edit;
use super::object::{Proof, Reverser, read_proof};
use super::plain_item::plain_write;
use super::table::{COUNT, DOCUMENT, EXPLANATION, Table, WRITE};
use super::values::source as strip_source;
use super::{Reversal, ReverseError};
use crate::rewrite::json::write_string;
use crate::rewrite::screen::SortValue;

/// Writes the answer to index, create, update or delete.
///
/// All that the server said stays: `_version`, `_seq_no`, `_primary_term`, `_shards`, `result`, `forced_refresh`.
///
/// # Errors
/// When the answer is not one of a write, or is about another partition's document.
///
/// ```
/// use osproxy_layer::rewrite::response::{IdRule, Reversal, write};
///
/// let shared = Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", "")).expect_routing("acme");
/// let raw = br#"{"_index":"orders-shared","_id":"acme:1","_version":1,"result":"created"}"#;
/// let mut out = Vec::new();
/// write(raw, &shared, &mut out)?;
/// assert_eq!(out, br#"{"_index":"orders","_id":"1","_version":1,"result":"created"}"#);
/// assert!(write(&raw.map(|byte| if byte == b'c' { b'k' } else { byte }), &shared, &mut out).is_err());
/// # Ok::<(), osproxy_layer::rewrite::response::ReverseError>(())
/// ```
pub fn write(raw: &[u8], reversal: &Reversal, out: &mut Vec<u8>) -> Result<(), ReverseError> {
    match plain_write(raw, reversal, out) {
        Some(()) => Ok(()),
        None => parsed_write(raw, reversal, out),
    }
}

/// [`write()`], however the answer looks.
pub(super) fn parsed_write(
    raw: &[u8],
    reversal: &Reversal,
    out: &mut Vec<u8>,
) -> Result<(), ReverseError> {
    whole(raw, reversal, WRITE, Proof::Write, out)
}

/// Writes the answer to a read of one document by its id, found or not; also one of `docs` in an `_mget`.
///
/// # Errors
/// When the answer is not a document's, or is another partition's: then nothing is written (H-02).
pub fn get(raw: &[u8], reversal: &Reversal, out: &mut Vec<u8>) -> Result<(), ReverseError> {
    whole(raw, reversal, DOCUMENT, Proof::Document, out)
}

/// Writes the answer to an explanation, whether there is such a document or not.
///
/// # Errors
/// When the answer is not one.
pub fn explanation(raw: &[u8], reversal: &Reversal, out: &mut Vec<u8>) -> Result<(), ReverseError> {
    whole(raw, reversal, EXPLANATION, Proof::Write, out)
}

/// Writes the answer to a count.
///
/// # Errors
/// When the answer is not a count's.
pub fn count(raw: &[u8], reversal: &Reversal, out: &mut Vec<u8>) -> Result<(), ReverseError> {
    whole(raw, reversal, COUNT, Proof::Inside, out)
}

/// Writes one hit, wherever the request's shape says that one stands. `sort` says what the positions of its sort values
/// hold.
///
/// # Errors
/// When it is no hit, or another partition's: then nothing is written (H-03).
pub fn hit(
    raw: &[u8],
    reversal: &Reversal,
    sort: &[SortValue],
    out: &mut Vec<u8>,
) -> Result<(), ReverseError> {
    utf8(raw)?;
    let mark = out.len();
    let done = Reverser::new(reversal, sort)
        .hit(raw, out)
        .and_then(|end| edit::tail(raw, end, out));
    if done.is_err() {
        out.truncate(mark);
    }
    done
}

/// What a read of `_source/{id}` found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SourceAnswer {
    /// The document was written.
    Found,
    /// There is no such document.
    NoDocument,
    /// There is one, but the index keeps no source.
    NoSource,
}

/// Writes the answer to `_source/{id}` from that to `_doc/{id}`: the endpoint's own answer carries no proof of whose
/// document it is (H-02). The blanks around the source are the client's own and stay, so `raw` must come without
/// `pretty`.
///
/// # Errors
/// When the answer is not a document's, or is another partition's.
///
/// ```
/// use osproxy_layer::rewrite::response::{IdRule, Reversal, SourceAnswer, source};
///
/// let shared = Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", "")).strip("_tenant");
/// let raw = br#"{"_index":"orders-shared","_id":"acme:1","found":true,"_source":{"_tenant":"acme", "price":1.10}}"#;
/// let mut out = Vec::new();
/// assert_eq!(source(raw, &shared, &mut out)?, SourceAnswer::Found);
/// assert_eq!(out, br#"{ "price":1.10}"#);
/// # Ok::<(), osproxy_layer::rewrite::response::ReverseError>(())
/// ```
pub fn source(
    raw: &[u8],
    reversal: &Reversal,
    out: &mut Vec<u8>,
) -> Result<SourceAnswer, ReverseError> {
    utf8(raw)?;
    match read_proof(raw, reversal)? {
        (false, _) => Ok(SourceAnswer::NoDocument),
        (true, None) => Ok(SourceAnswer::NoSource),
        (true, Some(document)) => {
            let mark = out.len();
            let done = strip_source(reversal, document, out)
                .and_then(|end| edit::tail(document, end, out));
            if done.is_err() {
                out.truncate(mark);
            }
            done.map(|_| SourceAnswer::Found)
        }
    }
}

impl SourceAnswer {
    /// Writes the node's 404 for a source that is not there; nothing for one that is.
    ///
    /// `index` and `id` are the client's own words for the document.
    pub fn write_missing(self, index: &str, id: &str, out: &mut Vec<u8>) {
        let what = match self {
            Self::Found => return,
            Self::NoDocument => "Document",
            Self::NoSource => "Source",
        };
        let mut reason = Vec::new();
        write_string(&mut reason, &format!("{what} not found [{index}]/[{id}]"));
        const TYPE: &[u8] = br#""type":"resource_not_found_exception","reason":"#;
        for part in [
            br#"{"error":{"root_cause":[{"#,
            TYPE,
            &reason,
            b"}],",
            TYPE,
            &reason,
            br#"},"status":404}"#,
        ] {
            out.extend_from_slice(part);
        }
    }
}

fn whole(
    raw: &[u8],
    reversal: &Reversal,
    table: Table,
    proof: Proof,
    out: &mut Vec<u8>,
) -> Result<(), ReverseError> {
    utf8(raw)?;
    let mark = out.len();
    let done = Reverser::new(reversal, &[])
        .object(raw, table, proof, out)
        .and_then(|(end, seen)| {
            if proof == Proof::Document && seen.found.is_none() {
                return Err(ReverseError::Shape("found is missing"));
            }
            edit::tail(raw, end, out)
        });
    if done.is_err() {
        out.truncate(mark);
    }
    done
}

pub(super) fn utf8(raw: &[u8]) -> Result<(), ReverseError> {
    std::str::from_utf8(raw)
        .map(drop)
        .map_err(|error| match error.error_len() {
            Some(_) => ReverseError::NotJson,
            None => ReverseError::Truncated,
        })
}
