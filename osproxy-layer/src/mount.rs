//! Where the stack is mounted.

use std::fmt;
use std::sync::Arc;

use http::header::{HeaderMap, HeaderValue, LOCATION};

/// The path that the stack is nested under in the host's own router, such as `/os`.
///
/// The host inserts it into the request's extensions (`osproxy-axum` does), so that a `Location` leads back through
/// the mount.
///
/// ```
/// use osproxy_layer::MountPath;
///
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(MountPath::new("/os/"));
/// assert_eq!(request.extensions().get::<MountPath>().unwrap().as_str(), "/os");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MountPath(Arc<str>);

impl MountPath {
    /// A mount path; a trailing slash is dropped.
    #[must_use]
    pub fn new(path: &str) -> Self {
        Self(path.trim_end_matches('/').into())
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Leads the `Location` of an answer that passes as it is back through the mount.
    pub(crate) fn lead_back(&self, headers: &mut HeaderMap) {
        let location = headers.get(LOCATION).map(HeaderValue::as_bytes);
        let Some(path @ [b'/', ..]) = location else {
            return;
        };
        if let Ok(mounted) = HeaderValue::from_bytes(&[self.0.as_bytes(), path].concat()) {
            headers.insert(LOCATION, mounted);
        }
    }
}

impl fmt::Display for MountPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
