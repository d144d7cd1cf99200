//! Query-string parameters of a physical request, by the table.

use crate::cursor::KeepAlive;
use crate::endpoint::{Endpoint, IndexExpr, Operation, ParamDecision, PlacementKind, Query};
use crate::rejection::Rejection;
use crate::rewrite::filter_path::FilterPath;
use crate::router::Resolved;

/// What the cluster gets of the query string, and what stays here.
pub(crate) struct Params {
    pub(crate) forward: Query<'static>,
    /// `index` of a root route, which counts like an index in the path.
    pub(crate) index: Option<String>,
    /// `require_alias` of a bulk, which each of its items answers for.
    pub(crate) require_alias: Option<bool>,
    /// `filter_path`, which is applied to the logical answer.
    pub(crate) filter: Option<FilterPath>,
    /// `pretty`, which what is authored here is spaced by; what the cluster wrote keeps its spacing.
    pub(crate) pretty: bool,
}

/// What a parameter is decided by.
#[derive(Clone, Copy)]
pub(crate) struct Scoped<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) query: &'a Query<'a>,
    /// `None` where each item of the request is placed by itself: then the strictest column decides.
    pub(crate) resolved: Option<&'a Resolved>,
}

impl Scoped<'_> {
    fn kind(&self) -> PlacementKind {
        self.resolved
            .map_or(PlacementKind::SharedIndex, Resolved::kind)
    }
}

/// Decides each parameter by its row.
pub(crate) fn physical_params(scoped: Scoped<'_>) -> Result<Params, Rejection> {
    let mut params = Params {
        forward: Query::default(),
        index: None,
        require_alias: None,
        filter: None,
        pretty: is_pretty(scoped.query),
    };
    for (name, value) in scoped.query.iter() {
        match scoped.endpoint.decide(scoped.kind(), name) {
            None => return Err(unknown(scoped, name)),
            Some(ParamDecision::Forward) => params.forward.set(name.to_owned(), value.to_owned()),
            Some(ParamDecision::Drop) => {}
            Some(ParamDecision::Reject) => return Err(refused(scoped, name)),
            Some(ParamDecision::Rewrite) => rewrite(scoped, &mut params, name, value)?,
        }
    }
    Ok(params)
}

/// The parameters of a call on a cluster of the partition's own. Index expressions are the client's own business there,
/// but for those that reach another cluster.
pub(crate) fn on_own_cluster(
    endpoint: &Endpoint,
    query: &Query<'_>,
) -> Result<Query<'static>, Rejection> {
    let index = endpoint.index();
    if index
        .into_iter()
        .chain(query.get("index"))
        .any(IndexExpr::names_other_cluster)
    {
        return Err(Rejection::refused(
            "an index of another cluster can't be named",
        ));
    }
    let mut forward = Query::default();
    for (name, value) in query.iter() {
        match endpoint.decide(PlacementKind::DedicatedCluster, name) {
            // On a root route `index` takes the place of the path's, which is the client's own business too.
            _ if name == "index" && index.is_none() => {
                forward.set(name.to_owned(), value.to_owned());
            }
            Some(ParamDecision::Forward) => forward.set(name.to_owned(), value.to_owned()),
            Some(ParamDecision::Drop) => {}
            Some(ParamDecision::Rewrite | ParamDecision::Reject) | None => {
                return Err(Rejection::refused(format!(
                    "parameter [{}] is not allowed on placements of kind [dedicated_cluster]",
                    shortened(name)
                )));
            }
        }
    }
    Ok(forward)
}

/// The parameters that mean the same wherever they occur. Those of one API are rewritten by its own plan, which reads
/// them from the logical query.
fn rewrite(
    scoped: Scoped<'_>,
    params: &mut Params,
    name: &str,
    value: &str,
) -> Result<(), Rejection> {
    let operation = scoped.endpoint.operation();
    match name {
        // The answer keeps the spacing that it comes with.
        "pretty" => params.forward.set(name.to_owned(), value.to_owned()),
        "format" if matches!(value, "" | "json") => {}
        "format" => {
            return Err(Rejection::refused(
                "only [format=json] is offered, another form of the answer can't be turned back",
            ));
        }
        "require_alias" => match require_alias(value)? {
            true if scoped.endpoint.operation() != Operation::Bulk => {
                return Err(no_alias(scoped.endpoint.index().unwrap_or_default()));
            }
            wanted => params.require_alias = Some(wanted),
        },
        "preference" => params
            .forward
            .set(name.to_owned(), preference(scoped.resolved, value)?),
        // The names that are sent are concrete, so these decide nothing there.
        "allow_no_indices" | "expand_wildcards" => {}
        "ignore_unavailable" => params.forward.set(name.to_owned(), value.to_owned()),
        "index" => params.index = Some(value.to_owned()),
        // Its task would be anybody's, and it answers before it is done, which no permit could cover.
        "wait_for_completion" if matches!(value, "" | "true") => {}
        "wait_for_completion" => {
            return Err(Rejection::refused(
                "only [wait_for_completion=true] is offered: a task could not be kept inside a tenant",
            ));
        }
        // Parts of a query in the URL, which the plan folds into the body.
        "q" | "df" | "analyzer" | "analyze_wildcard" | "default_operator" | "lenient" | "sort"
            if folds_query(scoped) => {}
        "source" | "source_content_type" if operation == Operation::Explain => {}
        // How long the server keeps its own scroll between two batches; nobody is told its id.
        "scroll" if folds_query(scoped) => {
            KeepAlive::parse(name, value)?;
            params.forward.set(name.to_owned(), value.to_owned());
        }
        "filter_path" => params.filter = filter_path(value)?,
        "_source" | "stored_fields" | "keep_alive" => {}
        // They say how settings are printed, and this answer has none.
        "flat_settings" | "include_defaults"
            if scoped.endpoint.operation() == Operation::IndexExists => {}
        _ => {
            return Err(Rejection::refused(format!(
                "parameter [{name}] is not offered yet"
            )));
        }
    }
    Ok(())
}

/// Whether the client wants line breaks.
pub(crate) fn is_pretty(query: &Query<'_>) -> bool {
    query.is_on("pretty")
}

fn folds_query(scoped: Scoped<'_>) -> bool {
    matches!(
        scoped.endpoint.operation(),
        Operation::DeleteByQuery | Operation::UpdateByQuery | Operation::Explain
    )
}

/// Reads `filter_path`; none where everything passes.
pub(crate) fn filter_path(value: &str) -> Result<Option<FilterPath>, Rejection> {
    let filter = FilterPath::parse(value).map_err(|error| Rejection::refused(error.to_string()))?;
    Ok(Some(filter).filter(|filter| !filter.is_empty()))
}

fn require_alias(value: &str) -> Result<bool, Rejection> {
    match value {
        "false" => Ok(false),
        "" | "true" => Ok(true),
        _ => Err(Rejection::malformed(
            "illegal_argument_exception",
            "failed to parse parameter [require_alias]: only [true] or [false] are allowed",
        )),
    }
}

/// Names are expanded here, so a value is checked here, in the node's words.
pub(crate) fn check_wildcards(value: &str) -> Result<(), Rejection> {
    let unknown = value
        .trim_end_matches(',')
        .split(',')
        .find(|word| !matches!(*word, "all" | "open" | "closed" | "hidden" | "none"));
    match unknown {
        Some(word) if !value.is_empty() => Err(Rejection::malformed(
            "illegal_argument_exception",
            format!("No valid expand wildcard value [{}]", shortened(word)),
        )),
        _ => Ok(()),
    }
}

/// What the node says of an index where an alias is required: a logical name never is one.
pub(crate) fn no_alias(index: &str) -> Rejection {
    Rejection::no_such_index(index, None).because(format!(
        "no such index [{index}] and [require_alias] request flag is [true] and [{index}] is not an alias"
    ))
}

/// A session string is kept apart from other partitions' equal ones. The server's own words start with `_`; all but one
/// of them name shards or nodes.
fn preference(resolved: Option<&Resolved>, value: &str) -> Result<String, Rejection> {
    if value == "_local" {
        return Ok(value.to_owned());
    }
    if value.starts_with('_') {
        return Err(Rejection::refused(
            "parameter [preference] takes a session string or [_local]",
        ));
    }
    Ok(match resolved.and_then(Resolved::shared) {
        Some((_, partition)) => format!("p.{}.{value}", partition.as_str()),
        None => value.to_owned(),
    })
}

/// As the node says it.
pub(crate) fn unknown(scoped: Scoped<'_>, name: &str) -> Rejection {
    unknown_on(scoped.endpoint, name)
}

/// The same, whatever the placement.
pub(crate) fn unknown_on(endpoint: &Endpoint, name: &str) -> Rejection {
    let path = endpoint.physical_path(None, None);
    Rejection::malformed(
        "illegal_argument_exception",
        format!(
            "request [{path}] contains unrecognized parameter: [{}]",
            shortened(name)
        ),
    )
}

/// With the reason that the table has.
pub(crate) fn refused(scoped: Scoped<'_>, name: &str) -> Rejection {
    let kind = scoped.kind().as_str();
    let why = scoped
        .endpoint
        .params()
        .and_then(|group| group.param(name))
        .map_or("", |param| param.reason());
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
