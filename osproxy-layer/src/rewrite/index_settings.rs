//! The settings of an index that a partition may set when it creates one of its own, and may see of it.
//!
//! An allow-list (catalogue G and P-09): a setting may name a pipeline that runs behind the middleware, pull documents
//! from elsewhere, choose the nodes of a cluster that others use, or hide the index from wildcards. What is in no row is
//! refused, and left out of what is shown.

use super::analysis;
use super::filter_path::glob;
use super::json::tree::{Object, Value, shown};

/// A setting, less its `index.`; a trailing `*` stands for everything below.
#[derive(Clone, Copy, Debug)]
struct Row {
    name: &'static str,
    /// Whether a partition may set it; all rows may be seen.
    settable: bool,
}

const fn set(name: &'static str) -> Row {
    Row {
        name,
        settable: true,
    }
}

const fn see(name: &'static str) -> Row {
    Row {
        name,
        settable: false,
    }
}

/// The rows. What is set by the server alone is seen alone.
static ROWS: &[Row] = &[
    // Size and copies.
    set("number_of_shards"),
    set("number_of_replicas"),
    set("number_of_routing_shards"),
    set("auto_expand_replicas"),
    set("routing_partition_size"),
    see("replication.type"),
    see("creation_date"),
    see("creation_date_string"),
    // How it is written.
    set("refresh_interval"),
    set("codec"),
    set("codec.compression_level"),
    set("gc_deletes"),
    set("soft_deletes.*"),
    set("translog.durability"),
    set("translog.sync_interval"),
    set("translog.flush_threshold_size"),
    set("merge.policy.*"),
    set("sort.*"),
    // How it is mapped.
    set("mapping.*"),
    set("analysis.*"),
    set("analyze.max_token_count"),
    set("similarity.*"),
    set("knn"),
    set("knn.*"),
    // How it is searched.
    set("max_*"),
    set("query.default_field"),
    set("query.max_nested_depth"),
    set("query_string.lenient"),
    set("highlight.max_analyzed_offset"),
    set("search.idle.after"),
    set("requests.cache.enable"),
    set("queries.cache.enabled"),
    set("load_fixed_bitset_filters_eagerly"),
];

/// Checks the settings of a new index: flat, nested or mixed, with or without `index.`.
///
/// # Errors
/// A sentence for the client, who named the setting.
pub(crate) fn check(settings: &Object<'_>) -> Result<(), String> {
    let mut flat = Vec::new();
    flatten(settings, "", &mut flat);
    for (name, value) in &flat {
        let name = name.strip_prefix("index.").unwrap_or(name);
        let row = ROWS.iter().find(|row| glob(row.name, name));
        if !row.is_some_and(|row| row.settable) {
            let shown = shown(name);
            return Err(format!(
                "setting [index.{shown}] is not allowed: it is the operator's, or it isn't known here"
            ));
        }
        if let Some(part) = name.strip_prefix("analysis.") {
            analysis::check_setting(part, value)?;
        }
        if name.starts_with("similarity.") && value.as_str() == Some("scripted") {
            // Its script runs over the statistics of this index alone, but is code all the same.
            let shown = shown(name);
            return Err(format!(
                "setting [index.{shown}] is not allowed: it holds a script"
            ));
        }
    }
    Ok(())
}

/// The settings of the server's answer that a partition may see, flat or nested as they came.
pub(crate) fn visible<'a>(settings: &Object<'a>) -> Object<'a> {
    keep(settings, "")
}

fn keep<'a>(settings: &Object<'a>, under: &str) -> Object<'a> {
    let mut kept = Object::default();
    for (key, value) in settings.iter() {
        let name = join(under, key);
        match value {
            Value::Object(inner) => {
                let inner = keep(inner, &name);
                if !inner.is_empty() {
                    kept.set(key.to_owned(), Value::Object(inner));
                }
            }
            leaf => {
                let name = name.strip_prefix("index.").unwrap_or_default();
                if ROWS.iter().any(|row| glob(row.name, name)) {
                    kept.set(key.to_owned(), leaf.clone());
                }
            }
        }
    }
    kept
}

/// Recursive, but a tree has a bounded depth.
fn flatten<'s, 'a>(settings: &'s Object<'a>, under: &str, flat: &mut Vec<(String, &'s Value<'a>)>) {
    for (key, value) in settings.iter() {
        let name = join(under, key);
        match value {
            Value::Object(inner) => flatten(inner, &name, flat),
            leaf => flat.push((name, leaf)),
        }
    }
}

fn join(under: &str, key: &str) -> String {
    if under.is_empty() {
        key.to_owned()
    } else {
        [under, ".", key].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::json::tree;

    fn object(text: &str) -> Object<'_> {
        match tree::parse(text.as_bytes(), 32).expect("parses") {
            Value::Object(object) => object,
            _ => panic!("no object"),
        }
    }

    #[test]
    fn what_is_an_indexs_own_may_be_set() {
        for good in [
            "{}",
            r#"{"number_of_shards":1,"number_of_replicas":"0"}"#,
            r#"{"index":{"number_of_shards":1,"refresh_interval":"1s"}}"#,
            r#"{"index.mapping.total_fields.limit":2000,"index":{"sort":{"field":["a"],"order":["asc"]}}}"#,
            r#"{"analysis":{"analyzer":{"a":{"type":"custom","tokenizer":"standard","filter":["lowercase"]}}}}"#,
            r#"{"index":{"knn":true,"similarity":{"s":{"type":"BM25","b":0}}}}"#,
        ] {
            assert_eq!(check(&object(good)), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_reaches_further_may_not() {
        for (bad, named) in [
            (r#"{"default_pipeline":"p"}"#, "index.default_pipeline"),
            (
                r#"{"index":{"final_pipeline":"p"}}"#,
                "index.final_pipeline",
            ),
            (
                r#"{"index.search.default_pipeline":"p"}"#,
                "index.search.default_pipeline",
            ),
            (
                r#"{"index":{"ingestion_source":{"type":"kafka"}}}"#,
                "index.ingestion_source.type",
            ),
            (
                r#"{"index":{"routing":{"allocation":{"require":{"_name":"n"}}}}}"#,
                "index.routing.allocation.require._name",
            ),
            (r#"{"hidden":true}"#, "index.hidden"),
            (
                r#"{"index":{"index":{"number_of_shards":1}}}"#,
                "index.index.number_of_shards",
            ),
            (
                r#"{"index":{"blocks":{"read_only":true}}}"#,
                "index.blocks.read_only",
            ),
            (r#"{"index":{"store":{"type":"fs"}}}"#, "index.store.type"),
            (r#"{"uuid":"x"}"#, "index.uuid"),
            (r#"{"creation_date":1}"#, "index.creation_date"),
            (r#"{"composite_index":true}"#, "index.composite_index"),
            (
                r#"{"index":{"similarity":{"s":{"type":"scripted"}}}}"#,
                "index.similarity.s.type",
            ),
            (
                r#"{"analysis":{"filter":{"f":{"type":"synonym","synonyms_path":"x"}}}}"#,
                "synonyms_path",
            ),
        ] {
            let refused = check(&object(bad)).expect_err(bad);
            assert!(refused.contains(named), "{bad}: {refused}");
        }
    }

    #[test]
    fn what_names_the_cluster_is_not_seen() {
        let nested = r#"{"index":{"replication":{"type":"DOCUMENT"},"number_of_shards":"1","provided_name":"acme.orders","creation_date":"1","uuid":"u","version":{"created":"1"},"routing":{"allocation":{"include":{"_tier":"x"}}},"default_pipeline":"p","analysis":{"analyzer":{"a":{"tokenizer":"standard"}}}}}"#;
        assert_eq!(
            String::from_utf8_lossy(&tree::write(&Value::Object(visible(&object(nested))))),
            r#"{"index":{"replication":{"type":"DOCUMENT"},"number_of_shards":"1","creation_date":"1","analysis":{"analyzer":{"a":{"tokenizer":"standard"}}}}}"#
        );
        let flat = r#"{"index.number_of_shards":"1","index.uuid":"u","index.provided_name":"acme.orders"}"#;
        assert_eq!(
            String::from_utf8_lossy(&tree::write(&Value::Object(visible(&object(flat))))),
            r#"{"index.number_of_shards":"1"}"#
        );
    }
}
