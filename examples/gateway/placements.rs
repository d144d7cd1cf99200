//! `[placements.*]`: where each tenant lives.

use std::sync::Arc;

use osproxy_layer::PlacementTable;
use osproxy_layer::spi::{
    ClusterId, DocIdRule, FieldName, IdTemplate, IndexPattern, PartitionId, Placement as Placed,
    SharedIndex,
};

use super::config::{Config, Kind, Placement};
use super::config_error::ConfigError;

/// The key of the placement that serves all other partitions.
const DEFAULT: &str = "*";

pub fn table(config: &Config) -> Result<Arc<PlacementTable>, ConfigError> {
    if config.placements.is_empty() {
        return Err(ConfigError::at(
            "placements",
            "place at least one partition, or all of them: [placements.\"*\"]",
        ));
    }
    let table = PlacementTable::new();
    for (name, placement) in &config.placements {
        let entry = Entry {
            key: format!("placements.{name}"),
            placement,
        };
        let placed = entry.read(config)?;
        let put = if name == DEFAULT {
            table.put_default(placed)
        } else {
            let partition = PartitionId::parse(name).map_err(|error| {
                ConfigError::at(
                    &entry.key,
                    format!("{error}, and \"*\" stands for all others"),
                )
            })?;
            table.put(partition, placed)
        };
        put.map_err(|error| ConfigError::at(entry.key, error))?;
    }
    Ok(Arc::new(table))
}

struct Entry<'a> {
    key: String,
    placement: &'a Placement,
}

impl Entry<'_> {
    fn read(&self, config: &Config) -> Result<Placed, ConfigError> {
        let placement = self.placement;
        if !config.clusters.contains_key(&placement.cluster) {
            let known: Vec<_> = config.clusters.keys().map(String::as_str).collect();
            return Err(self.wrong(
                "cluster",
                format!("there is no such cluster; known: {}", known.join(", ")),
            ));
        }
        let cluster = ClusterId::from(placement.cluster.as_str());
        self.refuse_keys_of_other_kinds()?;
        match placement.kind {
            Kind::DedicatedCluster => Ok(Placed::dedicated_cluster(cluster)),
            Kind::DedicatedIndex => Ok(Placed::dedicated_index(
                cluster,
                self.pattern("{partition}.{index}")?,
            )),
            Kind::SharedIndex => {
                let shared = SharedIndex::new(cluster, self.pattern("{index}-shared")?);
                self.shared(shared).map(Placed::from)
            }
        }
    }

    fn shared(&self, mut shared: SharedIndex) -> Result<SharedIndex, ConfigError> {
        let placement = self.placement;
        if let Some(field) = &placement.field {
            let field = FieldName::from(field.as_str());
            shared = shared
                .with_field(field)
                .map_err(|error| self.wrong("field", error))?;
        }
        let template = match &placement.id {
            Some(text) => IdTemplate::parse(text).map_err(|error| self.wrong("id", error))?,
            None => IdTemplate::default(),
        };
        let set_routing = match placement.routing.as_deref() {
            None | Some("{partition}") => true,
            Some("") => false,
            Some(_) => {
                let right =
                    "\"{partition}\" (one shard a partition) or \"\" (spread over all shards)";
                return Err(self.wrong("routing", format!("a routing rule is {right}")));
            }
        };
        shared = shared.with_id_rule(DocIdRule::new(template).with_routing(set_routing));
        if let Some(keys) = &placement.allow_root_keys {
            let keys = keys.iter().cloned();
            shared = shared
                .with_allowed_root_keys(keys)
                .map_err(|error| self.wrong("allow_root_keys", error))?;
        }
        if let Some(indices) = &placement.indices {
            shared = shared.with_indices(indices.iter().cloned());
        }
        Ok(shared)
    }

    fn pattern(&self, example: &str) -> Result<IndexPattern, ConfigError> {
        let Some(text) = &self.placement.index else {
            return Err(self.wrong(
                "index",
                format!("this kind needs an index pattern, such as \"{example}\""),
            ));
        };
        match &self.placement.logical {
            None if !text.contains("{index}") => Err(self.wrong(
                "logical",
                format!("the index pattern [{text}] is a fixed name: say which logical index it serves, or use {{index}}"),
            )),
            None => IndexPattern::parse(text).map_err(|error| self.wrong("index", error)),
            Some(logical) => IndexPattern::fixed(text, logical).map_err(|error| self.wrong("index", error)),
        }
    }

    /// A key that does nothing is a mistake that nobody would notice.
    fn refuse_keys_of_other_kinds(&self) -> Result<(), ConfigError> {
        let Placement {
            kind,
            index,
            logical,
            indices,
            field,
            id,
            routing,
            allow_root_keys,
            ..
        } = self.placement;
        let of_shared = [
            ("field", field.is_some()),
            ("id", id.is_some()),
            ("routing", routing.is_some()),
            ("allow_root_keys", allow_root_keys.is_some()),
            ("indices", indices.is_some()),
        ];
        let of_both = [("index", index.is_some()), ("logical", logical.is_some())];
        let foreign: &[&[(&str, bool)]] = match kind {
            Kind::SharedIndex => &[],
            Kind::DedicatedIndex => &[&of_shared],
            Kind::DedicatedCluster => &[&of_shared, &of_both],
        };
        match foreign
            .iter()
            .copied()
            .flatten()
            .find(|(_, is_set)| *is_set)
        {
            Some((key, _)) => {
                Err(self.wrong(key, "this kind of placement has no such key: take it out"))
            }
            None => Ok(()),
        }
    }

    fn wrong(&self, key: &str, problem: impl std::fmt::Display) -> ConfigError {
        ConfigError::at(format!("{}.{key}", self.key), problem)
    }
}
