//! From a logical request to a physical one: pure functions, without async and without a service.
//!
//! [`Logical`] is what the client sent, [`Plan`] what the cluster gets and how its answer is turned back.

mod admin;
mod by_id;
mod by_query;
mod cursor;
mod explain;
mod headers;
mod index;
mod media;
mod params;
mod search;
mod write;

use std::sync::Arc;

use bytes::Bytes;
use http::Method;

use crate::cursor::Desk;
use crate::endpoint::{Endpoint, Operation, PlacementKind, Query};
use crate::rejection::Rejection;
use crate::rewrite::filter_path::FilterPath;
use crate::rewrite::response::Reversal;
use crate::rewrite::screen::Shape;
use crate::router::{Resolved, Scope};
use crate::spi::IndexName;
use crate::switches::Switches;

pub(crate) use admin::{Expression, IndexAnswer, Own, Part, is_met_by_one_node};
pub(crate) use by_id::{NO_FIELD, physical_id};
pub(crate) use cursor::{CursorCall, Shows};
pub(crate) use headers::{forwarded, physical_headers};
pub(crate) use index::{IndexPair, invalid as invalid_index, reversal, single_index};
pub(crate) use media::{check_media, check_single_type};
pub(crate) use params::{
    Params, Scoped, check_wildcards, filter_path, is_pretty, no_alias, on_own_cluster,
    physical_params, refused as refused_param, unknown as unknown_param, unknown_on,
};
pub(crate) use search::{Item, screen_item};
pub(crate) use write::{document_error, minted};

/// A request as the client sent it, read into typed values.
#[derive(Clone, Copy)]
pub(crate) struct Logical<'a> {
    pub(crate) method: &'a Method,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) query: &'a Query<'a>,
    pub(crate) resolved: &'a Resolved,
    /// The body, where [`body_use`] says that it is read.
    pub(crate) body: &'a Bytes,
    /// What the index expression stands for, where that had to be asked.
    pub(crate) expanded: Option<&'a [IndexPair]>,
    /// What opens the cursors in it.
    pub(crate) cursors: Desk<'a>,
    pub(crate) switches: Switches,
}

impl<'a> Logical<'a> {
    fn scoped(&self) -> Scoped<'a> {
        Scoped {
            endpoint: self.endpoint,
            query: self.query,
            resolved: Some(self.resolved),
        }
    }
}

/// A request as the cluster gets it.
pub(crate) struct Plan {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) payload: Payload,
    pub(crate) indices: Vec<IndexPair>,
    pub(crate) answer: Answer,
    /// What of the answer the client wants.
    pub(crate) filter: Option<FilterPath>,
    pub(crate) presence: Presence,
    /// Whether an index that isn't there is passed over: `ignore_unavailable`.
    pub(crate) lenient: bool,
}

/// The body of a physical request.
pub(crate) enum Payload {
    /// None.
    Empty,
    /// The client's own, as it streams.
    Stream,
    /// Bytes of ours.
    Own(Bytes),
}

impl Payload {
    /// These bytes, or no body where there are none.
    pub(crate) fn of(body: Bytes) -> Self {
        if body.is_empty() {
            Self::Empty
        } else {
            Self::Own(body)
        }
    }
}

/// How an answer is turned back.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Of a write to one document.
    Write,
    /// One document.
    Get,
    /// One document, shown as its bare source.
    Source,
    /// The bare source of a document that is the partition's by the index alone.
    PlainSource,
    /// A status without a body.
    Head,
    /// Whether a document matches, and why.
    Explanation,
    /// Hits and aggregations.
    Search(Shape),
    /// A count.
    Count,
    /// Figures of a write by query.
    ByQuery,
    /// Shard counts.
    Shards,
    /// What is about a cursor.
    Cursor(Arc<CursorCall>),
    /// Of an index-level call.
    Index(IndexAnswer),
}

/// What must be known of a shared physical index before it is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Presence {
    /// Nothing: the index is the partition's own.
    Any,
    /// Its mapping, if it exists.
    Read,
    /// Its mapping; it is created where it is missing.
    Write,
}

/// What becomes of a request's body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BodyUse {
    /// The API has none.
    None,
    /// It passes as it streams.
    Stream,
    /// It is read, for it is rewritten or screened.
    Read,
}

/// Whether this layer rewrites the operation on this kind of placement. What the endpoint table has as rewritten and
/// this list lacks is refused as not offered yet.
pub(crate) fn is_offered(operation: Operation, kind: PlacementKind) -> bool {
    use Operation as Op;
    match operation {
        Op::Index
        | Op::Create
        | Op::Update
        | Op::Delete
        | Op::Get
        | Op::Exists
        | Op::GetSource
        | Op::ExistsSource
        | Op::Search
        | Op::Count
        | Op::Bulk
        | Op::Mget
        | Op::Msearch
        | Op::DeleteByQuery
        | Op::UpdateByQuery
        | Op::Scroll
        | Op::ClearScroll
        | Op::CreatePit
        | Op::DeletePit
        | Op::Refresh => true,
        Op::Explain => kind == PlacementKind::DedicatedIndex,
        _ => admin::is_offered(operation, kind),
    }
}

/// What becomes of the body of this operation.
pub(crate) fn body_use(operation: Operation, resolved: &Resolved) -> BodyUse {
    use Operation as Op;
    match (operation, resolved.scope()) {
        // The node ignores the body of the third.
        (Op::Scroll | Op::ClearScroll | Op::CreatePit | Op::DeletePit, _) => BodyUse::Read,
        (_, Scope::Cluster(_)) => BodyUse::Stream,
        (Op::Index | Op::Create | Op::Update, Scope::Shared(_))
        | (Op::Search | Op::Count | Op::DeleteByQuery | Op::UpdateByQuery | Op::Explain, _) => {
            BodyUse::Read
        }
        (Op::Index | Op::Create | Op::Update, Scope::Index { .. } | Scope::Pinned(_)) => {
            BodyUse::Stream
        }
        _ if admin::reads_body(operation) => BodyUse::Read,
        _ => BodyUse::None,
    }
}

/// Whether a request may name its indices by wildcards, or not at all.
pub(crate) fn takes_wildcards(logical: &Logical<'_>) -> Result<bool, Rejection> {
    use Operation as Op;
    Ok(match logical.endpoint.operation() {
        _ if matches!(logical.resolved.scope(), Scope::Cluster(_)) => false,
        // A point in time has its indices of its own.
        Op::Search => cursor::named(logical)?.is_none(),
        Op::Count | Op::DeleteByQuery | Op::UpdateByQuery | Op::Refresh | Op::ValidateQuery => true,
        operation => admin::names_each(operation, logical),
    })
}

/// Plans the physical request.
pub(crate) fn plan(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    use Operation as Op;
    if !matches!(logical.resolved.scope(), Scope::Cluster(_))
        && let Some(kinds) = logical.query.get("expand_wildcards")
    {
        check_wildcards(kinds)?;
    }
    match logical.endpoint.operation() {
        Op::Index | Op::Create | Op::Update | Op::Delete => write::plan(logical),
        Op::Get | Op::Exists | Op::GetSource | Op::ExistsSource => by_id::plan(logical),
        Op::Search | Op::Count => search::plan(logical),
        Op::DeleteByQuery | Op::UpdateByQuery => by_query::plan(logical),
        Op::Explain => explain::plan(logical),
        Op::Refresh => index::plan_refresh(logical),
        Op::Scroll => cursor::scroll(logical),
        Op::ClearScroll => cursor::clear_scroll(logical),
        Op::CreatePit => cursor::create(logical),
        Op::DeletePit => cursor::delete_points_in_time(logical),
        _ => admin::plan(logical),
    }
}

/// Refuses what the endpoint table has as rewritten and this layer doesn't do yet.
pub(crate) fn not_offered(endpoint: &Endpoint, kind: PlacementKind) -> Rejection {
    let (template, kind) = (endpoint.route().template(), kind.as_str());
    Rejection::refused(format!(
        "[{template}] is not offered yet on placements of kind [{kind}]"
    ))
}

impl Plan {
    /// The path and query of the physical request.
    pub(crate) fn path_and_query(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            [&*self.path, "?", &*self.query].concat()
        }
    }

    /// Leaves out the indices that aren't there.
    pub(crate) fn narrow(&mut self, endpoint: &Endpoint, there: Vec<IndexPair>) {
        self.path = endpoint.physical_path(Some(&index::joined(&there)), None);
        self.indices = there;
    }

    pub(crate) fn physical_indices(&self) -> impl Iterator<Item = IndexName> {
        self.indices.iter().map(|pair| pair.physical.clone())
    }
}

/// What turns the answer back.
pub(crate) fn reversal_of(resolved: &Resolved, plan: &Plan) -> Reversal {
    match &plan.answer {
        Answer::Cursor(call) => call.home.reversal(),
        _ => reversal(resolved, &plan.indices),
    }
}
