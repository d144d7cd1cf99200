//! Who is calling.

use std::fmt;
use std::sync::Arc;

use http::Extensions;

use super::PrincipalId;

/// The authenticated caller. The service's own authentication inserts it into the request's extensions.
///
/// ```
/// use osproxy_layer::spi::{Principal, PrincipalAttr, PrincipalId};
///
/// let principal = Principal::new(PrincipalId::from("acme-svc")).with_attr(PrincipalAttr::new("tenant", "acme"));
/// assert_eq!(principal.attr("tenant"), Some("acme"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Principal {
    id: PrincipalId,
    attrs: Arc<[PrincipalAttr]>,
}

impl Principal {
    /// A caller without attributes.
    #[must_use]
    pub fn new(id: PrincipalId) -> Self {
        Self {
            id,
            attrs: Arc::new([]),
        }
    }

    /// Adds an attribute.
    #[must_use]
    pub fn with_attr(mut self, attr: PrincipalAttr) -> Self {
        self.attrs = self.attrs.iter().cloned().chain([attr]).collect();
        self
    }

    /// The caller of this request, if authentication ran.
    #[must_use]
    pub fn get(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// Its identity.
    #[must_use]
    pub fn id(&self) -> &PrincipalId {
        &self.id
    }

    /// The first attribute of this name.
    #[must_use]
    pub fn attr(&self, key: &str) -> Option<&str> {
        self.attrs
            .iter()
            .find(|attr| attr.key == key)
            .map(PrincipalAttr::value)
    }
}

// Attribute values name tenants, so they are not printed.
impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Principal")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A fact about the caller, such as its tenant.
#[derive(Clone, PartialEq, Eq)]
pub struct PrincipalAttr {
    key: String,
    value: String,
}

impl PrincipalAttr {
    /// An attribute.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            value: value.into(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for PrincipalAttr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrincipalAttr")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
