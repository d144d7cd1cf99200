//! Which field names a client may use on a shared index (catalogue J4, rule 5 of the model, rows A1-05 to A1-10).

use super::scope::SharedIndex;

/// What a field name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldName {
    /// A field of the client's documents.
    Ordinary,
    /// `_id`, spelled exactly so.
    Id,
    /// `_index`, spelled exactly so.
    Index,
    /// Anything else that the server or the partition keeps for itself.
    Reserved,
}

/// The server's own fields. They stay reserved even where the operator allows documents a root key of that name.
const METADATA: &[&str] = &[
    "_data_stream_timestamp",
    "_doc_count",
    "_feature",
    "_field_names",
    "_id",
    "_ignored",
    "_index",
    "_nested_path",
    "_primary_term",
    "_routing",
    "_seq_no",
    "_size",
    "_source",
    "_tombstone",
    "_type",
    "_version",
];

/// What a name means on a shared index.
///
/// The server splits names on dots and drops empty parts in some places, so `_tenant`, `_tenant.` and `._tenant.x` are
/// one name here (row D-02). White space around a name makes another field of it; nobody needs such a field, so it is
/// taken away before the test rather than trusted. What stands in a nested part is free: `a._b` belongs to the client.
pub(super) fn classify(name: &str, index: &SharedIndex<'_>) -> FieldName {
    match name {
        "_id" => return FieldName::Id,
        "_index" => return FieldName::Index,
        _ => {}
    }
    let Some(root) = root(name) else {
        return FieldName::Reserved;
    };
    // A join's internal fields are called `relation#parent` (row A3-03).
    if is_reserved_root(root, index) || name.contains('#') {
        FieldName::Reserved
    } else {
        FieldName::Ordinary
    }
}

/// Whether a document's root key of this name is reserved.
pub(super) fn is_reserved_root(root: &str, index: &SharedIndex<'_>) -> bool {
    if root == index.field || METADATA.contains(&root) {
        return true;
    }
    let Some(rest) = root.strip_prefix('_') else {
        return false;
    };
    // journald writes `_HOSTNAME` and the like (DESIGN section 5)
    !rest.starts_with(|first: char| first.is_ascii_uppercase())
        && !index.allow_root_keys.contains(&root)
}

/// The first part of a dotted name that is not empty, without the white space around it.
fn root(name: &str) -> Option<&str> {
    name.split('.').map(str::trim).find(|part| !part.is_empty())
}

/// Whether a pattern with wildcards may reach a reserved name. A lone `*` reaches none: the server skips names that start
/// with an underscore for it, and for nothing else (row A1-24, tried on 3.8.0).
pub(super) fn glob_reaches_reserved(pattern: &str, index: &SharedIndex<'_>) -> bool {
    if pattern == "*" {
        return false;
    }
    // What starts with an underscore may also reach a name that a later server adds.
    pattern.starts_with(['_', '.'])
        || pattern.contains("**")
        || pattern.contains('#')
        || METADATA
            .iter()
            .chain([&index.field])
            .any(|name| glob(pattern, name))
}

/// Whether a pattern (`*` stands for any text) matches a name.
pub(super) fn glob(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|head| name.strip_prefix(head)) else {
        return false;
    };
    let mut tail = None;
    for part in parts {
        if let Some(middle) = tail.replace(part) {
            match rest.find(middle) {
                Some(at) => rest = rest.get(at + middle.len()..).unwrap_or_default(),
                None => return false,
            }
        }
    }
    match tail {
        Some(tail) => rest.ends_with(tail),
        None => rest.is_empty(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in super::super) const ACME: SharedIndex<'static> = SharedIndex {
        field: "_tenant",
        partition: "acme",
        id_prefix: "acme:",
        id_suffix: "",
        routing: Some("acme"),
        allow_root_keys: &["_class"],
    };

    #[test]
    fn names() {
        for (name, told) in [
            ("title", FieldName::Ordinary),
            ("a._b", FieldName::Ordinary),
            ("a._tenant", FieldName::Ordinary),
            ("tenant", FieldName::Ordinary),
            ("_class", FieldName::Ordinary),
            ("_class.keyword", FieldName::Ordinary),
            ("_HOSTNAME", FieldName::Ordinary),
            ("_id", FieldName::Id),
            ("_index", FieldName::Index),
            ("_id.", FieldName::Reserved),
            ("._id", FieldName::Reserved),
            ("_tenant", FieldName::Reserved),
            ("_tenant.", FieldName::Reserved),
            ("..._tenant", FieldName::Reserved),
            ("_tenant.keyword", FieldName::Reserved),
            (" _tenant", FieldName::Reserved),
            ("\u{3000}_tenant", FieldName::Reserved),
            (". ._tenant", FieldName::Reserved),
            ("_seq_no", FieldName::Reserved),
            ("_routing", FieldName::Reserved),
            ("_unheard_of", FieldName::Reserved),
            ("_", FieldName::Reserved),
            ("", FieldName::Reserved),
            ("..", FieldName::Reserved),
            ("rel#parent", FieldName::Reserved),
        ] {
            assert_eq!(classify(name, &ACME), told, "{name:?}");
        }
    }

    #[test]
    fn an_operator_cannot_allow_what_is_reserved() {
        let index = SharedIndex {
            allow_root_keys: &["_tenant", "_seq_no"],
            ..ACME
        };
        assert_eq!(classify("_tenant", &index), FieldName::Reserved);
        assert_eq!(classify("_seq_no", &index), FieldName::Reserved);
    }

    #[test]
    fn globs() {
        for (pattern, name, told) in [
            ("*", "_tenant", true),
            ("_t*", "_tenant", true),
            ("*nant", "_tenant", true),
            ("_*n*t", "_tenant", true),
            ("a*a", "a", false),
            ("a*", "_tenant", false),
            ("_tenant", "_tenant", true),
            ("_tenan", "_tenant", false),
            ("*x*", "_tenant", false),
        ] {
            assert_eq!(glob(pattern, name), told, "{pattern} {name}");
        }
        for (pattern, told) in [
            ("*", false),
            ("title*", false),
            ("*.keyword", false),
            ("a*b*", false),
            ("**", true),
            ("_t*", true),
            ("_x*", true),
            ("*nant", true),
            ("*d", true), // _id, _ignored
            ("*_*", true),
            ("*e*", true),
            ("._t*", true),
            ("rel#*", true),
        ] {
            assert_eq!(glob_reaches_reserved(pattern, &ACME), told, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn no_spelling_of_the_partition_field_is_ordinary(before in "[. \\t]{0,4}", after in "([. \\t]{1,3}[a-z]{0,3})?") {
            let name = format!("{before}_tenant{after}");
            prop_assert_eq!(classify(&name, &ACME), FieldName::Reserved);
        }

        #[test]
        fn glob_is_the_obvious_one(pattern in "[ab*]{0,6}", name in "[ab]{0,6}") {
            fn slow(pattern: &[u8], name: &[u8]) -> bool {
                match (pattern.split_first(), name.split_first()) {
                    (None, None) => true,
                    (Some((b'*', more)), _) => slow(more, name) || (!name.is_empty() && slow(pattern, &name[1..])),
                    (Some((a, more)), Some((b, left))) => a == b && slow(more, left),
                    _ => false,
                }
            }
            prop_assert_eq!(glob(&pattern, &name), slow(pattern.as_bytes(), name.as_bytes()));
        }
    }
}
