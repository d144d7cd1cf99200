//! From a method and a path to what OpenSearch would do with them: a table, not code.
//!
//! An [`Endpoint`] is a request's [`Route`] (a row of the [table](routes())) with the values that the path has for its
//! captures. [`query`] reads the query string, and [`params`] says what is done with each parameter.
//!
//! ```
//! use http::Method;
//! use osproxy_layer::endpoint::{Decision, Endpoint, EndpointError, Operation, PlacementKind};
//!
//! let endpoint = Endpoint::classify(&Method::PUT, "/orders/_doc/a%2Fb")?;
//! assert_eq!(endpoint.operation(), Operation::Index);
//! assert_eq!((endpoint.index(), endpoint.id()), (Some("orders"), Some("a/b")));
//! assert_eq!(endpoint.route().decision(PlacementKind::SharedIndex), Decision::Rewrite);
//! assert_eq!(
//!     endpoint.physical_path(Some("orders-shared"), Some("acme:a/b")),
//!     "/orders-shared/_doc/acme%3Aa%2Fb",
//! );
//! # Ok::<(), EndpointError>(())
//! ```
//!
//! What no row names is refused: a new server's endpoint opens no hole.

use std::fmt;

use http::{Method, StatusCode};

use path::Segments;
use scope::Scope;
use tree::{Entry, Part};

mod class;
mod decision;
mod index;
mod methods;
mod operation;
pub mod params;
pub mod path;
pub(crate) mod percent;
pub mod query;
mod route;
mod routes;
mod scope;
mod tree;
mod why;

pub use class::EndpointClass;
pub use decision::{Decision, ParamDecision, PlacementKind};
pub use index::{IndexError, IndexExpr};
pub use methods::Methods;
pub use operation::Operation;
pub use path::PathError;
pub use percent::Malformed;
pub use query::{Query, QueryError};
pub use route::Route;
pub use routes::routes;

/// How many captures a template has at most.
const MOST_CAPTURES: usize = 4;

/// A classified request: its route, and the decoded values of the route's captures.
#[derive(Clone)]
pub struct Endpoint {
    entry: &'static Entry,
    allowed: Methods,
    /// All captures, one after the other, and where each ends: one allocation.
    text: String,
    ends: [usize; MOST_CAPTURES],
}

impl Endpoint {
    /// Finds the route of a request. `path` is raw, as it came, without the query string.
    ///
    /// # Errors
    /// The path is malformed, no route has it (both 400), or none for this method (405).
    pub fn classify(method: &Method, path: &str) -> Result<Self, EndpointError> {
        let path = Segments::new(path)?;
        let entries = tree::find(&path);
        if entries.is_empty() {
            return Err(EndpointError::UnknownRoute);
        }
        let bits = entries
            .iter()
            .fold(0, |bits, entry| bits | entry.route.methods.bits());
        let allowed = Methods::new(bits);
        let entry = if *method == Method::OPTIONS {
            tree::options()
        } else {
            entries
                .iter()
                .find(|entry| entry.route.methods.contains(method))
        };
        match entry {
            Some(entry) => Self::capture(entry, allowed, &path),
            None => Err(EndpointError::MethodNotAllowed { allowed }),
        }
    }

    /// The row of the table.
    #[must_use]
    pub const fn route(&self) -> &'static Route {
        self.entry.route
    }

    /// What the request does.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.entry.route.operation()
    }

    /// The methods of the path: the answer to `OPTIONS`.
    #[must_use]
    pub const fn allowed(&self) -> Methods {
        self.allowed
    }

    /// The decoded text in the place of the index: not judged yet, see [`IndexExpr::parse`].
    #[must_use]
    pub fn index(&self) -> Option<&str> {
        self.nth(self.entry.route.index_at?)
    }

    /// The decoded document id in the path.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.nth(self.entry.route.id_at?)
    }

    /// The decoded value of a capture, by its name in the template. `**` gives what follows a
    /// prefix, still encoded and with its leading `/`.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        let at = self
            .route()
            .captures()
            .position(|capture| capture == name)?;
        self.nth(at)
    }

    /// What is done with a query-string parameter, as [`params::decide`] says for this operation.
    #[must_use]
    pub fn decide(&self, kind: PlacementKind, param: &str) -> Option<ParamDecision> {
        params::decide_in(self.entry.params, kind, param)
    }

    /// The rows of this operation's parameters.
    #[must_use]
    pub const fn params(&self) -> Option<&'static params::Group> {
        self.entry.params
    }

    /// The path to send: the template with every value encoded anew.
    ///
    /// `None` keeps what the client named. An index for a route that has none in its path (`/_search`) makes it the same
    /// call on that index (`/orders/_search`).
    #[must_use]
    pub fn physical_path(&self, index: Option<&str>, id: Option<&str>) -> String {
        let route = self.route();
        let given = index.map_or(0, str::len) + id.map_or(0, str::len);
        let mut out = String::with_capacity(route.template.len() + self.text.len() + given);
        let scope = match index {
            Some(index) if route.index_at.is_none() => Some((scope::of(route.template), index)),
            _ => None,
        };
        if let Some((Scope::Before | Scope::Replacing(_), index)) = scope {
            path::push(&mut out, index);
        }
        let mut captures = (0..MOST_CAPTURES).map(|at| self.nth(at).unwrap_or_default());
        for part in &self.entry.parts {
            match part {
                Part::Literal(text) => out.push_str(match scope {
                    Some((Scope::Replacing(other), _)) => other,
                    _ => text,
                }),
                Part::Index(_) => {
                    let own = captures.next().unwrap_or_default();
                    path::push(&mut out, index.unwrap_or(own));
                }
                Part::Id(_) => {
                    let own = captures.next().unwrap_or_default();
                    path::push(&mut out, id.unwrap_or(own));
                }
                Part::Other(_) => path::push(&mut out, captures.next().unwrap_or_default()),
                Part::Rest(_) => out.push_str(captures.next().unwrap_or_default()),
            }
        }
        if let Some((Scope::After, index)) = scope {
            path::push(&mut out, index);
        }
        if out.is_empty() {
            out.push('/');
        }
        out
    }

    fn capture(
        entry: &'static Entry,
        allowed: Methods,
        path: &Segments<'_>,
    ) -> Result<Self, EndpointError> {
        let captures = entry
            .parts
            .iter()
            .any(|part| !matches!(part, Part::Literal(_)));
        let mut text = String::with_capacity(if captures { path.len() } else { 0 });
        let mut ends = [0; MOST_CAPTURES];
        let mut free = ends.iter_mut();
        for part in &entry.parts {
            match *part {
                Part::Literal(_) => continue,
                Part::Index(at) => text.push_str(&path.decoded_index(at)?),
                Part::Id(at) | Part::Other(at) => text.push_str(&path.decoded(at)?),
                // Kept encoded, each segment after its `/`: a decoded `/` would be lost among them.
                Part::Rest(at) => {
                    for raw in path.from(at) {
                        path::push(&mut text, &path::decode(raw)?);
                    }
                }
            }
            if let Some(end) = free.next() {
                *end = text.len();
            }
        }
        Ok(Self {
            entry,
            allowed,
            text,
            ends,
        })
    }

    fn nth(&self, at: usize) -> Option<&str> {
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(at)?)
    }
}

/// Without the values: they are the tenant's.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("template", &self.route().template())
            .field("operation", &self.operation())
            .finish_non_exhaustive()
    }
}

/// Why a request has no endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointError {
    /// The table has no such path.
    UnknownRoute,
    /// The table has the path, but not for this method.
    MethodNotAllowed {
        /// The methods that it has.
        allowed: Methods,
    },
    /// The path has no single reading.
    BadPath {
        /// What is wrong with it.
        why: PathError,
    },
}

impl EndpointError {
    /// The status of the refusal: 405 as on the node, else 400, which no client retries.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnknownRoute | Self::BadPath { .. } => StatusCode::BAD_REQUEST,
        }
    }
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownRoute => f.write_str("no endpoint that is known here has this path"),
            Self::MethodNotAllowed { allowed } => {
                let names: Vec<_> = allowed.iter().collect();
                write!(f, "this endpoint takes {} only", names.join(", "))
            }
            Self::BadPath { why } => why.fmt(f),
        }
    }
}

impl std::error::Error for EndpointError {}

impl From<PathError> for EndpointError {
    fn from(why: PathError) -> Self {
        Self::BadPath { why }
    }
}

#[cfg(test)]
mod tests;
