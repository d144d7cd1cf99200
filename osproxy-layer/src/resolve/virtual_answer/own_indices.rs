//! What the cluster says of a dedicated placement's own indices: their rows in a table, their names in a list.
//!
//! Nobody but the cluster knows which they are. It is asked for those that are provably this partition's, and every name
//! that comes back is turned back or is a breach.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use super::asked::Asked;
use super::indices::NO_UUID;
use super::output::{Authored, table};
use super::registry::not_found;
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::{Query, path};
use crate::future::Stopped;
use crate::plan::Own;
use crate::rejection::{Rejection, RejectionKind};
use crate::resolve::caller::Caller;
use crate::rewrite::cat::INDICES;
use crate::rewrite::json::MAX_DEPTH;
use crate::rewrite::json::tree::{self, Object, Value};
use crate::rewrite::response::{Breach, ReverseError};
use crate::route::unreadable;
use crate::router::Resolved;

/// The largest list that is read, in bytes.
const MAX_LIST: usize = 32 * 1024 * 1024;

/// The columns that the cluster is asked for; the unique id stays there.
const COLUMNS: &str = "health,status,index,pri,rep,docs.count,docs.deleted,creation.date,creation.date.string,\
                       store.size,pri.store.size";

/// Parameters that the cluster answers.
const FORWARDED: [&str; 6] = [
    "bytes",
    "expand_wildcards",
    "health",
    "include_unloaded_segments",
    "pri",
    "time",
];

/// `_cat/indices[/{index}]`.
pub(super) async fn cat<S, R, B, T>(
    caller: &mut Caller<'_, S, R>,
    asked: &Asked<'_>,
) -> Result<Authored<'static>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let mut query = Query::default();
    query.set("format", "json");
    query.set("h", COLUMNS);
    for name in FORWARDED {
        if let Some(value) = asked.query.get(name) {
            query.set(name, value.to_owned());
        }
    }
    let own = Own::spell(asked.resolved, asked.indices()?)?;
    let path = path::join(&["_cat", "indices", &own.text]);
    let raw = ask(
        caller,
        asked,
        &own,
        [&*path, "?", &*query.encode()].concat(),
    )
    .await?;
    let rows = match tree::parse(&raw, MAX_DEPTH) {
        Ok(Value::Array(rows)) => rows,
        _ => return Err(unreadable(&ReverseError::NotJson).into()),
    };
    let mut shown: Vec<(String, Object<'_>)> = Vec::with_capacity(rows.len());
    for row in rows {
        let Value::Object(row) = row else {
            return Err(unreadable(&ReverseError::Shape("a row of a table")).into());
        };
        let physical = row.get("index").and_then(Value::as_str).unwrap_or_default();
        shown.push((logical(asked.resolved, &own, physical)?, row));
    }
    Ok(table(asked, INDICES, |table| {
        for (name, row) in &shown {
            table.push(|column| match column {
                "index" => Some(name.clone()),
                "uuid" => Some(NO_UUID.to_owned()),
                _ => row.get(column).and_then(Value::as_str).map(str::to_owned),
            });
        }
    })?)
}

/// `GET /_resolve/index/{expression}`. An alias is shown where its name is this partition's too.
pub(super) async fn resolve<S, R, B, T>(
    caller: &mut Caller<'_, S, R>,
    asked: &Asked<'_>,
) -> Result<Authored<'static>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let own = Own::spell(asked.resolved, asked.indices()?)?;
    let mut path = path::join(&["_resolve", "index", &own.text]);
    if let Some(expand) = asked.query.get("expand_wildcards") {
        let mut query = Query::default();
        query.set("expand_wildcards", expand.to_owned());
        path = [&*path, "?", &*query.encode()].concat();
    }
    let raw = ask(caller, asked, &own, path).await?;
    let shape = || unreadable(&ReverseError::Shape("a list of indices"));
    let answer: serde_json::Value = serde_json::from_slice(&raw).map_err(|_| shape())?;
    let list = |key: &str| answer.get(key).and_then(serde_json::Value::as_array);
    let mut indices = Vec::new();
    let mut aliases = Vec::new();
    for index in list("indices").ok_or_else(shape)? {
        let physical = index
            .get("name")
            .and_then(|name| name.as_str())
            .ok_or_else(shape)?;
        let attributes = index.get("attributes").and_then(|list| list.as_array());
        let attributes = attributes
            .into_iter()
            .flatten()
            .filter_map(|text| text.as_str())
            .map(|text| Value::text(text.to_owned()));
        let name = logical(asked.resolved, &own, physical)?;
        indices.push(Value::object([
            ("name", Value::text(name)),
            ("attributes", Value::Array(attributes.collect())),
        ]));
    }
    for alias in list("aliases").into_iter().flatten() {
        let shown = |name: &serde_json::Value| asked.resolved.logical_index(name.as_str()?);
        let (Some(name), Some(of)) = (
            alias.get("name").and_then(shown),
            alias.get("indices").and_then(|list| list.as_array()),
        ) else {
            continue;
        };
        let of = of.iter().filter_map(shown).map(Value::text);
        aliases.push(Value::object([
            ("name", Value::text(name)),
            ("indices", Value::Array(of.collect())),
        ]));
    }
    Ok(Authored::ok(Value::object([
        ("indices", Value::Array(indices)),
        ("aliases", Value::Array(aliases)),
        ("data_streams", Value::Array(Vec::new())),
    ])))
}

async fn ask<S, R, B, T>(
    caller: &mut Caller<'_, S, R>,
    asked: &Asked<'_>,
    own: &Own,
    path_and_query: String,
) -> Result<Bytes, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let (status, raw) = caller.ask(&path_and_query, own.targets(), MAX_LIST).await?;
    match status {
        StatusCode::OK => Ok(raw),
        StatusCode::NOT_FOUND => Err(not_found(asked.indices()?.unwrap_or("_all")).into()),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let reason = "the cluster is too busy to list the indices";
            Err(Rejection::new(
                RejectionKind::Upstream,
                status,
                "osproxy_upstream_exception",
                reason,
            )
            .into())
        }
        _ => Err(Rejection::upstream("the cluster doesn't list the indices").into()),
    }
}

/// What an index is called here: as it was asked for, or by the pattern.
fn logical(resolved: &Resolved, own: &Own, physical: &str) -> Result<String, Rejection> {
    let asked = own
        .pairs
        .iter()
        .find(|pair| pair.physical.as_str() == physical);
    asked
        .map(|pair| pair.logical.clone())
        .or_else(|| resolved.logical_index(physical))
        .ok_or_else(|| unreadable(&ReverseError::Breach(Breach::Index)))
}
