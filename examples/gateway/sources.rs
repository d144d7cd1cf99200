//! `[partition]`: where the tenant's name comes from.

use http::HeaderName;
use osproxy_layer::spi::{JsonPath, PartitionKeySpec};

use super::config::Config;
use super::config_error::ConfigError;

/// What a source may look like, for errors.
const SOURCES: &str = "\"principal:ATTRIBUTE\", \"header:NAME\" or \"body:FIELD\"";

pub fn partition(config: &Config) -> Result<PartitionKeySpec, ConfigError> {
    let key = "partition.from";
    let sources: Vec<_> = config
        .partition
        .from
        .iter()
        .map(|text| source(text))
        .collect::<Result<_, _>>()?;
    if sources.is_empty() {
        return Err(ConfigError::at(
            key,
            format!("name at least one source: {SOURCES}"),
        ));
    }
    let names_caller = sources
        .iter()
        .any(|source| matches!(source, PartitionKeySpec::PrincipalAttr(_)));
    let names_header = sources
        .iter()
        .any(|source| matches!(source, PartitionKeySpec::Header(_)));
    if names_caller && config.tokens.is_empty() && config.users.is_empty() {
        return Err(ConfigError::at(
            key,
            "a principal comes from [tokens.*] or [users.*], and there are none",
        ));
    }
    // A caller whose principal has no such attribute would otherwise choose its tenant itself.
    if names_caller && names_header && !config.partition.trust_header {
        return Err(ConfigError::at(
            "partition.trust_header",
            "a header beside a principal is any caller's choice: set it to true only if whatever is in front of this \
             gateway sets the header itself, or take the header out of `from`",
        ));
    }
    Ok(match <[_; 1]>::try_from(sources) {
        Ok([single]) => single,
        Err(several) => PartitionKeySpec::AnyOf(several),
    })
}

fn source(text: &str) -> Result<PartitionKeySpec, ConfigError> {
    let unknown = || {
        ConfigError::at(
            "partition.from",
            format!("[{text}] is no source: use {SOURCES}"),
        )
    };
    match text.split_once(':') {
        Some((_, "")) | None => Err(unknown()),
        Some(("principal", attribute)) => Ok(PartitionKeySpec::PrincipalAttr(attribute.to_owned())),
        Some(("body", path)) => Ok(PartitionKeySpec::BodyField(JsonPath::new(path))),
        Some(("header", name)) => {
            let name: HeaderName = name.parse().map_err(|_| {
                ConfigError::at("partition.from", format!("[{name}] is no name of a header"))
            })?;
            Ok(PartitionKeySpec::Header(name))
        }
        Some(_) => Err(unknown()),
    }
}
