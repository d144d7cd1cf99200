//! Reversal: a physical answer into the logical one.
//!
//! A client sees its own names of indices and ids, its own documents without what this project put in, and nothing of
//! anybody else's. Every byte that stays is the cluster's own: numbers, key order and spacing survive. What can't be turned
//! back is an error and never passes as it is (H-07), which the caller makes a 502 or a broken-off body.
//!
//! | answer | function | what it takes |
//! |---|---|---|
//! | of one write | [`write`](write()) | the whole body |
//! | of one read, of an explanation, of a count | [`get`], [`source`], [`explanation`], [`count`] | the whole body |
//! | of a search, of a bulk | [`Stream`] | chunks; memory for one hit or item |
//! | of a write by query | [`by_query`] | the whole body |
//! | of the closing of cursors | [`freed`], [`closed`] | the whole body |
//! | of a bulk that was split | [`BulkAnswer`] | the whole body, item by item |
//! | any error | [`error`] | the whole body; never fails |
//! | headers | [`header`], [`location`] | one header |
//!
//! All of them take a [`Reversal`], built with the request. It is the tripwire, too: an id, a routing or an index that is
//! not this partition's is a [`Breach`], even where the request can't have asked for it.
//!
//! ```
//! use osproxy_layer::rewrite::response::{IdRule, Reversal, get};
//!
//! let reversal = Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""))
//!     .expect_routing("acme")
//!     .strip("_tenant");
//! let raw = br#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","found":true,"_source":{"_tenant":"acme","a":1.0}}"#;
//! let mut out = Vec::new();
//! get(raw, &reversal, &mut out)?;
//! assert_eq!(out, br#"{"_index":"orders","_id":"1","found":true,"_source":{"a":1.0}}"#);
//! # Ok::<(), osproxy_layer::rewrite::response::ReverseError>(())
//! ```

mod answer;
mod bulk;
mod by_query;
mod cursor;
mod edit;
mod error;
mod fault;
mod fields;
mod headers;
mod index_level;
mod inner_hits;
mod location;
mod names;
mod numbers;
mod object;
mod plain_item;
mod reversal;
mod rows;
mod skim;
mod stream;
mod table;
mod values;

pub use answer::{SourceAnswer, count, explanation, get, hit, source, write};
pub use bulk::BulkAnswer;
pub use by_query::by_query;
pub use cursor::{Cursor, SealCursor, closed, freed};
pub use error::error;
pub use fault::{Breach, ReverseError};
pub use headers::{HeaderFate, header};
pub(crate) use index_level::{IndexShape, index_level};
pub use location::location;
pub use reversal::{ErrorPolicy, IdRule, Reversal};
pub use rows::{TableRow, rows};
pub use stream::Stream;

#[cfg(test)]
mod tests;
