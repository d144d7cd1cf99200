//! `_delete_by_query`: finds, then deletes, in one step; so there is never a conflict.

use std::time::Instant;

use super::super::call::{Call, Reply};
use super::super::error::ApiError;
use super::super::index::Condition;
use super::super::json::Json;
use super::super::query;
use super::super::store::Store;

pub(in super::super) fn delete_by_query(store: &mut Store, call: &Call) -> Result<Reply, ApiError> {
    let started = Instant::now();
    let params = &call.params;
    if params.flag("wait_for_completion")? == Some(false) {
        return Err(ApiError::unsupported("[wait_for_completion] [false]"));
    }
    params.flag("refresh")?;
    params.time("timeout")?;
    params.time("search_timeout")?;
    match params.get("conflicts") {
        None | Some("abort" | "proceed") => {}
        Some(other) => {
            return Err(ApiError::illegal_argument(format!(
                "conflicts may only be \"proceed\" or \"abort\" but was [{other}]"
            )));
        }
    }
    match params.get("requests_per_second") {
        None | Some("-1") => {}
        Some(_) => {
            return Err(ApiError::unsupported(
                "a value of [requests_per_second] other than [-1]",
            ));
        }
    }
    let mut max_docs = params.integer("max_docs", "int")?;
    let batch = params.integer("scroll_size", "int")?.unwrap_or(1000);
    let mut wanted = None;
    for (key, value) in call
        .json()?
        .as_ref()
        .and_then(Json::members)
        .unwrap_or_default()
    {
        match (key.as_str(), value) {
            ("query", value) => wanted = Some(query::parse(value)?),
            ("max_docs", value) if value.as_i64().is_some() => max_docs = value.as_i64(),
            (key @ ("size" | "sort" | "slice" | "conflicts"), _) => {
                return Err(ApiError::unsupported(format_args!(
                    "[{key}] in the body of a delete by query"
                )));
            }
            (key, value) => {
                return Err(ApiError::bad(
                    "parsing_exception",
                    format!("Unknown key for a {} in [{key}].", value.token()),
                ));
            }
        }
    }
    let Some(query) = wanted else {
        return Err(ApiError::validation(&["query is missing"]));
    };
    if batch < 1 || max_docs.is_some_and(|max_docs| max_docs < 1) {
        return Err(ApiError::validation(&[
            "the number of documents must be positive",
        ]));
    }
    let limit = max_docs
        .and_then(|max_docs| usize::try_from(max_docs).ok())
        .unwrap_or(usize::MAX);
    let names = store.resolve(call.index(), params)?;
    let mut targets = Vec::new();
    for name in &names {
        let index = store.existing(name)?;
        let matcher = query
            .compile(index)
            .map_err(|error| error.on_shard(name, &store.node_id))?;
        let matching = index
            .documents()
            .filter(|document| matcher.matches(document));
        targets.extend(
            matching.map(|document| (name.clone(), document.id.clone(), document.routing.clone())),
        );
    }
    targets.truncate(limit);
    for (name, id, routing) in &targets {
        store
            .existing_mut(name)?
            .delete(id, routing.as_deref(), Condition::None)?;
    }
    let deleted = targets.len() as u64;
    let batches = deleted.div_ceil(u64::try_from(batch).unwrap_or(1));
    let zero = || Json::from(0_u64);
    Ok(Reply::ok(Json::object([
        (
            "took",
            Json::from(u64::try_from(started.elapsed().as_millis()).unwrap_or_default()),
        ),
        ("timed_out", Json::Bool(false)),
        ("total", Json::from(deleted)),
        ("deleted", Json::from(deleted)),
        ("batches", Json::from(batches)),
        ("version_conflicts", zero()),
        ("noops", zero()),
        (
            "retries",
            Json::object([("bulk", zero()), ("search", zero())]),
        ),
        ("throttled_millis", zero()),
        ("requests_per_second", Json::from(-1.0_f64)),
        ("throttled_until_millis", zero()),
        ("failures", Json::Array(Vec::new())),
    ])))
}
