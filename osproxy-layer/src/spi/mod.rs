//! The contract that implementers compile against.
//!
//! Three seams, from the richest to the simplest:
//!
//! - [`RoutingSpi`]: one routing decision a request, full control.
//! - [`TenancySpi`]: declarative rules, what most services implement; [`TenancyRouter`](crate::TenancyRouter)
//!   turns them into a router.
//! - [`Router`](crate::Router): what the stack is generic over.
//!
//! The names and meanings are those of the published `osproxy-spi`, so that its users feel at home. What `http`
//! has a type for (`Method`, `HeaderMap`, `StatusCode`) is `http`'s here.
//!
//! ```
//! use osproxy_layer::spi::{
//!     ClusterId, Epoch, IndexName, Protocol, RequestCtx, RouteDecision, RoutingSpi, SpiError, Target,
//! };
//!
//! struct PinToOne;
//!
//! impl RoutingSpi for PinToOne {
//!     async fn route(&self, _ctx: &RequestCtx<'_>) -> Result<RouteDecision, SpiError> {
//!         let target = Target::new(ClusterId::from("only"), IndexName::from("logs"));
//!         Ok(RouteDecision::passthrough(target, Protocol::Http1, Epoch::ZERO))
//!     }
//! }
//!
//! let router = PinToOne.into_router();
//! # let _ = router;
//! ```

mod admission;
mod body_doc;
mod decision;
mod error;
mod id_template;
mod ids;
mod index_pattern;
mod placement;
mod principal;
mod request;
mod routing;
mod rules;
mod schema;
mod shared_index;
mod target;
mod tenancy;

pub use admission::{Admission, Held, WritePermit};
pub use body_doc::BodyDoc;
pub use decision::{BodyTransform, RouteDecision};
pub use error::{ErrorCode, SpiError};
pub use id_template::{DocIdRule, IdTemplate, TemplateError};
pub use ids::{
    ClusterId, Epoch, FieldName, IndexName, PartitionId, PartitionIdError, PrincipalId, RequestId,
};
pub use index_pattern::{IndexPattern, PatternError};
pub use placement::{MigrationPhase, Placement, PlacementAt};
pub use principal::{Principal, PrincipalAttr};
pub use request::{Protocol, RequestCtx};
pub use routing::RoutingSpi;
pub use rules::{
    HeaderOp, InjectedField, InjectedValue, JsonPath, PartitionKeySpec, PartitionKeySpecKind,
    SensitivitySpec,
};
pub use schema::{IndexSchema, SchemaError};
pub use shared_index::{SharedIndex, SharedIndexError};
pub use target::Target;
pub use tenancy::TenancySpi;

pub use crate::endpoint::PlacementKind;
