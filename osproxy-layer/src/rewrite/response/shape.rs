//! What the request's shape says about the answer: where documents are besides the hits.
//!
//! An aggregation may be called `hits` or `_source` (B-21), so the answer is walked by what was asked and never by the names
//! found in it. Only aggregations on the way to documents are listed; all others hold none and are copied.

/// Where a search's answer holds documents, and which of its sort values are ids.
///
/// ```
/// use osproxy_layer::rewrite::response::{Aggregation, HitShape, Shape};
///
/// // {"sort":["_id"],"aggs":{"by_user":{"terms":{..},"aggs":{"newest":{"top_hits":{..}}}}}} with typed_keys
/// let shape = Shape::default()
///     .with_hits(HitShape::default().sorted_by_id_at(0))
///     .with_typed_keys(true)
///     .with_aggregation(Aggregation::buckets("by_user", [Aggregation::hits("newest", HitShape::default())]));
/// assert!(!shape.is_plain());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    pub(super) hits: HitShape,
    pub(super) typed_keys: bool,
    pub(super) aggregations: Vec<Aggregation>,
}

/// What the request says about the hits in one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HitShape {
    /// Positions in `sort` that hold a physical id.
    pub(super) id_sorts: Vec<usize>,
}

/// An aggregation that holds documents, or others that do.
#[derive(Clone, PartialEq, Eq)]
pub struct Aggregation {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) children: Vec<Self>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `top_hits`.
    Hits(HitShape),
    /// `buckets`, a list or an object by key.
    Buckets,
    /// One bucket: `filter`, `nested`, `global` and the like.
    Bucket,
}

impl Shape {
    /// The shape of the search's own hits.
    #[must_use]
    pub fn with_hits(mut self, hits: HitShape) -> Self {
        self.hits = hits;
        self
    }

    /// Whether the cluster was asked for `typed_keys`, so that aggregations are called `type#name`.
    #[must_use]
    pub const fn with_typed_keys(mut self, typed: bool) -> Self {
        self.typed_keys = typed;
        self
    }

    /// Adds an aggregation at the top level that leads to documents.
    #[must_use]
    pub fn with_aggregation(mut self, aggregation: Aggregation) -> Self {
        self.aggregations.push(aggregation);
        self
    }

    /// Whether documents are only in the hits.
    pub const fn is_plain(&self) -> bool {
        self.aggregations.is_empty()
    }
}

impl HitShape {
    /// Hits of which the request says nothing.
    pub(super) const PLAIN: &'static Self = &Self {
        id_sorts: Vec::new(),
    };

    /// The value at `position` of `sort`, counted from 0, is an id. Asked for on a shared index only.
    #[must_use]
    pub fn sorted_by_id_at(mut self, position: usize) -> Self {
        self.id_sorts.push(position);
        self
    }
}

impl Aggregation {
    /// A `top_hits`.
    pub fn hits(name: impl Into<String>, hits: HitShape) -> Self {
        Self::new(name, Kind::Hits(hits), [])
    }

    /// One with several buckets: `terms`, `date_histogram`, `filters`, `composite` and the like.
    pub fn buckets(name: impl Into<String>, children: impl IntoIterator<Item = Self>) -> Self {
        Self::new(name, Kind::Buckets, children)
    }

    /// One that is a single bucket: `filter`, `nested`, `missing`, `sampler` and the like.
    pub fn bucket(name: impl Into<String>, children: impl IntoIterator<Item = Self>) -> Self {
        Self::new(name, Kind::Bucket, children)
    }

    fn new(name: impl Into<String>, kind: Kind, children: impl IntoIterator<Item = Self>) -> Self {
        Self {
            name: name.into(),
            kind,
            children: children.into_iter().collect(),
        }
    }
}

/// Without the name, which the client chose.
impl std::fmt::Debug for Aggregation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Aggregation")
            .field("kind", &self.kind)
            .field("children", &self.children)
            .finish_non_exhaustive()
    }
}
