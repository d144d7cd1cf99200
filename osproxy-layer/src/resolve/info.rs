//! `GET /`, `HEAD /`, `OPTIONS`: answered here.
//!
//! Typed clients read every key of the node's answer to `GET /` and throw where one lacks, so the version is the
//! cluster's own, asked for once. What would name the cluster or its nodes is neutral.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use crate::body::{BoxError, RequestBody, ResponseBody};
use crate::endpoint::Endpoint;
use crate::future::Stopped;
use crate::outbound::Outbound;
use crate::plan::physical_headers;
use crate::rejection::Rejection;
use crate::rewrite::filter_path::FilterPath;
use crate::rewrite::json::{Members, write_string};
use crate::route::read_whole;
use crate::router::Resolved;
use crate::spi::ClusterId;
use crate::stack::Stack;
use crate::state::RequestState;

/// The version of each cluster, as the answer to `GET /` says it.
#[derive(Debug, Default)]
pub(crate) struct Versions {
    known: RwLock<HashMap<ClusterId, Bytes>>,
}

/// The largest answer to `GET /` that is read, in bytes. A node's own is half a kilobyte.
const MAX_INFO: usize = 64 * 1024;

/// `GET /`.
pub(super) async fn info<S, R, B, T>(
    stack: &Stack<R>,
    outbound: &mut Outbound<S>,
    parts: &Parts,
    state: &RequestState,
    resolved: &Resolved,
    filter: Option<&FilterPath>,
) -> Result<Response<ResponseBody<T>>, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let versions = stack.versions();
    let known = versions
        .known
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(resolved.cluster())
        .cloned();
    let version = match known {
        Some(version) => version,
        None => {
            let version = ask(outbound, parts, state, resolved).await?;
            let mut known = versions
                .known
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            known.insert(resolved.cluster().clone(), version.clone());
            version
        }
    };
    let body = [BEFORE_VERSION, &*version, AFTER_VERSION].concat();
    Ok(filtered(Bytes::from(body), filter)?)
}

const BEFORE_VERSION: &[u8] =
    br#"{"name":"osproxy","cluster_name":"osproxy","cluster_uuid":"b3Nwcm94eS1sYXllci0x","version":"#;
const AFTER_VERSION: &[u8] = br#","tagline":"The OpenSearch Project: https://opensearch.org/"}"#;

async fn ask<S, B, T>(
    outbound: &mut Outbound<S>,
    parts: &Parts,
    state: &RequestState,
    resolved: &Resolved,
) -> Result<Bytes, Stopped<S::Error>>
where
    S: Service<Request<RequestBody<B>>, Response = Response<ResponseBody<T>>> + Clone,
    T: Body<Data = Bytes>,
    T::Error: Into<BoxError>,
{
    let mut request = Request::new(RequestBody::from(Bytes::new()));
    *request.method_mut() = Method::GET;
    *request.headers_mut() = physical_headers(&HeaderMap::new(), None, resolved.header_ops());
    *request.extensions_mut() = parts.extensions.clone();
    request.extensions_mut().insert(
        state
            .clone()
            .into_physical(resolved.target([]), Arc::new([])),
    );
    let response = outbound.send(request).await.map_err(Stopped::Failed)?;
    let status = response.status();
    let body = read_whole(response.into_body(), MAX_INFO).await?;
    match version_of(&body) {
        Some(version) if status == StatusCode::OK => Ok(version),
        _ => Err(Rejection::upstream("the cluster doesn't say its version").into()),
    }
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

/// An answer of ours, or the part of it that the client asked for.
pub(super) fn filtered<T>(
    body: Bytes,
    filter: Option<&FilterPath>,
) -> Result<Response<ResponseBody<T>>, Rejection> {
    let Some(filter) = filter else {
        return Ok(json(body));
    };
    let part = filter.apply(&body);
    part.map(|part| json(Bytes::from(part)))
        .map_err(|_| Rejection::internal("an answer of ours that can't be filtered"))
}

fn json<T>(body: Bytes) -> Response<ResponseBody<T>> {
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
