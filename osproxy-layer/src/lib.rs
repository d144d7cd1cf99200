//! Tower layers that keep many tenants apart in OpenSearch.
pub mod endpoint;
pub mod rewrite;
