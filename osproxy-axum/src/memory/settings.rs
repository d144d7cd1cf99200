//! The settings of an index that the double takes.

use super::error::ApiError;
use super::json::Json;

/// Settings that may be given; those without an effect here are kept and shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Settings {
    pub(super) shards: u64,
    pub(super) replicas: u64,
    /// Kept and shown: refreshing, translog and the like have no counterpart in memory.
    others: Vec<(String, String)>,
}

/// Settings that change no answer of the double.
const WITHOUT_EFFECT: &[&str] = &[
    "auto_expand_replicas",
    "codec",
    "hidden",
    "number_of_routing_shards",
    "refresh_interval",
    "translog.durability",
    "translog.flush_threshold_size",
    "translog.sync_interval",
];

impl Default for Settings {
    fn default() -> Self {
        Self {
            shards: 1,
            replicas: 1,
            others: Vec::new(),
        }
    }
}

impl Settings {
    /// Reads `settings`, nested or dotted, with or without `index.`.
    pub(super) fn parse(body: &Json) -> Result<Self, ApiError> {
        let mut flat = Vec::new();
        flatten("", body, &mut flat);
        let mut settings = Self::default();
        for (name, value) in flat {
            let name = name.strip_prefix("index.").unwrap_or(&name).to_owned();
            let Some(text) = value.text() else {
                return Err(ApiError::unsupported(format_args!(
                    "a value of the setting [index.{name}] that is not a scalar"
                )));
            };
            match name.as_str() {
                "number_of_shards" => settings.shards = number(&name, text, 1)?,
                "number_of_replicas" => settings.replicas = number(&name, text, 0)?,
                other if WITHOUT_EFFECT.contains(&other) => {
                    settings.others.push((name, text.to_owned()));
                }
                other if KNOWN.iter().any(|known| other.starts_with(known)) => {
                    return Err(ApiError::unsupported(format_args!(
                        "setting [index.{other}]"
                    )));
                }
                other => {
                    let reason = format!(
                        "unknown setting [index.{other}] please check that any required plugins are installed, or check the breaking changes documentation for removed settings"
                    );
                    return Err(ApiError::bad("settings_exception", reason));
                }
            }
        }
        Ok(settings)
    }

    /// As `_settings` shows them, nested or flat.
    pub(super) fn to_json(&self, name: &str, uuid: &str, created_millis: u64, flat: bool) -> Json {
        let mut all: Vec<(String, String)> = self.others.clone();
        all.extend(
            [
                ("replication.type", "DOCUMENT".to_owned()),
                ("number_of_shards", self.shards.to_string()),
                ("provided_name", name.to_owned()),
                ("creation_date", created_millis.to_string()),
                ("number_of_replicas", self.replicas.to_string()),
                ("uuid", uuid.to_owned()),
                ("version.created", "137297827".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        if flat {
            all.sort();
            let one = |(name, value)| (format!("index.{name}"), Json::String(value));
            return Json::Object(all.into_iter().map(one).collect());
        }
        let mut index: Vec<(String, Json)> = Vec::new();
        for (name, value) in all {
            let (outer, inner) = match name.split_once('.') {
                None => (name, Json::String(value)),
                Some((outer, rest)) => (
                    outer.to_owned(),
                    Json::object([(rest, Json::String(value))]),
                ),
            };
            let present = index.iter_mut().find(|(other, _)| *other == outer);
            match (present, inner) {
                (Some((_, Json::Object(members))), Json::Object(more)) => members.extend(more),
                (_, inner) => index.push((outer, inner)),
            }
        }
        super::java::hash_map_order(&mut index);
        Json::object([("index", Json::Object(index))])
    }
}

/// Beginnings of names that the server has.
const KNOWN: &[&str] = &[
    "allocation",
    "analysis",
    "append_only",
    "blocks",
    "composite_index",
    "default_pipeline",
    "derived_source",
    "fielddata",
    "final_pipeline",
    "gc_deletes",
    "highlight",
    "indexing",
    "knn",
    "lifecycle",
    "load_fixed_bitset_filters_eagerly",
    "mapping",
    "max_",
    "merge",
    "number_of_search_replicas",
    "optimize_",
    "priority",
    "queries",
    "query",
    "replication",
    "routing",
    "search",
    "shard",
    "similarity",
    "soft_deletes",
    "sort",
    "store",
    "translog",
    "unassigned",
    "version",
    "write",
];

fn number(name: &str, text: &str, least: u64) -> Result<u64, ApiError> {
    match text.parse::<u64>() {
        Ok(number) if number >= least && number <= 1024 => Ok(number),
        Ok(number) if number > 1024 => Err(ApiError::illegal_argument(format!(
            "Failed to parse value [{text}] for setting [index.{name}] must be <= 1024"
        ))),
        Ok(_) => Err(ApiError::illegal_argument(format!(
            "Failed to parse value [{text}] for setting [index.{name}] must be >= {least}"
        ))),
        Err(_) => Err(ApiError::illegal_argument(format!(
            "Failed to parse value [{text}] for setting [index.{name}]"
        ))),
    }
}

fn flatten(prefix: &str, value: &Json, out: &mut Vec<(String, Json)>) {
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                let name = if prefix.is_empty() {
                    name.clone()
                } else {
                    format!("{prefix}.{name}")
                };
                flatten(&name, value, out);
            }
        }
        value => out.push((prefix.to_owned(), value.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Settings, ApiError> {
        Settings::parse(&Json::parse(text).unwrap())
    }

    #[test]
    fn all_spellings_are_one() {
        for text in [
            r#"{"number_of_shards":2}"#,
            r#"{"index.number_of_shards":"2"}"#,
            r#"{"index":{"number_of_shards":2}}"#,
        ] {
            assert_eq!(parse(text).unwrap().shards, 2, "{text}");
        }
    }

    #[test]
    fn unknown_and_unsupported_are_told_apart() {
        let error = |text| parse(text).unwrap_err().item().compact();
        assert!(error(r#"{"foo":1}"#).contains("unknown setting [index.foo]"));
        assert!(error(r#"{"default_pipeline":"p"}"#).contains("not supported by MemoryCluster"));
        assert!(error(r#"{"number_of_shards":0}"#).contains("must be >= 1"));
    }

    #[test]
    fn order_of_the_server() {
        let shown = parse(r#"{"index":{"number_of_shards":"3","refresh_interval":"1s"}}"#).unwrap();
        let shown = shown.to_json("memz", "U", 5, false).compact();
        assert_eq!(
            shown,
            r#"{"index":{"replication":{"type":"DOCUMENT"},"refresh_interval":"1s","number_of_shards":"3","provided_name":"memz","creation_date":"5","number_of_replicas":"1","uuid":"U","version":{"created":"137297827"}}}"#
        );
    }
}
