//! Reads of an index of the partition's own: names and wildcards are spelled for the cluster, the answer is turned back.

use http::Method;

use super::answer::IndexAnswer;
use super::own::Own;
use super::params::{self, Params};
use crate::endpoint::{Operation, path};
use crate::plan::{Answer, Logical, Payload, Plan, Presence};
use crate::rejection::Rejection;
use crate::rewrite::response::IndexShape;

/// Plans the reads of aliases, mappings, settings and figures, and `_flush`.
pub(in crate::plan) fn plan(logical: &Logical<'_>) -> Result<Plan, Rejection> {
    use Operation as Op;
    let operation = logical.endpoint.operation();
    let also: &[&str] = if operation == Op::Stats {
        &["level"]
    } else {
        &[]
    };
    // A `HEAD` prints no settings.
    let kept: &[&str] = if operation == Op::IndexExists {
        &["flat_settings", "include_defaults"]
    } else {
        &[]
    };
    let params = params::read(logical, also, kept)?;
    if operation == Op::Stats && logical.query.get("level") == Some("shards") {
        return Err(Rejection::refused(
            "parameter [level] is offered as [cluster] and [indices]: shards show the nodes of the cluster",
        ));
    }
    let own = Own::of(logical, params::expression(logical)?)?;
    let shape = match operation {
        Op::Stats => IndexShape::Stats,
        _ => IndexShape::Keyed,
    };
    let path = match operation {
        Op::GetAlias | Op::ExistsAlias => of_alias(logical, &own)?,
        _ => logical.endpoint.physical_path(Some(&own.text), None),
    };
    Ok(assemble(logical, own, params, path, shape))
}

/// A plan without a body.
pub(super) fn assemble(
    logical: &Logical<'_>,
    own: Own,
    params: Params,
    path: String,
    shape: IndexShape,
) -> Plan {
    let operation = logical.endpoint.operation();
    let answer = match operation {
        Operation::IndexExists | Operation::ExistsAlias => Answer::Head,
        Operation::Flush => Answer::Shards,
        _ => Answer::Index(IndexAnswer {
            shape,
            writing: params.writing.clone(),
            resolved: logical.resolved.clone(),
            pairs: own.pairs.clone(),
            waits_in_vain: false,
        }),
    };
    let method = match operation {
        Operation::Flush => Method::POST,
        _ => logical.method.clone(),
    };
    Plan {
        method,
        path,
        query: params.forward.encode(),
        payload: Payload::Empty,
        indices: own.pairs,
        // An index-level answer is filtered where it is written.
        filter: params
            .writing
            .filter
            .filter(|_| !matches!(answer, Answer::Index(_))),
        answer,
        presence: Presence::Any,
        lenient: false,
    }
}

/// Alias names are the cluster's, so they are spelled as indices are.
fn of_alias(logical: &Logical<'_>, own: &Own) -> Result<String, Rejection> {
    let Some(names) = logical.endpoint.value("name") else {
        return Ok(path::join(&[&own.text, "_alias"]));
    };
    if logical.resolved.partition().is_none() {
        return Err(Rejection::refused(
            "without a pattern of names an alias can't be told from another tenant's",
        ));
    }
    let names = Own::spell(logical.resolved, Some(names))?;
    Ok(path::join(&[&own.text, "_alias", &names.text]))
}
