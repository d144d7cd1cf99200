//! docs/moving-a-tenant.md: its commands, as they stand there, while the tenant writes.
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use http::Method;
use serde_json::{Value, json};

use crate::gateway::Gateway;
use crate::support::http::Client;
use crate::support::node;

const PAGE: &str = include_str!("../../docs/moving-a-tenant.md");

/// The commands under each heading, in order.
fn sections() -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    let mut in_block = false;
    for line in PAGE.lines() {
        if in_block {
            in_block = line != "```";
            let (_, commands) = sections.last_mut().expect("a heading");
            commands.push_str(if in_block { line } else { "" });
            commands.push('\n');
        } else if let Some(heading) = line.strip_prefix("##") {
            let heading = heading.trim_start_matches('#').trim();
            sections.push((heading.to_owned(), String::new()));
        } else {
            in_block = line == "```sh";
        }
    }
    sections.retain(|(_, commands)| !commands.is_empty());
    sections
}

const TO_CUTOVER: [&str; 5] = [
    "1. Say what moves where",
    "2. Begin the move",
    "3. Make the target and fill it",
    "4. Rehearse",
    "5. Cut over",
];
const TO_THE_END: [&str; 3] = ["7. Compare", "8. Complete", "9. Clean up"];

/// A tenant, the gateway before it, and a folder for what the commands write.
struct Moving {
    gateway: Gateway,
    node: &'static str,
    name: String,
    folder: PathBuf,
    /// The headings whose commands have run.
    run: BTreeSet<&'static str>,
}

impl Moving {
    fn start(node: &'static str) -> Self {
        let name = format!("moving{}", std::process::id());
        let config = format!(
            r#"
            listen = "127.0.0.1:0"
            [clusters.eu-1]
            endpoint = "{node}"
            [tokens.tenants]
            principal = "tenant"
            attributes = {{ tenant = "{name}" }}
            [tokens.neighbours]
            principal = "neighbour"
            attributes = {{ tenant = "{name}-1" }}
            [partition]
            from = ["principal:tenant"]
            [placements."*"]
            kind = "shared_index"
            cluster = "eu-1"
            index = "{{index}}-{name}-shared"
"#
        ) + "\n[control]\nlisten = \"127.0.0.1:0\"\ntoken = \"operators\"\nhold = \"40s\"\n";
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&name);
        std::fs::create_dir_all(&folder).expect("a folder");
        Self {
            gateway: Gateway::start(&config),
            node,
            name,
            folder,
            run: BTreeSet::new(),
        }
    }

    /// Runs the commands of these sections in one shell. What they print is shown where they fail.
    async fn run(&mut self, to: &Value, wanted: impl IntoIterator<Item = &'static str>) {
        let mut script = String::new();
        for heading in wanted {
            let known = sections();
            let section = known.iter().find(|(known, _)| known == heading);
            let (_, commands) = section.unwrap_or_else(|| panic!("no section [{heading}]"));
            script.push_str(commands);
            self.run.insert(heading);
        }
        let mut bash = Command::new("bash");
        bash.arg("-c")
            .arg(script)
            .current_dir(&self.folder)
            .env("CONTROL", &self.gateway.control)
            .env("TOKEN", "operators")
            .env("CLUSTER", self.node)
            .env("PARTITION", &self.name)
            .env("INDICES", INDICES.join(" "))
            .env("TO", to.to_string());
        let output = tokio::task::spawn_blocking(move || bash.output())
            .await
            .expect("it runs");
        let output = output.expect("bash runs");
        assert!(
            output.status.success(),
            "{}\n{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
            self.gateway.log()
        );
    }

    async fn placed(&self) -> Value {
        let url = format!("{}/placements/{}", self.gateway.control, self.name);
        let token = [("authorization", "Bearer operators")];
        let reply = Client::new().send(Method::GET, &url, &token, "").await;
        let state = reply.expect("answered").json();
        assert_eq!(state["phase"], "settled", "{state}");
        state["placement"].clone()
    }

    /// How many documents an index has at the node.
    async fn count(&self, index: &str) -> Value {
        let url = format!("{}/{index}", self.node);
        let client = Client::new();
        client
            .json(Method::POST, &format!("{url}/_refresh"), "")
            .await;
        client
            .json(Method::GET, &format!("{url}/_count"), "")
            .await
            .json()["count"]
            .clone()
    }
}

impl Drop for Moving {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

const INDICES: [&str; 2] = ["orders", "invoices"];

/// One that writes as fast as it can, never sends anything twice, and remembers what it was told.
struct Writer {
    url: String,
    token: &'static str,
    client: Client,
    /// What each document of an index holds.
    held: BTreeMap<String, Value>,
    next: u64,
}

impl Writer {
    fn new(gateway: &str, index: &str, token: &'static str) -> Self {
        Self {
            url: format!("{gateway}/{index}"),
            token,
            client: Client::new(),
            held: BTreeMap::new(),
            next: 0,
        }
    }

    async fn send(&self, method: Method, path: &str, body: String) -> Value {
        let headers = [
            ("authorization", self.token),
            ("content-type", "application/json"),
        ];
        let url = format!("{}{path}", self.url);
        let reply = self
            .client
            .send(method, &url, &headers, body)
            .await
            .expect("answered");
        assert!(
            reply.status.is_success(),
            "{path}: {} {}",
            reply.status,
            reply.text()
        );
        reply.json()
    }

    /// Documents that are there before anything moves.
    async fn fill(&mut self, documents: u64) {
        let ids = (0..documents).map(|n| format!("é/{n}"));
        self.bulk(ids.collect()).await;
    }

    async fn bulk(&mut self, ids: Vec<String>) {
        let mut lines = String::new();
        for (n, id) in (self.next..).zip(ids) {
            let body = document(n);
            lines += &format!("{}\n{body}\n", json!({ "index": { "_id": id } }));
            self.held.insert(id, body);
        }
        let done = self.send(Method::POST, "/_bulk", lines).await;
        assert_eq!(done["errors"], false, "{done}");
    }

    /// Writes until it is told to stop: mostly new documents, some changed, some deleted for good, some of those made
    /// again, some in bulks.
    async fn write(mut self, stop: Arc<AtomicBool>, writes: Arc<AtomicUsize>) -> Self {
        let mut deleted = (2_u64..).step_by(4);
        while !stop.load(Ordering::Relaxed) {
            let n = self.next;
            self.next += 1;
            let body = document(n + 1_000_000);
            let id = match n % 4 {
                0 | 1 => format!("é/{}", n / 2),
                2 => format!("new {n}"),
                _ if n % 8 == 3 => format!("new {}", n - 1),
                // The oldest of them, which is copied already, however slow the machine is.
                _ => format!("new {}", deleted.next().expect("without end")),
            };
            let path = format!(
                "/_doc/{}",
                id.replace('/', "%2F")
                    .replace('é', "%C3%A9")
                    .replace(' ', "%20")
            );
            let deletes = n.is_multiple_of(4) || n % 8 == 7;
            if deletes && self.held.contains_key(&id) {
                self.send(Method::DELETE, &path, String::new()).await;
                self.held.remove(&id);
            } else if n % 8 == 1 {
                let ids = (0..3).map(|item| format!("of a bulk {n} {item}"));
                self.bulk(ids.chain([id]).collect()).await;
            } else {
                self.send(Method::PUT, &path, body.to_string()).await;
                self.held.insert(id, body);
            }
            writes.fetch_add(1, Ordering::Relaxed);
        }
        self
    }

    /// What a search finds is what was acknowledged.
    async fn check(&self) {
        self.send(Method::POST, "/_refresh", String::new()).await;
        let mut found = BTreeMap::new();
        let body = json!({ "size": 10_000, "track_total_hits": true }).to_string();
        let page = self.send(Method::POST, "/_search", body).await;
        for hit in page["hits"]["hits"].as_array().expect("hits") {
            found.insert(
                hit["_id"].as_str().expect("an id").to_owned(),
                hit["_source"].clone(),
            );
        }
        assert_eq!(page["hits"]["total"]["value"], found.len());
        let lost: Vec<_> = self
            .held
            .iter()
            .filter(|(id, held)| found.get(*id) != Some(held))
            .collect();
        let extra: Vec<_> = found
            .keys()
            .filter(|id| !self.held.contains_key(*id))
            .collect();
        assert!(
            lost.is_empty() && extra.is_empty(),
            "{}: lost {lost:?}, extra {extra:?}",
            self.url
        );
    }
}

fn document(n: u64) -> Value {
    json!({ "n": n, "at": { "_private": [n, null] }, "big": 9_007_199_254_740_993_u64, "part": 0.125 })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_of_the_page_move_a_tenant_that_writes() {
    let Some(node) = node::url().await else {
        return;
    };
    let mut moving = Moving::start(node);
    let name = moving.name.clone();
    // More shards than one, so that the mark of the difference is not trivial.
    for (suffix, field) in [("shared", "_tenant"), ("odd", "_owner")] {
        for index in INDICES {
            let url = format!("{node}/{index}-{name}-{suffix}");
            let body = json!({ "settings": { "number_of_shards": 3, "number_of_replicas": 0 },
                "mappings": { "_routing": { "required": suffix == "shared" },
                    "properties": { field: { "type": "keyword" } } } });
            let made = Client::new()
                .json(Method::PUT, &url, body.to_string())
                .await;
            assert_eq!(made.status, 200, "{}", made.text());
        }
    }
    let gateway = moving.gateway.url.clone();
    let mut neighbour = Writer::new(&gateway, "orders", "Bearer neighbours");
    neighbour.fill(100).await;

    let stop = Arc::new(AtomicBool::new(false));
    let writes = Arc::new(AtomicUsize::new(0));
    let mut writing = Vec::new();
    for index in INDICES {
        let mut writer = Writer::new(&gateway, index, "Bearer tenants");
        writer.fill(1_000).await;
        writing.push(tokio::spawn(
            writer.write(Arc::clone(&stop), Arc::clone(&writes)),
        ));
    }
    let shared = moving.placed().await;
    let own =
        json!({ "kind": "dedicated_index", "cluster": "eu-1", "index": "{partition}.{index}" });
    let odd = json!({ "kind": "shared_index", "cluster": "eu-1", "index": format!("{{index}}-{name}-odd"),
        "field": "_owner", "id": "{id}:{partition}", "routing": "" });

    let difference = TO_CUTOVER
        .into_iter()
        .chain(["The difference"])
        .chain(TO_THE_END);
    moving.run(&own, difference.clone()).await;
    assert_eq!(moving.placed().await, own);
    let gone = std::fs::read_to_string(moving.folder.join("orders.gone"))
        .expect("what was deleted meanwhile");
    assert!(gone.lines().count() > 0, "deletes are carried");
    assert_eq!(
        moving.count(&format!("orders-{name}-shared")).await,
        100,
        "the neighbour's"
    );

    let again = TO_CUTOVER
        .into_iter()
        .chain(["All of it again"])
        .chain(TO_THE_END);
    moving.run(&odd, again).await;
    assert_eq!(moving.placed().await["index"], odd["index"]);
    assert_eq!(
        moving.count(&format!("{name}.orders")).await,
        0,
        "cleaned up"
    );

    let given_up = [
        TO_CUTOVER[0],
        TO_CUTOVER[1],
        TO_CUTOVER[4],
        "Before it is complete",
    ];
    moving.run(&own, given_up).await;
    assert_eq!(moving.placed().await["index"], odd["index"]);

    moving.run(&shared, difference).await;
    assert_eq!(moving.placed().await, shared);

    stop.store(true, Ordering::Relaxed);
    for writer in writing {
        writer
            .await
            .expect("every write was acknowledged")
            .check()
            .await;
    }
    neighbour.check().await;
    assert!(writes.load(Ordering::Relaxed) > 1_000, "{writes:?} writes");
    let all: BTreeSet<_> = sections().into_iter().map(|(heading, _)| heading).collect();
    let run: BTreeSet<_> = moving
        .run
        .iter()
        .map(|heading| (*heading).to_owned())
        .collect();
    assert_eq!(all, run, "every command of the page has run");

    for suffix in ["shared", "odd"] {
        for index in INDICES {
            Client::new()
                .json(
                    Method::DELETE,
                    &format!("{node}/{index}-{name}-{suffix}"),
                    "",
                )
                .await;
        }
    }
    for index in INDICES {
        Client::new()
            .json(Method::DELETE, &format!("{node}/{name}.{index}"), "")
            .await;
    }
}
