//! Saying no in OpenSearch's own shape.
//!
//! A refusal is a *response*: the stack invents no error. The typed [`Rejection`] travels in the response's
//! extensions, so that outer trace and metrics layers can tell "we refused" from "the cluster said 400".

mod missing_index;

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};

use self::missing_index::MissingIndex;
use crate::rewrite::json::write_string;
use crate::spi::{ErrorCode, SpiError};

/// The error type of everything that is refused here rather than failed there.
pub const REFUSED: &str = "osproxy_refused_exception";

/// Why a request was answered here with an error.
///
/// ```
/// use bytes::Bytes;
/// use http::StatusCode;
/// use osproxy_layer::{Rejection, RejectionKind};
///
/// let rejection = Rejection::refused("[GET /_tasks] is not offered");
/// assert_eq!(rejection.kind(), RejectionKind::Refused);
/// let response: http::Response<Bytes> = rejection.into_response();
/// assert_eq!(response.status(), StatusCode::BAD_REQUEST);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Rejection {
    kind: RejectionKind,
    status: StatusCode,
    error_type: &'static str,
    reason: Cow<'static, str>,
    /// What few have: kept apart, for a rejection is the other half of many results.
    more: Option<Box<More>>,
}

/// What only some rejections have.
#[derive(Clone, Default, PartialEq, Eq)]
struct More {
    header: Option<(HeaderName, HeaderValue)>,
    missing: Option<MissingIndex>,
}

/// What kind of refusal it is; stable, for metrics.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RejectionKind {
    /// The endpoint, a parameter or a construct isn't offered on this placement.
    Refused,
    /// The request is malformed, as the node would say too.
    Malformed,
    /// The request can't be placed.
    Unplaced,
    /// Nobody authenticated the caller.
    Unauthenticated,
    /// A bound is passed.
    TooLarge,
    /// Our own back-pressure: a held write whose time ran out.
    Busy,
    /// What the cluster answered can't be shown.
    Upstream,
    /// The layers are put together wrong, or a rule of ours is broken.
    Internal,
}

impl RejectionKind {
    /// Its name in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Malformed => "malformed",
            Self::Unplaced => "unplaced",
            Self::Unauthenticated => "unauthenticated",
            Self::TooLarge => "too_large",
            Self::Busy => "busy",
            Self::Upstream => "upstream",
            Self::Internal => "internal",
        }
    }
}

impl Rejection {
    /// Not offered here: 400.
    #[must_use]
    pub fn refused(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(
            RejectionKind::Refused,
            StatusCode::BAD_REQUEST,
            REFUSED,
            reason,
        )
    }

    /// Malformed, with the status and type that the node has for it.
    #[must_use]
    pub fn malformed(error_type: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(
            RejectionKind::Malformed,
            StatusCode::BAD_REQUEST,
            error_type,
            reason,
        )
    }

    /// Any other refusal.
    #[must_use]
    pub fn new(
        kind: RejectionKind,
        status: StatusCode,
        error_type: &'static str,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            kind,
            status,
            error_type,
            reason: reason.into(),
            more: None,
        }
    }

    /// An index that isn't there: 404, as the node says, with the client's own name for it. `resource_type` is what the
    /// node looked for: `index_or_alias`, or `index_expression` where one document is asked for.
    pub(crate) fn no_such_index(index: &str, resource_type: Option<&'static str>) -> Self {
        let mut rejection = Self::new(
            RejectionKind::Unplaced,
            StatusCode::NOT_FOUND,
            "index_not_found_exception",
            format!("no such index [{index}]"),
        );
        rejection.more().missing = Some(MissingIndex::new(index, resource_type));
        rejection
    }

    /// The same with another reason.
    pub(crate) fn because(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.reason = reason.into();
        self
    }

    /// A body over its bound: 413.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        let reason = format!("the request body is larger than {limit} bytes");
        Self::new(
            RejectionKind::TooLarge,
            StatusCode::PAYLOAD_TOO_LARGE,
            "content_too_long_exception",
            reason,
        )
    }

    /// Our own back-pressure: 429 and when to try again.
    #[must_use]
    pub fn busy(reason: impl Into<Cow<'static, str>>, retry_after: u32) -> Self {
        Self::new(
            RejectionKind::Busy,
            StatusCode::TOO_MANY_REQUESTS,
            "osproxy_moving_exception",
            reason,
        )
        .with_header(RETRY_AFTER, HeaderValue::from(retry_after))
    }

    /// A partition has as many cursors open as it may: 429, as the node says of its own bound.
    pub(crate) fn too_many_cursors(most: usize) -> Self {
        let reason = format!(
            "Trying to create too many cursors: at most {most} scrolls and points in time may be open. \
             Close those that are no longer read, or let them run out"
        );
        Self::new(
            RejectionKind::Busy,
            StatusCode::TOO_MANY_REQUESTS,
            "rejected_execution_exception",
            reason,
        )
        .with_header(RETRY_AFTER, HeaderValue::from(5))
    }

    /// What the cluster answered can't be shown: 502.
    #[must_use]
    pub fn upstream(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(
            RejectionKind::Upstream,
            StatusCode::BAD_GATEWAY,
            "osproxy_upstream_exception",
            reason,
        )
    }

    /// A cluster that can't be reached: what was for it may be sent again.
    pub(crate) fn unreachable() -> Self {
        Self::new(
            RejectionKind::Upstream,
            StatusCode::SERVICE_UNAVAILABLE,
            "osproxy_upstream_exception",
            "the cluster can't be reached",
        )
        .with_header(RETRY_AFTER, HeaderValue::from(1))
    }

    /// A layer found a request that an outer layer should have prepared: 500.
    #[must_use]
    pub fn missing_layer(layer: &'static str) -> Self {
        let reason =
            format!("the request did not pass {layer}, which must be outside of this layer");
        Self::new(
            RejectionKind::Internal,
            StatusCode::INTERNAL_SERVER_ERROR,
            "osproxy_order_exception",
            reason,
        )
    }

    /// Something that can't be: 500.
    pub(crate) fn internal(reason: &'static str) -> Self {
        Self::new(
            RejectionKind::Internal,
            StatusCode::INTERNAL_SERVER_ERROR,
            "osproxy_internal_exception",
            reason,
        )
    }

    /// A method that the path doesn't have: 405, as the node says.
    #[must_use]
    pub fn method_not_allowed(allowed: &str) -> Self {
        let reason = format!("incorrect HTTP method for this path, allowed: [{allowed}]");
        let refused = Self::new(
            RejectionKind::Malformed,
            StatusCode::METHOD_NOT_ALLOWED,
            REFUSED,
            reason,
        );
        match HeaderValue::from_str(allowed) {
            Ok(value) => refused.with_header(ALLOW, value),
            Err(_) => refused,
        }
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.more().header = Some((name, value));
        self
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// What kind of refusal it is.
    #[must_use]
    pub fn kind(&self) -> RejectionKind {
        self.kind
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The `type` of the error object.
    #[must_use]
    pub fn error_type(&self) -> &'static str {
        self.error_type
    }

    /// The `reason` of the error object. It names the client's own request at most, never another tenant's data.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The error object alone, as an item of a bulk carries it: `{"type":…,"reason":…}`.
    pub fn write_cause(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"type\":");
        write_string(out, self.error_type);
        out.extend_from_slice(b",\"reason\":");
        write_string(out, &self.reason);
        if let Some(missing) = self.more.as_ref().and_then(|more| more.missing.as_ref()) {
            missing.write(out);
        }
        out.push(b'}');
    }

    /// The `error` of a whole answer, as the answer to one of several reads carries it too: the error object with its
    /// root cause.
    pub fn write_error(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"root_cause\":[");
        let cause = out.len();
        self.write_cause(out);
        let end = out.len();
        out.extend_from_slice(b"],");
        // The outer object repeats the inner one without its opening brace.
        out.extend_from_within(cause + 1..end);
    }

    /// The body of the whole response.
    pub(crate) fn body(&self) -> Vec<u8> {
        // Said twice, with a few words around it.
        let mut body = Vec::with_capacity(2 * self.reason.len() + 256);
        body.extend_from_slice(b"{\"error\":");
        self.write_error(&mut body);
        body.extend_from_slice(b",\"status\":");
        body.extend_from_slice(self.status.as_str().as_bytes());
        body.push(b'}');
        body
    }

    /// The whole response, with the rejection in its extensions.
    pub fn into_response<B: From<Bytes>>(self) -> Response<B> {
        let mut response = Response::new(B::from(Bytes::from(self.body())));
        *response.status_mut() = self.status;
        response.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=UTF-8"),
        );
        if let Some((name, value)) = self.more.as_ref().and_then(|more| more.header.clone()) {
            response.headers_mut().insert(name, value);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            // One header a scheme: some clients read only the first challenge of a list.
            for scheme in ["Bearer realm=\"opensearch\"", "Basic realm=\"opensearch\""] {
                response
                    .headers_mut()
                    .append(WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
            }
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<SpiError> for Rejection {
    fn from(error: SpiError) -> Self {
        let (kind, error_type) = match (error.code(), &error) {
            (ErrorCode::Unauthenticated, _) => {
                (RejectionKind::Unauthenticated, "security_exception")
            }
            (ErrorCode::IndexUnknown, _) => (RejectionKind::Unplaced, "index_not_found_exception"),
            (_, SpiError::IdTooLong { .. }) => (
                RejectionKind::Malformed,
                "action_request_validation_exception",
            ),
            (_, SpiError::IdEmpty) => (RejectionKind::Malformed, "illegal_argument_exception"),
            (ErrorCode::NameInvalid, _) => (RejectionKind::Refused, REFUSED),
            (ErrorCode::PlacementBackendUnavailable, _) => {
                (RejectionKind::Unplaced, "osproxy_placement_exception")
            }
            (
                ErrorCode::PartitionUnresolved
                | ErrorCode::PlacementMissing
                | ErrorCode::UnsupportedEndpoint
                | ErrorCode::Misconfigured,
                _,
            ) => (RejectionKind::Unplaced, REFUSED),
        };
        let reason = match error {
            // The node's own words, which tests of clients look for.
            SpiError::IdEmpty => error.to_string(),
            _ => format!("{error}: {}", error.remediation()),
        };
        let rejection = Self::new(kind, error.status(), error_type, reason);
        if error.retryable() {
            rejection.with_header(RETRY_AFTER, HeaderValue::from(1))
        } else {
            rejection
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

// The reason can quote a key of the client's own request, which has no place in a log.
impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejection")
            .field("kind", &self.kind)
            .field("status", &self.status)
            .field("error_type", &self.error_type)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Rejection {}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(rejection: Rejection) -> serde_json::Value {
        let response: Response<Bytes> = rejection.into_response();
        assert!(response.extensions().get::<Rejection>().is_some());
        serde_json::from_slice(response.body()).expect("valid JSON")
    }

    #[test]
    fn a_rejection_is_an_opensearch_error() {
        let error = body(Rejection::refused("no \"quotes\" break it"));
        assert_eq!(error["status"], 400);
        assert_eq!(error["error"]["type"], REFUSED);
        assert_eq!(
            error["error"]["root_cause"][0]["reason"],
            "no \"quotes\" break it"
        );
        assert_eq!(
            error["error"]["reason"],
            error["error"]["root_cause"][0]["reason"]
        );
    }

    #[test]
    fn a_missing_principal_is_challenged() {
        let response: Response<Bytes> = Rejection::from(SpiError::PrincipalMissing).into_response();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(
            response.headers().get_all(WWW_AUTHENTICATE).iter().count(),
            2
        );
    }

    #[test]
    fn a_store_that_is_down_says_when_to_retry() {
        let response: Response<Bytes> =
            Rejection::from(SpiError::PlacementBackend { retryable: true }).into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key(RETRY_AFTER));
    }
}
