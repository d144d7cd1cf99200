//! Requests that open, read or close a cursor (catalogue section E).
//!
//! What is opened is sealed before the client sees it; what the client sends is opened before the cluster does. Where a
//! request goes and how its answer is turned back is then the cursor's business, not that of the partition's present
//! placement.

mod handles;
mod point_in_time;
mod scroll;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::Method;

use super::params::{Params, Scoped, physical_params};
use super::{Answer, Logical, Payload, Plan, Presence};
use crate::cursor::{self, Cursor, CursorKind, Home, KeepAlive, Owner, Positions};
use crate::endpoint::Query;
use crate::rejection::Rejection;
use crate::rewrite::screen::Shape;

pub(super) use handles::{clear_scroll, delete_points_in_time, scroll};
pub(super) use point_in_time::{beside_indices, create, named, search};
pub(super) use scroll::{keep_alive, on_own_cluster, opens};

/// What a request has to do with cursors.
pub(crate) struct CursorCall {
    pub(crate) owner: Owner,
    pub(crate) home: Arc<Home>,
    pub(crate) shows: Shows,
    /// The cursor that may stand in the answer.
    pub(crate) seals: Option<CursorKind>,
    pub(crate) keep_alive: Option<KeepAlive>,
    /// What seals the positions in the answer.
    pub(crate) positions: Option<Positions>,
    /// The cursors that it is about. None: it opens one.
    pub(crate) handles: Vec<Handle>,
}

/// A cursor that the client has sent.
pub(crate) struct Handle {
    /// As the client knows it.
    pub(crate) sealed: String,
    /// As the cluster does.
    pub(crate) upstream: String,
}

/// What the answer is.
pub(crate) enum Shows {
    /// Hits, of this shape.
    Hits(Shape),
    /// A point in time that was opened.
    Opened,
    /// How many scrolls were closed.
    Freed,
    /// Which points in time were closed.
    Closed,
    /// Whatever a cluster of the partition's own says.
    Anything,
}

impl CursorCall {
    /// Whether request and answer pass as on any other call to a cluster of the partition's own.
    pub(crate) fn passes(&self) -> bool {
        self.home.is_cluster() && self.seals.is_none() && matches!(self.shows, Shows::Anything)
    }
}

impl Logical<'_> {
    /// Opens one cursor of the request's own partition.
    fn open(&self, kind: CursorKind, sealed: &str) -> Result<Cursor, Rejection> {
        let owner = Owner::of(self.resolved);
        cursor::open(self.cursors.keys()?, kind, &owner, sealed, cursor::now())
            .map_err(|_| cursor::missing())
    }

    /// What of the query string is no part of the cursor. Its rules are the same on all placements, since the answer is
    /// read here on all of them.
    fn other_params(&self, own: &[&str]) -> Result<Params, Rejection> {
        let mut query = Query::default();
        for (name, value) in self.query.iter() {
            if !own.contains(&name) {
                query.set(name, value);
            }
        }
        physical_params(Scoped {
            endpoint: self.endpoint,
            query: &query,
            resolved: None,
        })
    }

    /// The body, or the one in the URL.
    fn body_or_source(&self) -> Result<&[u8], Rejection> {
        let Some(source) = self.query.get("source") else {
            return Ok(self.body);
        };
        let media = self.query.get("source_content_type").unwrap_or_default();
        let essence = media.split(';').next().unwrap_or_default().trim();
        let json = ["application/json", "application/vnd.opensearch+json"]
            .iter()
            .any(|json| json.eq_ignore_ascii_case(essence));
        if !json {
            return Err(Rejection::refused(
                "a body in the URL needs source_content_type=application/json",
            ));
        }
        if !self.body.is_empty() {
            return Err(Rejection::refused(
                "parameter [source] can't stand beside a body",
            ));
        }
        Ok(source.as_bytes())
    }
}

/// A call on a path that names no index.
fn call(
    method: Method,
    path: &'static str,
    params: Params,
    body: Vec<u8>,
    call: CursorCall,
) -> Plan {
    Plan {
        method,
        path: path.to_owned(),
        query: params.forward.encode(),
        payload: Payload::Own(Bytes::from(body)),
        indices: Vec::new(),
        answer: Answer::Cursor(Arc::new(call)),
        filter: params.filter,
        presence: Presence::Any,
        lenient: false,
    }
}

/// As the node refuses what a request lacks or may not have.
fn invalid(what: &str) -> Rejection {
    Rejection::malformed(
        "action_request_validation_exception",
        format!("Validation Failed: 1: {what};"),
    )
}

/// Neither names nor ids.
impl fmt::Debug for CursorCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CursorCall")
            .field("seals", &self.seals)
            .field("handles", &self.handles.len())
            .finish_non_exhaustive()
    }
}
