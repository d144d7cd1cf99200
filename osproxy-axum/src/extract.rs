//! Extractors for handlers around or behind the stack.
//!
//! ```
//! use axum::Router;
//! use axum::routing::get;
//! use osproxy_axum::extract::{Caller, Partition};
//!
//! async fn whoami(Caller(caller): Caller) -> String {
//!     caller.id().to_string()
//! }
//!
//! /// Behind the stack, as its inner service.
//! async fn search(Partition(partition): Partition) -> &'static str {
//!     if partition.as_str() == "acme" { "acme's own answer" } else { "{}" }
//! }
//!
//! let app: Router = Router::new().route("/whoami", get(whoami));
//! let inner: Router = Router::new().route("/orders/_search", get(search));
//! # let _ = (app, inner);
//! ```

use axum_core::body::Body;
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;
use osproxy_layer::spi::{PartitionId, Principal, SpiError};
use osproxy_layer::{Rejection, Resolved};

/// The authenticated caller, as an authentication layer inserted it.
///
/// Without one the answer is the stack's own 401; `Option<Caller>` lets everybody in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller(pub Principal);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ExtractRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ExtractRejection> {
        caller(parts).ok_or_else(|| ExtractRejection(SpiError::PrincipalMissing.into()))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = ExtractRejection;

    async fn from_request_parts(
        parts: &mut Parts,
        _state: &S,
    ) -> Result<Option<Self>, ExtractRejection> {
        Ok(caller(parts))
    }
}

fn caller(parts: &Parts) -> Option<Caller> {
    Principal::get(&parts.extensions).cloned().map(Caller)
}

/// The partition (the tenant) that the stack resolved the request to.
///
/// For handlers behind the stack. In front of it there is none yet: the answer is a 500 that names the missing
/// layer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Partition(pub PartitionId);

impl<S: Sync> FromRequestParts<S> for Partition {
    type Rejection = ExtractRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ExtractRejection> {
        let partition = Resolved::get(&parts.extensions)
            .and_then(Resolved::partition)
            .cloned();
        partition
            .map(Self)
            .ok_or_else(|| ExtractRejection(Rejection::missing_layer("ResolveLayer")))
    }
}

/// What an extractor did not find, as a response in OpenSearch's own shape.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExtractRejection(Rejection);

impl ExtractRejection {
    /// The rejection.
    #[must_use]
    pub fn into_inner(self) -> Rejection {
        self.0
    }
}

impl IntoResponse for ExtractRejection {
    fn into_response(self) -> Response {
        self.0.into_response::<Body>()
    }
}

impl std::fmt::Display for ExtractRejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ExtractRejection {}

#[cfg(test)]
mod tests {
    use http::{Request, StatusCode};
    use osproxy_layer::spi::PrincipalId;

    use super::*;

    fn parts() -> Parts {
        Request::new(()).into_parts().0
    }

    #[tokio::test]
    async fn a_caller_is_found_or_challenged() {
        let mut known = parts();
        known
            .extensions
            .insert(Principal::new(PrincipalId::from("acme-svc")));
        let Caller(caller) = <Caller as FromRequestParts<()>>::from_request_parts(&mut known, &())
            .await
            .expect("a caller");
        assert_eq!(caller.id().as_str(), "acme-svc");
        let missing = <Caller as FromRequestParts<()>>::from_request_parts(&mut parts(), &()).await;
        let response = missing.expect_err("nobody").into_response();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(response.headers().contains_key("www-authenticate"));
        let optional =
            <Caller as OptionalFromRequestParts<()>>::from_request_parts(&mut parts(), &()).await;
        assert_eq!(optional, Ok(None));
    }

    #[tokio::test]
    async fn a_partition_in_front_of_the_stack_names_the_layer() {
        let missing = Partition::from_request_parts(&mut parts(), &())
            .await
            .expect_err("not resolved");
        assert!(missing.to_string().contains("ResolveLayer"));
        assert_eq!(
            missing.into_response().status(),
            StatusCode::INTERNAL_SERVER_ERROR
        );
    }
}
