//! The table of endpoints, row by row and placement by placement, through the stack: what is refused costs nothing, what is answered here
//! asks no cluster, and what is sent on is one request to the partition's own index.
use http::{Method, Request, Response};
use osproxy_layer::spi::{ClusterId, IndexSchema, PartitionKeySpec, SharedIndex};
use osproxy_layer::{REFUSED, ResponseBody};
use serde_json::json;
use tower::Service;

use crate::honest;
use crate::stack::*;

/// A row of the table.
struct Row {
    method: Method,
    template: String,
    group: String,
    /// In the order of [`KINDS`].
    decisions: [String; 3],
}

/// A tenant of each kind, and what its index `index` is called.
const KINDS: [(&str, &str); 3] = [
    ("acme", "index-shared"),
    ("globex", "globex.index"),
    ("hooli", "index"),
];

fn rows() -> Vec<Row> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/endpoints.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let row = |record: csv::StringRecord| {
        Row::where_tenants_move(Row {
            method: match &record[0] {
                "*" => Method::POST,
                name => name.parse().unwrap(),
            },
            template: record[1].to_owned(),
            group: record[2].trim_start_matches("(server) ").to_owned(),
            decisions: [5, 6, 7].map(|column| record[column].to_owned()),
        })
    };
    reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect()
}

impl Row {
    /// The tenants here are ones that can be moved, so what answers before its writes are done is refused to all.
    fn where_tenants_move(mut self) -> Self {
        if self.group == "bulk_stream" {
            self.decisions[2] = "reject".to_owned();
        }
        self
    }

    /// A request that finds this row: each capture has its own name for a value, but for `cursor`, which is one of the
    /// caller's own.
    fn request(&self, tenant: &str, cursor: &str) -> Request<Body> {
        let path = self.template.replace("{scroll_id}", cursor);
        let mut path = path.replace("/**", "/x").replace(['{', '}'], "");
        if self.group == "field_caps" {
            path.push_str("?fields=*");
        }
        let in_path = self.template.contains("{index}");
        if self.group == "create_pit" {
            path.push_str("?keep_alive=1m");
        }
        let body = match &*self.group {
            "scroll" | "clear_scroll" if !self.template.contains("{scroll_id}") => {
                return post(&path, tenant, format!(r#"{{"scroll_id":"{cursor}"}}"#))
                    .with(self.method.clone());
            }
            "delete_pit" => {
                return post(&path, tenant, format!(r#"{{"pit_id":"{cursor}"}}"#))
                    .with(self.method.clone());
            }
            "bulk" if in_path => "{\"index\":{\"_id\":\"1\"}}\n{}\n",
            "bulk" => "{\"index\":{\"_index\":\"index\",\"_id\":\"1\"}}\n{}\n",
            "delete_by_query" | "update_by_query" => r#"{"query":{"match_all":{}}}"#,
            "mget" if in_path => r#"{"ids":["1"]}"#,
            "mget" => r#"{"docs":[{"_index":"index","_id":"1"}]}"#,
            "msearch" if in_path => "{}\n{}\n",
            "msearch" => "{\"index\":\"index\"}\n{}\n",
            "index" | "create" => "{}",
            "update" => r#"{"doc":{}}"#,
            "indices.put_mapping" => r#"{"properties":{}}"#,
            _ => "",
        };
        request(self.method.clone(), &path, body).by(tenant)
    }
}

impl Row {
    fn is_on_all(&self) -> bool {
        let items = matches!(&*self.group, "bulk" | "mget" | "msearch");
        !self.template.contains("{index}") && !items
    }

    /// What a cluster gets that is the caller's own: the path as it was sent, but for a cursor, which goes into the body.
    fn path_on_own_cluster(&self) -> String {
        let path = self.template.replace("/{scroll_id}", "");
        path.replace("/**", "/x").replace(['{', '}'], "")
    }
}

trait With {
    fn with(self, method: Method) -> Self;
}

impl<B> With for Request<B> {
    fn with(mut self, method: Method) -> Self {
        *self.method_mut() = method;
        self
    }
}

/// A cursor of the tenant's own, for a row that is about one.
async fn cursor_for<S>(stack: &S, row: &Row, tenant: &str) -> String
where
    S: Service<Request<Body>, Response = Response<ResponseBody<Body>>> + Clone,
    S::Error: std::fmt::Debug,
{
    let (path, key) = match &*row.group {
        "scroll" | "clear_scroll" => ("/index/_search?scroll=1m", "_scroll_id"),
        "delete_pit" => ("/index/_search/point_in_time?keep_alive=1m", "pit_id"),
        _ => return String::new(),
    };
    let reply = call(stack, post(path, tenant, "")).await;
    reply.json()[key].as_str().unwrap().to_owned()
}

fn cluster(row: &Row) -> Cluster {
    match &*row.group {
        "indices.create" => Cluster::empty(),
        _ => Cluster::answering(|request| {
            Ok(match request.segments().ends_with(&["*".to_owned()]) {
                true => respond(
                    200,
                    r#"{"indices":[{"name":"index-shared"},{"name":"globex.index"}]}"#,
                ),
                false => honest::answer(request),
            })
        }),
    }
}

/// Index-level answers on a shared placement are those of what it declares: then nobody needs to be asked.
fn router(row: &Row, kind: usize) -> Tenants {
    let of_indices = [
        "indices.get",
        "indices.exists_alias",
        "indices.resolve_index",
        "cat.",
        "field_caps",
    ];
    if kind > 0 || !of_indices.iter().any(|group| row.group.starts_with(group)) {
        return tenants();
    }
    let schema = IndexSchema::new(&json!({ "properties": { "a": { "type": "long" } } })).unwrap();
    let shared = SharedIndex::new(ClusterId::from("eu"), pattern("{index}-shared"))
        .with_indices(["index".to_owned()])
        .with_schema("index", schema)
        .unwrap();
    let caller = PartitionKeySpec::PrincipalAttr("tenant".into());
    placed(caller, [("acme", shared.into())])
}

/// What no tenant has: a template, and an alias on a shared index.
fn is_absent(row: &Row, kind: usize) -> bool {
    let named = row.template.ends_with("/{name}");
    named && (row.group.ends_with("_template") || (kind == 0 && row.group.ends_with("_alias")))
}

/// What is wrong with how this row is answered, if anything is.
async fn verdict(row: &Row, kind: usize) -> Result<(), String> {
    let (tenant, physical) = KINDS[kind];
    let cluster = cluster(row);
    let stack = stack(router(row, kind), &cluster);
    let cursor = cursor_for(&stack, row, tenant).await;
    let opened = cluster.all().len();
    let reply = call(&stack, row.request(tenant, &cursor)).await;
    let sent: Vec<_> = cluster.all().split_off(opened);
    let all: Vec<_> = sent
        .iter()
        .map(|sent| format!("{} /{}", sent.method, sent.segments().join("/")))
        .collect();
    let told = format!("{} {} after {all:?}", reply.status, reply.text());
    match &*row.decisions[kind] {
        "reject" | "operator" => {
            let refused = reply.status == 400 && reply.error_type() == REFUSED && all.is_empty();
            refused.then_some(()).ok_or(told)
        }
        "virtual" => {
            let told_so = match is_absent(row, kind) {
                true => reply.status == 404,
                false => reply.status.is_success(),
            };
            let fine = told_so && all == asked_for(row, kind);
            fine.then_some(()).ok_or(told)
        }
        "forward" | "rewrite" => {
            let mut sent = sent;
            let asks = kind == 0 || asks_for_indices(row, kind);
            sent.retain(|request| !asks || !request.is_preflight());
            let [one] = &*sent else {
                return Err(told);
            };
            let target = one.target.as_ref().ok_or("no target")?;
            let cluster = if tenant == "hooli" { "own" } else { "eu" };
            let names: Vec<_> = target.indices().iter().map(|name| name.as_str()).collect();
            let expected = match row.template.split('/').nth(1) {
                Some("{alias}") => vec!["alias"],
                // The analyzers that every node has.
                Some("_analyze") => vec![],
                // On all indices of a tenant: where the names show whose they are.
                Some(_)
                    if kind == 1
                        && row.is_on_all()
                        && cursor.is_empty()
                        && !asks_for_indices(row, kind) =>
                {
                    vec!["globex.*"]
                }
                _ if row.template.contains("{index}") || kind < 2 => vec![physical],
                _ if !cursor.is_empty() => vec![physical],
                _ => vec![],
            };
            let checked = all.len()
                == sent.len()
                    + usize::from(kind == 0 && needs_check(row))
                    + usize::from(asks_for_indices(row, kind));
            let fine = reply.status.is_success()
                && target.cluster().as_str() == cluster
                && names == expected
                && checked
                && (kind < 2 || one.path() == row.path_on_own_cluster());
            fine.then_some(()).ok_or(told)
        }
        other => panic!("{other}"),
    }
}

/// Whether the request is for all of a tenant's indices, which the cluster is asked for first.
fn asks_for_indices(row: &Row, kind: usize) -> bool {
    let all = matches!(
        &*row.group,
        "search" | "count" | "indices.refresh" | "indices.validate_query"
    );
    all && kind < 2 && !row.template.contains("{index}")
}

/// Whether a shared index is looked at before the request.
fn needs_check(row: &Row) -> bool {
    let without = [
        "indices.refresh",
        "field_caps",
        "scroll",
        "clear_scroll",
        "delete_pit",
    ];
    !without.contains(&&*row.group) && row.template != "/_analyze"
}

/// What the stack asks a cluster for itself, before it answers such a row.
fn asked_for(row: &Row, kind: usize) -> Vec<&'static str> {
    match (&*row.group, kind) {
        ("info", 0 | 1) | ("nodes.info", _) => vec!["GET /"],
        ("cat.indices", 1) if row.template.contains("{index}") => {
            vec!["GET /_cat/indices/globex.index"]
        }
        ("cat.indices", 1) => vec!["GET /_cat/indices/globex.*,-*-shared"],
        ("indices.resolve_index", 1) => vec!["GET /_resolve/index/globex.name"],
        ("indices.exists", 0) => vec!["GET /index-shared"],
        ("indices.create", 0) => vec![
            "GET /index-shared",
            "GET /index-shared",
            "PUT /index-shared",
            "GET /index-shared",
        ],
        _ => vec![],
    }
}

/// What is not offered yet: methods, route, and the kinds of placement that don't have it. Exact: a row that works must not
/// stand here, and one that doesn't must. The page for users prints it too.
fn not_yet() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let list = include_str!("../data/not_yet.csv");
    list.lines().skip(1).map(|line| {
        let columns: Vec<_> = line.split(',').collect();
        let [methods, template, kinds] = *columns else {
            panic!("three columns: {line}");
        };
        (methods, template, kinds)
    })
}

const NAMES: [&str; 3] = ["shared_index", "dedicated_index", "dedicated_cluster"];

fn is_next(row: &Row, kind: usize) -> bool {
    not_yet().any(|(methods, template, kinds)| {
        template == row.template
            && methods.split(' ').any(|method| row.method == method)
            && kinds.split(' ').any(|name| name == NAMES[kind])
    })
}

/// Refused with words that tell it from what is refused for good, and nothing was asked.
async fn is_refused_for_now(row: &Row, kind: usize) -> bool {
    let cluster = cluster(row);
    let reply = call(
        &stack(router(row, kind), &cluster),
        row.request(KINDS[kind].0, ""),
    )
    .await;
    reply.status == 400
        && reply.error_type() == REFUSED
        && reply.reason().contains("not offered yet")
        && cluster.all().is_empty()
}

#[tokio::test]
async fn every_row_is_answered_as_its_cell_says() {
    let mut wrong = Vec::new();
    for row in rows() {
        for (kind, (tenant, _)) in KINDS.iter().enumerate() {
            let name = format!(
                "{} {} [{}] for {tenant}",
                row.method, row.template, row.decisions[kind]
            );
            match (is_next(&row, kind), verdict(&row, kind).await) {
                (false, Ok(())) => {}
                (false, Err(told)) => wrong.push(format!("{name}: {told}")),
                (true, Ok(())) => wrong.push(format!("{name}: works, and stands in the list")),
                (true, Err(_)) if is_refused_for_now(&row, kind).await => {}
                (true, Err(told)) => wrong.push(format!("{name}: not refused for now: {told}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_list_of_what_comes_names_rows_of_the_table() {
    let rows = rows();
    assert!(rows.len() > 400);
    for (methods, template, kinds) in not_yet() {
        for method in methods.split(' ') {
            let row = rows
                .iter()
                .find(|row| row.template == template && row.method == method);
            let row = row.unwrap_or_else(|| panic!("{method} {template}"));
            for name in kinds.split(' ') {
                let kind = NAMES.iter().position(|kind| *kind == name).unwrap();
                let cell = &*row.decisions[kind];
                assert!(
                    matches!(cell, "rewrite" | "virtual"),
                    "{method} {template}: {cell}"
                );
            }
        }
    }
}
