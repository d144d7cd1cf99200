//! Pure functions on bytes: no async, no HTTP service.

pub mod bulk;
pub(crate) mod cat;
pub mod document;
pub mod filter_path;
pub mod json;
pub mod response;
pub mod screen;
pub mod update;
