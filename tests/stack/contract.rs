//! The contract of `osproxy_layer::spi`, compiled as a user would: what drives the stack, and what a routing decision does.
use std::future::{Future, ready};
use std::sync::Arc;

use http::header::HeaderName;
use http::{HeaderValue, Method};
use osproxy_layer::spi::{
    Admission, ClusterId, Epoch, HeaderOp, IndexName, PartitionId, PlacementAt, Protocol,
    RequestCtx, RouteDecision, RoutingSpi, SpiError, Target, WritePermit,
};
use osproxy_layer::{Osproxy, OsproxyLayer, Resolved, Router};
use serde_json::json;

use crate::stack::*;

/// The published SPI's own example, with other `use` lines.
struct PinToOne;
impl RoutingSpi for PinToOne {
    async fn route(&self, _ctx: &RequestCtx<'_>) -> Result<RouteDecision, SpiError> {
        let target = Target::new(ClusterId::from("only"), IndexName::from("logs"));
        Ok(RouteDecision::passthrough(
            target,
            Protocol::Http1,
            Epoch::ZERO,
        ))
    }
}

#[tokio::test]
async fn a_routing_decision_alone_drives_the_stack_without_a_principal() {
    let cluster = Cluster::honest();
    let stack = stack(PinToOne.into_router(), &cluster);
    let document = r#"{ "b":1.10, "_tenant":"mine", "a":1e2 }"#;
    let reply = call(&stack, request(Method::PUT, "/orders/_doc/7", document)).await;

    let sent = cluster.one();
    assert_eq!((&sent.method, &*sent.uri), (&Method::PUT, "/logs/_doc/7"));
    assert_eq!(sent.text(), document);
    let target = sent.target.expect("a target");
    assert_eq!(target.cluster().as_str(), "only");
    assert_eq!(target.index().map(IndexName::as_str), Some("logs"));

    assert_eq!(reply.status, 201);
    let answer = reply.json();
    assert_eq!(
        (&answer["_index"], &answer["_id"]),
        (&json!("orders"), &json!("7"))
    );
    assert_eq!(reply.headers["location"], "/orders/_doc/7");
}

#[tokio::test]
async fn a_pinned_search_and_a_pinned_bulk_show_the_clients_names() {
    let hit = r#"{"took":1,"timed_out":false,"hits":{"total":{"value":1,"relation":"eq"},"max_score":1.0,"hits":[{"_index":"logs","_id":"7","_score":1.0,"_source":{"_tenant":"mine","a":1e2}}]}}"#;
    let cluster = Cluster::answering(move |request| {
        Ok(match request.path() {
            "/logs/_search" => respond(200, hit),
            _ => crate::honest::answer(request),
        })
    });
    let stack = stack(PinToOne.into_router(), &cluster);
    let body = r#"{"query":{"match":{"a":"x"}}}"#;
    let reply = call(&stack, request(Method::POST, "/orders/_search", body)).await;
    assert_eq!(reply.text(), hit.replace("\"logs\"", "\"orders\""));

    let lines = "{\"index\":{\"_index\":\"a\",\"_id\":\"1\"}}\n{\"x\":1}\n{\"delete\":{\"_index\":\"b\",\"_id\":\"2\"}}\n";
    let reply = call(&stack, request(Method::POST, "/_bulk", lines)).await;
    let sent = cluster.take().pop().expect("a bulk");
    assert_eq!(
        sent.lines(),
        [
            json!({ "index": { "_index": "logs", "_id": "1" } }),
            json!({ "x": 1 }),
            json!({ "delete": { "_index": "logs", "_id": "2" } }),
        ]
    );
    let answer = reply.json();
    assert_eq!(answer["items"][0]["index"]["_index"], "a");
    assert_eq!(answer["items"][1]["delete"]["_index"], "b");
}

/// Sets, adds and removes headers, another team's for each index.
struct WithHeaders;
impl RoutingSpi for WithHeaders {
    async fn route(&self, ctx: &RequestCtx<'_>) -> Result<RouteDecision, SpiError> {
        let target = Target::new(ClusterId::from("only"), IndexName::from("logs"));
        let team = HeaderValue::from_str(ctx.logical_index().unwrap_or("none")).unwrap();
        let name = HeaderName::from_static("x-team");
        let decision = RouteDecision::passthrough(target, Protocol::Http1, Epoch::ZERO)
            .with_header_op(HeaderOp::Replace {
                name: name.clone(),
                value: team,
            })
            .with_header_op(HeaderOp::Add {
                name,
                value: HeaderValue::from_static("all"),
            })
            .with_header_op(HeaderOp::Remove {
                name: HeaderName::from_static("x-opaque-id"),
            });
        Ok(decision)
    }
}

#[tokio::test]
async fn the_header_ops_of_a_decision_are_applied() {
    let cluster = Cluster::honest();
    let stack = stack(WithHeaders.into_router(), &cluster);
    let mut request = request(Method::GET, "/orders/_doc/1", "");
    request
        .headers_mut()
        .insert("x-team", HeaderValue::from_static("client"));
    request
        .headers_mut()
        .insert("x-opaque-id", HeaderValue::from_static("client"));
    call(&stack, request).await;
    let sent = cluster.one();
    let teams: Vec<_> = sent.headers.get_all("x-team").iter().collect();
    assert_eq!(teams, ["orders", "all"]);
    assert!(!sent.headers.contains_key("x-opaque-id"));
}

/// Speaks upstream what the client speaks here.
struct AsTheClient;
impl RoutingSpi for AsTheClient {
    async fn route(&self, ctx: &RequestCtx<'_>) -> Result<RouteDecision, SpiError> {
        let target = Target::new(ClusterId::from("only"), IndexName::from("logs"));
        Ok(RouteDecision::passthrough(
            target,
            ctx.protocol(),
            Epoch::ZERO,
        ))
    }
}

#[tokio::test]
async fn the_protocol_of_a_decision_is_the_targets() {
    let lines = "{\"index\":{\"_id\":\"1\"}}\n{}\n";
    for (version, protocol) in [
        (http::Version::HTTP_2, Protocol::Http2),
        (http::Version::HTTP_11, Protocol::Http1),
    ] {
        let cluster = Cluster::honest();
        let stack = stack(AsTheClient.into_router(), &cluster);
        for (method, path, body) in [
            (Method::PUT, "/orders/_doc/7", "{}"),
            (Method::GET, "/orders/_search", ""),
            (Method::POST, "/orders/_bulk", lines),
        ] {
            let mut request = request(method, path, body);
            *request.version_mut() = version;
            call(&stack, request).await;
            for sent in cluster.take() {
                let target = sent.target.expect("a target");
                assert_eq!(target.protocol(), Some(protocol), "{path}");
            }
        }
    }
}

/// One request can't carry the headers of two decisions.
#[tokio::test]
async fn items_whose_decisions_differ_in_headers_are_sent_apart() {
    let cluster = Cluster::honest();
    let stack = stack(WithHeaders.into_router(), &cluster);
    let line = |index: &str, id: &str| {
        format!("{{\"index\":{{\"_index\":\"{index}\",\"_id\":\"{id}\"}}}}\n{{}}\n")
    };
    let lines = [line("a", "1"), line("b", "2"), line("a", "3")].concat();
    let reply = call(&stack, request(Method::POST, "/_bulk", lines)).await;
    let sent = cluster.take();
    let teams: Vec<_> = sent.iter().map(|sent| &sent.headers["x-team"]).collect();
    assert_eq!(teams, ["a", "b"]);
    assert_eq!(sent[0].lines().len(), 4);
    let ids: Vec<_> = reply.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["index"]["_id"].clone())
        .collect();
    assert_eq!(ids, ["1", "2", "3"]);
}

/// A router by hand: the partition is the first part of the index name.
struct ByIndexName;
impl Router for ByIndexName {
    fn resolve_partition(&self, ctx: &RequestCtx<'_>) -> Result<Option<PartitionId>, SpiError> {
        let index = ctx.logical_index().ok_or(SpiError::IndexUnknown)?;
        let name = index.split('.').next().unwrap_or_default();
        let partition = PartitionId::parse(name).map_err(|_| SpiError::PlacementMissing)?;
        Ok(Some(partition))
    }

    async fn resolve_placement(
        &self,
        ctx: &RequestCtx<'_>,
        partition: PartitionId,
    ) -> Result<Resolved, SpiError> {
        let at = PlacementAt::new(shared("eu", "{index}-shared"), Epoch::new(1));
        Resolved::from_placement(ctx, partition, &at, None, &[])
    }

    async fn resolve(&self, ctx: &RequestCtx<'_>) -> Result<Resolved, SpiError> {
        match self.resolve_partition(ctx)? {
            Some(partition) => self.resolve_placement(ctx, partition).await,
            None => Err(SpiError::PlacementMissing),
        }
    }

    fn admit_write(&self, _partition: &PartitionId, _epoch: Epoch) -> Admission {
        Admission::Admitted(WritePermit::none())
    }

    fn settled(&self, _partition: &PartitionId, _epoch: Epoch) -> impl Future<Output = ()> + Send {
        ready(())
    }
}

#[tokio::test]
async fn a_router_by_hand_drives_the_stack() {
    let cluster = Cluster::honest();
    let stack = stack(ByIndexName, &cluster);
    let reply = call(&stack, request(Method::PUT, "/acme.orders/_doc/7", "{}")).await;
    let sent = cluster.one();
    assert_eq!(sent.uri, "/acme.orders-shared/_doc/acme%3A7?routing=acme");
    assert_eq!(sent.json(), json!({ "_tenant": "acme" }));
    assert_eq!(reply.json()["_index"], "acme.orders");
    assert_eq!(reply.json()["_id"], "7");
}

#[tokio::test]
async fn a_shared_router_is_a_router() {
    let cluster = Cluster::honest();
    let router = Arc::new(tenants());
    let stack = stack(Arc::clone(&router), &cluster);
    let reply = call(&stack, get("/orders/_doc/1", "acme")).await;
    assert_eq!(reply.json()["_id"], "1");
    assert_eq!(Arc::strong_count(&router), 2);
}

#[tokio::test]
async fn a_decision_that_changes_documents_needs_a_partition() {
    struct Transforms;
    impl RoutingSpi for Transforms {
        async fn route(&self, ctx: &RequestCtx<'_>) -> Result<RouteDecision, SpiError> {
            tenants().route(ctx).await
        }
    }
    let cluster = Cluster::honest();
    let stack = stack(Transforms.into_router(), &cluster);
    let reply = call(&stack, put("/orders/_doc/1", "acme", "{}")).await;
    reply.assert_refused(400, osproxy_layer::REFUSED);
    assert!(cluster.all().is_empty());
}

/// Two logical indices that a decision pins to one physical index can't be told apart in an answer.
#[tokio::test]
async fn a_pinned_search_over_two_indices_is_refused() {
    let cluster = Cluster::honest();
    let stack = stack(PinToOne.into_router(), &cluster);
    let reply = call(&stack, request(Method::GET, "/a,b/_search", "")).await;
    reply.assert_refused(400, osproxy_layer::REFUSED);
    assert!(cluster.all().is_empty());
}

// What a host needs of the types, wherever their parts have it.
const _: () = {
    const fn usable<T: Clone + Send + Sync + 'static>() {}
    usable::<OsproxyLayer<Tenants>>();
    usable::<Osproxy<Strict<Cluster>, Tenants>>();
    usable::<OsproxyLayer<ByIndexName>>();
    usable::<Osproxy<Strict<Cluster>, ByIndexName>>();
};

/// The future of a call may be spawned.
#[tokio::test]
async fn the_future_of_a_call_is_send() {
    let stack = stack(tenants(), &Cluster::honest());
    let reply = tokio::spawn(async move { call(&stack, get("/orders/_doc/1", "acme")).await });
    assert_eq!(reply.await.unwrap().status, 200);
}
