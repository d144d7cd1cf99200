//! `GET /_nodes`: one node, which is this front.
//!
//! A client that sniffs takes the addresses of this answer for its own list of nodes: the cluster's would lead it past the
//! middleware. So the answer is authored on every placement, and the address is the one that the client used.

use http::StatusCode;
use http::header::HOST;
use http::request::Parts;

use super::health::CLUSTER_NAME;
use super::output::{Authored, number};
use crate::rewrite::filter_path::glob;
use crate::rewrite::json::Members;
use crate::rewrite::json::tree::Value;

/// The node's id: of the same shape as the server's.
const NODE_ID: &str = "b3Nwcm94eS1sYXllci1ub2";

/// The node's name.
const NODE_NAME: &str = "osproxy";

/// What a node is in a cluster of one.
const ROLES: [&str; 4] = ["cluster_manager", "data", "ingest", "remote_cluster_client"];

/// The largest body that the node's own answer names; a client may split its bulks by it.
const MAX_CONTENT: usize = 104_857_600;

/// The parts that an answer can be narrowed to. In the place of a node's id they are parts all the same.
const METRICS: [&str; 13] = [
    "_all",
    "settings",
    "os",
    "process",
    "jvm",
    "thread_pool",
    "transport",
    "http",
    "plugins",
    "ingest",
    "aggregations",
    "indices",
    "search_pipelines",
];

/// The answer. `path` is what follows `/_nodes`, `version` the version object of the cluster's `GET /`.
pub(super) fn nodes(
    filter: Option<&str>,
    metrics: Option<&str>,
    address: &Address,
    version: &[u8],
) -> Authored<'static> {
    let is_metric = |text: &str| text.split(',').all(|part| METRICS.contains(&part));
    let (filter, metrics) = match (filter, metrics) {
        (Some(either), None) if is_metric(either) => (None, Some(either)),
        other => other,
    };
    let found = filter.is_none_or(|filter| filter.split(',').any(is_this_node));
    let count = usize::from(found);
    let nodes = found.then(|| (NODE_ID, node(metrics, address, version)));
    let answer = Value::object([
        (
            "_nodes",
            Value::object([
                ("total", number(count)),
                ("successful", number(count)),
                ("failed", number(0)),
            ]),
        ),
        ("cluster_name", Value::text(CLUSTER_NAME)),
        ("nodes", Value::object(nodes)),
    ]);
    Authored::json(StatusCode::OK, answer)
}

/// Whether one part of a node filter means this node: by a word of the server, its id or name, or a role.
fn is_this_node(part: &str) -> bool {
    match part.split_once(':') {
        Some(("master" | "cluster_manager" | "data" | "ingest", value)) => value == "true",
        Some(_) => false,
        None => {
            matches!(
                part,
                "_all" | "_local" | "_master" | "_cluster_manager" | ""
            ) || glob(part, NODE_ID)
                || glob(part, NODE_NAME)
        }
    }
}

fn node(metrics: Option<&str>, address: &Address, version: &[u8]) -> Value<'static> {
    let of_version = |key: &str| {
        let found = Members::of(version)
            .filter_map(Result::ok)
            .find(|member| member.key == key);
        let text = found.and_then(|member| serde_json::from_slice::<String>(member.value).ok());
        Value::text(text.unwrap_or_else(|| "unknown".to_owned()))
    };
    let full = || Value::text(address.full());
    let mut members = vec![
        ("name", Value::text(NODE_NAME)),
        ("transport_address", full()),
        ("host", Value::text(address.host.clone())),
        ("ip", Value::text(address.host.clone())),
        ("version", of_version("number")),
        ("build_type", of_version("build_type")),
        ("build_hash", Value::text("unknown")),
        ("roles", Value::Array(ROLES.map(Value::text).to_vec())),
        ("attributes", Value::object::<&str>([])),
    ];
    let all = |metrics: &str| {
        metrics
            .split(',')
            .any(|part| matches!(part, "_all" | "http"))
    };
    if metrics.is_none_or(all) {
        members.push((
            "http",
            Value::object([
                ("bound_address", Value::Array(vec![full()])),
                ("publish_address", full()),
                ("max_content_length_in_bytes", number(MAX_CONTENT)),
            ]),
        ));
    }
    Value::object(members)
}

/// Where the client reached this front.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Address {
    host: String,
    port: u16,
}

impl Address {
    /// From the URI's authority (HTTP/2), or the `Host` header. A name without a port has its scheme's: sniffers read the
    /// text after the last colon as a number.
    pub(super) fn of(parts: &Parts) -> Self {
        let header = parts
            .headers
            .get(HOST)
            .and_then(|value| value.to_str().ok());
        let authority = parts.uri.authority().map(http::uri::Authority::as_str);
        let secure = parts.uri.scheme_str() == Some("https")
            || parts
                .headers
                .get("x-forwarded-proto")
                .is_some_and(|scheme| scheme == "https");
        let default = if secure { 443 } else { 80 };
        authority
            .or(header)
            .and_then(|text| Self::parse(text, default))
            .unwrap_or_else(|| Self {
                host: "127.0.0.1".to_owned(),
                port: 9200,
            })
    }

    fn parse(text: &str, default: u16) -> Option<Self> {
        let authority: http::uri::Authority = text.parse().ok()?;
        let host = authority.host();
        (!host.is_empty() && !authority.as_str().contains('@')).then(|| Self {
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(default),
        })
    }

    fn full(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::virtual_answer::output::Shown;
    use crate::rewrite::json::tree;

    const VERSION: &[u8] = br#"{"distribution":"opensearch","number":"3.8.0","build_type":"tar"}"#;

    fn answer(filter: Option<&str>, metrics: Option<&str>) -> serde_json::Value {
        let address = Address::parse("front.example:9201", 80).expect("parses");
        match nodes(filter, metrics, &address, VERSION).body {
            Shown::Json(value) => serde_json::from_slice(&tree::write(&value)).expect("JSON"),
            _ => panic!("no JSON"),
        }
    }

    #[test]
    fn a_sniffer_stays_at_the_front() {
        for (filter, metrics) in [
            (None, None),
            (Some("_all"), None),
            (Some("http"), None),
            (Some("_all"), Some("http")),
            (Some("_local"), Some("http,os,thread_pool")),
            (Some("data:true"), Some("_all")),
        ] {
            let node = &answer(filter, metrics)["nodes"][NODE_ID];
            assert_eq!(
                node["http"]["publish_address"], "front.example:9201",
                "{filter:?} {metrics:?}"
            );
            assert_eq!(node["version"], "3.8.0");
            assert_eq!(node["roles"][1], "data");
        }
    }

    #[test]
    fn parts_and_filters_narrow_it() {
        assert!(
            answer(Some("os"), None)["nodes"][NODE_ID]
                .get("http")
                .is_none()
        );
        for other in ["nope", "data:false", "10.0.0.1", "zone:a"] {
            let answer = answer(Some(other), None);
            assert_eq!(answer["_nodes"]["total"], 0, "{other}");
            assert_eq!(answer["nodes"], serde_json::json!({}));
        }
    }

    #[test]
    fn an_address_always_has_a_port() {
        for (text, full) in [
            ("a.example:1234", "a.example:1234"),
            ("a.example", "a.example:80"),
            ("[::1]:9201", "[::1]:9201"),
            ("127.0.0.1", "127.0.0.1:80"),
        ] {
            let address = Address::parse(text, 80).expect(text);
            assert_eq!(address.full(), full);
        }
        for bad in ["", "a b", "user@a:1", "/x"] {
            assert_eq!(Address::parse(bad, 80), None, "{bad}");
        }
    }
}
