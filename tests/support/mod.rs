//! What several test binaries share: a real node, and a small HTTP client.
pub mod http;
pub mod node;
