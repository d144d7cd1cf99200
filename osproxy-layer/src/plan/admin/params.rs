//! Parameters of index-level calls on a dedicated index, by the table.

use crate::endpoint::{ParamDecision, Query};
use crate::plan::params::{filter_path, refused, unknown};
use crate::plan::{Logical, Scoped};
use crate::rejection::Rejection;
use crate::rewrite::writing::Writing;

/// Rewritten parameters that mean the same there as here: every name is spelled for the cluster, and so is every
/// wildcard.
const SAME: [&str; 5] = [
    "allow_no_indices",
    "expand_wildcards",
    "fields",
    "flat_settings",
    "ignore_unavailable",
];

/// What is sent on, and what stays here.
pub(super) struct Params {
    pub(super) forward: Query<'static>,
    pub(super) writing: Writing,
}

/// Reads the parameters. `also` are further rewritten ones that are sent as they are, `kept` those that the plan reads
/// for itself.
pub(super) fn read(
    logical: &Logical<'_>,
    also: &[&str],
    kept: &[&str],
) -> Result<Params, Rejection> {
    let scoped = Scoped {
        endpoint: logical.endpoint,
        query: logical.query,
        resolved: Some(logical.resolved),
    };
    let mut params = Params {
        forward: Query::default(),
        writing: Writing::default(),
    };
    for (name, value) in logical.query.iter() {
        match logical.endpoint.decide(logical.resolved.kind(), name) {
            None => return Err(unknown(scoped, name)),
            Some(ParamDecision::Reject) => return Err(refused(scoped, name)),
            Some(ParamDecision::Drop) => continue,
            Some(ParamDecision::Forward) => {}
            Some(ParamDecision::Rewrite) => match name {
                "pretty" => {
                    params.writing.pretty = matches!(value, "" | "true");
                    continue;
                }
                "filter_path" => {
                    params.writing.filter = filter_path(value)?;
                    continue;
                }
                "format" if matches!(value, "" | "json") => continue,
                "format" => {
                    return Err(Rejection::refused(
                        "only [format=json] is offered, another form of the answer can't be turned back",
                    ));
                }
                _ if kept.contains(&name) => continue,
                "include_defaults" if value == "false" => continue,
                "include_defaults" => {
                    return Err(Rejection::refused(
                        "parameter [include_defaults] would show the settings of the operator's nodes",
                    ));
                }
                "index" => continue,
                _ if SAME.contains(&name) || also.contains(&name) => {}
                _ => {
                    return Err(Rejection::refused(format!(
                        "parameter [{name}] is not offered yet"
                    )));
                }
            },
        }
        params.forward.set(name.to_owned(), value.to_owned());
    }
    Ok(params)
}

/// The index expression: of the path, or of the parameter where the path has none.
pub(super) fn expression<'a>(logical: &Logical<'a>) -> Result<Option<&'a str>, Rejection> {
    match (logical.endpoint.index(), logical.query.get("index")) {
        (Some(_), Some(_)) => Err(Rejection::refused(
            "the index stands in the path, [index] can't name another",
        )),
        (path, param) => Ok(path.or(param)),
    }
}
