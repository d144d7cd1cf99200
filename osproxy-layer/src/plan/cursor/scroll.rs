//! Searches that open a scroll, and searches on a cluster of the partition's own.

use std::sync::Arc;

use bytes::Bytes;

use super::{CursorCall, Shows, point_in_time};
use crate::cursor::{CursorKind, Home, KeepAlive, Owner};
use crate::endpoint::Query;
use crate::plan::params::on_own_cluster as forwarded;
use crate::plan::{Answer, IndexPair, Logical, Payload, Plan, Presence};
use crate::rejection::Rejection;
use crate::rewrite::screen::Shape;

/// The time that a search asks a scroll to be kept for; none where it opens no scroll.
pub(in crate::plan) fn keep_alive(logical: &Logical<'_>) -> Result<Option<KeepAlive>, Rejection> {
    logical
        .query
        .get("scroll")
        .map(|text| KeepAlive::parse("scroll", text))
        .transpose()
}

/// The answer of a search that opens a scroll.
pub(in crate::plan) fn opens(
    logical: &Logical<'_>,
    indices: &[IndexPair],
    shape: Shape,
    keep_alive: KeepAlive,
) -> Answer {
    Answer::Cursor(Arc::new(CursorCall {
        owner: Owner::of(logical.resolved),
        home: Arc::new(Home::of(logical.resolved, indices)),
        shows: Shows::Hits(shape),
        seals: Some(CursorKind::Scroll),
        keep_alive: Some(keep_alive),
        positions: None,
        handles: Vec::new(),
    }))
}

/// A search on a cluster of the partition's own that may open a scroll or search a point in time. All else of it passes.
pub(in crate::plan) fn on_own_cluster(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    if let Some(found) = point_in_time::named(logical)? {
        return point_in_time::search(logical, &found);
    }
    let mut query = Query::default();
    for (name, value) in logical.query.iter() {
        if name != "scroll" {
            query.set(name, value);
        }
    }
    let mut query = forwarded(logical.endpoint, &query)?;
    let scroll = logical.query.get("scroll");
    if let Some(time) = scroll {
        query.set("scroll", time.to_owned());
        json_only(logical)?;
    }
    let call = CursorCall {
        owner: Owner::of(logical.resolved),
        home: Arc::new(Home::of(logical.resolved, &own_names(logical))),
        shows: Shows::Anything,
        seals: scroll.map(|_| CursorKind::Scroll),
        keep_alive: None,
        positions: None,
        handles: Vec::new(),
    };
    Ok(Plan {
        method: logical.method.clone(),
        path: logical.endpoint.physical_path(None, None),
        query: query.encode(),
        payload: if logical.body.is_empty() {
            Payload::Stream
        } else {
            Payload::Own(Bytes::clone(logical.body))
        },
        indices: Vec::new(),
        answer: Answer::Cursor(Arc::new(call)),
        filter: None,
        presence: Presence::Any,
        lenient: false,
    })
}

/// The client's own index expression, where the path has one: on a cluster of its own it is the physical one.
pub(super) fn own_names(logical: &Logical<'_>) -> Vec<IndexPair> {
    let pair = |name: &str| IndexPair {
        logical: name.to_owned(),
        physical: name.into(),
    };
    logical.endpoint.index().map(pair).into_iter().collect()
}

/// An answer with a cursor in it must be one that can be read.
pub(super) fn json_only(logical: &Logical<'_>) -> Result<(), Rejection> {
    match logical.query.get("format") {
        None | Some("" | "json") => Ok(()),
        Some(_) => Err(Rejection::refused(
            "only [format=json] is offered for cursors, another form of the answer can't be read",
        )),
    }
}
