//! What the operator chooses for the whole stack.

use osproxy_layer::{ClientRouting, OsproxyLayer, ZeroBuckets};

use super::config::{self, Config};
use super::config_error::ConfigError;

/// The stack with what the file chooses.
pub fn apply<R>(config: &Config, stack: OsproxyLayer<R>) -> Result<OsproxyLayer<R>, ConfigError> {
    for (at, name) in config.managed_templates.iter().enumerate() {
        if name.is_empty() {
            let key = format!("managed_templates.{at}");
            return Err(ConfigError::at(
                key,
                "the name of an index template, such as \"logstash\" or \"ecs-*\"",
            ));
        }
    }
    let zero_buckets = match config.zero_buckets {
        config::ZeroBuckets::Refuse => ZeroBuckets::Refuse,
        config::ZeroBuckets::Omit => ZeroBuckets::Omit,
    };
    let client_routing = match config.client_routing {
        config::ClientRouting::Refuse => ClientRouting::Refuse,
        config::ClientRouting::Ignore => ClientRouting::Ignore,
    };
    Ok(stack
        .zero_buckets(zero_buckets)
        .client_routing(client_routing)
        .strict(config.strict)
        .managed_templates(config.managed_templates.iter().cloned()))
}
