//! What is printed with a hit, and hits inside hits.

use serde_json::{Value, json};

use super::draw::Draw;
use super::queries::query;
use super::search::Request;

/// The plain highlighter finds a fuzzy word of a nested query only by the rewrite that is not let through.
pub fn without_plain_beside_nested(body: &mut Value) {
    let text = body.to_string();
    if text.contains("\"plain\"") && text.contains("\"nested\"") {
        *body = text.replace("\"plain\"", "\"unified\"").parse().unwrap();
    }
}

/// Adds what is printed now and then.
pub fn print(draw: &mut Draw, request: &mut Request) {
    let body = &mut request.body;
    if draw.one_in(6) {
        draw.row("C1-02");
        body["post_filter"] = query(draw);
    }
    if draw.one_in(4) {
        draw.row("C1-05");
        body["highlight"] = highlight(draw);
    }
    if draw.one_in(5) {
        draw.row("C1-12");
        match draw.below(4) {
            0 => body["fields"] = json!(["*"]),
            1 => body["fields"] = json!(["t*", {"field": "at", "format": "yyyy"}, "items.*"]),
            2 => {
                body["docvalue_fields"] =
                    json!(["word", {"field": "at", "format": "epoch_millis"}, "n"])
            }
            _ => body["stored_fields"] = json!(["*"]),
        }
    }
    let by_score = body["sort"][0] == "_score";
    if draw.one_in(8) && !by_score {
        draw.row("C1-25");
        body["query"] = json!({"bool": {"must": [query(draw)], "should": [{"term": {"word": {"value": "apple", "_name": "x"}}}]}});
        request.scored = false;
        if body.get("aggs").is_some() || body.get("aggregations").is_some() {
            body["query"] = json!({"bool": {"filter": [{"exists": {"field": "seq", "_name": "y"}}], "must": [{"match_all": {"_name": "z"}}]}});
        }
    }
    if draw.one_in(7)
        && draw.scored
        && body.get("search_after").is_none()
        && body.get("stored_fields").is_none()
    {
        draw.row("C1-07");
        collapse(draw, body);
    }
    let aggregated =
        request.body.get("aggs").is_some() || request.body.get("aggregations").is_some();
    if draw.one_in(6) && !by_score && !(aggregated && draw.scored) {
        draw.row("A1-35");
        nested_hits(draw, request);
    }
    if draw.one_in(10)
        && request.body.get("sort").is_none()
        && request.body.get("collapse").is_none()
        && request.url.is_empty()
    {
        draw.row("C1-06");
        request.body["rescore"] = json!({"window_size": 100, "query": {"rescore_query": query(draw), "rescore_query_weight": 2}});
        request.scored = false;
    }
}

fn highlight(draw: &mut Draw) -> Value {
    let mut highlight = json!({"fields": draw.one(&[
        json!({"*": {}}),
        json!({"title": {}, "body": {"number_of_fragments": 1, "fragment_size": 20}}),
        json!([{"title": {"type": "plain"}}, {"body": {"no_match_size": 10}}]),
    ])});
    draw.maybe(&mut highlight, "require_field_match", false);
    draw.maybe_one(&mut highlight, "type", &["unified", "plain"]);
    if draw.one_in(3) {
        highlight["pre_tags"] = json!(["<b>"]);
        highlight["post_tags"] = json!(["</b>"]);
    }
    draw.maybe(&mut highlight, "order", "score");
    if draw.one_in(4) {
        highlight["highlight_query"] = query(draw);
    }
    highlight
}

fn collapse(draw: &mut Draw, body: &mut Value) {
    let mut collapse = json!({"field": draw.one(&["word", "need"])});
    if draw.one_in(2) {
        let mut hits = json!({"name": "same", "size": 3, "sort": [{"seq": "asc"}]});
        draw.maybe(&mut hits, "_source", json!(["title"]));
        draw.maybe(&mut hits, "version", true);
        if draw.one_in(3) {
            hits["highlight"] = highlight(draw);
            // With it off, the group's own value is marked in every field, but not by the query that takes the wrap's place.
            let highlight = hits["highlight"].as_object_mut().unwrap();
            highlight.remove("require_field_match");
        }
        collapse["inner_hits"] = hits;
    }
    body["collapse"] = collapse;
    // heads are picked by the sort; without one by a score that is the same for all, and then by nothing
    body["sort"] = json!([{"seq": "desc"}]);
}

fn nested_hits(draw: &mut Draw, request: &mut Request) {
    let mut hits = json!({"size": 5});
    draw.maybe(&mut hits, "_source", json!(["items.name", "qty"]));
    hits["sort"] = json!([{"items.qty": "desc"}, {"items.name": "asc"}]);
    draw.maybe(&mut hits, "docvalue_fields", json!(["items.name"]));
    draw.maybe(
        &mut hits,
        "highlight",
        json!({"fields": {"items.note": {}}}),
    );
    request.body["query"] = json!({"nested": {
        "path": "items",
        "query": {"bool": {"must": [{"match": {"items.note": "apple first"}}], "should": [{"range": {"items.qty": {"gte": 2}}}]}},
        "inner_hits": hits
    }});
    request.scored = false;
    draw.scored = false;
}

/// Picks by a sort with one right order.
pub fn top_hits(draw: &mut Draw) -> Value {
    draw.row("B-16");
    let mut hits = json!({"size": draw.one(&[1, 4]), "sort": draw.one(&[
        json!([{"n": "desc"}, {"seq": "asc"}]),
        json!([{"_id": "asc"}]),
        json!({"seq": {"order": "desc"}}),
    ])});
    draw.maybe_one(
        &mut hits,
        "_source",
        &[
            json!(["title", "_tenant"]),
            json!(false),
            json!({"excludes": ["items"]}),
        ],
    );
    draw.maybe(&mut hits, "version", true);
    draw.maybe(&mut hits, "fields", json!(["*"]));
    draw.maybe(&mut hits, "docvalue_fields", json!(["word"]));
    if draw.one_in(3) {
        hits["highlight"] = highlight(draw);
    }
    json!({"top_hits": hits})
}
