//! The table of parameters, row by row and placement by placement, through the stack: what is refused is named and costs nothing, what is
//! forwarded arrives, what is dropped doesn't, and what is rewritten has its effect.
use http::{Method, Request};
use osproxy_layer::REFUSED;
use serde_json::{Value, json};

use crate::stack::*;

/// Kinds of placement.
const S: u8 = 1;
const I: u8 = 2;
const C: u8 = 4;

/// The tenant of each kind.
const KINDS: [(u8, &str); 3] = [(S, "acme"), (I, "globex"), (C, "hooli")];

/// A call of each operation that is offered, and the kinds that have it.
struct Call {
    group: &'static str,
    method: Method,
    uri: &'static str,
    body: &'static str,
    kinds: u8,
}

#[rustfmt::skip] // one line a call: a table is read by column
const CALLS: &[Call] = &[
    call_of("index", Method::PUT, "/orders/_doc/1", "{}", S | I | C),
    call_of("create", Method::PUT, "/orders/_create/1", "{}", S | I | C),
    call_of("update", Method::POST, "/orders/_update/1", r#"{"doc":{}}"#, S | I | C),
    call_of("delete", Method::DELETE, "/orders/_doc/1", "", S | I | C),
    call_of("get", Method::GET, "/orders/_doc/1", "", S | I | C),
    call_of("exists", Method::HEAD, "/orders/_doc/1", "", S | I | C),
    call_of("get_source", Method::GET, "/orders/_source/1", "", S | I | C),
    call_of("exists_source", Method::HEAD, "/orders/_source/1", "", S | I | C),
    call_of("bulk", Method::POST, "/_bulk", "{\"index\":{\"_index\":\"orders\",\"_id\":\"1\"}}\n{}\n", S | I | C),
    call_of("mget", Method::POST, "/_mget", r#"{"docs":[{"_index":"orders","_id":"1"}]}"#, S | I | C),
    call_of("msearch", Method::POST, "/_msearch", "{\"index\":\"orders\"}\n{}\n", S | I | C),
    call_of("search", Method::GET, "/orders/_search", "", S | I | C),
    call_of("count", Method::GET, "/orders/_count", "", S | I | C),
    call_of("create_pit", Method::POST, "/orders/_search/point_in_time", "", S | I | C),
    call_of("indices.refresh", Method::POST, "/orders/_refresh", "", S | I | C),
    call_of("indices.exists", Method::HEAD, "/orders", "", S | C),
    call_of("indices.create", Method::PUT, "/orders", "", S | C),
    call_of("info", Method::GET, "/", "", S | I | C),
    call_of("ping", Method::HEAD, "/", "", S | I | C),
];

const fn call_of(
    group: &'static str,
    method: Method,
    uri: &'static str,
    body: &'static str,
    kinds: u8,
) -> Call {
    Call {
        group,
        method,
        uri,
        body,
        kinds,
    }
}

/// What a parameter does.
#[derive(Clone, Copy, Debug)]
enum Effect {
    /// It arrives as it was sent.
    Same,
    /// It arrives with this value.
    As(&'static str),
    /// It does not arrive.
    Gone,
    /// It does not arrive, and stands here in the body instead.
    InBody(&'static str, &'static str),
    /// It names the index, as the path would.
    Index,
    /// It does not arrive, and the answer is filtered: of what is asked for here nothing is in it.
    Filtered,
    /// It is answered here.
    Status(u16, &'static str),
    /// So is this item of the bulk.
    Item(u64),
    /// It is refused by its name.
    Refused,
    /// The same, but the next issue brings it.
    Next,
}

use Effect::*;

/// What a rewritten parameter does: groups, name, kinds. The first row that fits counts.
#[rustfmt::skip] // one line a row: a table is read by column
const REWRITTEN: &[(&str, &str, u8, Effect)] = &[
    // On the list of the next issue.
    ("mget msearch", "source", S | I, Next),
    ("mget msearch", "source_content_type", S | I, Next),
    // Everywhere.
    ("*", "format", S | I, Gone),
    ("*", "filter_path", S | I, Filtered),
    ("info indices.create", "pretty", S | I, Gone), // our own answers have one spelling
    // A source is shown from an answer whose spacing must be the document's own.
    ("get_source", "pretty", S, Gone),
    ("*", "pretty", S | I, Same),
    ("*", "allow_no_indices", S | I, Gone),
    ("*", "expand_wildcards", S | I, Gone),
    ("indices.exists", "ignore_unavailable", S, Gone),
    ("*", "ignore_unavailable", S | I, Same),
    ("*", "preference", S, As("p.acme.x")),
    ("*", "preference", I, Same),
    // Writes.
    ("index create update", "require_alias", S | I, Status(404, "index_not_found_exception")),
    ("bulk", "require_alias", S | I, Item(404)),
    // Names of indices.
    ("bulk mget msearch search count", "index", S | I, Index),
    ("search count", "index", C, Same),
    ("bulk mget msearch", "index", C, Same),
    // Reads by id.
    ("get get_source", "_source", S | I, Same),
    ("get", "stored_fields", S | I, Same),
    ("mget", "_source", S, InBody("/docs/0/_source/includes/0", "x")),
    ("mget", "_source", I, Same),
    ("mget", "stored_fields", S, InBody("/docs/0/stored_fields/0", "x")),
    ("mget", "stored_fields", I, Same),
    // Cursors.
    ("search", "scroll", S | I | C, Same),
    ("create_pit", "keep_alive", S | I, Same),
    // Searches.
    ("search count", "q", S, InBody("/query/bool/must/0/query_string/query", "x")),
    ("search count", "analyzer", S, InBody("/query/bool/must/0/query_string/analyzer", "x")),
    ("search count", "analyze_wildcard", S, InBody("/query/bool/must/0/query_string/analyze_wildcard", "true")),
    ("search count", "default_operator", S, InBody("/query/bool/must/0/query_string/default_operator", "and")),
    ("search count", "df", S, InBody("/query/bool/must/0/query_string/default_field", "x")),
    ("search count", "lenient", S, InBody("/query/bool/must/0/query_string/lenient", "true")),
    ("search count", "q", I, Same),
    ("search count", "analyzer", I, Same),
    ("search count", "analyze_wildcard", I, Same),
    ("search count", "default_operator", I, Same),
    ("search count", "df", I, Same),
    ("search count", "lenient", I, Same),
    ("search count", "source", S, InBody("/query/bool/must/0/match/a", "x")),
    ("search count", "source", I, InBody("/query/match/a", "x")),
    ("search count", "source_content_type", S | I, Gone),
    ("search", "sort", S, InBody("/sort/0/x/order", "desc")),
    ("search", "docvalue_fields", S, InBody("/docvalue_fields/0", "x")),
    ("search", "stored_fields", S, InBody("/stored_fields/0", "x")),
    ("search", "sort", I, Same),
    ("search", "docvalue_fields", I, Same),
    ("search", "stored_fields", I, Same),
    // Of an index that is there or isn't, nothing is printed.
    ("indices.exists", "flat_settings", S, Gone),
    ("indices.exists", "include_defaults", S, Gone),
];

/// What is forwarded in the body, because the body says the same and the server would take one of them.
#[rustfmt::skip] // one line a row: a table is read by column
const FOLDED: &[(&str, &str, u8, Effect)] = &[
    ("mget", "_source_includes", S, InBody("/docs/0/_source/includes/0", "x")),
    ("mget", "_source_excludes", S, InBody("/docs/0/_source/excludes/0", "x")),
    ("search", "_source", S, InBody("/_source/includes/0", "x")),
    ("search", "_source_includes", S, InBody("/_source/includes/0", "x")),
    ("search", "_source_excludes", S, InBody("/_source/excludes/0", "x")),
];

/// Where the node contradicts the table (tried on 3.8.0): its `_source` knows no versions, and the `_doc` that is sent in
/// its place would.
#[rustfmt::skip] // one line a row: a table is read by column
const CORRECTED: &[(&str, &str, u8, Effect)] = &[
    ("get_source", "version", S, Status(400, "illegal_argument_exception")),
    ("get_source", "version_type", S, Status(400, "illegal_argument_exception")),
];

/// What is answered here forwards nothing.
const VIRTUAL: [&str; 4] = ["info", "ping", "indices.exists", "indices.create"];

struct Row {
    group: String,
    name: String,
    value: String,
    decision: String,
    note: String,
}

fn rows() -> Vec<Row> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/params.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let row = |record: csv::StringRecord| Row {
        group: record[0].to_owned(),
        name: record[1].to_owned(),
        value: value(&record[1], &record[2]).to_owned(),
        decision: record[3].to_owned(),
        note: record[4].to_owned(),
    };
    reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect()
}

/// A value that this parameter may have.
fn value(name: &str, kind: &str) -> &'static str {
    match (name, kind) {
        ("format", _) => "json",
        ("source", _) => r#"{"query":{"match":{"a":"x"}}}"#,
        ("source_content_type", _) => "application/json",
        ("sort", _) => "x:desc",
        ("default_operator", _) => "and",
        ("filter_path", _) => "nothing.of_this",
        ("index", _) => "orders",
        ("expand_wildcards", _) => "open",
        ("scroll" | "keep_alive", _) => "1m",
        ("op_type", _) => "create",
        (_, kind) if kind.starts_with("boolean") && !kind.contains("list") => "true",
        (_, "integer" | "number") => "1",
        _ => "x",
    }
}

impl Row {
    /// The decision for a kind of placement: the column is for a shared index, and the note says where the others differ.
    fn decision(&self, kind: u8) -> &str {
        let ours = matches!(&*self.name, "index" | "id" | "error_trace");
        match kind {
            C if ours || self.name.starts_with("scroll") => &self.decision,
            C => "forward",
            I if self.note.contains("ded-index/ded-cluster: forward")
                || self.note.contains("ded-index: reverse")
                || self.note.contains("As get.") =>
            {
                "forward"
            }
            _ => &self.decision,
        }
    }

    fn effect(&self, kind: u8) -> Effect {
        let find = |table: &[(&str, &str, u8, Effect)]| {
            let fits = |(groups, name, kinds, _): &&(&str, &str, u8, Effect)| {
                let group = *groups == "*" || groups.split(' ').any(|group| group == self.group);
                group && *name == self.name && kinds & kind != 0
            };
            table.iter().find(fits).map(|row| row.3)
        };
        if let Some(effect) = find(CORRECTED) {
            return effect;
        }
        match self.decision(kind) {
            "reject" => Refused,
            "drop" => Gone,
            "forward" if kind != C && VIRTUAL.contains(&&*self.group) => Gone,
            "forward" => find(FOLDED).unwrap_or(Same),
            "rewrite" => find(REWRITTEN)
                .unwrap_or_else(|| panic!("{} {} has no effect", self.group, self.name)),
            other => panic!("{other}"),
        }
    }

    /// The call with this parameter, and with those that it needs beside it.
    fn request(&self, call: &Call, tenant: &str) -> Request<Body> {
        let uri = match (&*self.name, call.group) {
            // In the path there is none, for there would be two.
            ("index", "search" | "count") => call.uri.replace("/orders", ""),
            _ => call.uri.to_owned(),
        };
        let beside = match (&*self.name, call.group) {
            (
                "analyzer" | "analyze_wildcard" | "default_operator" | "df" | "lenient",
                "search" | "count",
            ) => "&q=x",
            ("source", "search" | "count") => "&source_content_type=application/json",
            ("source_content_type", "search" | "count") => "&source=%7B%7D",
            (name, "create_pit") if name != "keep_alive" => "&keep_alive=1m",
            _ => "",
        };
        let value = self
            .value
            .replace('{', "%7B")
            .replace('}', "%7D")
            .replace('"', "%22");
        let body = match &*self.name {
            // So that the item has none of its own.
            "index" => call
                .body
                .replace(r#""_index":"orders","#, "")
                .replace(r#""index":"orders""#, ""),
            _ => call.body.to_owned(),
        };
        let uri = format!("{uri}?{}={value}{beside}", self.name);
        request(call.method.clone(), &uri, body).by(tenant)
    }
}

fn cluster(call: &Call) -> Cluster {
    match call.group {
        "indices.create" => Cluster::empty(),
        _ => Cluster::honest(),
    }
}

/// What is wrong with what this parameter did, if anything is.
async fn verdict(row: &Row, call: &Call, kind: u8, tenant: &str) -> Result<(), String> {
    let cluster = cluster(call);
    let reply = self::call(&stack(tenants(), &cluster), row.request(call, tenant)).await;
    let all = cluster.all();
    let sent: Vec<_> = match kind {
        S => cluster.take(),
        _ => all.clone(),
    };
    let effect = row.effect(kind);
    let seen: Vec<_> = sent
        .iter()
        .map(|sent| format!("{} {}", sent.uri, sent.text()))
        .collect();
    let told = format!(
        "not {effect:?}: {} {} after {seen:?}",
        reply.status,
        reply.text()
    );
    let arrived: Vec<_> = sent
        .iter()
        .filter_map(|sent| sent.param(&row.name))
        .collect();
    let body = |pointer: &str| match call.group {
        "msearch" => sent[0].lines()[1].pointer(pointer).cloned(),
        _ => sent[0].json().pointer(pointer).cloned(),
    };
    let worked = reply.status.is_success();
    let is_virtual = kind != C && VIRTUAL.contains(&call.group);
    let once = sent.len() == 1 || is_virtual;
    let fine = match effect {
        Same => worked && once && arrived == [row.value.clone()],
        As(value) => worked && once && arrived == [value],
        Gone => worked && once && arrived.is_empty(),
        InBody(pointer, value) => {
            let found = worked && once && arrived.is_empty();
            found && body(pointer).map(as_text).as_deref() == Some(value)
        }
        Index => {
            let physical = if kind == S {
                "orders-shared"
            } else {
                "globex.orders"
            };
            let names =
                |at: &crate::cluster::Recorded| at.target.as_ref().unwrap().indices().to_vec();
            worked && once && arrived.is_empty() && names(&sent[0]) == [physical.into()]
        }
        Filtered => worked && once && arrived.is_empty() && reply.body == "{}",
        Status(status, error_type) => {
            reply.status == status && reply.error_type() == error_type && all.is_empty()
        }
        Item(status) => {
            worked && arrived.is_empty() && reply.json()["items"][0]["index"]["status"] == status
        }
        Refused => {
            let named = reply.reason().contains(&format!("[{}]", row.name));
            reply.status == 400 && reply.error_type() == REFUSED && named && all.is_empty()
        }
        Next => reply.status == 400 && reply.error_type() == REFUSED && all.is_empty(),
    };
    fine.then_some(()).ok_or(told)
}

fn as_text(value: Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[tokio::test]
async fn every_parameter_does_what_its_row_says() {
    let rows = rows();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for call in CALLS {
        for row in rows.iter().filter(|row| row.group == call.group) {
            for (kind, tenant) in KINDS.iter().filter(|(kind, _)| call.kinds & kind != 0) {
                tried += 1;
                if let Err(told) = verdict(row, call, *kind, tenant).await {
                    wrong.push(format!(
                        "{} [{}] for {tenant}: {told}",
                        call.group, row.name
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 900, "{tried}");
}

/// The rules that the table has for all names: what is unknown, sent twice, or has two readings.
#[tokio::test]
async fn a_name_that_no_row_has_is_refused_and_so_is_one_that_comes_twice() {
    for call in CALLS {
        for (kind, tenant) in KINDS.iter().filter(|(kind, _)| call.kinds & kind != 0) {
            let cluster = cluster(call);
            let stack = stack(tenants(), &cluster);
            for (query, everywhere) in [
                ("newfangled=1", false),
                ("_id=1", false),
                ("pretty=true&pretty=false", true),
                ("pretty=true;human=true", true),
                ("pretty=%%", true),
                ("=1", true),
            ] {
                if *kind == C && !everywhere {
                    continue;
                }
                let uri = format!("{}?{query}", call.uri);
                let request = request(call.method.clone(), &uri, call.body).by(tenant);
                let reply = self::call(&stack, request).await;
                assert_eq!(reply.status, 400, "{uri} for {tenant}: {}", reply.text());
                assert!(reply.rejection.is_some());
                assert!(cluster.all().is_empty(), "{uri} for {tenant}");
            }
        }
    }
}

/// Another form of the answer couldn't be turned back.
#[tokio::test]
async fn no_other_format_than_json_is_offered() {
    for call in CALLS {
        for (_, tenant) in KINDS
            .iter()
            .filter(|(kind, _)| call.kinds & kind & (S | I) != 0)
        {
            let cluster = cluster(call);
            let stack = stack(tenants(), &cluster);
            for format in ["yaml", "cbor", "smile"] {
                let uri = format!("{}?format={format}", call.uri);
                let request = request(call.method.clone(), &uri, call.body).by(tenant);
                let reply = self::call(&stack, request).await;
                reply.assert_refused(400, REFUSED);
                assert!(cluster.all().is_empty(), "{uri} for {tenant}");
            }
        }
    }
}

/// Session strings are kept apart from the neighbour's; what names shards or nodes is refused.
#[tokio::test]
async fn a_preference_names_no_shard_and_no_node() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for uri in [
        "/orders/_doc/1",
        "/orders/_source/1",
        "/orders/_search",
        "/orders/_count",
    ] {
        for tenant in ["acme", "globex"] {
            for preference in [
                "_shards:0",
                "_only_nodes:a",
                "_prefer_nodes:a",
                "_only_local",
                "_primary",
            ] {
                let reply = self::call(
                    &stack,
                    get(&format!("{uri}?preference={preference}"), tenant),
                )
                .await;
                reply.assert_refused(400, REFUSED);
            }
            let reply = self::call(&stack, get(&format!("{uri}?preference=_local"), tenant)).await;
            assert_eq!(reply.status, 200);
            assert_eq!(
                cluster.take().pop().unwrap().param("preference").as_deref(),
                Some("_local")
            );
        }
    }
}

#[tokio::test]
async fn an_alias_that_is_not_required_is_not_asked_for() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for tenant in ["acme", "globex"] {
        for (method, uri) in [
            (Method::PUT, "/orders/_doc/1"),
            (Method::PUT, "/orders/_create/1"),
        ] {
            let uri = format!("{uri}?require_alias=false");
            let reply = self::call(&stack, request(method, &uri, "{}").by(tenant)).await;
            assert_eq!(reply.status, 201);
            assert_eq!(cluster.take().pop().unwrap().param("require_alias"), None);
        }
    }
    let reply = self::call(&stack, put("/orders/_doc/1?require_alias=x", "acme", "{}")).await;
    reply.assert_refused(400, "illegal_argument_exception");
}

/// A filter of the client's is applied to the logical answer, so it can't take the proof away or show a physical name.
#[tokio::test]
async fn a_filter_path_sees_the_logical_answer() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    let reply = self::call(
        &stack,
        get("/orders/_doc/1?filter_path=_index,_source", "acme"),
    )
    .await;
    assert_eq!(
        reply.json(),
        json!({ "_index": "orders", "_source": { "a": 1 } })
    );
    let reply = self::call(&stack, get("/?filter_path=version.number", "acme")).await;
    assert_eq!(reply.text(), r#"{"version":{"number":"3.8.0"}}"#);
}

/// What narrows a read by id names no reserved field of a shared index (C1-11, C1-12); a list that is emptied by that
/// would mean everything.
#[tokio::test]
async fn a_read_by_id_names_no_reserved_field() {
    let cluster = Cluster::honest();
    let stack = stack(tenants(), &cluster);
    for (name, value, sent) in [
        ("_source", "_tenant", "__osproxy_no_field"),
        ("_source", "a,_tenant", "a"),
        ("_source", "._tenant.,b", "b"),
        ("_source_includes", "_tenant.x", "__osproxy_no_field"),
        ("_source_includes", "_tenant,a*", "a*"),
    ] {
        for uri in ["/orders/_doc/1", "/orders/_source/1"] {
            let request = get(&format!("{uri}?{name}={value}"), "acme");
            self::call(&stack, request).await;
            let asked = cluster.take().pop().unwrap();
            assert_eq!(asked.param(name).as_deref(), Some(sent), "{uri} {value}");
        }
        let request = get(&format!("/orders/_doc/1?{name}={value}"), "globex");
        self::call(&stack, request).await;
        let asked = cluster.take().pop().unwrap();
        assert_eq!(asked.param(name).as_deref(), Some(value));
    }
    let before = cluster.all().len();
    for fields in ["_routing", "a,_tenant", "_none_", "a, _id"] {
        let uri = format!(
            "/orders/_doc/1?stored_fields={}",
            fields.replace(' ', "%20")
        );
        let reply = self::call(&stack, get(&uri, "acme")).await;
        reply.assert_refused(400, REFUSED);
    }
    assert_eq!(cluster.all().len(), before);
}
