//! Settings of a shared index that let something else rewrite documents or searches (catalogue P-09, P-10).

use serde_json::Value;

/// A setting, and what it does. Pipelines run after this layer.
const SETTINGS: [(&[&str], &str); 5] = [
    (
        &["default_pipeline"],
        "it has a default pipeline, which could rewrite the tenant of a document",
    ),
    (
        &["final_pipeline"],
        "it has a final pipeline, which could rewrite the tenant of a document",
    ),
    (
        &["search", "default_pipeline"],
        "it has a default search pipeline, which could change what a search finds or shows",
    ),
    (
        &["composite_index"],
        "it is a star-tree index, which takes no ids of ours",
    ),
    (
        &["append_only", "enabled"],
        "it is append-only, so it takes no ids of ours",
    ),
];

/// What is wrong with the settings of an index. They come nested or flat.
pub(super) fn fault(settings: &Value) -> Option<&'static str> {
    SETTINGS.iter().find_map(|(path, fault)| {
        let nested = path
            .iter()
            .try_fold(settings.get("index")?, |at, key| at.get(key));
        let flat = settings.get(["index.", &*path.join(".")].concat());
        let value = nested.or(flat)?;
        let off =
            matches!(value.as_str(), Some("_none" | "false" | "")) || value == &Value::Bool(false);
        (!off && !value.is_null()).then_some(*fault)
    })
}
