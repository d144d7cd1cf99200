//! The tower service: HTTP in, HTTP out, one operation between.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode, request};
use http_body::Body;
use http_body_util::{BodyExt as _, Full};
use tower_service::Service;

use super::call::{Call, Reply};
use super::error::{ApiError, Cause};
use super::filter_path::FilterPath;
use super::json::Json;
use super::operation::Operation;
use super::params::Params;
use super::received::Received;
use super::store::Store;
use super::{MemoryCluster, Shared, admin, bulk, documents, lock, mget, search, update};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl<B> Service<Request<B>> for MemoryCluster
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        ResponseFuture {
            inner: Box::pin(async move {
                let (head, body) = request.into_parts();
                // The body's error may quote what it read, so it is not passed on.
                let Ok(body) = body.collect().await else {
                    let error = ApiError::illegal_argument("the request body could not be read");
                    return respond(&head, Err(error));
                };
                shared.answer(&head, body.to_bytes())
            }),
        }
    }
}

/// The future of [`MemoryCluster`]: reads the body, then answers at once.
pub struct ResponseFuture {
    inner: Pin<Box<dyn Future<Output = Response<Full<Bytes>>> + Send>>,
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

impl Future for ResponseFuture {
    type Output = Result<Response<Full<Bytes>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.inner.as_mut().poll(cx).map(Ok)
    }
}

impl Shared {
    fn answer(&self, head: &request::Parts, body: Bytes) -> Response<Full<Bytes>> {
        lock(&self.log).push(Received::new(head, &body));
        let fault = lock(&self.faults).pop_front();
        let result = match fault {
            Some(fault) if !fault.applied => Err(injected(fault.status)),
            _ => self.run(head, body),
        };
        let result = match (fault, result) {
            (Some(fault), _) => Err(injected(fault.status)),
            // A node would show a stack trace, which there is none of here.
            (None, Err(_)) if Presentation::of(head.uri.query()).traces => {
                Err(ApiError::unsupported("[error_trace] of an error"))
            }
            (None, result) => result,
        };
        respond(head, result)
    }

    fn run(&self, head: &request::Parts, body: Bytes) -> Result<Reply, ApiError> {
        let call = Call::route(&head.method, head.uri.path(), head.uri.query(), body)?;
        check_content(head, &call)?;
        dispatch(&mut lock(&self.store), &call)
    }
}

fn dispatch(store: &mut Store, call: &Call) -> Result<Reply, ApiError> {
    match call.operation {
        Operation::Info => Ok(admin::info(store)),
        Operation::Index => documents::index(store, call, Some(call.id()), false),
        Operation::IndexAuto => documents::index(store, call, None, false),
        Operation::Create => documents::index(store, call, Some(call.id()), true),
        Operation::Get => documents::get(store, call),
        Operation::GetSource => documents::get_source(store, call),
        Operation::Delete => documents::delete(store, call),
        Operation::Update => update::update(store, call),
        Operation::Bulk => bulk::bulk(store, call),
        Operation::MultiGet => mget::multi_get(store, call),
        Operation::Refresh => admin::refresh(store, call),
        Operation::CreateIndex => admin::create_index(store, call),
        Operation::GetIndex => admin::get_index(store, call),
        Operation::DeleteIndex => admin::delete_index(store, call),
        Operation::GetMapping => admin::get_mapping(store, call),
        Operation::PutMapping => admin::put_mapping(store, call),
        Operation::GetSettings => admin::get_settings(store, call),
        Operation::ResolveIndex => admin::resolve_index(store, call),
        Operation::Health => admin::health(store, call),
        Operation::Search => search::search(store, call),
        Operation::Count => search::count(store, call),
        Operation::DeleteByQuery => search::delete_by_query(store, call),
    }
}

/// The types that a body may have; one that is not there needs none.
fn check_content(head: &request::Parts, call: &Call) -> Result<(), ApiError> {
    if head.headers.contains_key(CONTENT_ENCODING) {
        return Err(ApiError::unsupported("the header [Content-Encoding]"));
    }
    if call.body.is_empty() {
        return Ok(());
    }
    let text = head
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match essence.as_str() {
        "application/json"
        | "application/x-ndjson"
        | "application/vnd.opensearch+json"
        | "application/vnd.opensearch+x-ndjson" => Ok(()),
        "application/yaml" | "application/cbor" | "application/smile" => Err(
            ApiError::unsupported(format_args!("a body of type [{essence}]")),
        ),
        _ => {
            let text = format!("Content-Type header [{text}] is not supported");
            Err(ApiError::Text {
                status: 406,
                text,
                with_status: true,
                allow: None,
            })
        }
    }
}

fn injected(status: StatusCode) -> ApiError {
    ApiError::new(
        status.as_u16(),
        Cause::new(
            "memory_cluster_injected_exception",
            "a failure that the test asked for",
        ),
    )
}

fn respond(head: &request::Parts, result: Result<Reply, ApiError>) -> Response<Full<Bytes>> {
    let succeeded = result.is_ok();
    let (status, body, location, allow) = match result {
        Ok(reply) => (reply.status, reply.body, reply.location, None),
        Err(error) => (
            error.status(),
            error.body(),
            None,
            error.allow().map(str::to_owned),
        ),
    };
    let presentation = Presentation::of(head.uri.query());
    let text = presentation.write(body, succeeded);
    let length = HeaderValue::from(text.len());
    let body = if head.method == Method::HEAD {
        Bytes::new()
    } else {
        Bytes::from(text)
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(
        "x-opensearch-version",
        HeaderValue::from_static("OpenSearch/3.8.0 (opensearch)"),
    );
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=UTF-8"),
    );
    headers.insert(CONTENT_LENGTH, length);
    let texts = [(LOCATION, location), (ALLOW, allow)];
    for (name, text) in texts {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

/// How an answer is written, read from the query string even when the request is refused.
#[derive(Debug, Default)]
struct Presentation {
    pretty: bool,
    traces: bool,
    filter: Option<FilterPath>,
}

impl Presentation {
    fn of(query: Option<&str>) -> Self {
        let Ok(params) = Params::parse(query) else {
            return Self::default();
        };
        let on = |name: &str| params.flag(name).ok().flatten().unwrap_or(false);
        Self {
            pretty: on("pretty"),
            traces: on("error_trace"),
            filter: params.get("filter_path").and_then(FilterPath::parse),
        }
    }

    fn write(&self, body: Json, succeeded: bool) -> String {
        let body = match (&self.filter, body) {
            // A `_source` that stands alone goes out as it is, whatever was asked.
            (_, Json::Raw(text)) => return text.to_string(),
            // Errors are shown whole.
            (Some(filter), body) if succeeded => filter.apply(body),
            (_, body) => body,
        };
        if self.pretty {
            body.pretty()
        } else {
            body.compact()
        }
    }
}
