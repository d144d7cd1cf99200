//! The document of a request, as rules may see it.

use std::borrow::Cow;
use std::fmt;

use crate::rewrite::json;

/// A lazy view of one document: a scalar is looked for when it is asked for, no tree is built.
///
/// ```
/// use osproxy_layer::spi::BodyDoc;
///
/// let doc = BodyDoc::new(br#"{"customer":{"id":42}}"#);
/// assert_eq!(doc.scalar("customer.id").as_deref(), Some("42"));
/// assert_eq!(doc.scalar("customer"), None);
/// ```
#[derive(Clone, Copy)]
pub struct BodyDoc<'a> {
    bytes: &'a [u8],
}

impl<'a> BodyDoc<'a> {
    /// No document.
    pub const EMPTY: Self = Self { bytes: &[] };

    /// The document in these bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The text of the string, number or boolean at a dotted path. `None` where the document is broken, the path
    /// leads nowhere, or to null or a container.
    #[must_use]
    pub fn scalar(&self, path: &str) -> Option<String> {
        json::scalar(self.bytes, path)
            .ok()
            .flatten()
            .map(Cow::into_owned)
    }

    /// Whether there is no document.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

impl fmt::Debug for BodyDoc<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyDoc")
            .field("len", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
