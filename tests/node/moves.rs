//! A tenant that is written to at full speed while it moves: from a shared index to one of its own, to another cluster, and back.
//! No client ever retries, some hang up, and every acknowledged write is there at the end, once, at its newest version.
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use osproxy_axum::UpstreamErrorLayer;
use osproxy_axum::client::{ClusterConfig, OpenSearchClient};
use osproxy_layer::spi::{
    ClusterId, IndexPattern, JsonPath, PartitionId, PartitionKeySpec, Placement, SharedIndex,
};
use osproxy_layer::{PlacementTable, RequestBody, ResponseBody, TableTenancy, TenancyRouter};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tower::util::BoxCloneSyncService;
use tower::{ServiceBuilder, ServiceExt};

use crate::support::http::{Client, Reply};
use crate::support::node;
use crate::support::tenants::{ACME, GLOBEX, INITECH, principal};

/// How many requests are answered between two steps.
const BETWEEN: usize = 30;
/// A copy takes well below a second here; a machine that is busy may take its time.
const HOLD: Duration = Duration::from_secs(20);
const WRITERS: usize = 3;

/// The two clusters by their names in placements.
const CLUSTERS: [&str; 2] = ["one", "two"];

type Answer = http::Response<ResponseBody<osproxy_axum::client::ClientBody>>;

/// Both nodes, the stack in front of them, and the table that it reads.
struct Bench {
    urls: [&'static str; 2],
    client: Client,
    table: Arc<PlacementTable>,
    stack: BoxCloneSyncService<Request<Full<Bytes>>, Answer, std::convert::Infallible>,
    /// In every physical name, so that runs and tests don't meet.
    mark: String,
}

/// Where the tenant that moves may live.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Home {
    Shared,
    Own,
    Elsewhere,
}

impl Home {
    fn cluster(self) -> usize {
        usize::from(self == Self::Elsewhere)
    }
}

impl Bench {
    async fn new(name: &str, source: PartitionKeySpec) -> Option<Arc<Self>> {
        let urls = [node::url().await?, node::second_url().await?];
        let table = Arc::new(PlacementTable::new());
        let router = TenancyRouter::new(TableTenancy::new(source, Arc::clone(&table)));
        let clusters = CLUSTERS.iter().zip(urls);
        let opensearch: OpenSearchClient<RequestBody<Full<Bytes>>> = clusters
            .fold(OpenSearchClient::builder(), |builder, (name, url)| {
                builder.cluster(ClusterId::from(*name), ClusterConfig::new(url).unwrap())
            })
            .build()
            .unwrap();
        let service = ServiceBuilder::new()
            .layer(UpstreamErrorLayer::new())
            .layer(osproxy_axum::layer(router).hold(HOLD))
            .service(opensearch);
        let bench = Self {
            urls,
            client: Client::new(),
            table,
            stack: BoxCloneSyncService::new(
                service.map_response(|answer: http::Response<_>| answer),
            ),
            mark: format!("{name}{}", std::process::id()),
        };
        for tenant in [ACME, GLOBEX] {
            bench.place(tenant, Home::Shared);
        }
        bench.place(INITECH, Home::Elsewhere);
        Some(Arc::new(bench))
    }

    fn place(&self, tenant: &str, home: Home) {
        let tenant = PartitionId::parse(tenant).unwrap();
        self.table.put(tenant, self.placement(home)).unwrap();
    }

    fn placement(&self, home: Home) -> Placement {
        let cluster = ClusterId::from(CLUSTERS[home.cluster()]);
        let pattern = |text: String| IndexPattern::parse(&text).unwrap();
        let mark = &self.mark;
        match home {
            Home::Shared => SharedIndex::new(cluster, pattern(format!("{{index}}-{mark}"))).into(),
            _ => {
                let own = pattern(format!("{{partition}}.{mark}.{{index}}"));
                Placement::dedicated_index(cluster, own)
            }
        }
    }

    /// The physical index of a tenant.
    fn index(&self, tenant: &str, home: Home) -> String {
        match home {
            Home::Shared => format!("orders-{}", self.mark),
            _ => format!("{tenant}.{}.orders", self.mark),
        }
    }

    /// What the operator sends to a cluster directly.
    async fn direct(
        &self,
        home: Home,
        method: Method,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Value {
        let url = format!("{}/{path}", self.urls[home.cluster()]);
        let reply = self.client.json(method, &url, body).await;
        assert!(reply.status.is_success(), "{url}: {}", reply.text());
        reply.json()
    }

    /// What a tenant, or a shipper for all of them, sends through the stack. `None`: it had no more patience.
    async fn send(
        &self,
        tenant: Option<&str>,
        patience: Duration,
        (method, target): (&str, &str),
        body: String,
    ) -> Option<Reply> {
        let mut request = Request::builder().method(method).uri(target);
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        let mut request = request.body(Full::from(body)).unwrap();
        if let Some(tenant) = tenant {
            request.extensions_mut().insert(principal(tenant));
        }
        let call = self.stack.clone().oneshot(request);
        let Ok(response) = timeout(patience, call).await else {
            return None;
        };
        Some(Reply::collect(response.unwrap()).await.unwrap())
    }

    /// A tenant's documents as they are at a home: what the tenant calls them, and how often they were written.
    async fn documents(&self, tenant: &str, home: Home) -> BTreeMap<String, u64> {
        let index = self.index(tenant, home);
        self.direct(home, Method::POST, &format!("{index}/_refresh"), "")
            .await;
        let query = match home {
            Home::Shared => json!({ "term": { "_tenant": tenant } }),
            _ => json!({ "match_all": {} }),
        };
        let search = json!({ "size": 5000, "sort": ["_doc"], "query": query });
        let path = format!("{index}/_search?scroll=1m");
        let mut page = self
            .direct(home, Method::POST, &path, search.to_string())
            .await;
        let mut found = BTreeMap::new();
        loop {
            let hits = page["hits"]["hits"].as_array().unwrap().clone();
            if hits.is_empty() {
                let scroll = json!({ "scroll_id": page["_scroll_id"] });
                self.direct(home, Method::DELETE, "_search/scroll", scroll.to_string())
                    .await;
                return found;
            }
            for hit in hits {
                let id = hit["_id"].as_str().unwrap();
                let id = id.strip_prefix(&format!("{tenant}:")).unwrap_or(id);
                let n = hit["_source"]["n"].as_u64().unwrap();
                assert_eq!(
                    found.insert(id.to_owned(), n),
                    None,
                    "[{id}] is there twice"
                );
            }
            let next = json!({ "scroll_id": page["_scroll_id"], "scroll": "1m" });
            page = self
                .direct(home, Method::POST, "_search/scroll", next.to_string())
                .await;
        }
    }

    /// Empties a home of the tenant and copies it there: by the cluster itself where both are on one.
    async fn copy(&self, tenant: &str, from: Home, to: Home) {
        let (old, new) = (self.index(tenant, from), self.index(tenant, to));
        self.direct(from, Method::POST, &format!("{old}/_refresh"), "")
            .await;
        let url = format!("{}/{new}", self.urls[to.cluster()]);
        if self.client.json(Method::HEAD, &url, "").await.status == 200 {
            self.direct(to, Method::POST, &format!("{new}/_refresh"), "")
                .await;
            let query = match to {
                Home::Shared => json!({ "query": { "term": { "_tenant": tenant } } }),
                _ => json!({ "query": { "match_all": {} } }),
            };
            let path = format!("{new}/_delete_by_query?refresh=true");
            self.direct(to, Method::POST, &path, query.to_string())
                .await;
        }
        if from.cluster() == to.cluster() {
            let script = format!(
                "ctx._id = ctx._id.substring({}); ctx._routing = null; ctx._source.remove('_tenant')",
                tenant.len() + 1
            );
            assert_eq!(
                (from, to),
                (Home::Shared, Home::Own),
                "what the script is for"
            );
            let reindex = json!({
                "source": { "index": old, "query": { "term": { "_tenant": tenant } } },
                "dest": { "index": new }, "script": { "source": script },
            });
            let path = "_reindex?refresh=true";
            self.direct(to, Method::POST, path, reindex.to_string())
                .await;
            return;
        }
        let mut lines = String::new();
        for (id, n) in self.documents(tenant, from).await {
            let mut source = json!({ "t": tenant, "n": n });
            let mut action = json!({ "_id": id });
            if to == Home::Shared {
                source["_tenant"] = tenant.into();
                action = json!({ "_id": format!("{tenant}:{id}"), "routing": tenant });
            }
            lines += &format!("{}\n{source}\n", json!({ "index": action }));
        }
        let path = format!("{new}/_bulk?refresh=true");
        let copied = self.direct(to, Method::POST, &path, lines).await;
        assert_eq!(copied["errors"], false, "{copied}");
    }

    /// The number of the last operation on an index: it stands still where nobody writes.
    async fn last_operation(&self, tenant: &str, home: Home) -> Vec<i64> {
        let index = self.index(tenant, home);
        let path = format!("{index}/_stats?level=shards");
        let stats = self.direct(home, Method::GET, &path, "").await;
        let shards = stats["indices"][&index]["shards"].as_object().unwrap();
        let copies = shards
            .values()
            .flat_map(|copies| copies.as_array().unwrap());
        copies
            .map(|copy| copy["seq_no"]["max_seq_no"].as_i64().unwrap())
            .collect()
    }

    /// Moves the tenant as the how-to says: a first copy while it writes on, then the cutover and the whole copy. How many
    /// writes waited, and the last operation at the old home.
    async fn move_to(&self, tenant: &str, from: Home, to: Home) -> (usize, Vec<i64>) {
        let id = PartitionId::parse(tenant).unwrap();
        self.table.begin_move(&id, self.placement(to)).unwrap();
        self.copy(tenant, from, to).await;
        let cutover = self.table.cutover(&id).await.unwrap();
        let last = self.last_operation(tenant, from).await;
        self.copy(tenant, from, to).await;
        let waiting = self.table.status(&id).unwrap().writes_waiting();
        cutover.complete().unwrap();
        (waiting, last)
    }

    async fn end(&self) {
        for home in [Home::Own, Home::Elsewhere] {
            let own = self.index("*", home);
            let list = format!("{own},{}", self.index("", Home::Shared));
            let path = format!("{list}?ignore_unavailable=true");
            self.direct(home, Method::DELETE, &path, "").await;
        }
    }
}

/// The documents that a tenant has by what its clients were told.
type Expected = BTreeMap<String, u64>;

/// One client that writes as fast as it is answered.
struct Writer {
    bench: Arc<Bench>,
    name: String,
    stop: Arc<AtomicBool>,
    written: Arc<AtomicUsize>,
}

/// What became of a client.
#[derive(Default)]
struct Told {
    /// By tenant.
    documents: BTreeMap<&'static str, Expected>,
}

impl Writer {
    fn key(&self, n: u64) -> String {
        // Every third is written again and again, the others once.
        match n % 3 {
            0 => format!("{}-{}", self.name, n % 15),
            _ => format!("{}-once-{n}", self.name),
        }
    }

    /// Single documents of the tenant that moves: written, overwritten, deleted.
    async fn write_singles(self) -> Told {
        let mut told = Told::default();
        let documents = told.documents.entry(ACME).or_default();
        for n in 0.. {
            if self.stop.load(SeqCst) {
                break;
            }
            let deletes = n % 10 == 9;
            let key = self.key(if deletes { n - 2 } else { n });
            let target = format!("/orders/_doc/{key}");
            let (method, body) = match deletes {
                true => ("DELETE", String::new()),
                false => ("PUT", json!({ "t": ACME, "n": n }).to_string()),
            };
            let call = (method, &*target);
            let reply = self.bench.send(Some(ACME), 2 * HOLD, call, body).await;
            let reply = reply.expect("an answer in time");
            assert!(
                reply.status.is_success(),
                "{method} {key}: {}",
                reply.text()
            );
            match deletes {
                true => drop(documents.remove(&key)),
                false => drop(documents.insert(key, n)),
            }
            self.written.fetch_add(1, SeqCst);
        }
        told
    }

    /// Bulks of all tenants, in turns.
    async fn write_bulks(self) -> Told {
        let mut told = Told::default();
        for round in 0.. {
            if self.stop.load(SeqCst) {
                break;
            }
            let mut lines = String::new();
            let mut sent = Vec::new();
            for n in round * 12..(round + 1) * 12 {
                let tenant = [ACME, GLOBEX, INITECH][(n % 3) as usize];
                let key = self.key(n / 3);
                let action = json!({ "index": { "_id": key } });
                lines += &format!("{action}\n{}\n", json!({ "t": tenant, "n": n }));
                sent.push((tenant, key, n));
            }
            let call = ("POST", "/orders/_bulk");
            let reply = self.bench.send(None, 2 * HOLD, call, lines).await;
            let reply = reply.expect("an answer in time");
            let answer = reply.json();
            assert_eq!(answer["errors"], false, "{answer}");
            let items = answer["items"].as_array().unwrap();
            assert_eq!(items.len(), sent.len());
            for (item, (tenant, key, n)) in items.iter().zip(sent) {
                assert_eq!(item["index"]["_id"], *key);
                assert_eq!(item["index"]["_index"], "orders");
                let documents = told.documents.entry(tenant).or_default();
                documents.insert(key, n);
            }
            self.written.fetch_add(1, SeqCst);
        }
        told
    }

    /// Documents whose client hangs up sooner or later. What it was told of counts; the rest may be there or not.
    async fn hang_up(self, as_bulk: bool) -> Told {
        let mut told = Told::default();
        for n in 0.. {
            if self.stop.load(SeqCst) {
                break;
            }
            let key = format!("{}-{n}", self.name);
            let source = json!({ "t": ACME, "n": n });
            let target = format!("/orders/_doc/{key}");
            let other = json!({ "t": GLOBEX, "n": n });
            let action = json!({ "index": { "_id": key } });
            let (tenant, call, body) = match as_bulk {
                false => (Some(ACME), ("PUT", &*target), source.to_string()),
                true => {
                    let lines = format!("{action}\n{source}\n{action}\n{other}\n");
                    (None, ("POST", "/orders/_bulk"), lines)
                }
            };
            let patience = Duration::from_micros(n * 701 % 8_000);
            let Some(reply) = self.bench.send(tenant, patience, call, body).await else {
                continue;
            };
            assert!(reply.status.is_success(), "{}", reply.text());
            if as_bulk {
                assert_eq!(reply.json()["errors"], false);
                told.documents
                    .entry(GLOBEX)
                    .or_default()
                    .insert(key.clone(), n);
            }
            told.documents.entry(ACME).or_default().insert(key, n);
            self.written.fetch_add(1, SeqCst);
        }
        told
    }
}

/// Lets the clients write for a while.
async fn go_on(written: &AtomicUsize) {
    let until = written.load(SeqCst) + BETWEEN;
    let writing = async {
        while written.load(SeqCst) < until {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let writing = timeout(3 * HOLD, writing).await;
    writing.expect("nobody writes any more");
}

/// Writes on while the tenant moves from home to home, and compares what is there with what was said.
async fn moved_around(bench: Arc<Bench>, as_bulks: bool) {
    let stop = Arc::new(AtomicBool::new(false));
    let written = Arc::new(AtomicUsize::new(0));
    let numbers = AtomicU64::new(0);
    let writer = || Writer {
        bench: Arc::clone(&bench),
        name: format!("w{}", numbers.fetch_add(1, SeqCst)),
        stop: Arc::clone(&stop),
        written: Arc::clone(&written),
    };
    let mut tasks: Vec<JoinHandle<Told>> = Vec::new();
    for _ in 0..WRITERS {
        let steady = writer();
        tasks.push(match as_bulks {
            true => tokio::spawn(steady.write_bulks()),
            false => tokio::spawn(steady.write_singles()),
        });
    }
    let hangs_up = writer();
    let hangers = format!("{}-", hangs_up.name);
    tasks.push(tokio::spawn(hangs_up.hang_up(as_bulks)));

    let way = [Home::Shared, Home::Own, Home::Elsewhere, Home::Shared];
    let mut waited = 0;
    for pair in way.windows(2) {
        let [from, to] = [pair[0], pair[1]];
        go_on(&written).await;
        let (waiting, last) = bench.move_to(ACME, from, to).await;
        waited += waiting;
        go_on(&written).await;
        // Others write on where the index is shared.
        if !(as_bulks && from == Home::Shared) {
            let now = bench.last_operation(ACME, from).await;
            assert_eq!(now, last, "a write came to {from:?} after the cutover");
        }
    }
    stop.store(true, SeqCst);
    let mut expected: BTreeMap<&str, Expected> = BTreeMap::new();
    for task in tasks {
        for (tenant, documents) in task.await.unwrap().documents {
            expected.entry(tenant).or_default().extend(documents);
        }
    }
    assert!(waited > 0, "nothing had to wait");

    for (tenant, expected) in expected {
        let home = match tenant {
            INITECH => Home::Elsewhere,
            _ => Home::Shared,
        };
        let mut found = bench.documents(tenant, home).await;
        // A write whose client hung up may have been applied or not.
        found.retain(|key, _| !key.starts_with(&hangers) || expected.contains_key(key));
        assert!(expected.len() > 20, "{tenant}: {}", expected.len());
        let wrong: Vec<_> = expected
            .iter()
            .filter(|(key, n)| found.get(*key) != Some(n))
            .map(|(key, n)| (key, n, found.get(key)))
            .collect();
        assert!(wrong.is_empty(), "{tenant}: said and found: {wrong:?}");
        assert_eq!(found.len(), expected.len(), "{tenant}");
    }
    let status = bench
        .table
        .status(&PartitionId::parse(ACME).unwrap())
        .unwrap();
    assert_eq!((status.open(), status.writes_waiting()), (0, 0));
    bench.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_write_is_lost_while_its_tenant_moves() {
    let source = PartitionKeySpec::PrincipalAttr("tenant".into());
    if let Some(bench) = Bench::new("mv", source).await {
        moved_around(bench, false).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_item_is_lost_while_a_tenant_of_the_bulk_moves() {
    let source = PartitionKeySpec::BodyField(JsonPath::new("t"));
    if let Some(bench) = Bench::new("mb", source).await {
        moved_around(bench, true).await;
    }
}
