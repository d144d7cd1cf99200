//! Tower layers that keep many tenants apart in OpenSearch.

mod body;
pub mod demux;
pub mod edge;
pub mod endpoint;
mod future;
pub mod gate;
mod layer;
mod mint;
mod mount;
mod outbound;
mod plan;
mod preflight;
mod rejection;
pub mod resolve;
pub mod rewrite;
mod rewriter;
pub mod route;
mod router;
mod settings;
pub mod spi;
mod stack;
mod state;

pub use body::{BoxError, RequestBody, ResponseBody};
pub use demux::DemuxLayer;
pub use edge::{RequestEdgeLayer, ResponseEdgeLayer};
pub use gate::WriteGateLayer;
pub use layer::{Osproxy, OsproxyLayer, ResponseFuture};
pub use mount::MountPath;
pub use rejection::{REFUSED, Rejection, RejectionKind};
pub use resolve::ResolveLayer;
pub use route::RouteLayer;
pub use router::{
    PlacementError, PlacementTable, Resolved, Router, RoutingRouter, TableTenancy, TenancyRouter,
};
pub use stack::Stack;
