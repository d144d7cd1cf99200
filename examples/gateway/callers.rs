//! `[tokens.*]` and `[users.*]`: who is calling.

use std::collections::BTreeMap;

use osproxy_axum::auth::{AuthLayer, StaticCredentials};
use osproxy_layer::spi::{Principal, PrincipalAttr, PrincipalId};

use super::config::Config;
use super::config_error::ConfigError;

/// Demands credentials as soon as the file knows any.
pub fn auth(config: &Config) -> Result<AuthLayer<StaticCredentials>, ConfigError> {
    let mut known = StaticCredentials::new();
    for (token, caller) in &config.tokens {
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ConfigError::at(
                "tokens.*",
                "a token is one or more visible ASCII characters, without spaces",
            ));
        }
        known = known.with_token(
            token,
            principal("tokens.*", &caller.principal, &caller.attributes)?,
        );
    }
    for (name, user) in &config.users {
        let key = format!("users.{name}");
        if name.is_empty() || name.contains(':') {
            return Err(ConfigError::at(
                key,
                "a user name is not empty and holds no colon",
            ));
        }
        if user.password.as_str().is_empty() {
            return Err(ConfigError::at(
                format!("{key}.password"),
                "a password is not empty",
            ));
        }
        let principal = principal(&key, &user.principal, &user.attributes)?;
        known = known.with_user(name, user.password.as_str(), principal);
    }
    let layer = AuthLayer::new(known);
    Ok(if config.tokens.is_empty() && config.users.is_empty() {
        layer.optional()
    } else {
        layer
    })
}

fn principal(
    key: &str,
    id: &str,
    attributes: &BTreeMap<String, String>,
) -> Result<Principal, ConfigError> {
    if id.is_empty() {
        return Err(ConfigError::at(
            format!("{key}.principal"),
            "a principal has a name",
        ));
    }
    let principal = Principal::new(PrincipalId::from(id));
    let attributes = attributes
        .iter()
        .map(|(name, value)| PrincipalAttr::new(name, value));
    Ok(attributes.fold(principal, Principal::with_attr))
}
