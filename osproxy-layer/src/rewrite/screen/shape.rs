//! What the answer to a screened search will look like, for the reversal.
//!
//! An answer is reversed by the request's structure, never by the names in it: an aggregation may be called `hits` or
//! `_source` (row B-21).

/// What the reversal must expect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shape {
    /// What each position of a hit's `sort` holds. Empty: nothing that needs care.
    pub sort: Vec<SortValue>,
    /// The aggregations whose answers hold hits (`top_hits`).
    pub top_hits: Vec<TopHits>,
    /// Whether hits may hold `inner_hits`.
    pub inner_hits: bool,
    /// Whether the client asked for a part of `_source`: the node writes a filtered one anew (row C1-11).
    pub source_filtered: bool,
    /// `rest_total_hits_as_int`: `hits.total` is a number.
    pub total_as_int: bool,
    /// `typed_keys`: an aggregation called `a` answers as `type#a`.
    pub typed_keys: bool,
}

/// An aggregation whose answer holds hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopHits {
    /// The names of the aggregations from the root down to it.
    pub path: Vec<String>,
    /// What each position of these hits' `sort` holds.
    pub sort: Vec<SortValue>,
}

/// What a position of a hit's `sort` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortValue {
    /// A value of the document, or a score.
    Plain,
    /// A physical id, to be reversed.
    Id,
    /// A position in the shard, which counts the documents of others too: not to be shown (row C1-08).
    Position,
}
