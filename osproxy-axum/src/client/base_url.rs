//! Where a cluster is: scheme, authority and an optional path prefix.

use std::fmt;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Without a slash at its end; empty where the cluster is at the root.
    prefix: String,
}

impl BaseUrl {
    pub(super) fn parse(text: &str) -> Result<Self, EndpointError> {
        if text.contains(['?', '#']) {
            return Err(EndpointError::Query);
        }
        let uri: Uri = text.parse().map_err(|_| EndpointError::NoUrl)?;
        let parts = uri.into_parts();
        let scheme = parts
            .scheme
            .filter(|scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS);
        let (Some(scheme), Some(authority)) = (scheme, parts.authority) else {
            return Err(EndpointError::Scheme);
        };
        if authority.as_str().contains('@') {
            return Err(EndpointError::Credentials);
        }
        let after_host = authority
            .as_str()
            .get(authority.host().len()..)
            .unwrap_or_default();
        if authority.host().is_empty() || (!after_host.is_empty() && authority.port_u16().is_none())
        {
            return Err(EndpointError::NoUrl);
        }
        let path = parts
            .path_and_query
            .as_ref()
            .map_or("", PathAndQuery::path)
            .trim_end_matches('/');
        if path
            .split('/')
            .any(|segment| segment == "." || segment == "..")
        {
            return Err(EndpointError::DotSegment);
        }
        Ok(Self {
            scheme,
            authority,
            prefix: path.to_owned(),
        })
    }

    pub(super) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The same path and query at this cluster. Nothing is decoded or encoded: ids are spelled by the stack.
    pub(super) fn join(&self, request: &Uri) -> Result<Uri, http::Error> {
        let path_and_query = request
            .path_and_query()
            .cloned()
            .unwrap_or_else(|| PathAndQuery::from_static("/"));
        let path_and_query = if self.prefix.is_empty() {
            path_and_query
        } else {
            PathAndQuery::try_from(format!("{}{path_and_query}", self.prefix))?
        };
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path_and_query)
            .build()
    }
}

/// Why a text is no cluster endpoint.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndpointError {
    /// It is no URL with a host.
    NoUrl,
    /// It doesn't begin with `http://` or `https://`.
    Scheme,
    /// It has a user name or a password in it.
    Credentials,
    /// It has a query or a fragment.
    Query,
    /// Its path has a `.` or `..` segment.
    DotSegment,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoUrl => "an endpoint is a URL such as https://host:9200",
            Self::Scheme => "an endpoint begins with http:// or https://",
            Self::Credentials => "an endpoint holds no user name or password: set them beside it",
            Self::Query => "an endpoint holds no query and no fragment",
            Self::DotSegment => "the path of an endpoint holds no '.' or '..'",
        })
    }
}

impl std::error::Error for EndpointError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_checked() {
        for (text, error) in [
            ("", EndpointError::NoUrl),
            ("http://", EndpointError::NoUrl),
            ("http://host:port", EndpointError::NoUrl),
            ("http://host:99999", EndpointError::NoUrl),
            ("http://ho st", EndpointError::NoUrl),
            ("host:9200", EndpointError::Scheme),
            ("/search", EndpointError::Scheme),
            ("ftp://host", EndpointError::Scheme),
            ("http://user:secret@host", EndpointError::Credentials),
            ("http://host?x=1", EndpointError::Query),
            ("http://host/#x", EndpointError::Query),
            ("http://host/a/../b", EndpointError::DotSegment),
        ] {
            assert_eq!(BaseUrl::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn the_path_is_kept_byte_for_byte() {
        for (base, path, joined) in [
            (
                "http://h:9200",
                "/a%2Fb/_doc/%C3%A9+%25?routing=a",
                "http://h:9200/a%2Fb/_doc/%C3%A9+%25?routing=a",
            ),
            ("http://h:9200/", "/", "http://h:9200/"),
            (
                "https://[::1]:9200/os/",
                "/_search",
                "https://[::1]:9200/os/_search",
            ),
            ("https://h/os", "/?pretty", "https://h/os/?pretty"),
        ] {
            let uri = BaseUrl::parse(base)
                .expect("parses")
                .join(&path.parse().expect("a path"))
                .expect("joins");
            assert_eq!(uri.to_string(), joined);
        }
    }
}
