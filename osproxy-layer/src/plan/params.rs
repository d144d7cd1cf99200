//! Query-string parameters of a physical request, by the table.

use crate::endpoint::{ParamDecision, Query};
use crate::rejection::Rejection;
use crate::router::Resolved;

use super::Logical;

/// What the cluster gets of the query string, and what stays here.
pub(crate) struct Params {
    pub(crate) forward: Query<'static>,
    /// `index` of a root route, which counts like an index in the path.
    pub(crate) index: Option<String>,
}

/// Decides each parameter by its row.
pub(crate) fn physical_params(logical: &Logical<'_>) -> Result<Params, Rejection> {
    let mut params = Params { forward: Query::default(), index: None };
    for (name, value) in logical.query.iter() {
        match logical.endpoint.decide(logical.resolved.kind(), name) {
            None => return Err(unknown(logical, name)),
            Some(ParamDecision::Forward) => params.forward.set(name.to_owned(), value.to_owned()),
            Some(ParamDecision::Drop) => {}
            Some(ParamDecision::Reject) => return Err(refused(logical, name)),
            Some(ParamDecision::Rewrite) => rewrite(logical, &mut params, name, value)?,
        }
    }
    Ok(params)
}

/// The parameters that mean the same wherever they occur. Those of one API are rewritten by its own plan, which reads
/// them from the logical query.
fn rewrite(logical: &Logical<'_>, params: &mut Params, name: &str, value: &str) -> Result<(), Rejection> {
    match name {
        // The answer keeps the spacing that it comes with.
        "pretty" => params.forward.set(name.to_owned(), value.to_owned()),
        "format" if matches!(value, "" | "json") => {}
        "format" => return Err(Rejection::refused("only [format=json] is offered, another form of the answer can't be turned back")),
        "require_alias" => require_alias(logical, value)?,
        "preference" => params.forward.set(name.to_owned(), preference(logical.resolved, value)?),
        // The names that are sent are concrete, so these decide nothing there.
        "allow_no_indices" | "expand_wildcards" => {}
        "ignore_unavailable" => params.forward.set(name.to_owned(), value.to_owned()),
        "index" => params.index = Some(value.to_owned()),
        "_source" | "stored_fields" => {}
        _ => return Err(Rejection::refused(format!("parameter [{name}] is not offered yet"))),
    }
    Ok(())
}

/// A logical name is never an alias, so asking for one is answered as the node answers for an index.
fn require_alias(logical: &Logical<'_>, value: &str) -> Result<(), Rejection> {
    match value {
        "false" => Ok(()),
        "" | "true" => {
            let index = logical.endpoint.index().unwrap_or_default();
            Err(no_alias(index))
        }
        _ => Err(Rejection::malformed(
            "illegal_argument_exception",
            "failed to parse parameter [require_alias]: only [true] or [false] are allowed",
        )),
    }
}

/// What the node says of an index where an alias is required.
pub(crate) fn no_alias(index: &str) -> Rejection {
    Rejection::new(
        crate::RejectionKind::Unplaced,
        http::StatusCode::NOT_FOUND,
        "index_not_found_exception",
        format!("no such index [{index}] and [require_alias] request flag is [true] and [{index}] is not an alias"),
    )
}

/// A session string is kept apart from other partitions' equal ones. The server's own words start with `_`; all but one
/// of them name shards or nodes.
fn preference(resolved: &Resolved, value: &str) -> Result<String, Rejection> {
    if value == "_local" {
        return Ok(value.to_owned());
    }
    if value.starts_with('_') {
        return Err(Rejection::refused("parameter [preference] takes a session string or [_local]"));
    }
    Ok(match resolved.shared() {
        Some((_, partition)) => format!("p.{}.{value}", partition.as_str()),
        None => value.to_owned(),
    })
}

/// As the node says it.
fn unknown(logical: &Logical<'_>, name: &str) -> Rejection {
    let template = logical.endpoint.route().template();
    Rejection::malformed(
        "illegal_argument_exception",
        format!("request [{template}] contains unrecognized parameter: [{}]", shortened(name)),
    )
}

fn refused(logical: &Logical<'_>, name: &str) -> Rejection {
    let kind = logical.resolved.kind().as_str();
    let why = logical.endpoint.params().and_then(|group| group.param(name)).map_or("", |param| param.reason());
    let colon = if why.is_empty() { "" } else { ": " };
    Rejection::refused(format!(
        "parameter [{}] is not allowed on placements of kind [{kind}]{colon}{why}",
        shortened(name)
    ))
}

/// A name as it may stand in an error: the client's own, but not a page of it.
fn shortened(name: &str) -> String {
    name.chars().take(64).filter(|c| !c.is_control()).collect()
}
