//! The allow-lists of answers: which keys a document, a write's answer and the parts around them may have.
//!
//! On a shared index a key that is in no row is left out (model rule 7): a later version of the server can't show more by
//! adding one. On a dedicated index it is kept.

use super::edit::Fate;
use super::rows::TableRow;
use crate::rewrite::json::RawStr;

/// What happens to the value of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// Copied as it is.
    Keep,
    /// Left out.
    Drop,
    /// An index name: the logical one, or the tripwire.
    Index,
    /// A document's id: the logical one, or the tripwire.
    Id,
    /// Routing: compared, then left out.
    Routing,
    /// A document: its reserved root keys left out.
    Source,
    /// An object by field name: reserved names left out.
    Fields,
    /// A list of field names: reserved ones left out.
    FieldNames,
    /// Sort values: those of `_id` turned back.
    Sort,
    /// Hits inside a hit.
    InnerHits,
    /// Text with index names in it.
    Rename,
    /// `_shards`: the counts, and failures written anew.
    Shards,
    /// The list of failed shards.
    Failures,
    /// The options of a suggestion.
    Options,
    /// The `get` of an update's answer.
    UpdateGet,
    /// The error of one item or shard.
    Error,
    /// The status of one item.
    Status,
    /// Whether the document was found.
    Found,
    /// A score, which is not shown where no tenant may read the statistics of the index.
    Score,
    /// A sequence number, which is sealed there.
    SeqNo,
    /// A primary term, sealed with it.
    Term,
    /// Says that the document is a part of a larger one.
    Nested,
}

/// A key, what happens to it on a shared and on a dedicated index, and the row of the catalogue that says so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    key: &'static str,
    shared: Op,
    dedicated: Op,
    catalogue: &'static str,
}

/// The keys of one kind of object.
pub(super) type Table = &'static [Row];

const fn row(key: &'static str, shared: Op, dedicated: Op, catalogue: &'static str) -> Row {
    Row {
        key,
        shared,
        dedicated,
        catalogue,
    }
}

/// A hit of a search, of `inner_hits` or of `top_hits`.
pub(super) static HIT: Table = &[
    row("_index", Op::Index, Op::Index, "H-01"),
    row("_id", Op::Id, Op::Keep, "H-01"),
    row("_score", Op::Score, Op::Keep, "F-01"),
    row("_source", Op::Source, Op::Keep, "H-01"),
    row("_routing", Op::Routing, Op::Keep, "H-03"),
    row("sort", Op::Sort, Op::Keep, "C1-08"),
    row("fields", Op::Fields, Op::Keep, "C1-12"),
    row("highlight", Op::Fields, Op::Keep, "C1-05"),
    row("_version", Op::Keep, Op::Keep, "C1-18"),
    row("_seq_no", Op::SeqNo, Op::Keep, "F-12"),
    row("_primary_term", Op::Term, Op::Keep, "F-12"),
    row("_ignored", Op::FieldNames, Op::Keep, "H-01"),
    row("matched_queries", Op::Keep, Op::Keep, "C1-25"),
    row("inner_hits", Op::InnerHits, Op::InnerHits, "C1-07"),
    row("_nested", Op::Nested, Op::Nested, "A1-35"),
    row("_explanation", Op::Drop, Op::Keep, "C1-16"),
    row("_shard", Op::Drop, Op::Rename, "H-01"),
    row("_node", Op::Drop, Op::Keep, "H-01"),
];

/// A document read by its id.
pub(super) static DOCUMENT: Table = &[
    row("_index", Op::Index, Op::Index, "H-02"),
    row("_id", Op::Id, Op::Keep, "H-02"),
    row("_version", Op::Keep, Op::Keep, "H-02"),
    row("_seq_no", Op::SeqNo, Op::Keep, "F-12"),
    row("_primary_term", Op::Term, Op::Keep, "F-12"),
    row("_routing", Op::Routing, Op::Keep, "H-02"),
    row("found", Op::Found, Op::Found, "H-02"),
    row("_source", Op::Source, Op::Keep, "H-01"),
    row("fields", Op::Fields, Op::Keep, "C1-12"),
    row("_ignored", Op::FieldNames, Op::Keep, "H-01"),
];

/// The answer to index, create, update and delete, and what a bulk item holds under its action.
pub(super) static WRITE: Table = &[
    row("_index", Op::Index, Op::Index, "H-01"),
    row("_id", Op::Id, Op::Keep, "H-01"),
    row("_version", Op::Keep, Op::Keep, "D-19"),
    row("result", Op::Keep, Op::Keep, "D-27"),
    row("forced_refresh", Op::Keep, Op::Keep, "D-28"),
    row("_shards", Op::Shards, Op::Shards, "F-13"),
    row("_seq_no", Op::SeqNo, Op::Keep, "F-12"),
    row("_primary_term", Op::Term, Op::Keep, "F-12"),
    row("get", Op::UpdateGet, Op::Keep, "D-14"),
    row("status", Op::Status, Op::Status, "H-01"),
    row("error", Op::Error, Op::Error, "H-05"),
];

/// The `get` of an update's answer: no index, no id, no routing, and the document of the write around it.
pub(super) static UPDATE_GET: Table = &[
    row("_seq_no", Op::SeqNo, Op::Keep, "F-12"),
    row("_primary_term", Op::Term, Op::Keep, "F-12"),
    row("found", Op::Found, Op::Found, "D-14"),
    row("_routing", Op::Routing, Op::Keep, "H-01"),
    row("_source", Op::Source, Op::Keep, "D-14"),
    row("fields", Op::Fields, Op::Keep, "D-14"),
];

/// Whether a document matches. A shared index explains nothing (C3-04).
pub(super) static EXPLANATION: Table = &[
    row("_index", Op::Index, Op::Index, "C3-04"),
    row("_id", Op::Id, Op::Keep, "C3-04"),
    row("matched", Op::Drop, Op::Keep, "C3-04"),
    row("explanation", Op::Drop, Op::Rename, "C3-04"),
    row("get", Op::Drop, Op::Keep, "C3-04"),
];

/// The answer to a count.
pub(super) static COUNT: Table = &[
    row("count", Op::Keep, Op::Keep, "C3-01"),
    row("terminated_early", Op::Keep, Op::Keep, "C1-19"),
    row("_shards", Op::Shards, Op::Shards, "F-13"),
];

/// `_shards`.
pub(super) static SHARDS: Table = &[
    row("total", Op::Keep, Op::Keep, "F-13"),
    row("successful", Op::Keep, Op::Keep, "F-13"),
    row("skipped", Op::Keep, Op::Keep, "F-13"),
    row("failed", Op::Keep, Op::Keep, "F-13"),
    row("failures", Op::Failures, Op::Failures, "F-13"),
];

/// One entry of `_shards.failures`, of a read (`index`) or of a write (`_index`).
pub(super) static SHARD_FAILURE: Table = &[
    row("shard", Op::Keep, Op::Keep, "F-13"),
    row("index", Op::Index, Op::Rename, "F-13"),
    row("node", Op::Drop, Op::Keep, "F-13"),
    row("reason", Op::Error, Op::Rename, "H-05"),
    row("_shard", Op::Keep, Op::Keep, "F-13"),
    row("_index", Op::Index, Op::Rename, "F-13"),
    row("_node", Op::Drop, Op::Keep, "F-13"),
    row("status", Op::Keep, Op::Keep, "F-13"),
    row("primary", Op::Keep, Op::Keep, "F-13"),
];

/// One entry of a suggestion; a shared index has none (C1-04).
pub(super) static SUGGESTION: Table = &[row("options", Op::Drop, Op::Options, "C1-04")];

/// One option of a suggestion. That of a completion is a whole document.
pub(super) static OPTION: Table = &[row("_index", Op::Drop, Op::Index, "C1-04")];

/// What the table says about a key.
#[inline]
pub(super) fn fate(table: Table, key: &RawStr<'_>, shared: bool) -> Fate<Op> {
    let row = table.iter().find(|row| key.is(row.key));
    let unknown = if shared { Fate::Drop } else { Fate::Keep };
    let fate = match row.map(|row| if shared { row.shared } else { row.dedicated }) {
        Some(Op::Keep) => Fate::Keep,
        Some(Op::Drop) => Fate::Drop,
        Some(op) => Fate::Edit(op),
        None => unknown,
    };
    #[cfg(test)]
    let fate = super::tests::mutants::mutated(row, fate, unknown, Fate::Keep);
    fate
}

fn tables() -> [(&'static str, Table); 10] {
    [
        ("hit", HIT),
        ("document", DOCUMENT),
        ("write", WRITE),
        ("get of an update", UPDATE_GET),
        ("explanation", EXPLANATION),
        ("count", COUNT),
        ("_shards", SHARDS),
        ("failed shard", SHARD_FAILURE),
        ("suggestion", SUGGESTION),
        ("option of a suggestion", OPTION),
    ]
}

/// Where each row stands in memory.
#[cfg(test)]
pub(super) fn places() -> impl Iterator<Item = (String, *const ())> {
    tables().into_iter().flat_map(|(name, table)| {
        table.iter().map(move |row| {
            (
                format!("{name} [{}]", row.key),
                std::ptr::from_ref(row).cast(),
            )
        })
    })
}

/// All rows, by table.
pub(super) fn rows() -> impl Iterator<Item = TableRow> {
    tables().into_iter().flat_map(|(name, table)| {
        table.iter().map(move |row| TableRow {
            table: name,
            key: row.key,
            shared: row.shared.word(),
            dedicated: row.dedicated.word(),
            catalogue: row.catalogue,
        })
    })
}

impl Op {
    const fn word(self) -> &'static str {
        match self {
            // As long as the operator is not strict.
            Self::Keep | Self::Score | Self::SeqNo | Self::Term => "keep",
            Self::Drop => "drop",
            _ => "rewrite",
        }
    }
}
