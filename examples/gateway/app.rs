//! The stack, and what a front of its own has around it.

use axum::Router;
use http_body_util::Limited;
use osproxy_axum::UpstreamErrorLayer;
use osproxy_axum::access_log::{AccessLogLayer, DispatchedLayer};
use osproxy_layer::{OsproxyLayer, TableTenancy, TenancyRouter};
use tokio_util::task::TaskTracker;
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::map_request_body::MapRequestBodyLayer;

use super::config::Config;
use super::config_error::ConfigError;
use super::{callers, clusters, control, cursors, operator, placements, sources, switches};

/// The largest body in bytes, decoded. What is streamed is bounded, too.
const MAX_BODY: usize = 100 * 1024 * 1024;

pub struct App {
    pub routes: Router,
    /// The control service, where the file has one.
    pub control: Option<Router>,
    /// Dispatched writes whose clients have gone.
    pub writes: TaskTracker,
}

pub fn build(config: &Config) -> Result<App, ConfigError> {
    let table = placements::table(config)?;
    let control = control::routes(config, &table)?;
    let tenancy = TableTenancy::new(sources::partition(config)?, table);
    let writes = TaskTracker::new();
    let tracker = writes.clone();
    let keys = cursors::keys(config)?;
    let mut stack = OsproxyLayer::new(TenancyRouter::new(tenancy))
        .max_body_bytes(MAX_BODY)
        .operator_routes(operator::routes(config)?)
        .finish_writes(move |write| {
            tracker.spawn(write);
        });
    stack = switches::apply(config, stack)?;
    if let Some(bound) = control::hold(config)? {
        stack = stack.hold(bound);
    }
    match keys {
        Some(keys) => stack = stack.cursor_keys(keys),
        None => tracing::warn!(
            "no [cursors] keys: scrolls, points in time and, if strict, sequence numbers end with this process, and open at no other instance"
        ),
    }
    let front = ServiceBuilder::new()
        .layer(AccessLogLayer::new())
        .layer(CompressionLayer::new())
        // The stack refuses what can't be decoded here, in OpenSearch's own shape.
        .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
        .layer(MapRequestBodyLayer::new(|body| {
            Limited::new(body, MAX_BODY)
        }))
        .layer(callers::auth(config)?)
        .layer(UpstreamErrorLayer::new())
        .layer(stack)
        .layer(DispatchedLayer::new())
        .service(clusters::client(config)?);
    Ok(App {
        routes: Router::new().fallback_service(front),
        control,
        writes,
    })
}
