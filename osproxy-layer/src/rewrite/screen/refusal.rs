//! Why a request may not run: where, which construct, and by which row of the catalogue.

use std::fmt;

use crate::rewrite::json::tree::{Path, TreeError, shown};

/// A search that the screen does not let through. The client gets it as a 400.
///
/// It names keys and paths of the client's own request, shortened, and never a value. It goes to that client only; its
/// `Debug` names neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    kind: RefusalKind,
    path: Path,
    construct: String,
    place: &'static str,
    why: &'static str,
    row: &'static str,
}

/// What sort of mistake a [`Refusal`] answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// The body is not strict JSON.
    Malformed,
    /// The body is JSON, but not of the shape that the node takes.
    Misshapen,
    /// The node would take it; on this placement it is not allowed.
    NotAllowed,
}

impl Refusal {
    /// A construct that is not allowed on this placement.
    pub(super) fn not_allowed(
        construct: String,
        place: &'static str,
        why: &'static str,
        row: &'static str,
    ) -> Self {
        Self {
            kind: RefusalKind::NotAllowed,
            path: Path::default(),
            construct,
            place,
            why,
            row,
        }
    }

    /// Something that is not of the shape that the node takes.
    pub(super) fn misshapen(construct: String, why: &'static str, row: &'static str) -> Self {
        Self {
            kind: RefusalKind::Misshapen,
            ..Self::not_allowed(construct, "", why, row)
        }
    }

    /// Puts the place of the refusal under a key.
    pub(super) fn under(mut self, key: &str) -> Self {
        self.path.under_key(key);
        self
    }

    /// Puts the place of the refusal under an element of an array.
    pub(super) fn at(mut self, index: usize) -> Self {
        self.path.under_index(index);
        self
    }

    /// What sort of mistake it is.
    pub fn kind(&self) -> RefusalKind {
        self.kind
    }

    /// Where: a JSON path such as `query.bool.must[0].wildcard`, or `url parameter q`. Empty at the root of the body.
    pub fn path(&self) -> String {
        self.path.to_string()
    }

    /// What: `query type [wildcard]`, `key [script]`.
    pub fn construct(&self) -> &str {
        &self.construct
    }

    /// Why, in words for the client.
    pub fn why(&self) -> &'static str {
        self.why
    }

    /// The row of the isolation catalogue, such as `A1-16`; empty for mere mistakes.
    pub fn row(&self) -> &'static str {
        self.row
    }
}

impl From<TreeError> for Refusal {
    fn from(error: TreeError) -> Self {
        Self {
            kind: RefusalKind::Malformed,
            path: error.path().clone(),
            construct: error.to_string(),
            place: "",
            why: "the body must be one strict JSON value",
            row: "G-13",
        }
    }
}

/// `[query.bool.must[0].wildcard] query type [wildcard] is not allowed on a shared index: …`
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        if !path.is_empty() {
            write!(f, "[{path}] ")?;
        }
        f.write_str(&self.construct)?;
        if !self.place.is_empty() {
            write!(f, " is not allowed {}", self.place)?;
        }
        write!(f, ": {}", self.why)
    }
}

/// Without the client's keys, so that it may be logged.
impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("kind", &self.kind)
            .field("why", &self.why)
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Refusal {}

/// `query type [wildcard]`, with the client's word shortened.
pub(super) fn construct(what: &str, name: &str) -> String {
    format!("{what} [{}]", shown(name))
}
