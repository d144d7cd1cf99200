//! `_search`, `_count` and `_delete_by_query`.
//!
//! [`request`] reads what is asked, [`hits`] finds and orders the documents, [`sort`] compares them.

mod by_query;
mod hits;
mod request;
mod sort;

use std::time::Instant;

pub(super) use by_query::delete_by_query;

use super::aggs;
use super::call::{Call, Reply};
use super::error::{ApiError, Cause};
use super::index::Index;
use super::json::Json;
use super::store::Store;
use hits::Found;
use request::SearchRequest;

/// `index.max_result_window`.
const MAX_WINDOW: u64 = 10_000;

pub(super) fn search(store: &Store, call: &Call) -> Result<Reply, ApiError> {
    let started = Instant::now();
    let request = SearchRequest::read(call)?;
    let indices = indices(store, call)?;
    if let (Some(index), true) = (indices.first(), request.from + request.size > MAX_WINDOW) {
        let window = request.from + request.size;
        let reason = format!(
            "Result window is too large, from + size must be less than or equal to: [{MAX_WINDOW}] but was [{window}]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting."
        );
        return Err(ApiError::illegal_argument(reason).on_shard(&index.name, &store.node_id));
    }
    let found = Found::collect(&indices, &request, &store.node_id)?;
    let mut members = vec![
        (
            "took".to_owned(),
            Json::from(u64::try_from(started.elapsed().as_millis()).unwrap_or_default()),
        ),
        ("timed_out".to_owned(), Json::Bool(false)),
    ];
    // No shard, no aggregation.
    let aggregates = !request.aggs.is_empty() && !indices.is_empty();
    if request.size == 0 && aggregates && found.is_countable() {
        members.push(("terminated_early".to_owned(), Json::Bool(true)));
    }
    members.push(("_shards".to_owned(), shards(&indices, call)));
    members.push(("hits".to_owned(), found.hits(&indices, &request)));
    if aggregates {
        let scope = aggs::Scope {
            indices: &indices,
            node: &store.node_id,
            typed_keys: request.typed_keys,
        };
        let answers = aggs::run(&request.aggs, &scope, &found.documents())?;
        members.push(("aggregations".to_owned(), Json::Object(answers)));
    }
    Ok(Reply::ok(Json::Object(members)))
}

pub(super) fn count(store: &Store, call: &Call) -> Result<Reply, ApiError> {
    let query = request::only_query(call)?;
    let indices = indices(store, call)?;
    let mut count = 0_u64;
    for index in &indices {
        let matcher = query
            .compile(index)
            .map_err(|error| error.on_shard(&index.name, &store.node_id))?;
        count += index
            .documents()
            .filter(|document| matcher.matches(document))
            .map(|_| 1)
            .sum::<u64>();
    }
    Ok(Reply::ok(Json::object([
        ("count", Json::from(count)),
        ("_shards", shards(&indices, call)),
    ])))
}

/// The indices of a search by name, which is the order in which the server breaks ties between shards.
fn indices<'a>(store: &'a Store, call: &Call) -> Result<Vec<&'a Index>, ApiError> {
    let mut names = store.resolve(call.index(), &call.params)?;
    names.sort();
    Ok(names.iter().filter_map(|name| store.get(name)).collect())
}

/// All shards, or one an index for each routing value.
fn shards(indices: &[&Index], call: &Call) -> Json {
    let routings = call.params.list("routing").map(|list| list.len() as u64);
    let total: u64 = indices
        .iter()
        .map(|index| index.settings.shards.min(routings.unwrap_or(u64::MAX)))
        .sum();
    Json::object([
        ("total", Json::from(total)),
        ("successful", Json::from(total)),
        ("skipped", Json::from(0_u64)),
        ("failed", Json::from(0_u64)),
    ])
}

/// The refusal of a field that has no column to sort or aggregate by; `None` when it has one.
pub(super) fn no_column(path: &str, leaf: &super::mapping::Leaf) -> Option<ApiError> {
    use super::mapping::Kind;
    let reason = match leaf.kind {
        Kind::Text => format!(
            "Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. Please use a keyword field instead. Alternatively, set fielddata=true on [{path}] in order to load field data by uninverting the inverted index. Note that this can use significant memory."
        ),
        kind if !leaf.doc_values => format!(
            "Can't load fielddata on [{path}] because fielddata is unsupported on fields of type [{}]. Use doc values instead.",
            kind.name()
        ),
        _ => return None,
    };
    Some(ApiError::new(
        400,
        Cause::new("illegal_argument_exception", reason),
    ))
}
