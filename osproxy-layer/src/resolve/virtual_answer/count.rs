//! `_cat/count[/{index}]`: a count, as a table.
//!
//! The server's own counts every document of an index, and takes no filter. So a count is planned like any other, and its
//! figure is put into the table.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use super::asked::Asked;
use super::output::{Authored, table};
use super::registry;
use super::time::now;
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::{Endpoint, Query, path};
use crate::future::Stopped;
use crate::plan::{self, Logical, Own, Payload};
use crate::preflight::Found;
use crate::rejection::{Rejection, RejectionKind};
use crate::resolve::caller::Caller;
use crate::rewrite::cat::COUNT;
use crate::rewrite::json::Members;

/// The largest answer that is read, in bytes: a count's is a line.
const MAX_COUNT: usize = 1024 * 1024;

/// The answer.
pub(super) async fn cat<S, R, B, T>(
    caller: &mut Caller<'_, S, R>,
    asked: &Asked<'_>,
) -> Result<Authored<'static>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let count = if asked.flag("help") {
        None
    } else if asked.resolved.shared().is_some() {
        on_shared(caller, asked).await?
    } else {
        let own = Own::spell(asked.resolved, asked.indices()?)?;
        let path = path::join(&[&own.text, "_count"]);
        let (status, raw) = caller.ask(&path, own.targets(), MAX_COUNT).await?;
        Some(figure(status, &raw, asked)?)
    };
    let count = count.unwrap_or_else(|| "0".to_owned());
    let now = now();
    Ok(table(asked, COUNT, |table| {
        table.push(|column| {
            Some(match column {
                "epoch" => now.epoch(),
                "timestamp" => now.clock(),
                _ => count.clone(),
            })
        });
    })?)
}

/// The partition's own documents; none where no index is there.
async fn on_shared<S, R, B, T>(
    caller: &mut Caller<'_, S, R>,
    asked: &Asked<'_>,
) -> Result<Option<String>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    if !registry::knows_all(asked)? {
        return Err(Rejection::refused(
            "a count over all indices of a tenant needs the placement to declare them: name the index",
        )
        .into());
    }
    let mut there = Vec::new();
    for name in registry::list(caller, asked).await?.required(asked)? {
        if caller.check(&name, false).await? == Found::Good {
            there.push(name);
        }
    }
    if there.is_empty() {
        return Ok(None);
    }
    let endpoint = Endpoint::classify(&Method::GET, &path::join(&[&there.join(","), "_count"]))
        .map_err(|_| Rejection::internal("a count that has no route"))?;
    let plan = plan::plan(&Logical {
        method: &Method::GET,
        endpoint: &endpoint,
        query: &Query::default(),
        resolved: asked.resolved,
        body: &Bytes::new(),
        expanded: None,
        cursors: caller.stack.cursors(),
        switches: caller.stack.settings().switches,
    })?;
    let path = plan.path_and_query();
    let targets: Vec<_> = plan.physical_indices().collect();
    let Payload::Own(body) = plan.payload else {
        return Err(Rejection::internal("a count on a shared index without a filter").into());
    };
    let (status, raw) = caller.ask_with(&path, body, targets, MAX_COUNT).await?;
    Ok(Some(figure(status, &raw, asked)?))
}

fn figure(status: StatusCode, raw: &[u8], asked: &Asked<'_>) -> Result<String, Rejection> {
    let found = Members::of(raw)
        .filter_map(Result::ok)
        .find(|member| member.key == "count")
        .and_then(|member| serde_json::from_slice::<u64>(member.value).ok());
    match (status, found) {
        (StatusCode::OK, Some(count)) => Ok(count.to_string()),
        (StatusCode::NOT_FOUND, _) => Err(registry::not_found(asked.indices()?.unwrap_or("_all"))),
        (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, _) => {
            Err(Rejection::new(
                RejectionKind::Upstream,
                status,
                "osproxy_upstream_exception",
                "the cluster is too busy to count",
            ))
        }
        _ => Err(Rejection::upstream("the cluster doesn't count")),
    }
}
