//! Which keys of a document the client may see.

use std::fmt;

/// Root keys that start with `_` and are the client's own all the same, unless the operator says otherwise; Spring Data
/// writes this one (DESIGN section 5).
const OWN_KEYS: [&str; 1] = ["_class"];

/// The fields that this project put into a document, and the names that only the server may use.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct FieldRules {
    reserved: Vec<String>,
    own: Vec<String>,
}

impl Default for FieldRules {
    fn default() -> Self {
        Self {
            reserved: Vec::new(),
            own: OWN_KEYS.map(str::to_owned).to_vec(),
        }
    }
}

impl FieldRules {
    pub(super) fn reserve(&mut self, field: String) {
        self.reserved.push(field);
    }

    pub(super) fn set_own(&mut self, keys: Vec<String>) {
        self.own = keys;
    }

    /// Whether a root key of a stored document is hidden.
    ///
    /// The server splits a key at its dots and drops empty parts, so `_tenant.` and `.._tenant` are the field `_tenant`
    /// (D-02): what has that first part goes, in every spelling.
    pub(super) fn hides_root_key(&self, key: &str) -> bool {
        let first = first_part(key);
        self.reserved.iter().any(|field| field == first)
    }

    /// Whether the first part of a root key, as it was sent, can't be a reserved field: then it need not be decoded.
    #[inline]
    pub(super) fn passes_at_a_glance(&self, raw: &[u8]) -> bool {
        let is_first_part = |field: &String| {
            let behind = raw.strip_prefix(field.as_bytes());
            behind.is_some_and(|behind| matches!(behind.first(), None | Some(b'.')))
        };
        !matches!(raw.first(), Some(b'.')) && !self.reserved.iter().any(is_first_part)
    }

    /// Whether a name in `fields`, `highlight` or `_ignored` is hidden: the reserved fields and the server's own metadata.
    ///
    /// A client's root key starts with `_` only before a capital (journald) or when the operator lists it, so every other
    /// such name is the server's: `_id`, `_routing`, `_index` and what later versions add (model rule 5).
    pub(super) fn hides_field(&self, name: &str) -> bool {
        if self.hides_root_key(name) {
            return true;
        }
        let first = first_part(name);
        let mut chars = first.chars();
        chars.next() == Some('_')
            && !chars.next().is_some_and(|next| next.is_ascii_uppercase())
            && !self.own.iter().any(|key| key == first)
    }
}

/// Counts, no names: an injected field's name is the operator's business.
impl fmt::Debug for FieldRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldRules")
            .field("reserved", &self.reserved.len())
            .field("own", &self.own.len())
            .finish()
    }
}

fn first_part(key: &str) -> &str {
    key.split('.').find(|part| !part.is_empty()).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> FieldRules {
        let mut rules = FieldRules::default();
        rules.reserve("_tenant".to_owned());
        rules.reserve("region".to_owned());
        rules
    }

    #[test]
    fn every_spelling_of_a_reserved_root_key_is_hidden() {
        for key in [
            "_tenant",
            "_tenant.",
            "_tenant...",
            "._tenant",
            ".._tenant.x",
            "_tenant.x.y",
            "region",
            "region.",
        ] {
            assert!(
                rules().hides_root_key(key) && rules().hides_field(key),
                "{key}"
            );
        }
        for key in [
            "",
            ".",
            "tenant",
            "_tenants",
            "_Tenant",
            "a._tenant",
            " _tenant",
            "_tenant x",
            "regional",
        ] {
            assert!(!rules().hides_root_key(key), "{key}");
        }
    }

    #[test]
    fn metadata_is_no_field_of_the_client() {
        for name in ["_id", "_index", "_routing", "_seq_no", "_", "__x", "_new"] {
            assert!(rules().hides_field(name), "{name}");
        }
        for name in ["title", "a._id", "_SYSTEMD_UNIT", "_class", "", "_class.x"] {
            assert!(!rules().hides_field(name), "{name}");
        }
    }

    #[test]
    fn the_operators_list_replaces_the_default() {
        let mut rules = rules();
        rules.set_own(vec!["_kind".to_owned()]);
        assert!(!rules.hides_field("_kind"));
        assert!(rules.hides_field("_class"));
    }
}
