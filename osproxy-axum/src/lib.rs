//! Mounts [`osproxy_layer`] in axum.
//!
//! | module | what it has |
//! |---|---|
//! | [`client`] | the inner service: a pooled client that goes by a request's `Target` |
//! | [`auth`] | a bearer token or basic credentials become a `Principal` |
//! | [`upstream_error`] | transport errors become responses in OpenSearch's own shape |
//! | [`mount`] | the stack with `tokio::spawn` as its finisher of writes, and the path that it is nested under |
//! | [`extract`] | extractors for the caller and the resolved partition |
//! | [`access_log`] | one log line a request, without a tenant's value |
//!
//! From the outside in: access log, compression and decompression (tower-http has both), [`AuthLayer`](auth::AuthLayer),
//! [`UpstreamErrorLayer`], [`MountPathLayer`], [`layer`], the client. Each module says what it must be outside of.
//!
//! No feature is on by default. `control` adds `control`, placements over HTTP; `http2` lets the
//! client speak it; `memory` adds `memory::MemoryCluster`, a cluster in memory for demos and tests; `opensearch-rs` adds
//! `opensearch_rs::OpenSearchRs`, which sends requests with a service's own `opensearch` client.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod access_log;
pub mod auth;
pub mod client;
#[cfg(feature = "control")]
#[cfg_attr(docsrs, doc(cfg(feature = "control")))]
pub mod control;
pub mod extract;
#[cfg(feature = "memory")]
#[cfg_attr(docsrs, doc(cfg(feature = "memory")))]
pub mod memory;
pub mod mount;
#[cfg(feature = "opensearch-rs")]
#[cfg_attr(docsrs, doc(cfg(feature = "opensearch-rs")))]
pub mod opensearch_rs;
pub mod upstream_error;

pub use mount::{MountPathLayer, layer};
pub use upstream_error::UpstreamErrorLayer;

// What the project's front page shows compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
