//! `GET /`, `HEAD /`, `OPTIONS`: answered here.
//!
//! Typed clients read every key of the node's answer to `GET /` and throw where one lacks, so the version is the
//! cluster's own, asked for once. What would name the cluster or its nodes is neutral.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::Body;
use tokio::sync::Mutex;
use tower_service::Service;

use super::caller::Caller;
use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::Endpoint;
use crate::future::Stopped;
use crate::rejection::Rejection;
use crate::rewrite::json::tree::{self, Value};
use crate::rewrite::json::{MAX_DEPTH, Members, write_string};
use crate::spi::ClusterId;

/// The version of each cluster, as the answer to `GET /` says it.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    clusters: RwLock<HashMap<ClusterId, Arc<Known>>>,
}

#[derive(Debug, Default)]
struct Known {
    version: OnceLock<Bytes>,
    /// Held by whoever is asking.
    asking: Mutex<()>,
    /// How often the cluster didn't say it.
    failures: AtomicU64,
}

impl Versions {
    fn of(&self, cluster: &ClusterId) -> Arc<Known> {
        let clusters = self.clusters.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = clusters.get(cluster) {
            return Arc::clone(known);
        }
        drop(clusters);
        let mut clusters = self
            .clusters
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(clusters.entry(cluster.clone()).or_default())
    }
}

/// The largest answer to `GET /` that is read, in bytes. A node's own is half a kilobyte.
const MAX_INFO: usize = 64 * 1024;

/// The version object of the cluster behind a placement: asked for once, however many clients start at a time, then
/// kept. Those that wait hold no ready instance meanwhile.
pub(super) async fn version<S, R, B, T>(
    caller: &mut Caller<'_, S, R>,
) -> Result<Bytes, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let known = caller.stack.versions().of(caller.resolved.cluster());
    if let Some(version) = known.version.get() {
        return Ok(version.clone());
    }
    let failures = known.failures.load(Ordering::Acquire);
    let _asking = caller.outbound.unless_pending(known.asking.lock()).await;
    if let Some(version) = known.version.get() {
        return Ok(version.clone());
    }
    if known.failures.load(Ordering::Acquire) != failures {
        // Somebody else asked while this one waited: a cluster that is slow to fail does it once.
        return Err(Rejection::unreachable().into());
    }
    match ask(caller).await {
        Ok(version) => Ok(known.version.get_or_init(|| version).clone()),
        Err(error) => {
            known.failures.fetch_add(1, Ordering::AcqRel);
            Err(error)
        }
    }
}

async fn ask<S, R, B, T>(caller: &mut Caller<'_, S, R>) -> Result<Bytes, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let (status, answer) = caller.ask("/", [], MAX_INFO).await?;
    let version = version_of(&answer).filter(|_| status == StatusCode::OK);
    Ok(version.ok_or_else(|| Rejection::upstream("the cluster doesn't say its version"))?)
}

/// `GET /`, from the version.
pub(super) fn info(version: &[u8]) -> Result<Value<'_>, Rejection> {
    let version = tree::parse(version, MAX_DEPTH)
        .map_err(|_| Rejection::internal("a version that can't be read again"))?;
    Ok(Value::object([
        ("name", Value::text("osproxy")),
        ("cluster_name", Value::text("osproxy")),
        ("cluster_uuid", Value::text("b3Nwcm94eS1sYXllci0x")),
        ("version", version),
        (
            "tagline",
            Value::text("The OpenSearch Project: https://opensearch.org/"),
        ),
    ]))
}

/// The version object of an answer, less what names one build.
fn version_of(answer: &[u8]) -> Option<Bytes> {
    let member = |text, name: &str| {
        Members::of(text)
            .filter_map(Result::ok)
            .find(|member| member.key == name)
            .map(|member| member.value)
    };
    let version: &[u8] = member(answer, "version")?;
    let mut out = vec![b'{'];
    for found in Members::of(version) {
        let found = found.ok()?;
        if out.len() > 1 {
            out.push(b',');
        }
        write_string(&mut out, &found.key);
        out.push(b':');
        if found.key == "build_hash" {
            out.extend_from_slice(b"\"unknown\"");
        } else {
            out.extend_from_slice(found.value);
        }
    }
    out.push(b'}');
    (out.len() > 2).then(|| Bytes::from(out))
}

/// `HEAD /`: the front is up. Whether a cluster is, is not what clients ask with it.
pub(super) fn ping<T>() -> Response<ResponseBody<T>> {
    let mut response = json(Bytes::new());
    *response.body_mut() = ResponseBody::withheld();
    response
}

/// `OPTIONS`: the methods of the path.
pub(super) fn options<T>(endpoint: &Endpoint) -> Response<ResponseBody<T>> {
    let mut response = Response::new(ResponseBody::default());
    if let Ok(allowed) = HeaderValue::from_str(&endpoint.allowed().to_string()) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

/// Browsers ask; there is no icon.
pub(super) fn favicon<T>() -> Response<ResponseBody<T>> {
    let mut response = Response::new(ResponseBody::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

pub(super) fn json<T>(body: Bytes) -> Response<ResponseBody<T>> {
    let mut response = Response::new(ResponseBody::from(body));
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=UTF-8"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_keeps_its_keys_and_loses_its_build() {
        let node = br#"{"name":"n","version":{"distribution":"opensearch","number":"3.8.0","build_hash":"abc"},"tagline":"t"}"#;
        let version = version_of(node).expect("a version");
        assert_eq!(
            version,
            r#"{"distribution":"opensearch","number":"3.8.0","build_hash":"unknown"}"#
        );
        assert_eq!(version_of(b"{}"), None);
        assert_eq!(version_of(b"<html>"), None);
    }
}
