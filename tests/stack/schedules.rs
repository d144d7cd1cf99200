//! Writes, moves and hang-ups in many orders, drawn from a seed, on paused time. Whatever the order: no write commits against a
//! superseded placement, none is applied twice, none that was acknowledged is lost, and two of one bulk keep their order.
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::Request;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use osproxy_layer::spi::{
    Admission, ClusterId, Epoch, JsonPath, PartitionId, PartitionKeySpec, Placement, Principal,
    RequestCtx, SpiError,
};
use osproxy_layer::{
    MoveBounds, OsproxyLayer, PlacementTable, RequestBody, Resolved, ResponseBody, Router,
    TableTenancy, TenancyRouter,
};
use tokio::time::{sleep, timeout};
use tower::buffer::Buffer;
use tower::limit::ConcurrencyLimit;
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt};

use crate::honest;
use crate::stack::*;

/// Each takes some ten milliseconds.
const SEEDS: u64 = 100;

const TENANTS: [&str; 3] = ["acme", "globex", "umbrella"];
const GRACE: Duration = Duration::from_secs(3);
/// The longest that a cluster goes on with a write that nobody waits for. Less than the grace.
const LINGERS: u64 = 2_000;

type Client =
    BoxCloneSyncService<Request<RequestBody<Body>>, http::Response<Body>, tower::BoxError>;

/// Numbers from a seed.
#[derive(Clone)]
struct Dice(Arc<AtomicU64>);

impl Dice {
    fn below(&self, most: u64) -> u64 {
        // SplitMix64.
        let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, SeqCst);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % most
    }

    fn one_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }

    async fn nap(&self, most: u64) {
        sleep(Duration::from_millis(self.below(most))).await;
    }
}

/// What happened, over all seeds: a schedule in which nothing happens shows nothing.
#[derive(Default, Debug)]
struct Seen {
    acknowledged: AtomicUsize,
    told_to_retry: AtomicUsize,
    hung_up: AtomicUsize,
    lost_answers: AtomicUsize,
    completed: AtomicUsize,
    given_up: AtomicUsize,
    waited: AtomicUsize,
}

/// One write.
#[derive(Clone, Debug)]
struct Document {
    tenant: String,
    key: String,
    n: u64,
}

/// A cluster, a tenant and a key.
type Place = (String, String, String);

/// The clusters, and the partitions' placements.
#[derive(Clone)]
struct World {
    dice: Dice,
    table: Arc<PlacementTable>,
    /// What was applied to each document, in order.
    stored: Arc<Mutex<HashMap<Place, Vec<u64>>>>,
    violations: Arc<Mutex<Vec<String>>>,
    clusters: Arc<AtomicUsize>,
    keys: Arc<AtomicUsize>,
    acknowledged: Arc<Mutex<Vec<Document>>>,
    seen: Arc<Seen>,
}

impl World {
    fn new(seed: u64, seen: &Arc<Seen>) -> Self {
        let bounds = MoveBounds::default()
            .grace(GRACE)
            .drain(Duration::from_secs(6))
            .lease(Duration::from_secs(2));
        let world = Self {
            dice: Dice(Arc::new(AtomicU64::new(
                seed.wrapping_mul(0x5851_F42D_4C95_7F2D),
            ))),
            table: Arc::new(PlacementTable::new().with_bounds(bounds)),
            stored: Arc::default(),
            violations: Arc::default(),
            clusters: Arc::default(),
            keys: Arc::default(),
            acknowledged: Arc::default(),
            seen: Arc::clone(seen),
        };
        for tenant in TENANTS {
            let home = world.home();
            world.table.put(partition(tenant), home).unwrap();
        }
        world
    }

    /// A placement of any kind on a cluster that nothing was on before: where a write arrives tells when it was placed.
    fn home(&self) -> Placement {
        let cluster = format!("c{}", self.clusters.fetch_add(1, SeqCst));
        match self.dice.below(3) {
            0 => shared(&cluster, "{index}-shared"),
            1 => Placement::dedicated_index(
                ClusterId::from(&*cluster),
                pattern("{partition}.{index}"),
            ),
            _ => Placement::dedicated_cluster(ClusterId::from(&*cluster)),
        }
    }

    fn home_of(&self, tenant: &str) -> String {
        let at = self.table.get(&partition(tenant)).unwrap();
        at.placement().cluster().as_str().to_owned()
    }

    /// A cluster applies a write some time after it came, whoever still waits for it.
    async fn answer(self, request: Recorded) -> Answered {
        let documents = documents(&request);
        if documents.is_empty() {
            self.dice.nap(20).await;
            return Ok(honest::answer(&request));
        }
        let cluster = request
            .target
            .as_ref()
            .unwrap()
            .cluster()
            .as_str()
            .to_owned();
        let is_lost = self.dice.one_in(12);
        let world = self.clone();
        let applied = tokio::spawn(async move {
            world.dice.nap(if is_lost { LINGERS } else { 150 }).await;
            for document in documents {
                world.commit(&cluster, document);
            }
        });
        if is_lost {
            self.seen.lost_answers.fetch_add(1, SeqCst);
            self.dice.nap(50).await;
            return match self.dice.below(3) {
                0 => Err(Down("reset")),
                1 => Ok(respond(502, "{}")),
                _ => Ok(respond(504, "{}")),
            };
        }
        applied.await.unwrap();
        self.dice.nap(100).await;
        Ok(honest::answer(&request))
    }

    /// The invariant.
    fn commit(&self, cluster: &str, Document { tenant, key, n }: Document) {
        let home = self.home_of(&tenant);
        if home != cluster {
            let what = format!("[{key}] of {tenant} went to {cluster}, it lives at {home}");
            self.violations.lock().unwrap().push(what);
        }
        let place = (cluster.to_owned(), tenant, key);
        self.stored
            .lock()
            .unwrap()
            .entry(place)
            .or_default()
            .push(n);
    }

    /// Copies a tenant's documents, as an operator does while its writes are held.
    fn copy(&self, tenant: &str, to: &str) {
        let from = self.home_of(tenant);
        let mut stored = self.stored.lock().unwrap();
        let copies: Vec<_> = stored
            .iter()
            .filter(|((cluster, of, _), _)| *cluster == from && of == tenant)
            .map(|((_, _, key), applied)| {
                let place = (to.to_owned(), tenant.to_owned(), key.clone());
                (place, applied.clone())
            })
            .collect();
        stored.extend(copies);
    }

    async fn mover(self, tenant: &'static str) {
        let (table, dice) = (&self.table, &self.dice);
        let id = partition(tenant);
        for _ in 0..4 {
            dice.nap(800).await;
            let home = self.home();
            let to = home.cluster().as_str().to_owned();
            table.begin_move(&id, home).unwrap();
            dice.nap(300).await;
            let done = match dice.below(8) {
                0 => table.abort(&id).is_err(),
                1 => {
                    let _ = table.rehearse(&id).await;
                    let _ = table.abort(&id);
                    false
                }
                // Whoever asked for it hangs up while it waits.
                2 => {
                    let patience = Duration::from_millis(dice.below(400));
                    let _ = timeout(patience, table.cutover(&id)).await;
                    false
                }
                how => self.cut_over(tenant, &to, how).await,
            };
            let counter = if done {
                &self.seen.completed
            } else {
                &self.seen.given_up
            };
            counter.fetch_add(1, SeqCst);
            // What failed half way leaves a move begun.
            let _ = table.abort(&id);
        }
    }

    async fn cut_over(&self, tenant: &'static str, to: &str, how: u64) -> bool {
        let id = partition(tenant);
        let Ok(cutover) = self.table.cutover(&id).await else {
            return false;
        };
        self.dice.nap(500).await;
        let waiting = self.table.status(&id).unwrap().writes_waiting();
        self.seen.waited.fetch_add(waiting, SeqCst);
        match how {
            3 => cutover.abort().is_err(),
            4 => {
                drop(cutover);
                false
            }
            5 => {
                // Its lease runs out.
                sleep(Duration::from_secs(3)).await;
                self.copy(tenant, to);
                let late = cutover.complete().is_ok();
                assert!(!late || self.home_of(tenant) == to);
                late
            }
            _ => {
                self.copy(tenant, to);
                cutover.complete().is_ok()
            }
        }
    }

    /// Sends documents, one by one and in bulks, and hangs up on some.
    async fn writer(self, whole: Stack, by_line: Stack) {
        let dice = &self.dice;
        for _ in 0..12 {
            dice.nap(400).await;
            let count = if dice.one_in(2) { 1 } else { 1 + dice.below(5) };
            let mut documents = Vec::new();
            for _ in 0..count {
                let tenant = TENANTS[dice.below(3) as usize].to_owned();
                let key = format!("k{}", self.keys.fetch_add(1, SeqCst));
                // Some are written twice in one bulk.
                for n in 0..(1 + dice.below(count).min(1)) {
                    let (tenant, key) = (tenant.clone(), key.clone());
                    documents.push(Document { tenant, key, n });
                }
            }
            let is_bulk = count > 1 || dice.one_in(3);
            let request = match is_bulk {
                true => bulk_of(&documents),
                false => document_of(&documents[0]),
            };
            let names_its_tenant = request.extensions().get::<Principal>().is_some();
            let stack = match names_its_tenant && dice.one_in(2) {
                true => &whole,
                false => &by_line,
            };
            let sending = stack.send(self.slowly(request));
            let patience = match dice.one_in(5) {
                true => Duration::from_millis(dice.below(300)),
                false => Duration::from_secs(120),
            };
            let Ok(reply) = timeout(patience, sending).await else {
                assert!(patience.as_secs() < 120, "a write hangs");
                self.seen.hung_up.fetch_add(1, SeqCst);
                continue;
            };
            let Some(reply) = reply else {
                continue;
            };
            let statuses: Vec<u64> = match is_bulk {
                true if reply.status == 200 => {
                    let items = reply.json()["items"].as_array().unwrap().clone();
                    let status =
                        |item: &serde_json::Value| item["index"]["status"].as_u64().unwrap();
                    items.iter().map(status).collect()
                }
                _ => vec![reply.status.as_u16().into(); documents.len()],
            };
            assert_eq!(statuses.len(), documents.len());
            for (document, status) in documents.into_iter().zip(statuses) {
                match status {
                    200 | 201 => {
                        self.seen.acknowledged.fetch_add(1, SeqCst);
                        self.acknowledged.lock().unwrap().push(document);
                    }
                    429 => drop(self.seen.told_to_retry.fetch_add(1, SeqCst)),
                    502..=504 => {}
                    other => panic!("{other}: {}", reply.text()),
                }
            }
        }
    }

    /// A body that comes in pieces, some of the time.
    fn slowly(&self, request: Request<Bytes>) -> Request<Body> {
        let dice = self.dice.clone();
        if !dice.one_in(3) {
            return request.map(full);
        }
        request.map(|bytes| {
            let pieces = stream::unfold((bytes, dice), |(mut bytes, dice)| async move {
                if bytes.is_empty() {
                    return None;
                }
                dice.nap(60).await;
                let piece = bytes.split_to(bytes.len().min(20));
                Some((Ok(Frame::data(piece)), (bytes, dice)))
            });
            BodyExt::boxed_unsync(StreamBody::new(Box::pin(pieces)))
        })
    }
}

/// The documents in a physical write.
fn documents(request: &Recorded) -> Vec<Document> {
    if request.is_preflight() || request.body.is_empty() {
        return Vec::new();
    }
    let lines = request.lines().into_iter();
    lines
        .filter_map(|line| {
            let text = |name: &str| Some(line.get(name)?.as_str()?.to_owned());
            Some(Document {
                tenant: text("t")?,
                key: text("k")?,
                n: line.get("n")?.as_u64()?,
            })
        })
        .collect()
}

fn source(Document { tenant, key, n }: &Document) -> String {
    format!(r#"{{"t":"{tenant}","k":"{key}","n":{n}}}"#)
}

fn document_of(document: &Document) -> Request<Bytes> {
    let uri = format!("/orders/_doc/{}", document.key);
    let request = Request::put(uri).header("content-type", "application/json");
    let request = request.body(Bytes::from(source(document))).unwrap();
    request.by(&document.tenant)
}

fn bulk_of(documents: &[Document]) -> Request<Bytes> {
    let line = |document: &Document| {
        let key = &document.key;
        format!(
            "{{\"index\":{{\"_id\":\"{key}\"}}}}\n{}\n",
            source(document)
        )
    };
    let lines: String = documents.iter().map(line).collect();
    let request = Request::post("/orders/_bulk").header("content-type", "application/x-ndjson");
    // A bulk of one tenant alone is that tenant's own.
    let tenant = &documents[0].tenant;
    let request = request.body(Bytes::from(lines)).unwrap();
    match documents.iter().all(|other| other.tenant == *tenant) {
        true => request.by(tenant),
        false => request,
    }
}

/// A router that takes its time after it has read the placement, and asks through the client that writes go through too.
struct Slow {
    /// Whether each item of a bulk is placed by itself, though the caller is known. If not, a tenant's bulk may stream.
    reads_body: bool,
    tenants: TenancyRouter<TableTenancy>,
    by_line: TenancyRouter<TableTenancy>,
    dice: Dice,
    client: Client,
}

impl Slow {
    /// A request that names its tenant is that tenant's, else each line names its own.
    fn tenants(&self, ctx: &RequestCtx<'_>) -> &TenancyRouter<TableTenancy> {
        match ctx.principal() {
            Some(_) => &self.tenants,
            None => &self.by_line,
        }
    }

    async fn after(&self, resolved: Result<Resolved, SpiError>) -> Result<Resolved, SpiError> {
        if self.dice.one_in(4) {
            let request = Request::get("/").body(RequestBody::from(Bytes::new()));
            let _ = self.client.clone().oneshot(request.unwrap()).await;
        }
        if self.dice.one_in(2) {
            self.dice.nap(400).await;
        }
        resolved
    }
}

impl Router for Slow {
    fn reads_body(&self) -> bool {
        self.reads_body
    }

    fn resolve_partition(&self, ctx: &RequestCtx<'_>) -> Result<Option<PartitionId>, SpiError> {
        self.tenants(ctx).resolve_partition(ctx)
    }

    async fn resolve_placement(
        &self,
        ctx: &RequestCtx<'_>,
        partition: PartitionId,
    ) -> Result<Resolved, SpiError> {
        let resolved = self.tenants(ctx).resolve_placement(ctx, partition).await;
        self.after(resolved).await
    }

    async fn resolve(&self, ctx: &RequestCtx<'_>) -> Result<Resolved, SpiError> {
        let resolved = self.tenants(ctx).resolve(ctx).await;
        self.after(resolved).await
    }

    fn admit_write(&self, partition: &PartitionId, epoch: Epoch) -> Admission {
        self.tenants.admit_write(partition, epoch)
    }

    async fn settled(&self, partition: &PartitionId, epoch: Epoch) {
        self.tenants.settled(partition, epoch).await;
    }
}

/// The stack, whichever client it has.
#[derive(Clone)]
struct Stack(
    BoxCloneSyncService<Request<Body>, http::Response<ResponseBody<Body>>, tower::BoxError>,
);

impl Stack {
    /// `None`: the transport failed.
    async fn send(&self, request: Request<Body>) -> Option<Reply> {
        let response = self.0.clone().oneshot(request).await.ok()?;
        Some(read(response).await)
    }
}

impl World {
    fn client(&self) -> Client {
        let world = self.clone();
        let cluster = Cluster::later(move |request| world.clone().answer(request));
        let slots = 1 + self.dice.below(3) as usize;
        let limited = ConcurrencyLimit::new(Strict::new(cluster), slots);
        match self.dice.one_in(2) {
            true => Client::new(limited.map_err(Into::into)),
            false => Client::new(Buffer::new(limited, 1)),
        }
    }

    fn router(&self, reads_body: bool, client: &Client) -> Slow {
        let of = |source| TenancyRouter::new(TableTenancy::new(source, Arc::clone(&self.table)));
        Slow {
            reads_body,
            tenants: of(PartitionKeySpec::PrincipalAttr("tenant".into())),
            by_line: of(PartitionKeySpec::BodyField(JsonPath::new("t"))),
            dice: self.dice.clone(),
            client: client.clone(),
        }
    }

    fn stack(&self, reads_body: bool, client: &Client) -> Stack {
        let layer = OsproxyLayer::new(self.router(reads_body, client))
            .hold(Duration::from_millis(500 + self.dice.below(5_000)))
            .max_groups_in_flight(1 + self.dice.below(4) as usize)
            // So that some bulks go to one cluster in parts.
            .max_content_bytes(150 + self.dice.below(2_000) as usize);
        let layer = match self.dice.one_in(2) {
            true => layer.finish_writes(|rest| drop(tokio::spawn(rest))),
            false => layer,
        };
        Stack(BoxCloneSyncService::new(layer.layer(client.clone())))
    }

    async fn run(self) {
        let client = self.client();
        let (whole, by_line) = (self.stack(false, &client), self.stack(true, &client));
        let writers =
            (0..4).map(|_| tokio::spawn(self.clone().writer(whole.clone(), by_line.clone())));
        let movers = TENANTS.map(|tenant| tokio::spawn(self.clone().mover(tenant)));
        let tasks: Vec<_> = writers.chain(movers).collect();
        for task in tasks {
            task.await.unwrap();
        }
        // What is in doubt is over, and what nobody waited for has been applied.
        sleep(GRACE + Duration::from_secs(60)).await;
        assert_eq!(*self.violations.lock().unwrap(), Vec::<String>::new());
        for tenant in TENANTS {
            let status = self.table.status(&partition(tenant)).unwrap();
            let counts = (status.open(), status.in_doubt(), status.writes_waiting());
            assert_eq!(counts, (0, 0, 0), "{tenant}");
        }
        let stored = self.stored.lock().unwrap();
        for (place, applied) in stored.iter() {
            let once = !applied
                .iter()
                .enumerate()
                .any(|(at, n)| applied[..at].contains(n));
            assert!(once, "{place:?} was applied twice: {applied:?}");
        }
        let acknowledged = self.acknowledged.lock().unwrap();
        let mut last: HashMap<(&str, &str), u64> = HashMap::new();
        for Document { tenant, key, n } in acknowledged.iter() {
            let place = (self.home_of(tenant), tenant.clone(), key.clone());
            let applied = stored.get(&place).map(Vec::as_slice).unwrap_or_default();
            assert!(applied.contains(n), "{n} of {place:?} is lost");
            if last.insert((tenant, key), *n).is_some() {
                assert_eq!(applied, [0, 1], "{place:?}");
            }
        }
    }
}

#[test]
fn no_write_commits_against_a_superseded_placement() {
    let seen = Arc::new(Seen::default());
    let one = std::env::var("OSPROXY_SEED").ok();
    let one = one.and_then(|seed| seed.parse().ok());
    for seed in one.map_or(0..SEEDS, |seed| seed..seed + 1) {
        let world = World::new(seed, &seen);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        // Said where it fails, so that it can be run alone.
        println!("OSPROXY_SEED={seed}");
        runtime.block_on(async {
            let done = timeout(Duration::from_secs(3_600), world.run()).await;
            done.expect("a deadlock");
        });
    }
    println!("{seen:?}");
    if one.is_none() {
        let counts = [
            &seen.acknowledged,
            &seen.told_to_retry,
            &seen.hung_up,
            &seen.lost_answers,
            &seen.completed,
            &seen.given_up,
            &seen.waited,
        ];
        for count in counts {
            assert!(count.load(SeqCst) > SEEDS as usize / 2, "{seen:?}");
        }
    }
}
