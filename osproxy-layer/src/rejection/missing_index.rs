//! What the node tells beside the reason where an index isn't there; clients read the name from it.

use crate::rewrite::json::write_string;

/// An index that isn't there.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct MissingIndex {
    /// The client's own name for it.
    index: String,
    /// What the node looked for, where it looked for a resource.
    resource_type: Option<&'static str>,
}

impl MissingIndex {
    pub(super) fn new(index: &str, resource_type: Option<&'static str>) -> Self {
        Self {
            index: index.to_owned(),
            resource_type,
        }
    }

    /// The members that follow the reason, in the node's order.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let mut member = |key: &[u8], value: &str| {
            out.extend_from_slice(key);
            write_string(out, value);
        };
        member(b",\"index\":", &self.index);
        if let Some(resource_type) = self.resource_type {
            member(b",\"resource.id\":", &self.index);
            member(b",\"resource.type\":", resource_type);
        }
        member(b",\"index_uuid\":", "_na_");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a 3.8.0 node says it of a search, and of a write that requires an alias.
    #[test]
    fn members_are_the_nodes() {
        for (resource_type, expected) in [
            (
                Some("index_or_alias"),
                r#","index":"a","resource.id":"a","resource.type":"index_or_alias","index_uuid":"_na_""#,
            ),
            (None, r#","index":"a","index_uuid":"_na_""#),
        ] {
            let mut out = Vec::new();
            MissingIndex::new("a", resource_type).write(&mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }
}
