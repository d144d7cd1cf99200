//! `[clusters.*]`: the client.

use bytes::Bytes;
use http_body::Body;
use osproxy_axum::client::{ClusterConfig, ClusterCredentials, OpenSearchClient};
use osproxy_layer::BoxError;
use osproxy_layer::spi::ClusterId;

use super::config::{Cluster, Config};
use super::config_error::ConfigError;

pub fn client<B>(config: &Config) -> Result<OpenSearchClient<B>, ConfigError>
where
    B: Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    if config.clusters.is_empty() {
        return Err(ConfigError::at(
            "clusters",
            "name at least one cluster: [clusters.NAME] with an endpoint",
        ));
    }
    let mut builder = OpenSearchClient::builder();
    for (name, cluster) in &config.clusters {
        builder = builder.cluster(
            ClusterId::from(name.as_str()),
            one(&format!("clusters.{name}"), cluster)?,
        );
    }
    builder
        .build()
        .map_err(|error| ConfigError::at("clusters", error))
}

fn one(key: &str, cluster: &Cluster) -> Result<ClusterConfig, ConfigError> {
    let config = ClusterConfig::new(&cluster.endpoint)
        .map_err(|error| ConfigError::at(format!("{key}.endpoint"), error))?;
    match (&cluster.username, &cluster.password) {
        (None, None) => Ok(config),
        (Some(user), Some(password)) => {
            let credentials = ClusterCredentials::basic(user, password.as_str())
                .map_err(|error| ConfigError::at(format!("{key}.username"), error))?;
            Ok(config.with_credentials(credentials))
        }
        (Some(_), None) => Err(ConfigError::at(
            format!("{key}.password"),
            "a username needs a password beside it",
        )),
        (None, Some(_)) => Err(ConfigError::at(
            format!("{key}.username"),
            "a password needs a username beside it",
        )),
    }
}
