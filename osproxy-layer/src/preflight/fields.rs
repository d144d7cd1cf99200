//! Fields of a shared index that would reach past their own document (catalogue P-03, P-04, P-06).

use serde_json::Value;

use crate::spi::SharedIndex;

/// How deep a mapping may nest. The server stops at 20 levels by default.
const MAX_DEPTH: usize = 64;

/// Types that read, or are read by, other documents, each with what it does.
const TYPES: [(&str, &str); 3] = [
    (
        "join",
        "it has a join field, which reads other tenants' documents by their ids",
    ),
    (
        "percolator",
        "it has a percolator field, which runs stored queries of every tenant",
    ),
    (
        "completion",
        "it has a completion field, which suggests other tenants' words",
    ),
];

const COPIES: &str = "another field is copied into its partition field, so that a document could name a second tenant";
const ALIAS: &str = "it has an alias for a field that tells tenants apart";
const DEEP: &str = "its mapping is nested too deeply to be checked";
const DERIVED: &str = "it has derived fields, which run scripts over every tenant's documents";

/// What is wrong with the fields below `properties`.
pub(super) fn fault(properties: &Value, rules: &SharedIndex) -> Option<&'static str> {
    // A stack of our own: the answer is the cluster's, but its depth is not ours to trust.
    let mut open = vec![(properties, 0)];
    while let Some((fields, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return Some(DEEP);
        }
        for field in fields
            .as_object()
            .into_iter()
            .flat_map(|fields| fields.values())
        {
            if let Some(fault) = one(field, rules) {
                return Some(fault);
            }
            for below in ["properties", "fields"] {
                if let Some(below) = field.get(below) {
                    open.push((below, depth + 1));
                }
            }
        }
    }
    None
}

/// What is wrong with the rest of a mapping: dynamic templates, which make fields later, and derived fields.
pub(super) fn template_fault(mappings: &Value, rules: &SharedIndex) -> Option<&'static str> {
    let derived = mappings.get("derived").and_then(Value::as_object);
    if derived.is_some_and(|derived| !derived.is_empty()) {
        return Some(DERIVED);
    }
    let templates = mappings.get("dynamic_templates").and_then(Value::as_array);
    let named = templates.into_iter().flatten().filter_map(Value::as_object);
    named
        .flat_map(|named| named.values())
        .filter_map(|template| template.get("mapping"))
        .find_map(|mapping| {
            // A placeholder stands for the field's own name, which a client chooses.
            let placeholder = |text: &str| text.contains('{');
            if copies(mapping).any(placeholder) {
                Some(COPIES)
            } else {
                one(mapping, rules)
            }
        })
}

fn one(field: &Value, rules: &SharedIndex) -> Option<&'static str> {
    let kind = field
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if let Some((_, fault)) = TYPES.iter().find(|(name, _)| *name == kind) {
        return Some(fault);
    }
    if copies(field).any(|to| is_reserved(to, rules)) {
        return Some(COPIES);
    }
    let path = field
        .get("path")
        .and_then(Value::as_str)
        .unwrap_or_default();
    (kind == "alias" && (path.starts_with('_') || is_reserved(path, rules))).then_some(ALIAS)
}

fn copies(field: &Value) -> impl Iterator<Item = &str> {
    let to = field.get("copy_to");
    let one = to.and_then(Value::as_str);
    let many = to
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    one.into_iter().chain(many)
}

fn is_reserved(name: &str, rules: &SharedIndex) -> bool {
    rules.documents().is_reserved(name)
}
