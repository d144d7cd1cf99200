//! `_delete_by_query` and `_update_by_query`: the query is screened and wrapped as a count's is.
//!
//! A `q` in the URL would replace the body's query on the server, so it never goes up (catalogue C2-01, D-29). An update
//! without a body runs over the whole index (D-30), so a wrapped body is always sent.

use bytes::Bytes;

use super::search::{Item, screen_item};
use super::{Answer, Logical, Payload, Plan, Presence, index, params};
use crate::endpoint::Operation;
use crate::rejection::Rejection;
use crate::rewrite::json::tree::{self, Object, Value};

/// How deep a body may nest: as a search's.
const MAX_DEPTH: u32 = 32;

/// URL parameters that belong to `q`, and become a part of the query.
const OF_Q: [&str; 6] = [
    "q",
    "df",
    "analyzer",
    "analyze_wildcard",
    "default_operator",
    "lenient",
];

/// Keys beside the query: how many documents, and what a conflict does. None reads a document.
const PLAIN: [&str; 4] = ["conflicts", "max_docs", "size", "slice"];

/// Plans a write by query.
pub(super) fn plan(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let indices = index::several(logical, None)?;
    let mut params = params::physical_params(logical.scoped())?;
    let shared = logical.resolved.shared();
    let mut body = read(logical)?;
    check_sorts(&body, logical.query.get("sort"))?;
    let rest = take_rest(&mut body, logical.endpoint.operation(), shared.is_some())?;

    let queried = body.contains("query");
    // A sort is screened as a search's: whether a field is mapped can depend on another tenant (catalogue C1-08, F-08).
    let sorted = body.contains("sort") || logical.query.get("sort").is_some();
    let query = tree::write(&Value::Object(body));
    let url: Vec<(&str, &str)> = logical
        .query
        .iter()
        .filter(|(name, _)| OF_Q.contains(name) || *name == "sort")
        .collect();
    // `q` stands in the place of a query, never beside one.
    let query: &[u8] = if query == b"{}" { b"" } else { &query };
    let q = logical.query.get("q").is_some();
    if queried && q {
        return Err(Rejection::refused(
            "url parameter [q] is not allowed beside a query in the body",
        ));
    }
    if !queried && !q && logical.endpoint.operation() == Operation::DeleteByQuery {
        let reason = "Validation Failed: 1: query is missing;";
        return Err(Rejection::malformed(
            "action_request_validation_exception",
            reason,
        ));
    }
    let item = Item {
        resolved: logical.resolved,
        indices: &indices,
        body: query,
        url: &url,
        switches: logical.switches,
    };
    let screens = match sorted {
        true => Operation::Search,
        false => Operation::Count,
    };
    let screened = screen_item(item, screens)?;
    for (name, value) in screened.url() {
        params.forward.set(name.clone(), value.clone());
    }
    let body = with_rest(screened.body(), rest)?;
    Ok(Plan {
        method: logical.method.clone(),
        path: logical
            .endpoint
            .physical_path(Some(&index::joined(&indices)), None),
        query: params.forward.encode(),
        payload: Payload::of(body),
        indices,
        answer: Answer::ByQuery,
        filter: params.filter,
        presence: if shared.is_some() {
            Presence::Read
        } else {
            Presence::Any
        },
        lenient: logical.query.is_on("ignore_unavailable"),
    })
}

fn read<'a>(logical: &Logical<'a>) -> Result<Object<'a>, Rejection> {
    if logical.body.is_empty() {
        return Ok(Object::default());
    }
    let tree = tree::parse(logical.body, MAX_DEPTH)
        .map_err(|error| Rejection::malformed("json_parse_exception", error.to_string()))?;
    match tree {
        Value::Object(body) => Ok(body),
        _ => Err(Rejection::malformed(
            "parsing_exception",
            "the body of a write by query is an object",
        )),
    }
}

/// What stands beside the query: an allow-list.
fn take_rest<'a>(
    body: &mut Object<'a>,
    operation: Operation,
    shared: bool,
) -> Result<Object<'a>, Rejection> {
    let mut rest = Object::default();
    let keys: Vec<String> = body.iter().map(|(key, _)| key.to_owned()).collect();
    for key in keys
        .iter()
        .filter(|key| !matches!(&***key, "query" | "sort"))
    {
        let Some(value) = body.remove(key) else {
            continue;
        };
        let script = key == "script" && operation == Operation::UpdateByQuery;
        if script && shared {
            let reason = "[script] is not allowed on a shared index: a script could write for another tenant";
            return Err(Rejection::refused(reason));
        }
        if !script && !PLAIN.contains(&&**key) {
            let shown = tree::shown(key);
            return Err(Rejection::refused(format!(
                "[{shown}] is not allowed in the body of a write by query"
            )));
        }
        rest.set(key.clone(), value);
    }
    Ok(rest)
}

/// Sorts by plain fields. The order decides which documents `max_docs` reaches, and no name of the server's may.
fn check_sorts(body: &Object<'_>, url: Option<&str>) -> Result<(), Rejection> {
    let plain = |name: &str| !name.starts_with('_') || name == "_doc";
    let in_url = url.is_none_or(|sorts| {
        let names = sorts.split(',').map(|sort| sort.split(':').next());
        names.flatten().all(plain)
    });
    let simple = |by: &Value<'_>| match by {
        Value::Object(by) => by.iter().all(|(key, value)| {
            matches!(key, "order" | "missing" | "unmapped_type") && value.is_scalar()
        }),
        order => order.is_scalar(),
    };
    let in_body = match body.get("sort").unwrap_or(&Value::Null) {
        Value::Null => true,
        Value::String(name) => plain(name),
        Value::Array(all) => all.iter().all(|one| match one {
            Value::String(name) => plain(name),
            Value::Object(one) => one.iter().all(|(name, by)| plain(name) && simple(by)),
            _ => false,
        }),
        Value::Object(one) => one.iter().all(|(name, by)| plain(name) && simple(by)),
        _ => false,
    };
    if in_url && in_body {
        Ok(())
    } else {
        Err(Rejection::refused(
            "[sort] of a write by query takes names of fields, each with order, missing and unmapped_type at most",
        ))
    }
}

/// The screened body with what stood beside the query.
fn with_rest(screened: &[u8], rest: Object<'_>) -> Result<Bytes, Rejection> {
    if rest.is_empty() {
        return Ok(Bytes::copy_from_slice(screened));
    }
    let mut body = if screened.is_empty() {
        Object::default()
    } else {
        match tree::parse(screened, MAX_DEPTH + 8) {
            Ok(Value::Object(body)) => body,
            _ => return Err(Rejection::internal("a screened body that is no object")),
        }
    };
    for (key, value) in rest.into_members() {
        body.set(key.into_owned(), value);
    }
    Ok(Bytes::from(tree::write(&Value::Object(body))))
}
