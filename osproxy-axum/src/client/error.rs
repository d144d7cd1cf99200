//! Why a request got no answer from its cluster.

use std::error::Error;
use std::fmt;

use http_body_util::LengthLimitError;
use osproxy_layer::BoxError;

/// Why a request got no answer from its cluster, or not all of it.
///
/// Its text names the kind alone: neither a tenant's value nor a credential. The cause is its `source`.
#[derive(Debug)]
pub struct ClientError {
    kind: ClientErrorKind,
    cause: Option<BoxError>,
}

/// What kind of failure it is; stable, for metrics.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ClientErrorKind {
    /// The request has no target: it did not pass the stack.
    NoTarget,
    /// The target's cluster isn't configured.
    UnknownCluster,
    /// The target's endpoint is no URL.
    Endpoint,
    /// No connection could be made: the request was not sent.
    Connect,
    /// The response's head took too long. What was sent may be applied.
    HeaderTimeout,
    /// The cluster fell silent within the response's body.
    BodyTimeout,
    /// The caller's body broke off while it was sent.
    RequestBody,
    /// The caller's body is larger than the host allows.
    RequestTooLarge,
    /// The connection broke, or what came back is no HTTP. What was sent may be applied.
    Transport,
}

impl ClientErrorKind {
    /// Its name in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoTarget => "no_target",
            Self::UnknownCluster => "unknown_cluster",
            Self::Endpoint => "endpoint",
            Self::Connect => "connect",
            Self::HeaderTimeout => "header_timeout",
            Self::BodyTimeout => "body_timeout",
            Self::RequestBody => "request_body",
            Self::RequestTooLarge => "request_too_large",
            Self::Transport => "transport",
        }
    }
}

impl ClientError {
    pub(super) fn caused(kind: ClientErrorKind, cause: impl Into<BoxError>) -> Self {
        Self {
            kind,
            cause: Some(cause.into()),
        }
    }

    /// What the pooled client says went wrong.
    pub(super) fn from_client(error: hyper_util::client::legacy::Error) -> Self {
        let kind = match error_in::<RequestBodyError>(&error) {
            Some(body) if error_in::<LengthLimitError>(body).is_some() => {
                ClientErrorKind::RequestTooLarge
            }
            Some(_) => ClientErrorKind::RequestBody,
            None if error.is_connect() => ClientErrorKind::Connect,
            None => ClientErrorKind::Transport,
        };
        Self::caused(kind, error)
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ClientErrorKind {
        self.kind
    }
}

impl From<ClientErrorKind> for ClientError {
    fn from(kind: ClientErrorKind) -> Self {
        Self { kind, cause: None }
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            ClientErrorKind::NoTarget => "the request did not pass the stack, so it has no target",
            ClientErrorKind::UnknownCluster => "the target's cluster is not configured",
            ClientErrorKind::Endpoint => "the target's endpoint is no usable URL",
            ClientErrorKind::Connect => "the cluster can't be reached",
            ClientErrorKind::HeaderTimeout => "the cluster did not answer in time",
            ClientErrorKind::BodyTimeout => "the cluster fell silent within its answer",
            ClientErrorKind::RequestBody => "the request's body broke off",
            ClientErrorKind::RequestTooLarge => "the request's body is too large",
            ClientErrorKind::Transport => "the connection to the cluster broke",
        })
    }
}

impl Error for ClientError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

/// Marks an error as the caller's: the pooled client would report it like a broken connection.
pub(super) struct RequestBodyError(pub(super) BoxError);

// The caller's error can quote the caller's body.
impl fmt::Debug for RequestBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestBodyError(..)")
    }
}

impl fmt::Display for RequestBodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request's body broke off")
    }
}

impl Error for RequestBodyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

/// How deep a chain of causes is followed.
const MAX_CAUSES: usize = 16;

/// The first error of this type in a chain of causes.
pub(crate) fn error_in<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut chain = Some(error);
    for _ in 0..MAX_CAUSES {
        let link = chain?;
        if let Some(found) = link.downcast_ref() {
            return Some(found);
        }
        chain = link.source();
    }
    None
}
