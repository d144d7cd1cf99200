//! `[control]`: the service that moves tenants, on a listener of its own.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use osproxy_axum::control::Control;
use osproxy_layer::spi::ClusterId;
use osproxy_layer::{MoveBounds, PlacementTable};

use super::config::Config;
use super::config_error::ConfigError;

/// The service. None where the file has none.
pub fn routes(config: &Config, table: &Arc<PlacementTable>) -> Result<Option<Router>, ConfigError> {
    let Some(control) = &config.control else {
        return Ok(None);
    };
    let service = Control::new(Arc::clone(table), control.token.as_str())
        .map_err(|error| ConfigError::at("control.token", error))?;
    let known = config.clusters.keys().map(|name| ClusterId::from(&**name));
    Ok(Some(service.clusters(known).router()))
}

/// For how long a write is held while its tenant is cut over, where the file says.
pub fn hold(config: &Config) -> Result<Option<Duration>, ConfigError> {
    let text = config.control.as_ref().and_then(|it| it.hold.as_deref());
    text.map(|text| duration("control.hold", text)).transpose()
}

/// The bounds of moves.
pub fn bounds(config: &Config) -> Result<MoveBounds, ConfigError> {
    let text = config.control.as_ref().and_then(|it| it.lease.as_deref());
    let bounds = MoveBounds::default();
    Ok(match text {
        Some(text) => bounds.lease(duration("control.lease", text)?),
        None => bounds,
    })
}

fn duration(key: &str, text: &str) -> Result<Duration, ConfigError> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let amount = digits.parse::<u32>().ok();
    let unit = match &text[digits.len()..] {
        "ms" => Some(Duration::from_millis(1)),
        "s" => Some(Duration::from_secs(1)),
        "m" => Some(Duration::from_secs(60)),
        _ => None,
    };
    amount
        .zip(unit)
        .and_then(|(amount, unit)| unit.checked_mul(amount))
        .ok_or_else(|| {
            ConfigError::at(
                key,
                "a time is a number and a unit: \"500ms\", \"5s\" or \"2m\"",
            )
        })
}
