//! Scrolls and points in time on the node, through the stack: whole answers on every placement, and nobody else's.
use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::http::Reply;
use crate::support::tenants::{ACME, GLOBEX, INITECH, Stack, TENANTS, UMBRELLA, physical};
use crate::support::upstream::Upstream;

/// How many documents each tenant has.
const DOCUMENTS: usize = 23;

/// The node with an index of this name on each placement, and the documents of four tenants in it.
struct Bench {
    node: Upstream,
    stack: Stack,
    index: String,
}

impl Bench {
    async fn new(name: &str) -> Option<Self> {
        let node = Upstream::node().await?;
        let stack = Stack::new(node.clone());
        let index = format!("cursors-{name}-{}", std::process::id());
        let bench = Self { node, stack, index };
        for tenant in [ACME, INITECH, UMBRELLA] {
            let mapping = json!({
                "settings": { "number_of_shards": 3 },
                "mappings": { "properties": { "_tenant": { "type": "keyword" }, "n": { "type": "long" } } },
            });
            let target = format!("/{}", physical(tenant, &bench.index));
            let made = bench.node.direct("PUT", &target, mapping.to_string()).await;
            assert!(made.status.is_success(), "{}", made.text());
        }
        for tenant in [ACME, GLOBEX, INITECH, UMBRELLA] {
            let mut lines = String::new();
            for n in 0..DOCUMENTS {
                lines += &format!(
                    "{{\"index\":{{\"_id\":\"{n}\"}}}}\n{{\"n\":{n},\"of\":\"{tenant}\"}}\n"
                );
            }
            let send = format!("POST /{}/_bulk?refresh=true", bench.index);
            let written = bench.stack.send(tenant, &send, lines).await;
            assert_eq!(written.json()["errors"], false, "{}", written.text());
        }
        bench.node.seen();
        Some(bench)
    }

    async fn ask(&self, tenant: &str, send: &str, body: Value) -> Reply {
        self.stack.send(tenant, send, body.to_string()).await
    }

    async fn ok(&self, tenant: &str, send: &str, body: Value) -> Value {
        let reply = self.ask(tenant, send, body).await;
        assert_eq!(reply.status, 200, "{tenant} {send}: {}", reply.text());
        reply.json()
    }

    /// Opens a scroll and gives the sealed id.
    async fn scroll(&self, tenant: &str) -> String {
        let send = format!("POST /{}/_search?scroll=1m&size=4", self.index);
        let page = self.ok(tenant, &send, json!({ "sort": ["_doc"] })).await;
        text(&page["_scroll_id"])
    }

    async fn page(&self, tenant: &str, scroll: &str) -> Reply {
        let body = json!({ "scroll_id": scroll, "scroll": "1m" });
        self.ask(tenant, "POST /_search/scroll", body).await
    }

    async fn point_in_time(&self, tenant: &str) -> String {
        let send = format!("POST /{}/_search/point_in_time?keep_alive=1m", self.index);
        let opened = self.stack.send(tenant, &send, "").await;
        assert_eq!(opened.status, 200, "{}", opened.text());
        text(&opened.json()["pit_id"])
    }

    /// The node's own id in the last request that the stack sent.
    fn upstream(&self, key: &str) -> String {
        let seen = self.node.seen().pop().unwrap();
        text(&serde_json::from_slice::<Value>(&seen.body).unwrap()[key])
    }

    async fn end(self) {
        let names = [ACME, INITECH, UMBRELLA].map(|tenant| physical(tenant, &self.index));
        let gone = self
            .node
            .direct("DELETE", &format!("/{}", names.join(",")), "")
            .await;
        assert!(gone.status.is_success(), "{}", gone.text());
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The ids on a page; that every hit is the tenant's own, under the logical name.
fn ids(tenant: &str, index: &str, page: &Value) -> Vec<String> {
    let hits = page["hits"]["hits"].as_array().unwrap();
    for hit in hits {
        assert_eq!(hit["_index"], index, "{hit}");
        assert_eq!(
            hit["_source"],
            json!({ "n": hit["_source"]["n"], "of": tenant })
        );
        assert!(
            hit.get("_routing")
                .is_none_or(|_| tenant == UMBRELLA || tenant == INITECH)
        );
    }
    hits.iter().map(|hit| text(&hit["_id"])).collect()
}

fn all() -> BTreeSet<String> {
    (0..DOCUMENTS).map(|n| n.to_string()).collect()
}

/// As the helpers of clients scan an index: page by page until one is empty, then cleared.
#[tokio::test]
async fn a_scan_reads_all_of_a_tenants_documents_and_no_others() {
    let Some(bench) = Bench::new("scan").await else {
        return;
    };
    for tenant in [ACME, GLOBEX, INITECH, UMBRELLA] {
        let send = format!("POST /{}/_search?scroll=5m&size=4", bench.index);
        let sliced = json!({ "sort": ["_doc"], "query": { "range": { "n": { "gte": 0 } } } });
        let mut page = bench.ok(tenant, &send, sliced).await;
        let mut seen = BTreeSet::new();
        loop {
            assert_eq!(page["hits"]["total"]["value"], DOCUMENTS);
            let found = ids(tenant, &bench.index, &page);
            if found.is_empty() {
                break;
            }
            for id in found {
                assert!(seen.insert(id), "twice on the pages of {tenant}");
            }
            let body = json!({ "scroll_id": page["_scroll_id"], "scroll": "5m" });
            page = bench.ok(tenant, "POST /_search/scroll", body).await;
        }
        assert_eq!(seen, all(), "{tenant}");
        let scroll = text(&page["_scroll_id"]);
        let list = json!({ "scroll_id": [scroll] });
        let cleared = bench
            .ok(tenant, "DELETE /_search/scroll", list.clone())
            .await;
        assert_eq!(cleared["succeeded"], true);
        assert!(cleared["num_freed"].as_u64().unwrap() >= 1);
        for gone in [
            bench.page(tenant, &scroll).await,
            bench.ask(tenant, "DELETE /_search/scroll", list).await,
        ] {
            assert_eq!(gone.status, 404, "{}", gone.text());
            assert!(!gone.text().contains("id ["), "{}", gone.text());
        }
    }
    bench.end().await;
}

#[tokio::test]
async fn slices_of_a_scroll_are_the_whole() {
    let Some(bench) = Bench::new("slices").await else {
        return;
    };
    for tenant in TENANTS {
        let mut seen = BTreeSet::new();
        for slice in 0..3 {
            let send = format!("POST /{}/_search?scroll=1m&size=100", bench.index);
            let body = json!({ "slice": { "id": slice, "max": 3 } });
            let page = bench.ok(tenant, &send, body).await;
            seen.extend(ids(tenant, &bench.index, &page));
            let clear = format!("DELETE /_search/scroll/{}", text(&page["_scroll_id"]));
            assert_eq!(bench.stack.send(tenant, &clear, "").await.status, 200);
        }
        assert_eq!(seen, all(), "{tenant}");
    }
    bench.end().await;
}

/// What the seal is for: on the node itself the id of a neighbour's scroll is as good as an own one.
#[tokio::test]
async fn a_forged_cursor_opens_nothing() {
    let Some(bench) = Bench::new("forged").await else {
        return;
    };
    let globex = bench.scroll(GLOBEX).await;
    bench.page(GLOBEX, &globex).await;
    let raw = bench.upstream("scroll_id");
    let body = json!({ "scroll_id": raw, "scroll": "1m" });
    let direct = bench
        .node
        .direct("POST", "/_search/scroll", body.to_string())
        .await;
    assert!(direct.text().contains("globex:"), "{}", direct.text());

    let own = bench.scroll(ACME).await;
    bench.node.seen();
    // A counter moved by one, as far as a text of the client's own goes.
    let mut moved = own.clone().into_bytes();
    let at = moved.len() / 2;
    moved[at] = if moved[at] == b'A' { b'B' } else { b'A' };
    let moved = String::from_utf8(moved).unwrap();
    for tenant in [ACME, INITECH, UMBRELLA] {
        for id in [&raw, &globex, &moved] {
            let page = bench.page(tenant, id).await;
            let list = json!({ "scroll_id": id });
            let clear = bench.ask(tenant, "DELETE /_search/scroll", list).await;
            assert_eq!((page.status.as_u16(), clear.status.as_u16()), (404, 404));
        }
        for all in [
            "DELETE /_search/scroll/_all",
            "DELETE /_search/point_in_time/_all",
            "GET /_search/point_in_time/_all",
        ] {
            assert_eq!(bench.stack.send(tenant, all, "").await.status, 400);
        }
    }
    assert!(bench.node.seen().is_empty(), "the node heard of it");
    assert_eq!(bench.page(GLOBEX, &globex).await.status, 200, "still open");

    let pit = bench.point_in_time(GLOBEX).await;
    bench
        .ok(GLOBEX, "POST /_search", json!({ "pit": { "id": pit } }))
        .await;
    let seen = bench.node.seen().pop().unwrap();
    let sent: Value = serde_json::from_slice(&seen.body).unwrap();
    let raw = text(&sent["pit"]["id"]);
    bench.node.seen();
    for tenant in [ACME, INITECH, UMBRELLA] {
        for id in [&raw, &pit] {
            let search = json!({ "pit": { "id": id } });
            let list = json!({ "pit_id": [id] });
            for (send, body) in [
                ("POST /_search", search),
                ("DELETE /_search/point_in_time", list),
            ] {
                let reply = bench.ask(tenant, send, body).await;
                assert_eq!(reply.status, 404, "{tenant} {send}: {}", reply.text());
            }
        }
    }
    assert!(bench.node.seen().is_empty(), "the node heard of it");
    let list = json!({ "pit_id": pit });
    bench
        .ok(GLOBEX, "DELETE /_search/point_in_time", list)
        .await;
    let list = json!({ "scroll_id": [globex] });
    bench.ok(GLOBEX, "DELETE /_search/scroll", list).await;
    let list = json!({ "scroll_id": own });
    bench.ok(ACME, "DELETE /_search/scroll", list).await;
    bench.end().await;
}

/// Pages of a point in time, each from the last hit of the one before, though documents come and go meanwhile.
#[tokio::test]
async fn a_point_in_time_is_paged_by_id() {
    let Some(bench) = Bench::new("pages").await else {
        return;
    };
    for tenant in [ACME, GLOBEX, INITECH, UMBRELLA] {
        for sort in [
            json!([{ "n": "desc" }, { "_id": "asc" }]),
            json!([{ "_id": "asc" }]),
        ] {
            let pit = bench.point_in_time(tenant).await;
            let send = format!("PUT /{}/_doc/late?refresh=true", bench.index);
            let late = bench
                .ask(tenant, &send, json!({ "n": 7, "of": tenant }))
                .await;
            assert!(late.status.is_success(), "{}", late.text());
            let mut body =
                json!({ "size": 5, "sort": sort, "pit": { "id": pit, "keep_alive": "1m" } });
            let mut seen = Vec::new();
            loop {
                let page = bench.ok(tenant, "POST /_search", body.clone()).await;
                let found = ids(tenant, &bench.index, &page);
                if found.is_empty() {
                    break;
                }
                seen.extend(found);
                let last = page["hits"]["hits"].as_array().unwrap().last().unwrap();
                assert!(!last["sort"].to_string().contains(':'), "{last}");
                body["search_after"] = last["sort"].clone();
                body["pit"]["id"] = page["pit_id"].clone();
            }
            assert_eq!(seen.len(), DOCUMENTS, "{tenant} {sort}");
            assert_eq!(
                seen.into_iter().collect::<BTreeSet<_>>(),
                all(),
                "{tenant} {sort}"
            );
            let close = json!({ "pit_id": [body["pit"]["id"], pit] });
            let closed = bench
                .ok(tenant, "DELETE /_search/point_in_time", close)
                .await;
            let pits = closed["pits"].as_array().unwrap();
            assert!(!pits.is_empty() && pits.iter().all(|pit| pit["successful"] == true));
            let late = format!("DELETE /{}/_doc/late?refresh=true", bench.index);
            assert_eq!(bench.stack.send(tenant, &late, "").await.status, 200);
            let again = json!({ "pit": { "id": pit } });
            let gone = bench.ask(tenant, "POST /_search", again).await;
            assert_eq!(gone.status, 404, "{}", gone.text());
            assert!(!gone.text().contains("id ["), "{}", gone.text());
        }
    }
    bench.end().await;
}

/// What is refused is refused with the node's own status, and type where the request itself is at fault.
#[tokio::test]
async fn refusals_are_the_nodes() {
    let Some(bench) = Bench::new("refusals").await else {
        return;
    };
    let index = physical(UMBRELLA, &bench.index);
    let opened = format!("POST /{index}/_search/point_in_time?keep_alive=1m");
    let own = |path: String| format!("POST {path}");
    for tenant in [ACME, INITECH] {
        let pit = bench.point_in_time(tenant).await;
        let scroll = bench.scroll(tenant).await;
        let (method, target) = opened.split_once(' ').unwrap();
        let raw = text(&bench.node.direct(method, target, "").await.json()["pit_id"]);
        let direct = format!("/{index}/_search?scroll=1m&size=4");
        let raw_scroll = text(&bench.node.direct("POST", &direct, "").await.json()["_scroll_id"]);
        for (send, body) in [
            (
                own(format!("/{}/_search", bench.index)),
                json!({ "pit": { "id": "PIT" } }),
            ),
            (
                own("/_search?routing=a".into()),
                json!({ "pit": { "id": "PIT" } }),
            ),
            (
                own("/_search?preference=a".into()),
                json!({ "pit": { "id": "PIT" } }),
            ),
            (
                own("/_search?scroll=1m".into()),
                json!({ "pit": { "id": "PIT" } }),
            ),
            (own("/_search".into()), json!({ "pit": {} })),
            (
                own(format!("/{}/_search?scroll=1m&from=1", bench.index)),
                json!({}),
            ),
            (
                own(format!("/{}/_search?scroll=1m&size=0", bench.index)),
                json!({}),
            ),
            (
                own(format!("/{}/_search?scroll=1x", bench.index)),
                json!({}),
            ),
            (
                own(format!("/{}/_search/point_in_time", bench.index)),
                json!({}),
            ),
            (
                own(format!(
                    "/{}/_search/point_in_time?keep_alive=2d",
                    bench.index
                )),
                json!({}),
            ),
            (own("/_search/scroll".into()), json!({})),
            (
                own("/_search/scroll".into()),
                json!({ "scroll_id": ["SCROLL"] }),
            ),
            (
                own("/_search/scroll".into()),
                json!({ "scroll_id": "SCROLL", "scroll": "x" }),
            ),
            (
                own("/_search/scroll".into()),
                json!({ "scroll_id": "SCROLL", "size": 1 }),
            ),
            ("DELETE /_search/scroll".into(), json!({})),
            ("DELETE /_search/point_in_time".into(), json!({})),
        ] {
            let fill = |pit: &str, scroll: &str| {
                body.to_string()
                    .replace("PIT", pit)
                    .replace("SCROLL", scroll)
            };
            let reply = bench.stack.send(tenant, &send, fill(&pit, &scroll)).await;
            let (method, target) = send.split_once(' ').unwrap();
            let target = target.replace(&bench.index, &index);
            let node = bench
                .node
                .direct(method, &target, fill(&raw, &raw_scroll))
                .await;
            let told = format!("{tenant} {send} {body}: {} / {}", reply.text(), node.text());
            assert_eq!(reply.status, node.status, "{told}");
            let kind = |reply: &Reply| reply.json()["error"]["type"].clone();
            assert_eq!(kind(&reply), kind(&node), "{told}");
        }
        let list = json!({ "scroll_id": raw_scroll }).to_string();
        bench.node.direct("DELETE", "/_search/scroll", list).await;
        let list = json!({ "pit_id": raw }).to_string();
        bench
            .node
            .direct("DELETE", "/_search/point_in_time", list)
            .await;
        bench
            .ok(
                tenant,
                "DELETE /_search/scroll",
                json!({ "scroll_id": scroll }),
            )
            .await;
        bench
            .ok(
                tenant,
                "DELETE /_search/point_in_time",
                json!({ "pit_id": pit }),
            )
            .await;
    }
    bench.end().await;
}
