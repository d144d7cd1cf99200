//! Sets of HTTP methods: what a route takes, and what a 405 lists.

use std::fmt;

use http::Method;

pub(super) const GET: u16 = 1;
pub(super) const HEAD: u16 = 1 << 1;
pub(super) const POST: u16 = 1 << 2;
pub(super) const PUT: u16 = 1 << 3;
pub(super) const DELETE: u16 = 1 << 4;
pub(super) const OPTIONS: u16 = 1 << 5;
const PATCH: u16 = 1 << 6;
/// Every method, those that HTTP does not know included.
pub(super) const ANY: u16 = u16::MAX;

const NAMES: [(u16, &str); 7] = [
    (GET, "GET"),
    (HEAD, "HEAD"),
    (POST, "POST"),
    (PUT, "PUT"),
    (DELETE, "DELETE"),
    (OPTIONS, "OPTIONS"),
    (PATCH, "PATCH"),
];

/// A set of HTTP methods, printed as the value of an `Allow` header, and as the node writes it.
///
/// ```
/// use http::Method;
/// use osproxy_layer::endpoint::{Endpoint, EndpointError};
///
/// let Err(EndpointError::MethodNotAllowed { allowed }) = Endpoint::classify(&Method::GET, "/_bulk") else {
///     panic!("a bulk is posted or put");
/// };
/// assert_eq!(allowed.to_string(), "POST,PUT");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Methods(u16);

impl Methods {
    pub(super) const fn new(bits: u16) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u16 {
        self.0
    }

    /// Whether `method` is one of them.
    #[must_use]
    pub fn contains(self, method: &Method) -> bool {
        self.0 & bit(method) != 0
    }

    /// Their names, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        NAMES
            .iter()
            .filter(move |(bit, _)| self.0 & bit != 0)
            .map(|&(_, name)| name)
    }
}

impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            f.write_str(name)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Methods({self})")
    }
}

/// The bit of a method. One that no route names has a bit that only [`ANY`] holds.
pub(super) fn bit(method: &Method) -> u16 {
    match *method {
        Method::GET => GET,
        Method::HEAD => HEAD,
        Method::POST => POST,
        Method::PUT => PUT,
        Method::DELETE => DELETE,
        Method::OPTIONS => OPTIONS,
        Method::PATCH => PATCH,
        _ => 1 << 15,
    }
}
