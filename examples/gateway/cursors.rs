//! `[cursors]`: what scrolls and points in time are sealed with.

use osproxy_layer::CursorKeys;

use super::config::{Config, Secret};
use super::config_error::ConfigError;

/// The keys of the file, the current one first. None where it has none: then the stack makes a random one.
pub fn keys(config: &Config) -> Result<Option<CursorKeys>, ConfigError> {
    let Some(cursors) = &config.cursors else {
        return Ok(None);
    };
    let keys: Vec<&str> = cursors.keys.iter().map(Secret::as_str).collect();
    // Key by key, so that the error names the one that is wrong.
    for at in 0..keys.len() {
        CursorKeys::parse(&keys[..=at])
            .map_err(|error| ConfigError::at(format!("cursors.keys.{at}"), error))?;
    }
    CursorKeys::parse(keys)
        .map(Some)
        .map_err(|error| ConfigError::at("cursors.keys", error))
}
