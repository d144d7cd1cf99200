//! The file as it is written, read strictly.

use std::collections::BTreeMap;
use std::fmt;

use osproxy_axum::control::PlacementConfig;
use serde::{Deserialize, Deserializer};

use super::config_error::ConfigError;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub listen: String,
    pub clusters: BTreeMap<String, Cluster>,
    #[serde(default)]
    pub tokens: BTreeMap<String, Caller>,
    #[serde(default)]
    pub users: BTreeMap<String, User>,
    pub partition: Partition,
    pub placements: BTreeMap<String, PlacementConfig>,
    pub cursors: Option<Cursors>,
    #[serde(default)]
    pub zero_buckets: ZeroBuckets,
    #[serde(default)]
    pub client_routing: ClientRouting,
    #[serde(default)]
    pub managed_templates: Vec<String>,
    #[serde(default)]
    pub strict: bool,
    #[serde(default)]
    pub operator: Vec<OperatorRoute>,
    pub control: Option<Control>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    pub endpoint: String,
    pub username: Option<String>,
    pub password: Option<Secret>,
}

/// Whom a bearer token stands for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    pub principal: String,
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// Whom a user name and a password stand for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    pub password: Secret,
    pub principal: String,
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    pub from: Vec<String>,
    #[serde(default)]
    pub trust_header: bool,
}

/// What scrolls and points in time are sealed with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursors {
    pub keys: Vec<Secret>,
}

/// A route of a cluster itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorRoute {
    pub method: String,
    pub route: String,
    pub cluster: String,
    pub principals: Vec<String>,
    #[serde(default)]
    pub params: Vec<String>,
}

/// What becomes of `min_doc_count: 0`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZeroBuckets {
    #[default]
    Refuse,
    Omit,
}

/// What becomes of a client's `routing`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientRouting {
    #[default]
    Refuse,
    Ignore,
}

/// Where placements are changed, and by whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    pub listen: String,
    pub token: Secret,
    pub hold: Option<String>,
    pub lease: Option<String>,
}

/// A text that neither `Debug` nor an error shows.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer) {
            Ok(text) => Ok(Self(text)),
            Err(error) if error.to_string().starts_with("missing field") => Err(error),
            // serde's own message would quote what stands there instead.
            Err(_) => Err(serde::de::Error::custom("expected a string")),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Config {
    /// Reads the text of a file. What its values mean is checked later, by whoever builds something of them.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let document =
            toml::Deserializer::parse(text).map_err(|error| ConfigError::syntax(&error, text))?;
        serde_path_to_error::deserialize(document).map_err(|error| ConfigError::shape(&error, text))
    }
}
