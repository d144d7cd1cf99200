//! The operator's list: every route that has an operator's cell, for the listed caller and for others.
use http::{HeaderValue, Method, Request};
use osproxy_layer::spi::{ClusterId, Principal, PrincipalAttr, PrincipalId, Target};
use osproxy_layer::{OperatorRoute, OperatorRoutes, Osproxy, OsproxyLayer, REFUSED, Resolved};
use tower::Layer;

use crate::stack::*;

/// The cluster that the tenants `acme` and `globex` are on.
const CLUSTER: &str = "eu";

/// The rows of the specification with an operator's cell: method and template.
fn cells() -> Vec<(Method, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/endpoints.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let mut cells = Vec::new();
    for row in reader.records().map(Result::unwrap) {
        let method = if &row[0] == "*" { "GET" } else { &row[0] };
        let cell = (method.parse().unwrap(), row[1].to_owned());
        // Two plug-ins share one path.
        if [5, 6, 7].iter().any(|at| &row[*at] == "operator") && !cells.contains(&cell) {
            cells.push(cell);
        }
    }
    cells
}

fn entry(method: &Method, template: &str, principals: &[&str]) -> OperatorRoute {
    let cluster = ClusterId::from(CLUSTER);
    OperatorRoute::new(method, template, cluster, principals.to_vec())
        .unwrap_or_else(|error| panic!("{method} {template}: {error}"))
}

fn with(cluster: &Cluster, routes: OperatorRoutes) -> Osproxy<Strict<Cluster>, Tenants> {
    OsproxyLayer::new(tenants())
        .operator_routes(routes)
        .layer(Strict::new(cluster.clone()))
}

/// A request of a caller who is nobody's tenant.
fn by_ops(method: &Method, uri: &str, body: &'static str) -> Request<Body> {
    let mut request = request(method.clone(), uri, body);
    let caller = Principal::new(PrincipalId::from("ops"));
    request.extensions_mut().insert(caller);
    request
}

#[tokio::test]
async fn what_is_listed_goes_up_as_it_is_and_for_nobody_else() {
    let cells = cells();
    assert!(cells.len() > 170, "{}", cells.len());
    let mut all = OperatorRoutes::new();
    for (method, template) in &cells {
        // Several methods of one path are one row of the table here, and of the specification each its own.
        all = all.with(entry(method, template, &["ops"])).unwrap();
    }
    for (method, template) in &cells {
        let path = template.replace("/**", "/x").replace(['{', '}'], "");
        let cluster = Cluster::empty();
        let service = with(&cluster, all.clone());
        let reply = call(&service, by_ops(method, &path, "")).await;
        assert!(
            reply.rejection.is_none(),
            "{method} {path}: {}",
            reply.text()
        );
        let sent = cluster.one();
        assert_eq!((&sent.method, &*sent.uri), (method, &*path), "{template}");
        assert_eq!(sent.target.unwrap().cluster().as_str(), CLUSTER);
        let resolved = Resolved::get(&sent.extensions).unwrap();
        assert!(resolved.partition().is_none(), "{template}");

        // Whoever isn't listed gets what he got without a list.
        for tenant in ["acme", "globex", "hooli"] {
            let ask = || request(method.clone(), &path, "").by(tenant);
            let (without, unlisted) = (Cluster::honest(), Cluster::honest());
            let before = call(&with(&without, OperatorRoutes::new()), ask()).await;
            let after = call(&with(&unlisted, all.clone()), ask()).await;
            assert_eq!(
                (before.status, before.body),
                (after.status, after.body),
                "{method} {path} {tenant}"
            );
            let uris = |cluster: &Cluster| -> Vec<_> {
                cluster.all().into_iter().map(|sent| sent.uri).collect()
            };
            assert_eq!(uris(&without), uris(&unlisted), "{method} {path} {tenant}");
        }
    }
}

/// The caller counts, not what else is known of it; and the list comes before the question whose tenant it is.
#[tokio::test]
async fn the_list_is_asked_before_the_tenant() {
    let cluster = Cluster::saying(200, r#"{"indices":"all of them"}"#);
    let listed = OperatorRoutes::new()
        .with(entry(&Method::GET, "/_cluster/stats", &["ops", "svc"]))
        .unwrap();
    let service = with(&cluster, listed);
    // `svc` is the caller of every tenant in these tests.
    let reply = call(&service, get("/_cluster/stats", "hooli")).await;
    assert_eq!(reply.text(), r#"{"indices":"all of them"}"#);
    let sent = cluster.one();
    assert_eq!(sent.target.unwrap().cluster().as_str(), CLUSTER);

    // An unknown tenant, no attribute, a name that only begins alike, no caller at all: as before.
    let mut other = request(Method::GET, "/_cluster/stats", "");
    let name = PrincipalId::from("ops2");
    let caller = Principal::new(name).with_attr(PrincipalAttr::new("tenant", "acme"));
    other.extensions_mut().insert(caller);
    call(&service, other).await.assert_refused(400, REFUSED);
    let nobody = call(&service, request(Method::GET, "/_cluster/stats", "")).await;
    assert_eq!(nobody.status, 401);
}

#[tokio::test]
async fn parameters_headers_and_bodies_of_a_listed_route() {
    let cluster = Cluster::saying(200, "{}");
    let listed = OperatorRoutes::new()
        .with(entry(&Method::GET, "/_cat/nodes", &["ops"]))
        .and_then(|list| list.with(entry(&Method::PUT, "/_cluster/settings", &["ops"])))
        .unwrap();
    let service = with(&cluster, listed);
    let mut asked = by_ops(
        &Method::GET,
        "/_cat/nodes?v=true&h=ip,name&error_trace=true",
        "",
    );
    for (name, value) in [
        ("authorization", "Basic x"),
        ("x-opaque-id", "7"),
        ("cookie", "a=b"),
    ] {
        let value = HeaderValue::from_static(value);
        asked.headers_mut().insert(name, value);
    }
    call(&service, asked).await;
    let sent = cluster.one();
    assert_eq!(sent.uri, "/_cat/nodes?v=true&h=ip%2Cname");
    assert_eq!(sent.headers.get("x-opaque-id").unwrap(), "7");
    assert!(!sent.headers.contains_key("authorization") && !sent.headers.contains_key("cookie"));

    let body = r#"{"persistent":{"cluster.routing.allocation.enable":null}}"#;
    call(
        &service,
        by_ops(&Method::PUT, "/_cluster/settings?flat_settings=true", body),
    )
    .await;
    let sent = cluster.all().pop().unwrap();
    assert_eq!(sent.text(), body);

    for uri in [
        "/_cat/nodes?index=orders-shared",
        "/_cat/nodes?node_id=a",
        "/_cat/nodes?what_is_this=1",
        "/_cat/nodes?h=a;v=true",
        "/_cat/nodes?h=a&h=b",
    ] {
        let before = cluster.all().len();
        let reply = call(&service, by_ops(&Method::GET, uri, "")).await;
        assert_eq!(
            (reply.status.as_u16(), cluster.all().len()),
            (400, before),
            "{uri}"
        );
        assert!(reply.rejection.is_some(), "{uri}");
    }
}

/// A wildcard in what changes something would be a slip that can't be undone.
#[tokio::test]
async fn a_listed_change_names_its_indices() {
    let listed = || {
        OperatorRoutes::new()
            .with(entry(&Method::DELETE, "/{index}", &["ops"]))
            .and_then(|list| list.with(entry(&Method::GET, "/_cat/shards/{index}", &["ops"])))
            .unwrap()
    };
    for (method, uri, sent) in [
        (Method::DELETE, "/orders-shared", true),
        (Method::DELETE, "/orders-*", false),
        (Method::DELETE, "/_all", false),
        (Method::DELETE, "/*", false),
        (Method::DELETE, "/eu-2:orders", false),
        (Method::GET, "/_cat/shards/orders-*", true),
        (Method::GET, "/_cat/shards/eu-2:orders", false),
    ] {
        let cluster = Cluster::empty();
        let reply = call(&with(&cluster, listed()), by_ops(&method, uri, "")).await;
        assert_eq!(
            cluster.all().len(),
            usize::from(sent),
            "{uri}: {}",
            reply.text()
        );
        assert_eq!(reply.rejection.is_none(), sent, "{uri}");
    }
}

/// A cluster of a tenant's own can have an operator, too.
#[tokio::test]
async fn an_entry_may_be_for_a_dedicated_cluster() {
    let cluster = Cluster::saying(200, "{}");
    let own = OperatorRoute::new(
        &Method::GET,
        "/_nodes/stats",
        ClusterId::from("own"),
        ["svc"],
    );
    let service = with(&cluster, OperatorRoutes::new().with(own.unwrap()).unwrap());
    call(&service, get("/_nodes/stats", "hooli")).await;
    let target = Target::get(&cluster.one().extensions).cloned().unwrap();
    assert_eq!((target.cluster().as_str(), target.index()), ("own", None));
}
