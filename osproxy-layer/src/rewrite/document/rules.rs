//! Which keys a document may have at its root on a shared index.

use std::borrow::Cow;
use std::fmt;

use super::{DocumentError, RootKeyFault};
use crate::rewrite::json::{Fingerprint, KeyName, RawStr};

/// How deeply a document may nest, its own braces included (DESIGN section 11).
pub const MAX_DOCUMENT_DEPTH: u32 = 100;

/// Metadata fields, which the node refuses in a document by this name (D-09).
const METADATA: [&str; 11] = [
    "_data_stream_timestamp",
    "_feature",
    "_field_names",
    "_id",
    "_ignored",
    "_index",
    "_nested_path",
    "_routing",
    "_seq_no",
    "_source",
    "_version",
];

/// The rules for the documents of one shared index, built once and shared by all of them.
///
/// A root key is refused when it, decoded,
/// - is empty, or has an empty or blank part between its dots: the node drops such parts in places, so that `_tenant.` is
///   `_tenant` to it (D-02, P-08);
/// - begins with `_`, since a few such names are fields of the engine and break every delete of the index (D-03, D-09). Free
///   are `_` with an ASCII capital behind it, as journald writes, and what [`DocumentRules::allow_root_keys`] lists;
/// - is a reserved field, or below one: the first part between dots is compared (D-01, D-04).
///
/// ```
/// use osproxy_layer::rewrite::document::DocumentRules;
///
/// let rules = DocumentRules::new("tenant_id")?.allow_root_keys(["_class"]);
/// assert!(rules.check_key("_class").is_ok());
/// for refused in ["tenant_id", "tenant_id.", "tenant_id.x", "..tenant_id", "_tombstone", ""] {
///     assert!(rules.check_key(refused).is_err());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRules {
    reserved: Vec<Box<str>>,
    allowed: Vec<Box<str>>,
}

impl DocumentRules {
    /// Rules for an index whose partition field is `field`.
    ///
    /// # Errors
    /// When the field is no single field name (D-04).
    pub fn new(field: &str) -> Result<Self, RulesError> {
        Self {
            reserved: Vec::new(),
            allowed: Vec::new(),
        }
        .reserve(field)
    }

    /// Rules for fields whose names were checked when the placement was built.
    pub(crate) fn of_checked<'f>(fields: impl IntoIterator<Item = &'f str>) -> Self {
        Self {
            reserved: fields.into_iter().map(Into::into).collect(),
            allowed: Vec::new(),
        }
    }

    /// Reserves another field: whatever is injected must be reserved too.
    ///
    /// # Errors
    /// When the field is no single field name.
    pub fn reserve(mut self, field: &str) -> Result<Self, RulesError> {
        if field.trim().is_empty() || field.contains('.') {
            return Err(RulesError);
        }
        self.reserved.push(field.into());
        Ok(self)
    }

    /// Allows these root keys though they begin with `_`. A reserved field stays refused.
    #[must_use]
    pub fn allow_root_keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.allowed
            .extend(keys.into_iter().map(|key| key.into().into_boxed_str()));
        self
    }

    /// Checks one root key, decoded.
    ///
    /// # Errors
    /// Why the key is refused.
    pub fn check_key(&self, key: &str) -> Result<(), DocumentError> {
        let fault = if METADATA.contains(&key) {
            RootKeyFault::Metadata
        } else if self.is_reserved(key) {
            RootKeyFault::Reserved
        } else if key.is_empty() {
            RootKeyFault::Empty
        } else if key.split('.').any(|part| part.trim().is_empty()) {
            RootKeyFault::EmptyPart
        } else if key.starts_with('_') && !self.is_allowed(key) {
            RootKeyFault::Underscore
        } else {
            return Ok(());
        };
        Err(DocumentError::RootKey {
            key: KeyName::new(key),
            fault,
        })
    }

    /// Checks a root key as the lexer found it; most need no more than a look at their bytes.
    #[inline]
    pub(super) fn check(&self, key: RawStr<'_>, print: Fingerprint) -> Result<(), DocumentError> {
        let raw = key.raw();
        let plain = !key.is_escaped()
            && !print.has_dot
            && matches!(raw.first(), Some(first) if first.is_ascii_alphanumeric() || *first == b'@')
            && self.reserved.iter().all(|field| field.as_bytes() != raw);
        if plain {
            Ok(())
        } else {
            self.check_decoded(key)
        }
    }

    #[cold]
    fn check_decoded(&self, key: RawStr<'_>) -> Result<(), DocumentError> {
        let decoded: Cow<'_, str> = key.decode();
        self.check_key(&decoded)
    }

    pub(crate) fn is_reserved(&self, key: &str) -> bool {
        let first = key.split('.').find(|part| !part.trim().is_empty());
        first.is_some_and(|first| self.reserved.iter().any(|field| **field == *first))
    }

    fn is_allowed(&self, key: &str) -> bool {
        key.as_bytes().get(1).is_some_and(u8::is_ascii_uppercase)
            || self.allowed.iter().any(|allowed| **allowed == *key)
    }
}

/// A reserved field must be one field name: not empty or blank, and without a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RulesError;

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an injected field must be a single field name without dots")
    }
}

impl std::error::Error for RulesError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::json::{Lexer, UniqueKeys};

    fn fault(rules: &DocumentRules, key: &str) -> Option<RootKeyFault> {
        match rules.check_key(key) {
            Ok(()) => None,
            Err(DocumentError::RootKey { fault, .. }) => Some(fault),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_spelling_of_the_field_is_refused() {
        use RootKeyFault::*;
        for field in ["_tenant", "tenant_id", "Mandant", "é"] {
            let rules = DocumentRules::new(field).unwrap().allow_root_keys([field]);
            for key in [
                field.to_owned(),
                format!("{field}."),
                format!("{field}..."),
                format!(".{field}"),
                format!("..{field}"),
                format!("{field}.x"),
                format!(". .{field}. .x"),
            ] {
                assert_eq!(fault(&rules, &key), Some(Reserved), "D-01, D-02: {key}");
            }
            assert_eq!(
                fault(&rules, &format!("x.{field}")),
                None,
                "another field: x.{field}"
            );
        }
    }

    #[test]
    fn root_keys_by_shape() {
        use RootKeyFault::*;
        let rules = DocumentRules::new("_tenant")
            .unwrap()
            .allow_root_keys(["_class"]);
        for (key, expected) in [
            ("a", None),
            ("a.b.c", None),
            ("@timestamp", None),
            ("a b", None),
            ("é", None),
            (" a", None),
            ("a_", None),
            ("TENANT", None),
            ("_class", None),
            ("_SYSTEMD_UNIT", None),
            ("_A.b", None),
            ("_class.x", Some(Underscore)),
            ("_Éa", Some(Underscore)),
            ("_", Some(Underscore)),
            ("_1", Some(Underscore)),
            ("_Tenant", None),
            ("_tombstone", Some(Underscore)),     // D-03
            ("__soft_deletes", Some(Underscore)), // D-03
            ("_primary_term", Some(Underscore)),  // D-03
            ("_doc_count", Some(Underscore)),     // D-09: weighs in aggregations
            ("_routing.", Some(EmptyPart)),       // D-09
            ("_id", Some(Metadata)),
            ("_source", Some(Metadata)),
            ("", Some(Empty)), // P-08
            (" ", Some(EmptyPart)),
            (".", Some(EmptyPart)),
            ("a.", Some(EmptyPart)),
            ("a..b", Some(EmptyPart)),
            (".a", Some(EmptyPart)),
            ("a. .b", Some(EmptyPart)),
            ("a.\u{a0}.b", Some(EmptyPart)),
        ] {
            assert_eq!(fault(&rules, key), expected, "{key:?}");
        }
    }

    #[test]
    fn the_short_way_says_what_the_long_one_says() {
        let rules = DocumentRules::new("tenant")
            .unwrap()
            .reserve("tier")
            .unwrap();
        for key in [
            "a",
            "tenant",
            "tier",
            "tenantx",
            "a.b",
            "a.",
            "",
            ".",
            " ",
            "_x",
            "_X",
            "é",
            "\\u0074enant",
            "@x",
            "1",
        ] {
            let text = format!("\"{key}\"");
            let raw = Lexer::new(text.as_bytes()).unwrap().string().unwrap();
            let print = UniqueKeys::of(text.as_bytes()).fingerprint(raw);
            assert_eq!(
                rules.check(raw, print),
                rules.check_key(&raw.decode()),
                "{key:?}"
            );
        }
    }

    #[test]
    fn a_field_is_one_name() {
        for field in ["", " ", "a.b", "a.", "."] {
            assert!(DocumentRules::new(field).is_err(), "{field:?}");
        }
    }
}
