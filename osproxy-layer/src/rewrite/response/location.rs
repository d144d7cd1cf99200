//! `Location` of a document that was created.
//!
//! The node writes `/index/_doc/<id>?routing=<routing>`, form-encoded: a blank is `+` (H-06). The client gets
//! `/index/_doc/<id>` with its own names, percent-encoded as a path is.

use super::Reversal;
use crate::endpoint::percent::{Plus, decode, encode_into};

/// The logical `Location`, or `None` when the cluster's is not that of a document of this partition; then the header is
/// dropped.
///
/// On a dedicated index the routing is the client's own and stays.
///
/// ```
/// use osproxy_layer::rewrite::response::{IdRule, Reversal, location};
///
/// let shared = Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", "")).expect_routing("acme");
/// let raw = "/orders-shared/_doc/acme%3Aa+b%2Fc?routing=acme";
/// assert_eq!(location(raw, &shared).as_deref(), Some("/orders/_doc/a%20b%2Fc"));
/// assert_eq!(location("/orders-shared/_doc/globex%3A1", &shared), None);
/// ```
pub fn location(raw: &str, reversal: &Reversal) -> Option<String> {
    let (path, query) = match raw.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (raw, None),
    };
    let mut segments = path.strip_prefix('/')?.split('/');
    let (index, kind, id) = (segments.next()?, segments.next()?, segments.next()?);
    if kind != "_doc" || segments.next().is_some() {
        return None;
    }
    let index = decode(index, Plus::Space).ok()?;
    let id = decode(id, Plus::Space).ok()?;
    let mut location = String::from("/");
    encode_into(&mut location, reversal.logical_index(&index).ok()?);
    location.push_str("/_doc/");
    encode_into(&mut location, reversal.logical_id(&id).ok()?);
    let routing = query.and_then(|query| query.strip_prefix("routing="));
    if let (false, Some(routing)) = (reversal.is_shared(), routing) {
        location.push_str("?routing=");
        encode_into(&mut location, &decode(routing, Plus::Space).ok()?);
    }
    Some(location)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::response::IdRule;

    fn shared() -> Reversal {
        Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""))
            .expect_routing("acme")
    }

    #[test]
    fn only_documents_of_this_partition_have_a_place() {
        for (raw, expected) in [
            (
                "/orders-shared/_doc/acme%3A1?routing=acme",
                Some("/orders/_doc/1"),
            ),
            (
                "/orders-shared/_doc/acme%3A%C3%A9%25%2B+x",
                Some("/orders/_doc/%C3%A9%25%2B%20x"),
            ),
            ("/orders-shared/_doc/acme%3A1", Some("/orders/_doc/1")),
            ("/orders-shared/_doc/globex%3A1?routing=globex", None),
            ("/other/_doc/acme%3A1", None),
            ("/orders-shared/_doc/acme%3A", None),
            ("/orders-shared/_create/acme%3A1", None),
            ("/orders-shared/_doc/acme%3A1/x", None),
            ("http://node:9200/orders-shared/_doc/acme%3A1", None),
            ("/orders-shared/_doc/acme%3", None),
            ("/orders-shared/_doc/acme%3A%FF", None),
            ("/orders-shared/_doc/acme%+3A", None),
            ("", None),
            ("/", None),
        ] {
            assert_eq!(location(raw, &shared()).as_deref(), expected, "{raw}");
        }
    }

    #[test]
    fn a_dedicated_index_keeps_the_clients_routing() {
        let reversal = Reversal::dedicated([("acme.orders", "orders")]);
        assert_eq!(
            location("/acme.orders/_doc/1?routing=a+b", &reversal).as_deref(),
            Some("/orders/_doc/1?routing=a%20b")
        );
    }
}
