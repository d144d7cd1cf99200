//! Tower layers that keep many tenants apart in OpenSearch.
#![allow(dead_code)] // the layers follow

pub mod endpoint;
mod rejection;
pub mod rewrite;
mod router;
pub mod spi;
mod state;

pub use rejection::{REFUSED, Rejection, RejectionKind};
pub use router::{
    PlacementError, PlacementTable, Resolved, Router, RoutingRouter, TableTenancy, TenancyRouter,
};
