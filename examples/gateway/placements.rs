//! `[placements.*]`: where each tenant lives.

use std::sync::Arc;

use osproxy_axum::control::PlacementConfig;
use osproxy_layer::PlacementTable;
use osproxy_layer::spi::{PartitionId, Placement};

use super::config::Config;
use super::config_error::ConfigError;
use super::control;

/// The key of the placement that serves all other partitions.
const DEFAULT: &str = "*";

pub fn table(config: &Config) -> Result<Arc<PlacementTable>, ConfigError> {
    if config.placements.is_empty() {
        return Err(ConfigError::at(
            "placements",
            "place at least one partition, or all of them: [placements.\"*\"]",
        ));
    }
    let table = PlacementTable::new().with_bounds(control::bounds(config)?);
    for (name, written) in &config.placements {
        let key = format!("placements.{name}");
        let placement = read(&key, written, config)?;
        let put = if name == DEFAULT {
            table.put_default(placement)
        } else {
            let partition = PartitionId::parse(name).map_err(|error| {
                ConfigError::at(&key, format!("{error}, and \"*\" stands for all others"))
            })?;
            table.put(partition, placement)
        };
        put.map_err(|error| ConfigError::at(key, error))?;
    }
    Ok(Arc::new(table))
}

fn read(key: &str, written: &PlacementConfig, config: &Config) -> Result<Placement, ConfigError> {
    if !config.clusters.contains_key(written.cluster()) {
        let known: Vec<_> = config.clusters.keys().map(String::as_str).collect();
        return Err(ConfigError::at(
            format!("{key}.cluster"),
            format!("there is no such cluster; known: {}", known.join(", ")),
        ));
    }
    written
        .placement()
        .map_err(|error| ConfigError::at(format!("{key}.{}", error.key()), error.problem()))
}
