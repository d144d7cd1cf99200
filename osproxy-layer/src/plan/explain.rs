//! `_explain` on an index of the partition's own: the query is screened as a count's is, and nothing is wrapped.
//!
//! An explanation prints how often words are used, so a shared index has none (catalogue C3-04).

use super::search::{Item, body_of, of_query, screen_item};
use super::{Answer, Logical, Payload, Plan, Presence, index, params};
use crate::endpoint::Operation;
use crate::rejection::Rejection;

/// Plans the call.
pub(super) fn plan(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    let pair = index::of_path(logical)?;
    let mut params = params::physical_params(logical.scoped())?;
    if let Some(fields) = logical.query.get("stored_fields") {
        params.forward.set("stored_fields", fields.to_owned());
    }
    let url = of_query(logical);
    let item = Item {
        resolved: logical.resolved,
        indices: std::slice::from_ref(&pair),
        body: logical.body,
        url: &url,
        switches: logical.switches,
    };
    let screened = screen_item(item, Operation::Count)?;
    for (name, value) in screened.url() {
        params.forward.set(name.clone(), value.clone());
    }
    let body = body_of(logical, screened);
    let path = logical
        .endpoint
        .physical_path(Some(pair.physical.as_str()), None);
    Ok(Plan {
        method: logical.method.clone(),
        path,
        query: params.forward.encode(),
        payload: Payload::of(body),
        indices: vec![pair],
        answer: Answer::Explanation,
        filter: params.filter,
        presence: Presence::Any,
        lenient: false,
    })
}
