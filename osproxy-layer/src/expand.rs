//! Wildcards over a partition's logical indices.
//!
//! A wildcard never goes up in a search. The cluster is asked which indices there are under the placement's pattern;
//! each physical name is turned back into a logical one, which must lead to the same physical name again, and only
//! those are searched, by name. So what a wildcard reaches is what the partition could have named one by one.

use std::sync::Arc;

use bytes::Bytes;
use http::{Extensions, HeaderMap, Method, Request, Response, StatusCode};
use http_body::Body;
use serde_json::Value;
use tower_service::Service;

use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::{IndexExpr, path};
use crate::future::Stopped;
use crate::outbound::Outbound;
use crate::plan::{Expression, IndexPair, Part, physical_headers, single_index};
use crate::rejection::Rejection;
use crate::rewrite::filter_path::glob;
use crate::route::read_whole;
use crate::router::{Resolved, Scope};
use crate::state::RequestState;

/// How many indices a wildcard may reach.
const MOST: usize = 512;

/// The largest list of indices that is read, in bytes.
const MAX_LIST: usize = 8 * 1024 * 1024;

/// Whether an index expression, or its lack, stands for more than names.
pub(crate) fn is_needed(expr: Option<&str>) -> bool {
    expr.is_none_or(|text| {
        text.split(',')
            .any(|name| name == "_all" || name.contains('*'))
    })
}

/// What a request needs for asking.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) resolved: &'a Resolved,
    pub(crate) state: &'a RequestState,
    pub(crate) extensions: &'a Extensions,
    /// `ignore_unavailable`.
    pub(crate) lenient: bool,
}

/// The indices that an expression stands for, in the order of their names; none where nothing matches.
pub(crate) async fn expand<S, B, T>(
    outbound: &mut Outbound<S>,
    asking: Asking<'_>,
    expr: Option<&str>,
) -> Result<Vec<IndexPair>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let expression = Expression::parse(expr)?;
    let all = match expression.is_wild() {
        true => list(outbound, asking).await?,
        false => Vec::new(),
    };
    let mut pairs: Vec<IndexPair> = Vec::new();
    for part in expression.parts() {
        match *part {
            Part::Name(name) => add(&mut pairs, single_index(asking.resolved, name)?)?,
            Part::Glob(pattern) => {
                for pair in all.iter().filter(|pair| glob(pattern, &pair.logical)) {
                    add(&mut pairs, pair.clone())?;
                }
            }
            // As on the node: a name that is left out must be one.
            Part::Not(name)
                if !asking.lenient
                    && !name.contains('*')
                    && all.iter().all(|pair| pair.logical != name) =>
            {
                return Err(Rejection::no_such_index(name, Some("index_or_alias")).into());
            }
            Part::Not(pattern) => pairs.retain(|pair| !glob(pattern, &pair.logical)),
        }
    }
    Ok(pairs)
}

fn add(pairs: &mut Vec<IndexPair>, pair: IndexPair) -> Result<(), Rejection> {
    if pairs.contains(&pair) {
        return Ok(());
    }
    if pairs.len() >= MOST {
        return Err(Rejection::refused(format!(
            "an index expression reaches at most {MOST} indices"
        )));
    }
    pairs.push(pair);
    Ok(())
}

/// Every index of the cluster that the partition could name.
async fn list<S, B, T>(
    outbound: &mut Outbound<S>,
    asking: Asking<'_>,
) -> Result<Vec<IndexPair>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    if matches!(
        asking.resolved.scope(),
        Scope::Pinned(_) | Scope::Cluster(_)
    ) {
        return Err(Rejection::refused(
            "without a pattern of names a wildcard can't be kept inside a tenant",
        )
        .into());
    }
    let mut request = Request::new(RequestBody::from(Bytes::new()));
    *request.method_mut() = Method::GET;
    let uri = path::join(&["_resolve", "index", "*"]);
    *request.uri_mut() = uri
        .parse()
        .map_err(|_| Rejection::internal("a path that makes no URI"))?;
    *request.headers_mut() =
        physical_headers(&HeaderMap::new(), None, asking.resolved.header_ops());
    *request.extensions_mut() = asking.extensions.clone();
    let target = asking.resolved.target([]);
    request
        .extensions_mut()
        .insert(asking.state.clone().into_physical(target, Arc::new([])));
    let response = outbound.send(request).await.map_err(Stopped::Failed)?;
    let status = response.status();
    let body = read_whole(response.into_body(), MAX_LIST).await?;
    if status != StatusCode::OK {
        return Err(Rejection::upstream("the cluster does not say which indices there are").into());
    }
    Ok(own(asking.resolved, &body)
        .ok_or_else(|| Rejection::upstream("a list of indices that can't be read"))?)
}

/// What of the cluster's indices the partition could name. Aliases and data streams are not in the list (P-12).
fn own(resolved: &Resolved, body: &[u8]) -> Option<Vec<IndexPair>> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let names = answer.get("indices")?.as_array()?;
    let pair = |entry: &Value| {
        let physical = entry.get("name")?.as_str()?;
        let logical = resolved.logical_index(physical)?;
        IndexExpr::parse(&logical).ok()?.single()?;
        Some(IndexPair {
            logical,
            physical: physical.into(),
        })
    };
    Some(names.iter().filter_map(pair).collect())
}
