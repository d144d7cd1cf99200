//! One request as the operations see it, and their answer.

use bytes::Bytes;
use http::Method;

use super::error::ApiError;
use super::json::Json;
use super::operation::{Operation, ROUTES};
use super::params::{Params, decode};

/// A routed request.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) operation: Operation,
    index: Option<String>,
    id: Option<String>,
    pub(super) params: Params,
    pub(super) body: Bytes,
}

/// What an operation answers.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Json,
    pub(super) location: Option<String>,
}

impl Reply {
    pub(super) fn ok(body: Json) -> Self {
        Self {
            status: 200,
            body,
            location: None,
        }
    }
}

impl Call {
    /// Routes on the raw path and decodes each captured segment once, as the server does (G-01).
    pub(super) fn route(
        method: &Method,
        path: &str,
        query: Option<&str>,
        body: Bytes,
    ) -> Result<Self, ApiError> {
        let raw: Vec<&str> = path
            .trim_matches('/')
            .split('/')
            .filter(|_| path != "/" && !path.is_empty())
            .collect();
        if raw.iter().any(|segment| segment.is_empty()) || path.starts_with("//") {
            return Err(ApiError::unsupported("a path with an empty segment"));
        }
        let matching = || ROUTES.iter().filter(|route| matches(route.segments, &raw));
        let Some(route) = matching().find(|route| route.methods.contains(method)) else {
            return Err(match matching().next() {
                Some(_) => not_allowed(method, path, matching().flat_map(|route| route.methods)),
                None => unknown(method, path),
            });
        };
        let mut call = Self {
            operation: route.operation,
            index: None,
            id: None,
            params: Params::parse(query)?,
            body,
        };
        for (name, segment) in route.segments.iter().zip(&raw) {
            let slot = match *name {
                "{index}" => &mut call.index,
                "{id}" => &mut call.id,
                _ => continue,
            };
            *slot = Some(decode(segment, false).ok_or_else(|| not_allowed(method, path, &[]))?);
        }
        call.params.check(call.operation, path)?;
        Ok(call)
    }

    pub(super) fn index(&self) -> Option<&str> {
        self.index.as_deref()
    }

    /// The index of an operation whose route has one.
    pub(super) fn named_index(&self) -> &str {
        self.index.as_deref().unwrap_or_default()
    }

    pub(super) fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// The body as text.
    pub(super) fn text(&self) -> Result<&str, ApiError> {
        text(&self.body)
    }

    /// The body as JSON, if there is one.
    pub(super) fn json(&self) -> Result<Option<Json>, ApiError> {
        if self.body.is_empty() {
            return Ok(None);
        }
        Json::parse(self.text()?)
            .map(Some)
            .map_err(ApiError::malformed)
    }
}

/// Bytes as text. The server detects other encodings from the bytes (G-13); the double takes UTF-8 without a byte-order mark only.
pub(super) fn text(bytes: &[u8]) -> Result<&str, ApiError> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.starts_with('\u{feff}') => Ok(text),
        _ => Err(ApiError::unsupported("a body that is not plain UTF-8")),
    }
}

fn matches(template: &[&str], raw: &[&str]) -> bool {
    let literal = |name: &str| !name.starts_with('{');
    // A lone `_name` is one of the server's many endpoints that we do not have, not an index.
    let endpoint =
        matches!((template, raw), ([only], [name]) if !literal(only) && name.starts_with('_'));
    !endpoint
        && template.len() == raw.len()
        && template
            .iter()
            .zip(raw)
            .all(|(name, segment)| !literal(name) || name == segment)
}

/// A known path with another method. Methods are named in a fixed order; the server's is that of a hash set.
fn not_allowed<'a>(
    method: &Method,
    path: &str,
    allowed: impl IntoIterator<Item = &'a Method>,
) -> ApiError {
    let allowed: Vec<&Method> = allowed.into_iter().collect();
    let order = [
        Method::HEAD,
        Method::PUT,
        Method::DELETE,
        Method::GET,
        Method::POST,
    ];
    let names: Vec<&str> = order
        .iter()
        .filter(|method| allowed.contains(method))
        .map(Method::as_str)
        .collect();
    let list = names.join(", ");
    let text =
        format!("Incorrect HTTP method for uri [{path}] and method [{method}], allowed: [{list}]");
    ApiError::Text {
        status: 405,
        text,
        with_status: true,
        allow: Some(list),
    }
}

/// No route of ours: the server may know it, so the answer does not claim that it would not.
fn unknown(method: &Method, path: &str) -> ApiError {
    ApiError::unsupported(format_args!("the endpoint [{method} {path}]"))
}
