//! What the operator may choose about shared indices: one policy for the whole stack.
//!
//! Each has a safe default. Where one is chosen, the other placements don't change: on an index or a cluster of the
//! partition's own there is nobody to be kept apart from.

use crate::cursor::{Desk, Numbers, Owner};
use crate::endpoint::{Endpoint, ParamDecision, PlacementKind, Query};
use crate::rejection::Rejection;
use crate::rewrite::screen::Scope;
use crate::router::Resolved;

/// What becomes of `min_doc_count: 0` in an aggregation of terms (`terms`, `multi_terms`, `significant_terms` and
/// `significant_text`) on a shared index. The server would print the terms of every tenant as empty buckets (catalogue
/// B-02 to B-04, B-09).
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ZeroBuckets {
    /// It is refused: a 400 that names the aggregation.
    #[default]
    Refuse,
    /// It is sent as 1, so the answer has no empty buckets. For panels that always ask for them, as Grafana's do.
    Omit,
}

/// What becomes of a `routing` that a client sends for a shared index: in the URL, in a line of a bulk, for a document of
/// a multi get or in the header of a multi search. Documents are routed by their partition there (catalogue C2-06, D-18).
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ClientRouting {
    /// It is refused: a 400, or that item's error.
    #[default]
    Refuse,
    /// It is not sent, and nobody is told. For clients that can't be changed: a document is found by its id alone, so two
    /// documents with one id and different routings, which a node would keep apart, are one here.
    Ignore,
}

#[cold]
fn numbers(desk: Desk<'_>, resolved: &Resolved) -> Result<Numbers, Rejection> {
    Ok(Numbers::new(desk.keys()?, Owner::of(resolved)))
}

/// All of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Switches {
    pub(crate) zero_buckets: ZeroBuckets,
    pub(crate) client_routing: ClientRouting,
    /// Whether no tenant may read the statistics of a shared index.
    pub(crate) strict: bool,
}

impl Switches {
    /// The scope of a search, with what was chosen.
    pub(crate) fn apply<'a>(self, scope: Scope<'a>) -> Scope<'a> {
        let scope = match self.zero_buckets {
            ZeroBuckets::Refuse => scope,
            ZeroBuckets::Omit => scope.omit_zero_buckets(),
        };
        match self.strict {
            true => scope.strict(),
            false => scope,
        }
    }

    /// What seals the sequence numbers of a request's documents, where they are sealed.
    pub(crate) fn numbers(
        self,
        desk: Desk<'_>,
        resolved: &Resolved,
    ) -> Result<Option<Numbers>, Rejection> {
        match self.strict {
            true => numbers(desk, resolved).map(Some),
            false => Ok(None),
        }
    }

    /// Whether a client's routing is passed over on this placement.
    pub(crate) fn ignores_routing(self, resolved: &Resolved) -> bool {
        self.client_routing == ClientRouting::Ignore && resolved.shared().is_some()
    }

    /// Takes the routing out of the query string of a request whose items are placed one by one, for those of them that
    /// aren't on a shared index. Where a shared one refuses it, it stays.
    pub(crate) fn routing_of_items(self, query: &mut Query<'_>) -> Option<String> {
        match self.client_routing {
            ClientRouting::Refuse => None,
            ClientRouting::Ignore => query.remove("routing").map(Into::into),
        }
    }

    /// Takes the routing out of a query string where it is passed over. Where the API has no such parameter it stays, and
    /// is refused as the node refuses it.
    pub(crate) fn take_routing(
        self,
        endpoint: &Endpoint,
        resolved: &Resolved,
        query: &mut Query<'_>,
    ) {
        let known = endpoint.decide(PlacementKind::SharedIndex, "routing");
        if known == Some(ParamDecision::Reject) && self.ignores_routing(resolved) {
            query.remove("routing");
        }
    }
}
