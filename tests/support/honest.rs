//! What a node would answer, for the in-process cluster: every index exists and every document is there.
use http::header::LOCATION;
use http::{HeaderValue, Method, Response};
use serde_json::{Value, json};

use crate::cluster::{Body, Recorded, respond};

/// Answers one physical request.
pub fn answer(request: &Recorded) -> Response<Body> {
    let segments = request.segments();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    let method = &request.method;
    match parts.as_slice() {
        [""] => respond(200, INFO),
        ["_bulk"] | [_, "_bulk"] => respond(200, bulk(request).to_string()),
        ["_mget"] | [_, "_mget"] => respond(200, multi_get(request).to_string()),
        ["_msearch"] | [_, "_msearch"] => respond(200, multi_search(request)),
        [index] if request.is_preflight() && *method == Method::GET => {
            respond(200, mapping(index).to_string())
        }
        ["_resolve", "index", "*"] => respond(200, INDICES),
        ["_search", "scroll"] if *method == Method::DELETE => {
            respond(200, r#"{"succeeded":true,"num_freed":1}"#)
        }
        ["_search", "scroll"] => respond(200, page(SCROLL)),
        ["_search", "point_in_time"] => respond(200, closed(request).to_string()),
        [_, "_search", "point_in_time"] => respond(200, POINT_IN_TIME),
        [_, "_search"] if request.param("scroll").is_some() => respond(200, page(SCROLL)),
        [_, "_search"] | ["_search"] => respond(200, NO_HITS),
        [_, "_delete_by_query" | "_update_by_query"] => {
            respond(200, r#"{"took":1,"total":0,"failures":[]}"#)
        }
        [_, "_count"] | ["_count"] => respond(200, format!(r#"{{"count":0,{SHARDS}}}"#)),
        [index, "_field_caps"] => {
            let indices: Vec<_> = named(index).collect();
            respond(200, json!({ "indices": indices, "fields": {} }).to_string())
        }
        [index, "_alias" | "_mapping" | "_mappings" | "_settings", ..]
            if *method == Method::GET =>
        {
            let keyed: Value = named(index).map(|name| (name, json!({}))).collect();
            respond(200, keyed.to_string())
        }
        ["_cat", "indices", _] => respond(200, "[]"),
        ["_resolve", "index", _] => {
            respond(200, r#"{"indices":[],"aliases":[],"data_streams":[]}"#)
        }
        [_, "_refresh"] | ["_refresh"] => respond(200, format!("{{{SHARDS}}}")),
        [_, "_source", id] => respond(200, source(id).to_string()),
        [index, "_doc", id] if *method == Method::GET => {
            respond(200, document(request, index, id).to_string())
        }
        _ if *method == Method::HEAD => respond(200, ""),
        [index, "_doc" | "_create" | "_update", id] => {
            let (status, result) = match (method, parts.get(1)) {
                (&Method::DELETE, _) => (200, "deleted"),
                (_, Some(&"_update")) => (200, "updated"),
                _ => (201, "created"),
            };
            written(request, index, id, status, result)
        }
        [index, "_doc"] => written(request, index, "nodes-own-id", 201, "created"),
        _ => respond(200, r#"{"acknowledged":true}"#),
    }
}

const INFO: &str = r#"{"name":"node-1","cluster_name":"prod","cluster_uuid":"u","version":{"distribution":"opensearch","number":"3.8.0","build_hash":"abc"},"tagline":"The OpenSearch Project: https://opensearch.org/"}"#;

/// Everything on the cluster, others' indices too.
const INDICES: &str = r#"{"indices":[{"name":"carts-shared"},{"name":"index"},{"name":"index-shared"},{"name":"globex.index"},{"name":"globex.carts"},{"name":"umbrella.index"},{"name":"globex.x-shared"},{"name":".kibana"}],"aliases":[{"name":"orders-shared"}],"data_streams":[]}"#;

const SHARDS: &str = r#""_shards":{"total":2,"successful":1,"failed":0}"#;

const NO_HITS: &str = r#"{"took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"total":{"value":0,"relation":"eq"},"max_score":null,"hits":[]}}"#;

/// The node's own id of a scroll.
pub const SCROLL: &str = "FGluY2x1ZGVfY29udGV4dF91dWlk";

/// The answer to the opening of a point in time.
const POINT_IN_TIME: &str = r#"{"pit_id":"o_-7QQEMY3Vycy1wcm9iZS0x","_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"creation_time":1795546262901}"#;

fn page(scroll: &str) -> String {
    NO_HITS.replacen('{', &format!(r#"{{"_scroll_id":"{scroll}","#), 1)
}

fn closed(request: &Recorded) -> Value {
    let ids = request.json()["pit_id"].as_array().unwrap().clone();
    let pits: Vec<Value> = ids
        .into_iter()
        .map(|id| json!({ "successful": true, "pit_id": id }))
        .collect();
    json!({ "pits": pits })
}

/// The indices of an expression, one for each wildcard.
fn named(expression: &str) -> impl Iterator<Item = String> {
    let parts = expression.split(',').filter(|part| !part.starts_with('-'));
    parts.map(|part| part.replace('*', "index"))
}

/// A mapping that a shared index may have.
pub fn mapping(index: &str) -> Value {
    json!({ index: { "mappings": { "properties": { "_tenant": { "type": "keyword" } } } } })
}

/// A stored document: one with a partition in its id has the partition's field.
fn source(id: &str) -> Value {
    match id.split_once(':') {
        Some((partition, _)) => json!({ "_tenant": partition, "a": 1 }),
        None => json!({ "a": 1 }),
    }
}

fn document(request: &Recorded, index: &str, id: &str) -> Value {
    let mut found = json!({
        "_index": index, "_id": id, "_version": 1, "_seq_no": 0, "_primary_term": 1, "found": true
    });
    if let Some(routing) = request.param("routing") {
        found["_routing"] = routing.into();
    }
    found["_source"] = source(id);
    found
}

fn written(request: &Recorded, index: &str, id: &str, status: u16, result: &str) -> Response<Body> {
    let body = json!({
        "_index": index, "_id": id, "_version": 1, "result": result,
        "_shards": { "total": 2, "successful": 1, "failed": 0 }, "_seq_no": 0, "_primary_term": 1
    });
    let mut response = respond(status, body.to_string());
    if status == 201 {
        let routing = request.param("routing");
        let query = routing.map_or(String::new(), |routing| format!("?routing={routing}"));
        let location = format!("/{index}/_doc/{}{query}", id.replace(':', "%3A"));
        let location = HeaderValue::from_str(&location).unwrap();
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// None of the documents is there.
fn multi_get(request: &Recorded) -> Value {
    let body = request.json();
    let asked = body["docs"].as_array().into_iter().flatten();
    let missing =
        asked.map(|doc| json!({ "_index": doc["_index"], "_id": doc["_id"], "found": false }));
    json!({ "docs": missing.collect::<Vec<_>>() })
}

/// No hits for each search.
fn multi_search(request: &Recorded) -> String {
    let none = NO_HITS.replacen('{', "{\"status\":200,", 1);
    let all = vec![none; request.lines().len() / 2];
    format!(r#"{{"took":1,"responses":[{}]}}"#, all.join(","))
}

/// An item for each action line.
pub fn bulk(request: &Recorded) -> Value {
    let mut items = Vec::new();
    let mut lines = request.lines().into_iter();
    while let Some(line) = lines.next() {
        let (action, meta) = line.as_object().unwrap().iter().next().unwrap();
        if action != "delete" {
            lines.next().expect("a source line");
        }
        let (status, result) = match action.as_str() {
            "delete" => (200, "deleted"),
            "update" => (200, "updated"),
            _ => (201, "created"),
        };
        let id = meta.get("_id").cloned().unwrap_or("nodes-own-id".into());
        let path = request.segments();
        let index = meta.get("_index").cloned();
        items.push(json!({ action: {
            "_index": index.unwrap_or_else(|| path[0].clone().into()), "_id": id, "_version": 1,
            "result": result, "_seq_no": 0, "_primary_term": 1, "status": status
        } }));
    }
    json!({ "took": 3, "errors": false, "items": items })
}
