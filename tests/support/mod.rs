//! What several tests share: a real node, an HTTP client, the stack with its tenants, and what stands behind it.
pub mod http;
pub mod node;
pub mod tenants;
pub mod upstream;
