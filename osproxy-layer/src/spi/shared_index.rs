//! The rules of a shared index.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{ClusterId, DocIdRule, FieldName, IndexPattern, IndexSchema, InjectedField};
use crate::rewrite::document::DocumentRules;

/// The rules of a shared index: which field tells partitions apart, how ids are built, what documents may hold.
///
/// ```
/// use osproxy_layer::spi::{ClusterId, DocIdRule, FieldName, IndexPattern, SharedIndex};
///
/// let shared = SharedIndex::new(ClusterId::from("eu-1"), IndexPattern::parse("{index}-shared").unwrap())
///     .with_field(FieldName::from("_org"))?
///     .with_id_rule(DocIdRule::default().with_routing(false));
/// assert_eq!(shared.field().as_str(), "_org");
/// # Ok::<(), osproxy_layer::spi::SharedIndexError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharedIndex {
    cluster: ClusterId,
    index: IndexPattern,
    field: FieldName,
    id: DocIdRule,
    allow_root_keys: Arc<[String]>,
    indices: Option<Arc<[String]>>,
    inject: Arc<[InjectedField]>,
    schemas: Arc<BTreeMap<String, IndexSchema>>,
    /// Derived from the fields above, so that a request doesn't have to.
    documents: Arc<DocumentRules>,
}

impl SharedIndex {
    /// The default partition field.
    pub const DEFAULT_FIELD: &'static str = "_tenant";

    /// A root key that begins with an underscore and is harmless in every mapping mode: Spring Data writes it.
    pub const DEFAULT_ALLOWED_ROOT_KEY: &'static str = "_class";

    /// Indices by this pattern, with field `_tenant`, ids `{partition}:{id}`, one shard a partition.
    #[must_use]
    pub fn new(cluster: ClusterId, index: IndexPattern) -> Self {
        Self {
            cluster,
            index,
            field: FieldName::from(Self::DEFAULT_FIELD),
            id: DocIdRule::default(),
            allow_root_keys: Arc::new([Self::DEFAULT_ALLOWED_ROOT_KEY.to_owned()]),
            indices: None,
            inject: Arc::new([]),
            schemas: Arc::default(),
            documents: Arc::new(DocumentRules::of_checked([])),
        }
        .with_document_rules()
    }

    fn with_document_rules(mut self) -> Self {
        let fields = [self.field.as_str()]
            .into_iter()
            .chain(self.inject.iter().map(|field| field.name().as_str()));
        let rules =
            DocumentRules::of_checked(fields).allow_root_keys(self.allow_root_keys.iter().cloned());
        self.documents = Arc::new(rules);
        self
    }

    /// Sets the partition field.
    ///
    /// # Errors
    /// When it doesn't start with `_` (a query over all fields would search it: catalogue P-11), holds a dot or a
    /// wildcard (P-05), or is a name that the server gives a meaning (D-03, D-09).
    pub fn with_field(mut self, field: FieldName) -> Result<Self, SharedIndexError> {
        check_field(field.as_str())?;
        self.field = field;
        Ok(self.with_document_rules())
    }

    /// Sets how ids are built.
    #[must_use]
    pub fn with_id_rule(mut self, rule: DocIdRule) -> Self {
        self.id = rule;
        self
    }

    /// Sets which root keys that begin with an underscore documents may hold.
    ///
    /// # Errors
    /// When a key is one that the server or this layer gives a meaning.
    pub fn with_allowed_root_keys(
        mut self,
        keys: impl IntoIterator<Item = String>,
    ) -> Result<Self, SharedIndexError> {
        self.allow_root_keys = keys.into_iter().collect();
        if self
            .allow_root_keys
            .iter()
            .any(|key| is_server_name(key) || key.contains('.') || *key == *self.field.as_str())
        {
            return Err(SharedIndexError::RootKeyReserved);
        }
        Ok(self.with_document_rules())
    }

    /// Declares the logical indices that exist, whether or not their physical index does. Others are 404.
    #[must_use]
    pub fn with_indices(mut self, indices: impl IntoIterator<Item = String>) -> Self {
        self.indices = Some(indices.into_iter().collect());
        self
    }

    /// Adds fields to every document, beside the partition field.
    ///
    /// # Errors
    /// When a name is not a legal partition field, or is the partition field.
    pub fn with_injected(
        mut self,
        fields: impl IntoIterator<Item = InjectedField>,
    ) -> Result<Self, SharedIndexError> {
        self.inject = fields.into_iter().collect();
        for field in &*self.inject {
            check_field(field.name().as_str())?;
            if field.name() == &self.field {
                return Err(SharedIndexError::FieldReserved);
            }
        }
        Ok(self.with_document_rules())
    }

    /// Declares the fields of a logical index: what its tenants may see of the mapping.
    ///
    /// # Errors
    /// When the schema names the partition field or an injected one.
    pub fn with_schema(
        mut self,
        index: impl Into<String>,
        schema: IndexSchema,
    ) -> Result<Self, SharedIndexError> {
        let injected = self.inject.iter().map(|field| field.name().as_str());
        if std::iter::once(self.field.as_str())
            .chain(injected)
            .any(|field| schema.names_root_field(field))
        {
            return Err(SharedIndexError::FieldReserved);
        }
        Arc::make_mut(&mut self.schemas).insert(index.into(), schema);
        Ok(self)
    }

    /// The cluster.
    #[must_use]
    pub fn cluster(&self) -> &ClusterId {
        &self.cluster
    }

    /// How the physical indices are called.
    #[must_use]
    pub fn index(&self) -> &IndexPattern {
        &self.index
    }

    /// The partition field.
    #[must_use]
    pub fn field(&self) -> &FieldName {
        &self.field
    }

    /// How ids are built.
    #[must_use]
    pub fn id_rule(&self) -> &DocIdRule {
        &self.id
    }

    /// Root keys that documents may hold though they begin with an underscore.
    #[must_use]
    pub fn allowed_root_keys(&self) -> &Arc<[String]> {
        &self.allow_root_keys
    }

    /// The declared logical indices.
    #[must_use]
    pub fn indices(&self) -> Option<&[String]> {
        self.indices.as_deref()
    }

    /// The declared fields of a logical index.
    #[must_use]
    pub fn schema(&self, index: &str) -> Option<&IndexSchema> {
        self.schemas.get(index)
    }

    /// The logical indices that have declared fields, and those.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, &IndexSchema)> {
        self.schemas
            .iter()
            .map(|(index, schema)| (index.as_str(), schema))
    }

    /// Fields that every document gets beside the partition field.
    #[must_use]
    pub fn injected(&self) -> &[InjectedField] {
        &self.inject
    }

    /// What documents may hold at their root.
    pub(crate) fn documents(&self) -> &Arc<DocumentRules> {
        &self.documents
    }

    /// Whether two partitions may share a physical index by these two rules: everything that decides how a
    /// document is stored must be the same.
    #[must_use]
    pub fn is_compatible(&self, other: &Self) -> bool {
        self.index == other.index && self.field == other.field && self.id == other.id
    }
}

/// Names that OpenSearch's mapper or its engine gives a meaning (catalogue D-03, D-09).
const SERVER_NAMES: [&str; 17] = [
    "_id",
    "_index",
    "_routing",
    "_source",
    "_version",
    "_seq_no",
    "_primary_term",
    "_field_names",
    "_ignored",
    "_nested_path",
    "_data_stream_timestamp",
    "_feature",
    "_doc_count",
    "_tombstone",
    "_type",
    "_recovery_source",
    "_doc",
];

fn is_server_name(name: &str) -> bool {
    SERVER_NAMES.contains(&name) || name.starts_with("__")
}

fn check_field(name: &str) -> Result<(), SharedIndexError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !name.starts_with('_') || name.len() < 2 {
        Err(SharedIndexError::FieldUnderscore)
    } else if !name.bytes().all(plain) {
        Err(SharedIndexError::FieldCharacter)
    } else if is_server_name(name) {
        Err(SharedIndexError::FieldReserved)
    } else {
        Ok(())
    }
}

/// What is wrong with the rules of a shared index.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SharedIndexError {
    /// The field doesn't start with an underscore.
    FieldUnderscore,
    /// The field holds something but letters, digits, `_` and `-`.
    FieldCharacter,
    /// The name has a meaning already.
    FieldReserved,
    /// An allowed root key has a meaning already.
    RootKeyReserved,
}

impl fmt::Display for SharedIndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FieldUnderscore => "the partition field must start with '_', or a query over all fields would search it",
            Self::FieldCharacter => "the partition field holds letters, digits, '_' and '-' alone",
            Self::FieldReserved => "this field name has a meaning already",
            Self::RootKeyReserved => "an allowed root key must not be one that has a meaning already",
        })
    }
}

impl std::error::Error for SharedIndexError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared() -> SharedIndex {
        SharedIndex::new(
            ClusterId::from("c"),
            IndexPattern::parse("{index}-shared").expect("parses"),
        )
    }

    #[test]
    fn a_partition_field_is_checked() {
        for (name, error) in [
            ("tenant", SharedIndexError::FieldUnderscore),
            ("_", SharedIndexError::FieldUnderscore),
            ("_a.b", SharedIndexError::FieldCharacter),
            ("_a*", SharedIndexError::FieldCharacter),
            ("_id", SharedIndexError::FieldReserved),
            ("__soft_deletes", SharedIndexError::FieldReserved),
        ] {
            assert_eq!(
                shared().with_field(FieldName::from(name)),
                Err(error),
                "{name}"
            );
        }
        assert!(shared().with_field(FieldName::from("_org-1")).is_ok());
    }

    #[test]
    fn root_keys_with_a_meaning_are_not_allowed() {
        for bad in ["_tombstone", "__soft_deletes", "_tenant", "_a.b"] {
            assert!(
                shared().with_allowed_root_keys([bad.to_owned()]).is_err(),
                "{bad}"
            );
        }
    }
}
