//! A placement as it is written: in a configuration file, or as JSON to the control service.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use osproxy_layer::spi::{
    ClusterId, DocIdRule, FieldName, IdTemplate, IndexPattern, IndexSchema, Placement, SharedIndex,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A placement as it is written, in any format that serde reads. Unknown keys are refused.
///
/// One shape for all kinds, so that an error can name the key that doesn't belong to its kind.
///
/// | key | of | meaning |
/// |---|---|---|
/// | `kind` | all | `shared_index`, `dedicated_index` or `dedicated_cluster` |
/// | `cluster` | all | the cluster's name |
/// | `index` | both kinds of index | the pattern of physical names: `{index}-shared`, `{partition}.{index}`, or a fixed name |
/// | `logical` | both kinds of index | the one logical index that a fixed name serves |
/// | `indices` | `shared_index` | the logical indices that exist, whatever the cluster holds |
/// | `field` | `shared_index` | the field that holds the partition; `_tenant` |
/// | `id` | `shared_index` | the template of physical ids; `{partition}:{id}` |
/// | `routing` | `shared_index` | `{partition}`, one shard a partition; or empty, which spreads |
/// | `allow_root_keys` | `shared_index` | root keys that documents may have though they begin with `_`; `_class` |
/// | `schema` | `shared_index` | what `_mapping` and `_field_caps` show of a logical index whose mapping is dynamic: by index, what the node has under `mappings` |
///
/// ```
/// use osproxy_axum::control::PlacementConfig;
/// use osproxy_layer::spi::{ClusterId, IndexPattern, Placement};
///
/// let written = r#"{ "kind": "dedicated_index", "cluster": "eu-1", "index": "{partition}.{index}" }"#;
/// let placement = serde_json::from_str::<PlacementConfig>(written)?.placement()?;
/// let pattern = IndexPattern::parse("{partition}.{index}").unwrap();
/// assert_eq!(placement, Placement::dedicated_index(ClusterId::from("eu-1"), pattern));
///
/// let without = serde_json::from_str::<PlacementConfig>(r#"{ "kind": "dedicated_index", "cluster": "eu-1" }"#)?;
/// assert_eq!(without.placement().unwrap_err().key(), "index");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PlacementConfig {
    kind: Kind,
    cluster: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    indices: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    routing: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_root_keys: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<BTreeMap<String, Fields>>,
}

/// The declared fields of one logical index.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
struct Fields(Value);

/// Not their names, which are a tenant's.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fields(..)")
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    SharedIndex,
    DedicatedIndex,
    DedicatedCluster,
}

/// A routing rule that keeps a partition on one shard.
const ONE_SHARD: &str = "{partition}";

impl PlacementConfig {
    /// The cluster's name. Whether there is such a cluster is for the caller to say.
    #[must_use]
    pub fn cluster(&self) -> &str {
        &self.cluster
    }

    /// What it means.
    ///
    /// # Errors
    /// With the key that is wrong, and what would be right.
    pub fn placement(&self) -> Result<Placement, PlacementConfigError> {
        let cluster = ClusterId::from(self.cluster.as_str());
        self.refuse_keys_of_other_kinds()?;
        match self.kind {
            Kind::DedicatedCluster => Ok(Placement::dedicated_cluster(cluster)),
            Kind::DedicatedIndex => Ok(Placement::dedicated_index(
                cluster,
                self.pattern("{partition}.{index}")?,
            )),
            Kind::SharedIndex => {
                let shared = SharedIndex::new(cluster, self.pattern("{index}-shared")?);
                self.shared(shared).map(Placement::from)
            }
        }
    }

    fn shared(&self, mut shared: SharedIndex) -> Result<SharedIndex, PlacementConfigError> {
        if let Some(field) = &self.field {
            let field = FieldName::from(field.as_str());
            shared = shared
                .with_field(field)
                .map_err(|error| wrong("field", error))?;
        }
        let template = match &self.id {
            Some(text) => IdTemplate::parse(text).map_err(|error| wrong("id", error))?,
            None => IdTemplate::default(),
        };
        let set_routing = match self.routing.as_deref() {
            None | Some(ONE_SHARD) => true,
            Some("") => false,
            Some(_) => {
                let right =
                    "\"{partition}\" (one shard a partition) or \"\" (spread over all shards)";
                return Err(wrong("routing", format_args!("a routing rule is {right}")));
            }
        };
        shared = shared.with_id_rule(DocIdRule::new(template).with_routing(set_routing));
        if let Some(keys) = &self.allow_root_keys {
            let keys = keys.iter().cloned();
            shared = shared
                .with_allowed_root_keys(keys)
                .map_err(|error| wrong("allow_root_keys", error))?;
        }
        if let Some(indices) = &self.indices {
            shared = shared.with_indices(indices.iter().cloned());
        }
        for (index, Fields(fields)) in self.schema.iter().flatten() {
            let key = || format!("schema.{index}");
            self.serves(index).map_err(|error| wrong(key(), error))?;
            let schema = IndexSchema::new(fields).map_err(|error| wrong(key(), error))?;
            shared = shared
                .with_schema(index, schema)
                .map_err(|error| wrong(key(), error))?;
        }
        Ok(shared)
    }

    /// Whether the placement serves this logical index: a schema of another one does nothing.
    fn serves(&self, index: &str) -> Result<(), &'static str> {
        let another = |logical: &String| logical != index;
        if self.logical.as_ref().is_some_and(another) {
            Err("the placement serves one logical index, and this is another")
        } else if self
            .indices
            .as_ref()
            .is_some_and(|all| all.iter().all(another))
        {
            Err("it is not one of the placement's indices")
        } else {
            Ok(())
        }
    }

    fn pattern(&self, example: &str) -> Result<IndexPattern, PlacementConfigError> {
        let Some(text) = &self.index else {
            return Err(wrong(
                "index",
                format_args!("this kind needs an index pattern, such as \"{example}\""),
            ));
        };
        match &self.logical {
            None if !text.contains("{index}") => Err(wrong(
                "logical",
                format_args!(
                    "the index pattern [{text}] is a fixed name: say which logical index it serves, or use {{index}}"
                ),
            )),
            None => IndexPattern::parse(text).map_err(|error| wrong("index", error)),
            Some(logical) => {
                IndexPattern::fixed(text, logical).map_err(|error| wrong("index", error))
            }
        }
    }

    /// A key that does nothing is a mistake that nobody would notice.
    fn refuse_keys_of_other_kinds(&self) -> Result<(), PlacementConfigError> {
        let Self {
            kind,
            cluster: _,
            index,
            logical,
            indices,
            field,
            id,
            routing,
            allow_root_keys,
            schema,
        } = self;
        let of_shared = [
            ("field", field.is_some()),
            ("id", id.is_some()),
            ("routing", routing.is_some()),
            ("allow_root_keys", allow_root_keys.is_some()),
            ("indices", indices.is_some()),
            ("schema", schema.is_some()),
        ];
        let of_both = [("index", index.is_some()), ("logical", logical.is_some())];
        let foreign: &[&[(&'static str, bool)]] = match kind {
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
            Some((key, _)) => Err(wrong(
                *key,
                "this kind of placement has no such key: take it out",
            )),
            None => Ok(()),
        }
    }
}

/// As it would be written, with the defaults spelled out. Fields that only code can inject are not shown.
impl From<&Placement> for PlacementConfig {
    fn from(placement: &Placement) -> Self {
        let mut written = Self {
            kind: match placement {
                Placement::SharedIndex(_) => Kind::SharedIndex,
                Placement::DedicatedIndex { .. } => Kind::DedicatedIndex,
                _ => Kind::DedicatedCluster,
            },
            cluster: placement.cluster().as_str().to_owned(),
            index: placement.index().map(|index| index.as_str().to_owned()),
            logical: placement
                .index()
                .and_then(|index| index.logical().map(str::to_owned)),
            indices: None,
            field: None,
            id: None,
            routing: None,
            allow_root_keys: None,
            schema: None,
        };
        if let Placement::SharedIndex(shared) = placement {
            let routing = if shared.id_rule().sets_routing() {
                ONE_SHARD
            } else {
                ""
            };
            written.indices = shared.indices().map(<[String]>::to_vec);
            written.field = Some(shared.field().as_str().to_owned());
            written.id = Some(shared.id_rule().template().as_str().to_owned());
            written.routing = Some(routing.to_owned());
            written.allow_root_keys = Some(shared.allowed_root_keys().to_vec());
            let schemas: BTreeMap<_, _> = shared
                .schemas()
                .map(|(index, schema)| (index.to_owned(), Fields(schema.to_json())))
                .collect();
            written.schema = Some(schemas).filter(|schemas| !schemas.is_empty());
        }
        written
    }
}

/// A mistake in a placement: the key, and what would be right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlacementConfigError {
    key: Cow<'static, str>,
    problem: String,
}

fn wrong(key: impl Into<Cow<'static, str>>, problem: impl fmt::Display) -> PlacementConfigError {
    PlacementConfigError {
        key: key.into(),
        problem: problem.to_string(),
    }
}

impl PlacementConfigError {
    /// The key, such as `index` or `schema.orders`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong with its value.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for PlacementConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.problem)
    }
}

impl std::error::Error for PlacementConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> Placement {
        let config: PlacementConfig = serde_json::from_str(written).expect("a placement");
        config.placement().expect("it fits")
    }

    #[test]
    fn what_is_shown_is_what_would_be_written() {
        for written in [
            r#"{"kind":"dedicated_cluster","cluster":"own"}"#,
            r#"{"kind":"dedicated_index","cluster":"eu","index":"acme-all","logical":"orders"}"#,
            r#"{"kind":"dedicated_index","cluster":"eu","index":"{partition}.{index}"}"#,
            r#"{"kind":"shared_index","cluster":"eu","index":"{index}-shared"}"#,
            r#"{"kind":"shared_index","cluster":"eu","index":"{index}-s","indices":["orders"],"field":"_of","id":"{id}:{partition}","routing":"","allow_root_keys":["_meta"],"schema":{"orders":{"dynamic":"strict","properties":{"total":{"type":"long"}}}}}"#,
        ] {
            let placement = read(written);
            let shown = serde_json::to_string(&PlacementConfig::from(&placement)).expect("JSON");
            assert_eq!(read(&shown), placement, "{shown}");
        }
    }

    #[test]
    fn defaults_are_spelled_out() {
        let placement = read(r#"{"kind":"shared_index","cluster":"eu","index":"{index}-shared"}"#);
        assert_eq!(
            serde_json::to_string(&PlacementConfig::from(&placement)).expect("JSON"),
            r#"{"kind":"shared_index","cluster":"eu","index":"{index}-shared","field":"_tenant","id":"{partition}:{id}","routing":"{partition}","allow_root_keys":["_class"]}"#
        );
    }
}
