//! Whole requests: what stands beside the query.

use serde_json::{Value, json};

use super::aggregations::aggs;
use super::draw::Draw;
use super::hits;
use super::queries::query;
use super::search::Request;
use super::url;

/// A search or a count.
pub fn request(draw: &mut Draw) -> Request {
    let mut request = Request {
        body: json!({}),
        url: Vec::new(),
        scored: false,
        count: false,
        in_url: false,
    };
    if draw.one_in(12) {
        draw.row("C3-01");
        request.count = true;
        if !draw.one_in(4) {
            request.body["query"] = query(draw);
        }
        return request;
    }
    draw.scored = true;
    if !draw.one_in(5) {
        draw.row("C1-01");
        let query = query(draw);
        // Under a constant score every score is the same in any company: so these are compared, and in order.
        request.scored = draw.one_in(3);
        draw.scored = request.scored;
        request.body["query"] = if request.scored {
            json!({"bool": {"must": [{"match_all": {}}], "filter": [query]}})
        } else {
            query
        };
    }
    if draw.one_in(2) {
        draw.row("C1-03");
        request.body[draw.one(&["aggs", "aggregations"])] = aggs(draw);
    }
    if draw.one_in(2) {
        draw.row("C1-08");
        sort(draw, &mut request);
    } else {
        request.body["size"] = json!(200);
    }
    if draw.one_in(3) {
        draw.row("C1-11");
        source(draw, &mut request);
    }
    if draw.one_in(3) {
        draw.row("C1-19");
        draw.maybe_one(
            &mut request.body,
            "track_total_hits",
            &["true", "false", "5"],
        );
        draw.maybe(&mut request.body, "timeout", "10s");
    }
    hits::print(draw, &mut request);
    hits::without_plain_beside_nested(&mut request.body);
    if draw.one_in(4) {
        draw.row("C1-18");
        request.body["version"] = json!(true);
    }
    if draw.one_in(6) {
        draw.row("C1-26");
        request.body["explain"] = json!(false);
        request.body["script_fields"] = json!({});
    }
    url::parameters(draw, &mut request);
    request
}

/// Sorts end in a field that no two own documents share, so that there is one right order.
fn sort(draw: &mut Draw, request: &mut Request) {
    let first = match draw.below(11) {
        7 => json!({"_id": "desc"}),
        8 => {
            json!({"_geo_distance": {"where": [10.0, 59.0], "order": "asc", "unit": "km", "distance_type": "plane"}})
        }
        9 => {
            json!({"items.qty": {"order": "desc", "mode": "max", "nested": {"path": "items", "filter": {"term": {"items.name": "red"}}}}})
        }
        10 => {
            json!({"items.qty": {"order": "asc", "nested": {"path": "items", "max_children": 1}}})
        }
        0 => json!("n"),
        1 => json!({"price": "desc"}),
        2 => {
            json!({"tag": {"order": "asc", "mode": draw.one(&["min", "max"]), "missing": "_first"}})
        }
        3 => json!({"n": {"order": "desc", "missing": 4, "mode": "avg"}}),
        4 => json!({"at": {"order": "desc", "unmapped_type": "date"}}),
        5 => json!({"flag": {"order": "asc"}}),
        _ => json!("_score"),
    };
    if request.scored || first != json!("_score") {
        request.body["sort"] = json!([first, {"seq": "asc"}]);
    } else {
        request.body["sort"] = json!([{"seq": {"order": "desc"}}]);
    }
    draw.maybe_one(&mut request.body, "size", &[0, 3, 7, 200]);
    draw.maybe_one(&mut request.body, "from", &[0, 2, 9]);
    draw.maybe(&mut request.body, "track_scores", request.scored);
    if draw.one_in(5) {
        draw.row("C1-09");
        request.body["sort"] = json!([{"n": "asc"}, {"_id": "asc"}]);
        request.body["search_after"] = json!([draw.below(9), draw.below(80).to_string()]);
        request.body["from"] = json!(0);
        return;
    }
    if draw.one_in(5) {
        draw.row("C2-05");
        request.url.push(("sort", "price:desc,seq".to_owned()));
    }
}

fn source(draw: &mut Draw, request: &mut Request) {
    let filters: [Value; 8] = [
        json!(false),
        json!(true),
        json!("title"),
        json!(["title", "items.*", "_tenant"]),
        json!(["_tenant"]),
        json!({"excludes": ["items", "free"]}),
        json!({"includes": ["t*"], "excludes": "title"}),
        json!(["*nant", "_t*", "unmapped"]),
    ];
    if draw.one_in(4) {
        draw.row("C2-05");
        let (name, value) = draw.one(&[
            ("_source", "title,tag"),
            ("_source", "false"),
            ("_source_includes", "_tenant"),
            ("_source_excludes", "items,body"),
        ]);
        request.url.push((name, value.to_owned()));
    } else {
        request.body["_source"] = draw.one(&filters);
    }
}
