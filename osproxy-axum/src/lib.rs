//! Mounts `osproxy-layer` in axum.

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod access_log;
pub mod auth;
pub mod client;
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
