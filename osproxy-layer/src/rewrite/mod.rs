//! Pure functions on bytes: no async, no HTTP service.

pub(crate) mod analysis;
pub mod bulk;
pub(crate) mod cat;
pub mod document;
pub mod filter_path;
pub(crate) mod index_settings;
pub mod json;
pub mod response;
pub mod screen;
pub mod update;
pub(crate) mod writing;
