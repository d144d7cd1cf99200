//! Headers that belong to one hop.

use http::HeaderMap;
use http::header::{
    AUTHORIZATION, CONNECTION, HOST, HeaderName, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE,
};

use super::ClusterCredentials;

/// Headers that speak of one connection alone (RFC 9110, 7.6.1).
const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// Makes a request's headers fit the hop to the cluster.
pub(super) fn prepare(headers: &mut HeaderMap, credentials: Option<&ClusterCredentials>) {
    strip(headers);
    // hyper writes it anew from the URI, which names the cluster.
    headers.remove(HOST);
    if let Some(credentials) = credentials {
        headers.insert(AUTHORIZATION, credentials.header().clone());
    }
}

/// Removes what speaks of one connection, and what `connection` says does.
pub(crate) fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in HOP_BY_HOP.iter().chain(&named) {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn one_hop_is_not_the_next() {
        let mut headers = map(&[
            ("connection", "keep-alive, x-hop"),
            ("connection", "x-other"),
            ("keep-alive", "timeout=5"),
            ("x-hop", "1"),
            ("x-other", "1"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("content-type", "application/json"),
            ("content-length", "2"),
        ]);
        strip(&mut headers);
        assert_eq!(
            headers,
            map(&[
                ("content-type", "application/json"),
                ("content-length", "2")
            ])
        );
    }

    #[test]
    fn the_clusters_credentials_replace_all_others() {
        let mut headers = map(&[
            ("authorization", "Bearer a"),
            ("authorization", "Bearer b"),
            ("host", "front"),
        ]);
        let credentials = ClusterCredentials::bearer("c").expect("fits");
        prepare(&mut headers, Some(&credentials));
        assert_eq!(headers, map(&[("authorization", "Bearer c")]));
    }
}
