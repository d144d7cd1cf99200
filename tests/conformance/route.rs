//! Which endpoint a step is for.
use super::list::Step;

/// The operation groups whose endpoints the list covers.
pub const GROUPS: [&str; 11] = [
    "bulk",
    "count",
    "create",
    "delete",
    "exists",
    "exists_source",
    "get",
    "get_source",
    "index",
    "search",
    "update",
];

/// The template of a step's path, and its operation group.
pub fn route(step: &Step) -> Option<(String, &'static str)> {
    let path = step.target().split('?').next()?;
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let (index, verb, id) = match parts[..] {
        [verb] if verb.starts_with('_') => ("", verb, false),
        [_, verb] => ("/{index}", verb, false),
        [_, verb, _] => ("/{index}", verb, true),
        _ => return None,
    };
    let group = match (step.method(), verb, id) {
        ("POST" | "PUT", "_bulk", false) => "bulk",
        ("GET" | "POST", "_count", false) => "count",
        ("GET" | "POST", "_search", false) => "search",
        ("POST" | "PUT", "_create", true) => "create",
        ("POST", "_doc", _) | ("PUT", "_doc", true) => "index",
        ("GET", "_doc", true) => "get",
        ("HEAD", "_doc", true) => "exists",
        ("DELETE", "_doc", true) => "delete",
        ("GET", "_source", true) => "get_source",
        ("HEAD", "_source", true) => "exists_source",
        ("POST", "_update", true) => "update",
        _ => return None,
    };
    Some((
        format!("{index}/{verb}{}", if id { "/{id}" } else { "" }),
        group,
    ))
}
