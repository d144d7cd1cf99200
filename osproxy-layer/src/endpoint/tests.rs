//! Classification, and the table of routes against its specification.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::endpoint::params::tests::csv;

fn classify(method: &str, path: &str) -> Result<Endpoint, EndpointError> {
    Endpoint::classify(&method.parse().unwrap(), path)
}

#[test]
fn literals_go_before_captures_and_captures_are_tried_again() {
    for (method, path, template) in [
        ("GET", "/", "/"),
        ("GET", "/orders", "/{index}"),
        ("GET", "/_all", "/{index}"),
        ("POST", "/_bulk/", "/_bulk"),
        ("GET", "/_all/_refresh", "/{index}/_refresh"),
        ("GET", "/_search/scroll", "/_search/scroll"),
        ("GET", "/_search/scroll/abc", "/_search/scroll/{scroll_id}"),
        (
            "GET",
            "/_scripts/painless/_context",
            "/_scripts/painless/_context",
        ),
        (
            "POST",
            "/_scripts/painless/_execute",
            "/_scripts/painless/_execute",
        ),
        ("PUT", "/_scripts/painless", "/_scripts/{id}"),
        ("PUT", "/_scripts/painless/x", "/_scripts/{id}/{context}"),
        ("GET", "/_nodes/stats", "/_nodes/stats"),
        ("GET", "/_nodes/_all/http", "/_nodes/{node_id}/{metric}"),
        ("GET", "/_nodes/http", "/_nodes/{node_id_or_metric}"),
        (
            "GET",
            "/_snapshot/r/_status",
            "/_snapshot/{repository}/_status",
        ),
        ("POST", "/orders/_doc/_search", "/{index}/_doc/{id}"),
        ("GET", "/views/v/_search", "/views/{view_name}/_search"),
        ("GET", "/views/_doc/1", "/{index}/_doc/{id}"),
        ("GET", "/orders/order/_search", "/{index}/{type}/**"),
        ("PUT", "/orders/order", "/{index}/{type}/**"),
        ("GET", "/_plugins/_ml", "/_plugins/_ml/**"),
        ("PURGE", "/_plugins/_ml/models/1", "/_plugins/_ml/**"),
        ("GET", "/_wlm/stats/x", "/_wlm/stats/**"),
        ("GET", "/_wlm/other", "/_wlm/**"),
        ("OPTIONS", "/orders/_search", "/**"),
        ("OPTIONS", "/", "/**"),
    ] {
        let found = classify(method, path).map(|endpoint| endpoint.route().template());
        assert_eq!(found, Ok(template), "{method} {path}");
    }
}

#[test]
fn what_no_row_names_is_unknown() {
    for path in [
        "/_foo",
        "/_foo/_search",
        "/%5Fall",
        "/x/%5Fsearch",
        "/x/_foo",
        "/_search/foo",
        "/_plugins/_new/thing",
        "/x/_search/y/z",
        "/_cat/count/_foo",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let error = classify(method, path).err();
            assert_eq!(error, Some(EndpointError::UnknownRoute), "{path}");
        }
    }
}

#[test]
fn a_known_path_with_another_method_is_a_405() {
    for (method, path, methods) in [
        ("HEAD", "/x/_search", "GET,POST"),
        ("HEAD", "/_search", "GET,POST"),
        ("POST", "/", "GET,HEAD"),
        ("DELETE", "/", "GET,HEAD"),
        ("GET", "/x/_update/1", "POST"),
        ("PATCH", "/x", "GET,HEAD,PUT,DELETE"),
        ("PROPFIND", "/x/_bulk", "POST,PUT"),
        ("GET", "/_search/point_in_time", "DELETE"),
        ("POST", "/_scripts/painless/_context", "GET"),
        ("POST", "/_snapshot/_status", "GET"),
        ("GET", "/_nodes/reload_secure_settings", "POST"),
        ("GET", "/x/ingestion/_pause", "POST"),
    ] {
        match classify(method, path) {
            Err(error @ EndpointError::MethodNotAllowed { allowed }) => {
                assert_eq!(allowed.to_string(), methods, "{method} {path}");
                assert_eq!(error.status(), StatusCode::METHOD_NOT_ALLOWED);
            }
            other => panic!("{method} {path}: {other:?}"),
        }
    }
    let options = classify("OPTIONS", "/x/_doc/1").unwrap();
    assert_eq!(options.operation(), Operation::Options);
    assert_eq!(options.allowed().to_string(), "GET,HEAD,POST,PUT,DELETE");
}

#[test]
fn malformed_paths_are_refused_before_any_route() {
    for path in [
        "//_search",
        "/x//_search",
        "/x/../y",
        "/x%2Fy/_search",
        "/x;y/_search",
        "/x/_doc/%00",
        "*",
    ] {
        let error = classify("GET", path).unwrap_err();
        assert!(matches!(error, EndpointError::BadPath { .. }), "{path}");
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    }
}

#[test]
fn captures_are_decoded_once_and_written_anew() {
    let endpoint = classify("PUT", "/orders/_doc/a%2Fb%20%C3%A9+%252C;").unwrap();
    assert_eq!(endpoint.index(), Some("orders"));
    assert_eq!(endpoint.id(), Some("a/b é+%2C;"));
    assert_eq!(endpoint.value("id"), endpoint.id());
    assert_eq!(endpoint.value("name"), None);
    assert_eq!(
        endpoint.physical_path(None, None),
        "/orders/_doc/a%2Fb%20%C3%A9%2B%252C%3B"
    );
    assert_eq!(
        endpoint.physical_path(Some("o-shared"), Some("acme:1")),
        "/o-shared/_doc/acme%3A1"
    );
    assert_eq!(
        format!("{endpoint:?}"),
        r#"Endpoint { template: "/{index}/_doc/{id}", operation: Index, .. }"#
    );
    for (method, path, index, sent) in [
        ("GET", "/", None, "/"),
        ("OPTIONS", "/", None, "/"),
        ("POST", "/_bulk/", None, "/_bulk"),
        ("POST", "/_bulk", Some("o"), "/o/_bulk"),
        ("GET", "/_cat/count", Some("o"), "/_cat/count/o"),
        ("GET", "/_aliases", Some("o"), "/o/_alias"),
        (
            "GET",
            "/_settings/index.%2A",
            Some("o"),
            "/o/_settings/index.%2A",
        ),
        (
            "GET",
            "/_cluster/state/metadata/a,b",
            None,
            "/_cluster/state/metadata/a%2Cb",
        ),
        (
            "GET",
            "/_cluster/state/metadata/a",
            Some("o"),
            "/_cluster/state/metadata/o",
        ),
        ("POST", "/a/_clone/b", Some("o"), "/o/_clone/b"),
        ("GET", "/_scripts/a%2Fb", None, "/_scripts/a%2Fb"),
        ("GET", "/a/t/x%2Fy/z/", Some("o"), "/o/t/x%2Fy/z"),
        ("GET", "/_plugins/_ml", None, "/_plugins/_ml"),
        (
            "GET",
            "/_plugins/_ml/a%2Fb/c",
            None,
            "/_plugins/_ml/a%2Fb/c",
        ),
    ] {
        let endpoint = classify(method, path).unwrap();
        assert_eq!(endpoint.physical_path(index, None), sent, "{path}");
    }
    let alias = classify("POST", "/current/_rollover/next").unwrap();
    assert_eq!(alias.index(), Some("current"));
    assert_eq!(alias.physical_path(Some("o"), None), "/o/_rollover/next");
    let script = classify("GET", "/_scripts/s").unwrap();
    assert_eq!((script.id(), script.value("id")), (None, Some("s")));
}

#[test]
fn a_root_call_on_one_index_is_the_same_operation() {
    let scoped: BTreeSet<_> = routes()
        .filter(|route| route.index_at.is_some())
        .map(|route| route.group)
        .collect();
    let served = |route: &&Route| {
        [PlacementKind::SharedIndex, PlacementKind::DedicatedIndex]
            .iter()
            .any(|&kind| route.decision(kind) == Decision::Rewrite)
    };
    let mut tried = 0;
    for route in routes().filter(served) {
        if route.index_at.is_some() || !scoped.contains(route.group) {
            continue;
        }
        let path = route.template.replace(['{', '}'], "");
        for method in route.methods.iter() {
            let root = classify(method, &path).unwrap();
            let one = classify(method, &root.physical_path(Some("orders"), None)).unwrap();
            assert_eq!(one.route().group(), route.group, "{path}");
            assert_eq!(one.index(), Some("orders"), "{path}");
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}

/// The specification, row by row.
#[test]
fn the_table_is_the_specification() {
    let mut rows = 0;
    for row in csv("endpoints.csv") {
        let [
            method,
            path,
            group,
            deprecated,
            class,
            shared,
            dedicated,
            cluster,
            _,
        ] = row.as_slice()
        else {
            panic!("nine columns: {row:?}");
        };
        rows += 1;
        let group = group.trim_start_matches("(server) ");
        let bits = match method.as_str() {
            "*" => methods::ANY,
            name => methods::bit(&name.parse().unwrap()),
        };
        let found: Vec<_> = routes()
            .filter(|route| {
                route.template == path
                    && route.group == group
                    && route.methods.bits() & bits == bits
            })
            .collect();
        let [route] = found.as_slice() else {
            panic!("{method} {path}: {found:?}");
        };
        let name = |kind| format!("{:?}", route.decision(kind)).to_lowercase();
        assert_eq!(name(PlacementKind::SharedIndex), *shared, "{method} {path}");
        assert_eq!(
            name(PlacementKind::DedicatedIndex),
            *dedicated,
            "{method} {path}"
        );
        assert_eq!(
            name(PlacementKind::DedicatedCluster),
            *cluster,
            "{method} {path}"
        );
        assert_eq!(route.class().as_str(), class, "{method} {path}");
        assert_eq!(
            route.is_deprecated().to_string(),
            *deprecated,
            "{method} {path}"
        );
        let refused = [shared, dedicated, cluster]
            .iter()
            .any(|cell| *cell == "reject" || *cell == "operator");
        assert_eq!(refused, !route.reason().is_empty(), "{method} {path}");
        assert!(route.captures().count() <= MOST_CAPTURES);
        reaches(method, path, route);
    }
    let table: u32 = routes()
        .map(|route| match route.methods.bits() {
            methods::ANY => 1,
            bits => bits.count_ones(),
        })
        .sum();
    assert_eq!(
        usize::try_from(table),
        Ok(rows),
        "no row beside the specification's"
    );
}

/// A request made from the template finds this row, or one that decides alike.
fn reaches(method: &str, path: &str, route: &Route) {
    let method = if method == "*" { "POST" } else { method };
    let path = path.replace("/**", "/x").replace(['{', '}'], "");
    let found = classify(method, &path).unwrap();
    assert_eq!(found.route().decisions, route.decisions, "{method} {path}");
    assert!(
        // Two plug-ins share one prefix.
        found.route() == route || route.template == "/_plugins/_query/**",
        "{method} {path}: {:?}",
        found.route()
    );
}

/// One group, one operation, so that either may be asked.
#[test]
fn operations_are_groups() {
    let mut pairs = BTreeSet::new();
    for route in routes().filter(|route| route.operation != Operation::Other) {
        pairs.insert((route.group, format!("{:?}", route.operation)));
    }
    let groups: BTreeSet<_> = pairs.iter().map(|(group, _)| group).collect();
    let names: BTreeSet<_> = pairs.iter().map(|(_, name)| name).collect();
    assert_eq!((groups.len(), names.len()), (pairs.len(), pairs.len()));
    for route in routes() {
        let group = route.group;
        let served = [PlacementKind::SharedIndex, PlacementKind::DedicatedIndex]
            .iter()
            .any(|&kind| !matches!(route.decision(kind), Decision::Reject | Decision::Operator));
        assert!(
            !served || route.operation != Operation::Other,
            "{group} needs a variant"
        );
    }
}

proptest! {
    #[test]
    fn classify_never_panics(method in "[A-Z]{1,8}", path: String) {
        let _ = classify(&method, &path);
        let _ = classify(&method, &format!("/{path}"));
    }

    #[test]
    fn a_path_rebuilt_means_the_same(
        index in "[a-z0-9.-]{1,8}",
        id in "[^\\x00]{1,12}",
        action in prop::sample::select(vec!["_doc", "_create", "_source", "_update", "_explain"]),
    ) {
        prop_assume!(!["_all", ".", ".."].contains(&index.as_str()) && id != "." && id != "..");
        let path = path::join(&[&index, action, &id]);
        for method in ["GET", "PUT", "POST"] {
            if let Ok(endpoint) = classify(method, &path) {
                prop_assert_eq!(endpoint.index(), Some(index.as_str()));
                prop_assert_eq!(endpoint.id(), Some(id.as_str()));
                prop_assert_eq!(endpoint.physical_path(None, None), path.clone());
            }
        }
    }
}
