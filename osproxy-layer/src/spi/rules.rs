//! Declarative rules: where the partition's name comes from, what is injected, what is sensitive.

use http::{HeaderName, HeaderValue};

use super::FieldName;

/// A dotted path into a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsonPath(String);

impl JsonPath {
    /// The path in this text.
    pub fn new(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its segments.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('.')
    }
}

/// Where the name of the partition comes from.
///
/// In an [`AnyOf`](Self::AnyOf) the first source that is present decides, and another one that is present and
/// disagrees is a 400: there is one trusted source of the tenant.
///
/// ```
/// use osproxy_layer::spi::{JsonPath, PartitionKeySpec};
///
/// let spec = PartitionKeySpec::AnyOf(vec![
///     PartitionKeySpec::PrincipalAttr("tenant".into()),
///     PartitionKeySpec::BodyField(JsonPath::new("tenant_id")),
/// ]);
/// assert!(spec.reads_body());
/// ```
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PartitionKeySpec {
    /// A scalar of the document (per line in a bulk; a search has none).
    BodyField(JsonPath),
    /// A request header. Trust it only where the service itself sets it.
    Header(HeaderName),
    /// An attribute of the authenticated caller.
    PrincipalAttr(String),
    /// The first of these that is present.
    AnyOf(Vec<Self>),
}

impl PartitionKeySpec {
    /// Whether some source is in the document, so that the body must be read before the request can be placed.
    #[must_use]
    pub fn reads_body(&self) -> bool {
        self.sources()
            .iter()
            .any(|source| matches!(source, Self::BodyField(_)))
    }

    /// The single sources in order. One level of nesting is enough for an order, so a nested list is flattened.
    #[must_use]
    pub fn sources(&self) -> Vec<&Self> {
        match self {
            Self::AnyOf(specs) => specs
                .iter()
                .flat_map(|spec| match spec {
                    Self::AnyOf(inner) => inner.iter().collect(),
                    single => vec![single],
                })
                .collect(),
            single => vec![single],
        }
    }

    /// What kind of source this is; of an [`AnyOf`](Self::AnyOf), the first one's.
    #[must_use]
    pub fn kind(&self) -> PartitionKeySpecKind {
        match self {
            Self::BodyField(_) => PartitionKeySpecKind::BodyField,
            Self::Header(_) => PartitionKeySpecKind::Header,
            Self::PrincipalAttr(_) => PartitionKeySpecKind::PrincipalAttr,
            Self::AnyOf(_) => PartitionKeySpecKind::AnyOf,
        }
    }
}

/// A kind of [`PartitionKeySpec`], for errors that must not carry values.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PartitionKeySpecKind {
    /// [`PartitionKeySpec::BodyField`]
    BodyField,
    /// [`PartitionKeySpec::Header`]
    Header,
    /// [`PartitionKeySpec::PrincipalAttr`]
    PrincipalAttr,
    /// [`PartitionKeySpec::AnyOf`]
    AnyOf,
}

/// A field that every stored document of a partition gets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InjectedField {
    name: FieldName,
    value: InjectedValue,
}

impl InjectedField {
    /// A field and where its value comes from.
    #[must_use]
    pub fn new(name: FieldName, value: InjectedValue) -> Self {
        Self { name, value }
    }

    /// The field.
    #[must_use]
    pub fn name(&self) -> &FieldName {
        &self.name
    }

    /// Where its value comes from.
    #[must_use]
    pub fn value(&self) -> &InjectedValue {
        &self.value
    }
}

/// Where the value of an [`InjectedField`] comes from.
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InjectedValue {
    /// The partition.
    PartitionId,
    /// The same value for every document.
    Constant(serde_json::Value),
    /// An attribute of the caller.
    FromPrincipal(String),
    /// A request header.
    FromHeader(HeaderName),
}

/// Which fields may appear in diagnostics: none, unless it is said otherwise.
///
/// ```
/// use osproxy_layer::spi::{FieldName, SensitivitySpec};
///
/// let spec = SensitivitySpec::allowing(vec![FieldName::from("status")]);
/// assert!(!spec.is_sensitive(&FieldName::from("status")));
/// assert!(spec.is_sensitive(&FieldName::from("email")));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SensitivitySpec {
    safe: Vec<FieldName>,
    deny_by_default: bool,
}

impl SensitivitySpec {
    /// Every field is sensitive: the default.
    #[must_use]
    pub fn all_sensitive() -> Self {
        Self {
            safe: Vec::new(),
            deny_by_default: true,
        }
    }

    /// Every field but these.
    #[must_use]
    pub fn allowing(safe: Vec<FieldName>) -> Self {
        Self {
            safe,
            deny_by_default: true,
        }
    }

    /// No field is sensitive.
    #[must_use]
    pub fn nothing_sensitive() -> Self {
        Self {
            safe: Vec::new(),
            deny_by_default: false,
        }
    }

    /// Whether this field must stay out of diagnostics.
    #[must_use]
    pub fn is_sensitive(&self, field: &FieldName) -> bool {
        self.deny_by_default && !self.safe.contains(field)
    }
}

impl Default for SensitivitySpec {
    fn default() -> Self {
        Self::all_sensitive()
    }
}

/// A change to the headers of a physical request, on top of the stack's own allow-list.
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq)]
pub enum HeaderOp {
    /// Adds a value beside those that are there.
    Add {
        /// The header.
        name: HeaderName,
        /// Its value.
        value: HeaderValue,
    },
    /// Removes the header.
    Remove {
        /// The header.
        name: HeaderName,
    },
    /// Sets the header to just this value.
    Replace {
        /// The header.
        name: HeaderName,
        /// Its value.
        value: HeaderValue,
    },
}

// A header value can be a credential.
impl std::fmt::Debug for HeaderOp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (op, name) = match self {
            Self::Add { name, .. } => ("Add", name),
            Self::Remove { name } => ("Remove", name),
            Self::Replace { name, .. } => ("Replace", name),
        };
        f.debug_struct(op)
            .field("name", name)
            .finish_non_exhaustive()
    }
}
