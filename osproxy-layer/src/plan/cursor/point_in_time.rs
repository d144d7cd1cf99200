//! Points in time: opening one, and searching it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::scroll::{json_only, own_names};
use super::{CursorCall, Handle, Shows, invalid};
use crate::cursor::{Cursor, CursorKind, Home, KeepAlive, Owner, Positions};
use crate::endpoint::Query;
use crate::plan::params::{filter_path, on_own_cluster, physical_params};
use crate::plan::{Answer, Logical, Payload, Plan, Presence, index, search as searching};
use crate::rejection::Rejection;
use crate::rewrite::filter_path::FilterPath;
use crate::rewrite::json::{Members, RawKind, unescape, write_string};
use crate::rewrite::screen;
use crate::router::Scope;
use crate::spi::PartitionId;

/// `POST /{index}/_search/point_in_time`. A search of one can't name a routing, so it is fixed here (catalogue E-04).
pub(in crate::plan) fn create(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let own_cluster = matches!(logical.resolved.scope(), Scope::Cluster(_));
    let (query, filter, indices, keep_alive) = if own_cluster {
        json_only(logical)?;
        let query = on_own_cluster(logical.endpoint, logical.query)?;
        (query, None, own_names(logical), None)
    } else {
        let mut params = physical_params(logical.scoped())?;
        let time = logical
            .query
            .get("keep_alive")
            .ok_or_else(|| invalid("keep alive not specified"))?;
        let keep_alive = KeepAlive::parse("keep_alive", time)?;
        params.forward.set("keep_alive", time.to_owned());
        if let Some((shared, partition)) = logical.resolved.shared()
            && let Some(routing) = shared.routing(partition)
        {
            params.forward.set("routing", routing.to_owned());
        }
        let indices = index::several(logical, None)?;
        (params.forward, params.filter, indices, Some(keep_alive))
    };
    let joined = index::joined(&indices);
    let path = logical
        .endpoint
        .physical_path((!own_cluster).then_some(&*joined), None);
    let call = CursorCall {
        owner: Owner::of(logical.resolved),
        home: Arc::new(Home::of(logical.resolved, &indices)),
        shows: Shows::Opened,
        seals: Some(CursorKind::PointInTime),
        keep_alive,
        positions: None,
        handles: Vec::new(),
    };
    Ok(Plan {
        method: logical.method.clone(),
        path,
        query: query.encode(),
        payload: Payload::Empty,
        indices,
        answer: Answer::Cursor(Arc::new(call)),
        filter,
        presence: if logical.resolved.shared().is_some() {
            Presence::Read
        } else {
            Presence::Any
        },
        lenient: logical.query.is_on("ignore_unavailable"),
    })
}

/// The point in time that a search is for.
pub(in crate::plan) struct Named<'a> {
    body: &'a [u8],
    /// Where the id's text stands in the body.
    span: Range<usize>,
    id: Cow<'a, str>,
    keep_alive: Option<Cow<'a, str>>,
}

/// Finds it in the body of a search that names no index: another can't have one. What is no strict JSON has none here,
/// and is refused, or left to a cluster that is the partition's own.
pub(in crate::plan) fn named<'a>(logical: &'a Logical<'_>) -> Result<Option<Named<'a>>, Rejection> {
    if logical.endpoint.index().is_some() || logical.query.get("index").is_some() {
        return Ok(None);
    }
    let body = match logical.body_or_source() {
        Ok(body) => body,
        // Whoever reads the parameters says what is wrong with them.
        Err(_) => return Ok(None),
    };
    let find = |text: &'a [u8], name: &str| {
        Members::of(text)
            .map_while(Result::ok)
            .find(|member| member.key == name)
    };
    let Some(pit) = find(body, "pit") else {
        return Ok(None);
    };
    let text = |name: &str| {
        find(pit.value, name).filter(|found| RawKind::of(found.value) == Some(RawKind::String))
    };
    let decoded = |raw: &'a [u8]| {
        unescape(raw)
            .map_err(|error| Rejection::malformed("json_parse_exception", error.to_string()))
    };
    let Some(id) = text("id") else {
        return Err(Rejection::malformed(
            "illegal_argument_exception",
            "point in time id is not provided",
        ));
    };
    let start = pit.span.start + id.span.start;
    Ok(Some(Named {
        body,
        span: start..start + id.value.len(),
        id: decoded(id.value)?,
        keep_alive: text("keep_alive")
            .map(|found| decoded(found.value))
            .transpose()?,
    }))
}

/// What the node refuses beside a point in time, which has each of them of its own (catalogue E-05).
const NOT_BESIDE: [(&str, &str); 8] = [
    ("routing", "[routing]"),
    ("preference", "[preference]"),
    ("ignore_unavailable", "[indicesOptions]"),
    ("allow_no_indices", "[indicesOptions]"),
    ("expand_wildcards", "[indicesOptions]"),
    ("ignore_throttled", "[indicesOptions]"),
    ("ccs_minimize_roundtrips", "[ccs_minimize_roundtrips]"),
    ("scroll", "[scroll]"),
];

/// The refusal of a point in time in a search that names its indices.
pub(in crate::plan) fn beside_indices() -> Rejection {
    invalid("[indices] cannot be used with point in time")
}

/// A search of a point in time: screened for the placement that it was opened on, filter and all, and sent to its cluster.
pub(in crate::plan) fn search(logical: &Logical<'_>, named: &Named<'_>) -> Result<Plan, Rejection> {
    for (name, what) in NOT_BESIDE {
        if logical.query.get(name).is_some() {
            return Err(invalid(&format!(
                "{what} cannot be used with point in time"
            )));
        }
    }
    let Cursor { home, upstream, .. } = logical.open(CursorKind::PointInTime, &named.id)?;
    let positions = Positions {
        keys: logical.cursors.keys()?.clone(),
        owner: Owner::of(logical.resolved),
    };
    let (query, body, shows, filter) = if home.is_cluster() {
        json_only(logical)?;
        let mut query = on_own_cluster(logical.endpoint, logical.query)?;
        query.remove("source");
        query.remove("source_content_type");
        (query, spliced(named, &upstream), Shows::Anything, None)
    } else {
        screened(logical, &home, &upstream, &positions)?
    };
    let keep_alive = match &named.keep_alive {
        Some(text) if !home.is_cluster() => Some(KeepAlive::parse("keep_alive", text)?),
        _ => None,
    };
    let call = CursorCall {
        owner: Owner::of(logical.resolved),
        home,
        shows,
        seals: Some(CursorKind::PointInTime),
        keep_alive,
        positions: Some(positions),
        handles: vec![Handle {
            sealed: named.id.clone().into_owned(),
            upstream,
        }],
    };
    Ok(Plan {
        method: logical.method.clone(),
        path: "/_search".to_owned(),
        query: query.encode(),
        payload: Payload::Own(Bytes::from(body)),
        indices: Vec::new(),
        answer: Answer::Cursor(Arc::new(call)),
        filter,
        // What it holds was checked when it was opened, and can't change.
        presence: Presence::Any,
        lenient: false,
    })
}

type Sent = (Query<'static>, Vec<u8>, Shows, Option<FilterPath>);

fn screened(
    logical: &Logical<'_>,
    home: &Home,
    upstream: &str,
    positions: &Positions,
) -> Result<Sent, Rejection> {
    let partition = logical.resolved.partition().map_or("", PartitionId::as_str);
    let url: Vec<(&str, &str)> = logical
        .query
        .iter()
        .filter(|(name, _)| *name != "filter_path")
        .collect();
    let screened = home
        .screen(partition, upstream, positions, |scope| {
            screen::search(logical.body, &url, &logical.switches.apply(*scope))
        })
        .map_err(|refusal| searching::rejection(&refusal))?;
    let mut query = Query::default();
    for (name, value) in screened.url() {
        query.set(name.clone(), value.clone());
    }
    let shape = screened.shape().clone();
    let filter = match logical.query.get("filter_path") {
        Some(text) => filter_path(text)?,
        None => None,
    };
    let body = screened.into_body().into_owned();
    Ok((query, body, Shows::Hits(shape), filter))
}

/// The client's own body with the cluster's id in it.
fn spliced(named: &Named<'_>, upstream: &str) -> Vec<u8> {
    let (before, after) = (
        named.body.get(..named.span.start).unwrap_or_default(),
        named.body.get(named.span.end..).unwrap_or_default(),
    );
    let mut body = Vec::with_capacity(before.len() + after.len() + upstream.len() + 2);
    body.extend_from_slice(before);
    write_string(&mut body, upstream);
    body.extend_from_slice(after);
    body
}
