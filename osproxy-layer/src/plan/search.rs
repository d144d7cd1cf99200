//! Searches and counts: screened, wrapped, and their answers' shape noted for the reversal.

use std::borrow::Cow;

use bytes::Bytes;

use super::{
    Answer, IndexPair, Logical, Payload, Plan, Presence, cursor, index, params::filter_path,
};
use crate::endpoint::{Operation, Query};
use crate::rejection::Rejection;
use crate::rewrite::screen::{
    self, IndexNames, Refusal, RefusalKind, Scope, Screened, SharedIndex,
};
use crate::router::{self, Resolved};
use crate::switches::Switches;

/// Plans `_search` and `_count`.
pub(super) fn plan(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    if matches!(logical.resolved.scope(), router::Scope::Cluster(_)) {
        return cursor::on_own_cluster(logical);
    }
    let searches = logical.endpoint.operation() == Operation::Search;
    if searches && let Some(named) = cursor::named(logical)? {
        return cursor::search(logical, &named);
    }
    let indices = index::several(logical, logical.query.get("index"))?;
    let url: Vec<(&str, &str)> = logical
        .query
        .iter()
        .filter(|(name, _)| !matches!(*name, "index" | "filter_path"))
        .collect();
    let body: &[u8] = logical.body;
    let item = Item {
        resolved: logical.resolved,
        indices: &indices,
        body,
        url: &url,
        switches: logical.switches,
    };
    let screened = screen_item(item, logical.endpoint.operation())?;
    let mut query = Query::default();
    for (name, value) in screened.url() {
        query.set(name.clone(), value.clone());
    }
    let shape = screened.shape().clone();
    let answer = match cursor::keep_alive(logical)? {
        _ if !searches => Answer::Count,
        Some(keep_alive) => cursor::opens(logical, &indices, shape, keep_alive),
        None => Answer::Search(shape),
    };
    let body = body_of(logical, screened);
    let shared = logical.resolved.shared().is_some();
    Ok(Plan {
        method: logical.method.clone(),
        path: logical
            .endpoint
            .physical_path(Some(&index::joined(&indices)), None),
        query: query.encode(),
        payload: Payload::of(body),
        indices,
        answer,
        filter: logical
            .query
            .get("filter_path")
            .map(filter_path)
            .transpose()?
            .flatten(),
        presence: if shared {
            Presence::Read
        } else {
            Presence::Any
        },
        lenient: logical.query.is_on("ignore_unavailable"),
    })
}

/// The body that is sent: the client's own bytes where they are unchanged, without a copy.
pub(super) fn body_of(logical: &Logical<'_>, screened: Screened<'_>) -> Bytes {
    match screened.into_body() {
        Cow::Borrowed(body) => logical.body.slice_ref(body),
        Cow::Owned(body) => Bytes::from(body),
    }
}

/// URL parameters that become a part of the query, or stand for the body.
pub(super) const OF_QUERY: [&str; 8] = [
    "q",
    "df",
    "analyzer",
    "analyze_wildcard",
    "default_operator",
    "lenient",
    "source",
    "source_content_type",
];

/// Those of a call that takes a query and nothing else of a search.
pub(super) fn of_query<'a>(logical: &Logical<'a>) -> Vec<(&'a str, &'a str)> {
    let all = logical.query.iter();
    all.filter(|(name, _)| OF_QUERY.contains(name)).collect()
}

/// What is screened: a search, or one of several.
#[derive(Clone, Copy)]
pub(crate) struct Item<'a> {
    pub(crate) resolved: &'a Resolved,
    pub(crate) indices: &'a [IndexPair],
    pub(crate) body: &'a [u8],
    pub(crate) url: &'a [(&'a str, &'a str)],
    pub(crate) switches: Switches,
}

/// Screens a search, or a count: a query and nothing else.
pub(crate) fn screen_item<'b>(
    item: Item<'b>,
    operation: Operation,
) -> Result<Screened<'b>, Rejection> {
    let check = |scope: Scope<'_>| {
        let scope = item.switches.apply(scope);
        match operation {
            Operation::Count => screen::count(item.body, item.url, &scope),
            _ => screen::search(item.body, item.url, &scope),
        }
    };
    let outcome = match item.resolved.shared() {
        Some((shared, partition)) => {
            let template = shared.id.template();
            let (prefix, suffix) = (template.prefix(partition), template.suffix(partition));
            let allowed: Vec<&str> = shared
                .rules
                .allowed_root_keys()
                .iter()
                .map(String::as_str)
                .collect();
            check(Scope::shared(SharedIndex {
                field: shared.rules.field().as_str(),
                partition: partition.as_str(),
                id_prefix: &prefix,
                id_suffix: &suffix,
                routing: shared.routing(partition),
                allow_root_keys: &allowed,
            }))
        }
        None => {
            let names: Vec<IndexNames<'_>> = item
                .indices
                .iter()
                .map(|pair| IndexNames {
                    logical: &pair.logical,
                    physical: pair.physical.as_str(),
                })
                .collect();
            check(Scope::dedicated(&names))
        }
    };
    outcome.map_err(|refusal| rejection(&refusal))
}

pub(super) fn rejection(refusal: &Refusal) -> Rejection {
    match refusal.kind() {
        RefusalKind::Malformed => Rejection::malformed("json_parse_exception", refusal.to_string()),
        RefusalKind::Misshapen => Rejection::malformed("parsing_exception", refusal.to_string()),
        // Only a search that names no index can have one, on the node as well.
        RefusalKind::NotAllowed if refusal.row() == "C1-22" => cursor::beside_indices(),
        RefusalKind::NotAllowed => Rejection::refused(refusal.to_string()),
    }
}
