//! `_validate/query`: a query that is screened and wrapped as a count's is (catalogue C3-05).
//!
//! What is left is whether the mapping lets it run. A query that the screen refuses is a 400 here, where the node says
//! that it isn't valid: nobody is told that it would be.

use super::answer::IndexAnswer;
use super::params;
use crate::endpoint::Operation;
use crate::plan::search::{Item, OF_QUERY, body_of, of_query, screen_item};
use crate::plan::{Answer, Logical, Payload, Plan, Presence, index};
use crate::rejection::Rejection;
use crate::rewrite::response::IndexShape;

/// Plans the call.
pub(in crate::plan) fn plan(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let mut params = params::read(logical, &[], &OF_QUERY)?;
    let indices = index::several(logical, logical.query.get("index"))?;
    let url = of_query(logical);
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
    let body = body_of(logical, screened);
    let shared = logical.resolved.shared().is_some();
    Ok(Plan {
        method: logical.method.clone(),
        path: logical
            .endpoint
            .physical_path(Some(&index::joined(&indices)), None),
        query: params.forward.encode(),
        payload: Payload::of(body),
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
        lenient: logical.query.is_on("ignore_unavailable"),
    })
}
