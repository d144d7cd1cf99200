//! The four layers by hand, in each order that they allow, and what is said where one is missing.
use http::{Request, Response};
use osproxy_layer::{
    DemuxLayer, RejectionKind, RequestEdgeLayer, ResolveLayer, ResponseBody, ResponseEdgeLayer,
    RouteLayer, Stack, WriteGateLayer,
};
use tower::{Layer, Service};

use crate::movable::{BULK, writes};
use crate::stack::*;

async fn through<S>(service: S, request: Request<Body>) -> Reply
where
    S: Service<Request<Body>, Response = Response<ResponseBody<Body>>> + Clone,
    S::Error: std::fmt::Debug,
{
    call(&service, request).await
}

#[tokio::test]
async fn layers_composed_by_hand_work_in_either_order() {
    let cluster = Cluster::honest();
    let bench = Strict::new(cluster.clone());
    let kit = Stack::new(tenants());
    let demux_first = (
        RequestEdgeLayer::new(),
        ResolveLayer::of(&kit),
        DemuxLayer::of(&kit),
        RouteLayer::of(&kit),
        WriteGateLayer::of(&kit),
        ResponseEdgeLayer::new(),
    );
    let route_first = (
        RequestEdgeLayer::new(),
        ResolveLayer::of(&kit),
        RouteLayer::of(&kit),
        DemuxLayer::of(&kit),
        WriteGateLayer::of(&kit),
        ResponseEdgeLayer::new(),
    );
    let each_its_own = (
        RequestEdgeLayer::new(),
        ResolveLayer::new(tenants()),
        DemuxLayer::new(tenants()),
        RouteLayer::new(tenants()),
        WriteGateLayer::new(tenants()),
        ResponseEdgeLayer::new(),
    );
    for tenant in ["acme", "globex", "hooli"] {
        for at in 0..writes(tenant).len() {
            let request = |at| writes(tenant).remove(at);
            for reply in [
                through(demux_first.clone().layer(bench.clone()), request(at)).await,
                through(route_first.clone().layer(bench.clone()), request(at)).await,
                through(each_its_own.clone().layer(bench.clone()), request(at)).await,
            ] {
                assert!(reply.status.is_success(), "{}", reply.text());
            }
        }
    }
}

#[tokio::test]
async fn a_layer_that_is_missing_is_named() {
    let cluster = Cluster::honest();
    let bench = Strict::new(cluster.clone());
    let kit = Stack::new(tenants());
    let edge = RequestEdgeLayer::new;
    let inside = ResponseEdgeLayer::new;
    let gate = || WriteGateLayer::of(&kit);
    let check = |reply: Reply, layer: &str| {
        reply.assert_refused(500, "osproxy_order_exception");
        assert_eq!(
            reply.rejection.as_ref().unwrap().kind(),
            RejectionKind::Internal
        );
        assert!(reply.reason().contains(layer), "{}", reply.text());
    };

    let alone = (edge(), gate(), inside()).layer(bench.clone());
    check(
        through(alone, put("/orders/_doc/1", "acme", "{}")).await,
        "ResolveLayer",
    );
    let alone = (edge(), RouteLayer::of(&kit), gate(), inside()).layer(bench.clone());
    check(
        through(alone, put("/orders/_doc/1", "acme", "{}")).await,
        "ResolveLayer",
    );
    let alone = (edge(), DemuxLayer::of(&kit), gate(), inside()).layer(bench.clone());
    check(
        through(alone, post("/orders/_bulk", "acme", BULK)).await,
        "ResolveLayer",
    );

    let resolve = || ResolveLayer::of(&kit);
    let no_route = (edge(), resolve(), DemuxLayer::of(&kit), gate(), inside()).layer(bench.clone());
    check(
        through(no_route.clone(), get("/orders/_doc/1", "acme")).await,
        "RouteLayer",
    );
    check(
        through(no_route, get("/orders/_doc/1", "hooli")).await,
        "RouteLayer",
    );
    let no_demux = (edge(), resolve(), RouteLayer::of(&kit), gate(), inside()).layer(bench.clone());
    check(
        through(no_demux, post("/orders/_bulk", "acme", BULK)).await,
        "DemuxLayer",
    );
    let neither = (edge(), resolve(), gate(), inside()).layer(bench.clone());
    check(
        through(neither, put("/orders/_doc/1", "acme", "{}")).await,
        "RouteLayer",
    );
    assert!(cluster.all().is_empty());
}
