//! Pure functions on bytes: no async, no HTTP service.

pub mod document;
pub mod json;
