//! Which headers of the cluster's answer reach the client.
//!
//! An allow-list: the node says its version, its addresses and other requests' ids in headers (H-06), and a proxy in
//! between may say more. Everything that is in no row is dropped, `Warning`, `Allow`, `Set-Cookie`, `X-Opaque-Id`,
//! `X-OpenSearch-Version` and `WWW-Authenticate` (of our own credentials) among them.

/// What becomes of a response header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeaderFate {
    /// Passed on.
    Keep,
    /// Passed on while the body is the cluster's own, dropped when it was rewritten: it describes the bytes.
    KeepWithBody,
    /// Turned back by [`location`](super::location), or dropped.
    Location,
    /// Dropped.
    Drop,
}

const TABLE: &[(&str, HeaderFate)] = &[
    ("content-type", HeaderFate::Keep),
    ("retry-after", HeaderFate::Keep),
    ("content-length", HeaderFate::KeepWithBody),
    ("content-encoding", HeaderFate::KeepWithBody),
    ("location", HeaderFate::Location),
];

/// What becomes of a header, by its name in lower case, as `http::HeaderName` gives it.
///
/// ```
/// use osproxy_layer::rewrite::response::{HeaderFate, header};
///
/// assert_eq!(header("retry-after"), HeaderFate::Keep);
/// assert_eq!(header("warning"), HeaderFate::Drop);
/// ```
pub fn header(name: &str) -> HeaderFate {
    TABLE
        .iter()
        .find(|(known, _)| *known == name)
        .map_or(HeaderFate::Drop, |(_, fate)| *fate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed_passes() {
        for name in [
            "warning",
            "x-opensearch-version",
            "x-opaque-id",
            "x-request-id",
            "set-cookie",
            "allow",
            "www-authenticate",
            "server",
            "",
            "Content-Type",
        ] {
            assert_eq!(header(name), HeaderFate::Drop, "{name}");
        }
        assert_eq!(header("content-length"), HeaderFate::KeepWithBody);
        assert_eq!(header("location"), HeaderFate::Location);
    }
}
