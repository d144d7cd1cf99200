//! `_validate/query`: a query that is screened and wrapped as a count's is (catalogue C3-05).
//!
//! What is left is whether the mapping lets it run. A query that the screen refuses is a 400 here, where the node says
//! that it isn't valid: nobody is told that it would be.

use bytes::Bytes;

use super::answer::IndexAnswer;
use super::params;
use crate::endpoint::Operation;
use crate::plan::search::{Item, screen_item};
use crate::plan::{Answer, Logical, Payload, Plan, Presence, index};
use crate::rejection::Rejection;
use crate::rewrite::response::IndexShape;

/// Parameters that become a part of the query.
const OF_QUERY: [&str; 8] = [
    "q",
    "df",
    "analyzer",
    "analyze_wildcard",
    "default_operator",
    "lenient",
    "source",
    "source_content_type",
];

/// Plans the call.
pub(in crate::plan) fn plan(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let mut params = params::read(logical, &[], &OF_QUERY)?;
    let indices = index::several(logical, logical.query.get("index"))?;
    let url: Vec<(&str, &str)> = logical
        .query
        .iter()
        .filter(|(name, _)| OF_QUERY.contains(name))
        .collect();
    let item = Item {
        resolved: logical.resolved,
        indices: &indices,
        body: logical.body,
        url: &url,
        switches: logical.switches,
    };
    let screened = screen_item(item, Operation::Count)?;
    for (name, value) in screened.url() {
        params.forward.set(name.clone(), value.clone());
    }
    // A query reaches every shard alike, and the server has no such parameter here.
    params.forward.remove("routing");
    let body = Bytes::copy_from_slice(screened.body());
    let shared = logical.resolved.shared().is_some();
    Ok(Plan {
        method: logical.method.clone(),
        path: logical
            .endpoint
            .physical_path(Some(&index::joined(&indices)), None),
        query: params.forward.encode(),
        payload: if body.is_empty() {
            Payload::Empty
        } else {
            Payload::Own(body)
        },
        answer: Answer::Index(IndexAnswer {
            shape: IndexShape::Validity,
            writing: params.writing,
            resolved: logical.resolved.clone(),
            pairs: indices.clone(),
            waits_in_vain: false,
        }),
        indices,
        filter: None,
        presence: if shared {
            Presence::Read
        } else {
            Presence::Any
        },
        lenient: matches!(logical.query.get("ignore_unavailable"), Some("" | "true")),
    })
}
