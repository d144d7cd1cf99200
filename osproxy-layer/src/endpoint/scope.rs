//! Calls on "all my indices" (`/_search`) as calls on one index (`/{index}/_search`).

use std::borrow::Cow;

/// The template that asks the same of one index.
pub(super) fn template(root: &'static str) -> Cow<'static, str> {
    if root == "/_aliases" {
        // The plural with an index in front is an older call that only writes.
        Cow::Borrowed("/{index}/_alias")
    } else if root.starts_with("/_cat/") || root.starts_with("/_cluster/") {
        Cow::Owned(format!("{root}/{{index}}"))
    } else {
        Cow::Owned(format!("/{{index}}{root}"))
    }
}
