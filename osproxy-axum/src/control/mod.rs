//! Placements from outside: how they are written.

mod placement_config;

pub use placement_config::{PlacementConfig, PlacementConfigError};
