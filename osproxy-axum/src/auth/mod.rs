//! Turns a bearer token or basic credentials into a [`Principal`].
//!
//! The caller's `Authorization` header ends here: it is removed before the request goes on, so that it can't reach
//! a cluster.
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response, StatusCode};
//! use http_body_util::Full;
//! use osproxy_axum::auth::{AuthLayer, StaticCredentials};
//! use osproxy_layer::spi::{Principal, PrincipalAttr, PrincipalId};
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let acme = Principal::new(PrincipalId::from("acme-svc")).with_attr(PrincipalAttr::new("tenant", "acme"));
//! let service = ServiceBuilder::new()
//!     .layer(AuthLayer::new(StaticCredentials::new().with_token("acme-token", acme)))
//!     .service(service_fn(async |request: Request<()>| {
//!         let caller = Principal::get(request.extensions()).and_then(|caller| caller.attr("tenant"));
//!         assert_eq!(caller, Some("acme"));
//!         Ok::<_, std::io::Error>(Response::new(Full::<Bytes>::default()))
//!     }));
//!
//! let known = Request::builder().header("authorization", "Bearer acme-token").body(()).unwrap();
//! assert_eq!(service.clone().oneshot(known).await.unwrap().status(), StatusCode::OK);
//! assert_eq!(service.oneshot(Request::new(())).await.unwrap().status(), StatusCode::UNAUTHORIZED);
//! # });
//! ```
//!
//! A service with a store of its own implements [`Authenticate`]:
//!
//! ```
//! use osproxy_axum::auth::{Authenticate, Presented};
//! use osproxy_layer::BoxError;
//! use osproxy_layer::spi::{Principal, PrincipalId};
//!
//! struct Sessions;
//!
//! impl Authenticate for Sessions {
//!     async fn authenticate(&self, presented: &Presented) -> Result<Option<Principal>, BoxError> {
//!         let Presented::Bearer(token) = presented else {
//!             return Ok(None);
//!         };
//!         Ok(look_up(token).await?.map(|id| Principal::new(PrincipalId::from(id))))
//!     }
//! }
//! # async fn look_up(_token: &str) -> Result<Option<&'static str>, BoxError> { Ok(None) }
//! ```
//!
//! # Order
//!
//! Outside of the stack, which reads the principal.
//!
//! # Errors
//!
//! 401 with `WWW-Authenticate` for credentials that are missing (unless [`AuthLayer::optional`]), malformed, doubled
//! or unknown; 503 with `Retry-After` where they can't be checked.

mod presented;
mod service;
mod static_credentials;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use osproxy_layer::BoxError;
use osproxy_layer::spi::Principal;
use tower_layer::Layer;

pub use presented::Presented;
pub use service::{Auth, ResponseFuture};
pub use static_credentials::StaticCredentials;

/// Says who is behind credentials.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't say who is behind credentials",
    note = "implement `osproxy_axum::auth::Authenticate`, or use `StaticCredentials`"
)]
pub trait Authenticate: Send + Sync + 'static {
    /// The caller with these credentials; `None` where they are unknown or wrong. Compare secrets in constant time.
    ///
    /// # Errors
    /// When it can't be told now: the caller is asked to come again. The error itself is not logged here, since it
    /// may quote the credentials; log what is safe where it occurs.
    fn authenticate(
        &self,
        presented: &Presented,
    ) -> impl Future<Output = Result<Option<Principal>, BoxError>> + Send;
}

impl<A: Authenticate> Authenticate for Arc<A> {
    fn authenticate(
        &self,
        presented: &Presented,
    ) -> impl Future<Output = Result<Option<Principal>, BoxError>> + Send {
        A::authenticate(self, presented)
    }
}

/// Inserts the [`Principal`] behind a request's credentials. See the [module docs](self).
pub struct AuthLayer<A> {
    authenticate: Arc<A>,
    optional: bool,
}

impl<A: Authenticate> AuthLayer<A> {
    /// Credentials are demanded of every request.
    #[must_use]
    pub fn new(authenticate: A) -> Self {
        Self {
            authenticate: Arc::new(authenticate),
            optional: false,
        }
    }

    /// Lets requests without credentials through, without a principal: where another source names the tenant.
    /// Credentials that are sent must still be right.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl<S, A> Layer<S> for AuthLayer<A> {
    type Service = Auth<S, A>;

    fn layer(&self, inner: S) -> Auth<S, A> {
        Auth::new(inner, Arc::clone(&self.authenticate), self.optional)
    }
}

impl<A> Clone for AuthLayer<A> {
    fn clone(&self) -> Self {
        Self {
            authenticate: Arc::clone(&self.authenticate),
            optional: self.optional,
        }
    }
}

impl<A> fmt::Debug for AuthLayer<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthLayer")
            .field("optional", &self.optional)
            .finish_non_exhaustive()
    }
}
