//! What the client asks of an answer that is authored here: its parameters, by the table.

use http::header::ACCEPT;
use http::request::Parts;

use crate::endpoint::{Endpoint, Operation, ParamDecision, Query};
use crate::plan::{Scoped, refused_param, unknown_param};
use crate::rejection::Rejection;
use crate::route::malformed;
use crate::router::Resolved;
use crate::state::RequestState;

/// A request whose parameters are known and have values of their kind.
///
/// No parameter is sent on. What the table has as forwarded (`local`, `master_timeout`) has no effect on an answer from
/// memory; what it has as rewritten is read by the answer that it belongs to.
pub(super) struct Asked<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) query: Query<'a>,
    pub(super) resolved: &'a Resolved,
    /// Whether the `Accept` header asks for JSON, which decides for tables.
    pub(super) accepts_json: bool,
}

impl<'a> Asked<'a> {
    pub(super) fn read(
        parts: &'a Parts,
        state: &'a RequestState,
        resolved: &'a Resolved,
    ) -> Result<Self, Rejection> {
        let query = Query::parse(parts.uri.query().unwrap_or_default())
            .map_err(|error| malformed(&error))?;
        let endpoint = state.endpoint();
        let scoped = Scoped {
            endpoint,
            query: &query,
            resolved: Some(resolved),
        };
        for (name, value) in query.iter() {
            match endpoint.decide(resolved.kind(), name) {
                None => return Err(unknown_param(scoped, name)),
                Some(ParamDecision::Reject) => return Err(refused_param(scoped, name)),
                Some(ParamDecision::Drop) => {}
                Some(ParamDecision::Forward | ParamDecision::Rewrite) => {
                    check(endpoint, name, value)?;
                }
            }
        }
        let accept = parts
            .headers
            .get(ACCEPT)
            .and_then(|value| value.to_str().ok());
        Ok(Self {
            endpoint,
            query,
            resolved,
            accepts_json: accept.is_some_and(|accept| accept.contains("json")),
        })
    }

    /// A boolean parameter that is false where it isn't sent.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.query.is_on(name)
    }

    /// A boolean parameter that is true where it isn't sent.
    pub(super) fn flag_or_true(&self, name: &str) -> bool {
        self.query.get(name) != Some("false")
    }

    /// The index expression: of the path, or of the parameter where the path has none.
    pub(super) fn indices(&self) -> Result<Option<&str>, Rejection> {
        let in_path = match self.endpoint.operation() {
            Operation::ResolveIndex => self.endpoint.value("name"),
            _ => self.endpoint.index(),
        };
        match (in_path, self.query.get("index")) {
            (Some(_), Some(_)) => Err(Rejection::refused(
                "the index stands in the path, [index] can't name another",
            )),
            (path, param) => Ok(path.or(param)),
        }
    }
}

/// Where nobody else reads a value, it is checked here.
fn check(endpoint: &Endpoint, name: &str, value: &str) -> Result<(), Rejection> {
    let row = endpoint.params().and_then(|group| group.param(name));
    match row {
        Some(row) if !row.value().accepts(value) => Err(Rejection::malformed(
            "illegal_argument_exception",
            format!("parameter [{name}] has a value that it doesn't take"),
        )),
        _ => Ok(()),
    }
}
