//! `[[operator]]`: routes of a cluster itself, for the operator's own callers.

use http::Method;
use osproxy_layer::spi::ClusterId;
use osproxy_layer::{OperatorRoute, OperatorRouteError, OperatorRoutes};

use super::config::{self, Config};
use super::config_error::ConfigError;

pub fn routes(config: &Config) -> Result<OperatorRoutes, ConfigError> {
    let mut all = OperatorRoutes::new();
    for (at, written) in config.operator.iter().enumerate() {
        let key = |name: &str| format!("operator.{at}.{name}");
        let route = read(config, written, &key)?;
        all = all
            .with(route)
            .map_err(|error| ConfigError::at(key("principals"), error))?;
    }
    Ok(all)
}

fn read(
    config: &Config,
    written: &config::OperatorRoute,
    key: &impl Fn(&str) -> String,
) -> Result<OperatorRoute, ConfigError> {
    let method: Method = written
        .method
        .parse()
        .map_err(|_| ConfigError::at(key("method"), "a method, such as \"GET\""))?;
    if !config.clusters.contains_key(&written.cluster) {
        let known: Vec<_> = config.clusters.keys().map(String::as_str).collect();
        let problem = format!("there is no such cluster; known: {}", known.join(", "));
        return Err(ConfigError::at(key("cluster"), problem));
    }
    for (at, name) in written.principals.iter().enumerate() {
        let tokens = config.tokens.values().map(|caller| &caller.principal);
        let users = config.users.values().map(|user| &user.principal);
        if !tokens.chain(users).any(|known| known == name) {
            let problem = "no token and no user stands for this principal";
            return Err(ConfigError::at(key(&format!("principals.{at}")), problem));
        }
    }
    let cluster = ClusterId::from(written.cluster.as_str());
    let principals = written.principals.iter().cloned();
    OperatorRoute::new(&method, &written.route, cluster, principals)
        .map_err(|error| {
            let name = match error {
                OperatorRouteError::Nobody => "principals",
                _ => "route",
            };
            ConfigError::at(key(name), error)
        })?
        .with_params(written.params.iter().cloned())
        .map_err(|error| ConfigError::at(key("params"), error))
}
