//! Calls on "all my indices" (`/_search`) as calls on one index (`/{index}/_search`).

/// Where the index goes in a template that has none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Before,
    After,
    /// Before, and the rest is spelled otherwise.
    Replacing(&'static str),
}

pub(super) fn of(template: &str) -> Scope {
    if template == "/_aliases" {
        // The plural with an index in front is an older call that only writes.
        Scope::Replacing("/_alias")
    } else if template.starts_with("/_cat/") || template.starts_with("/_cluster/") {
        Scope::After
    } else {
        Scope::Before
    }
}
