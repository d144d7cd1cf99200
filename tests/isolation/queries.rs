//! Queries: a rule a construct.

use serde_json::{Value, json};

use super::corpus::{TAGS, WORDS};
use super::draw::Draw;

/// Any query that the screen lets through.
pub fn query(draw: &mut Draw) -> Value {
    if draw.depth > 0 && draw.one_in(3) {
        draw.depth -= 1;
        let query = draw.rule(COMPOUND);
        draw.depth += 1;
        return query;
    }
    draw.rule(LEAF)
}

const COMPOUND: &[fn(&mut Draw) -> Value] = &[boolean, boolean];

const LEAF: &[fn(&mut Draw) -> Value] = &[
    match_all,
    term,
    term,
    terms,
    range,
    exists,
    ids,
    ids_by_term,
    matching,
    matching,
    fuzzy_match,
];

fn word(draw: &mut Draw) -> String {
    draw.one(WORDS).to_owned()
}

/// A word that only the neighbours have, or nobody.
fn near_word(draw: &mut Draw) -> String {
    let word = draw.one(WORDS);
    let at = draw.below(word.len());
    let letter = char::from(b'a' + u8::try_from(draw.below(26)).unwrap());
    format!("{}{letter}{}", &word[..at], &word[at + 1..])
}

fn any_word(draw: &mut Draw) -> String {
    if draw.one_in(4) {
        near_word(draw)
    } else {
        word(draw)
    }
}

fn boolean(draw: &mut Draw) -> Value {
    draw.row("A1-01");
    let mut bool = json!({});
    for clause in ["must", "filter", "should", "must_not"] {
        if draw.one_in(2) {
            let one_in_four = clause == "must_not" && !draw.one_in(4);
            if !one_in_four {
                bool[clause] = draw.several(query).into();
            }
        }
    }
    if bool.get("should").is_some() {
        draw.maybe(&mut bool, "minimum_should_match", 1);
    }
    json!({"bool": bool})
}

fn match_all(draw: &mut Draw) -> Value {
    draw.row("A1-01");
    json!({"match_all": {}})
}

/// A field, and a value that it may hold.
fn value(draw: &mut Draw) -> (&'static str, Value) {
    match draw.below(8) {
        0 => ("tag", json!(draw.one(TAGS))),
        1 => ("word", json!(any_word(draw))),
        2 => ("n", json!(draw.below(17) as i64 - 5)),
        3 => ("flag", json!(draw.one_in(2))),
        4 => ("title", json!(any_word(draw))),
        5 => ("price", json!(draw.below(80) as f64 * 1.25)),
        6 => ("ip", json!(format!("10.0.{}.0/24", draw.below(4)))),
        _ => ("free.a.b", json!(any_word(draw))),
    }
}

fn term(draw: &mut Draw) -> Value {
    draw.row("A1-04");
    let (field, value) = value(draw);
    if draw.one_in(2) {
        json!({"term": {field: value}})
    } else {
        json!({"term": {field: {"value": value, "boost": 2}}})
    }
}

fn terms(draw: &mut Draw) -> Value {
    draw.row("A1-04");
    json!({"terms": {"word": [any_word(draw), any_word(draw), word(draw)]}})
}

fn ids(draw: &mut Draw) -> Value {
    draw.row("A1-05");
    let ids: Vec<_> = (0..5).map(|_| draw.below(90).to_string()).collect();
    json!({"ids": {"values": ids}})
}

fn ids_by_term(draw: &mut Draw) -> Value {
    draw.row("A1-05");
    let id = draw.below(90);
    match draw.below(4) {
        0 => json!({"term": {"_id": id.to_string()}}),
        1 => json!({"terms": {"_id": [id, format!("globex:{id}"), "acme:1", "x"]}}),
        2 => json!({"match": {"_id": {"query": id}}}),
        _ => json!({"bool": {"must_not": [{"term": {"_id": {"value": id}}}]}}),
    }
}

fn range(draw: &mut Draw) -> Value {
    draw.row("A1-15");
    match draw.below(6) {
        0 => json!({"range": {"n": {"gte": draw.below(10), "lt": 12}}}),
        1 => json!({"range": {"price": {"gt": draw.below(50), "boost": 1.5}}}),
        2 => {
            json!({"range": {"at": {"gte": "2024-03-01", "lte": "2024-09||/M", "time_zone": "+01:00"}}})
        }
        3 => json!({"range": {"word": {"gte": word(draw)}}}),
        4 => {
            json!({"range": {"span": {"gte": draw.below(40), "lte": 60, "relation": draw.one(&["within", "contains", "intersects"])}}})
        }
        _ => json!({"range": {"ip": {"gte": "10.0.1.0"}}}),
    }
}

fn exists(draw: &mut Draw) -> Value {
    draw.row("A1-07");
    let field = draw.one(&[
        "price",
        "tag",
        "at",
        "items",
        "items.qty",
        "nothing",
        "_id",
        "title",
        "free",
        "where",
    ]);
    json!({"exists": {"field": field}})
}

fn matching(draw: &mut Draw) -> Value {
    draw.row("A1-22");
    let text = format!("{} {}", any_word(draw), any_word(draw));
    let field = draw.one(&["title", "body", "typed", "word"]);
    if draw.one_in(3) {
        return json!({"match": {field: text}});
    }
    let mut by = json!({"query": text});
    draw.maybe(&mut by, "operator", "and");
    draw.maybe(&mut by, "lenient", true);
    draw.maybe(&mut by, "minimum_should_match", "50%");
    json!({"match": {field: by}})
}

fn fuzzy_match(draw: &mut Draw) -> Value {
    draw.row("A1-19");
    let mut by = json!({"query": near_word(draw), "fuzziness": draw.one(&["1", "AUTO", "2"])});
    draw.maybe(&mut by, "prefix_length", 1);
    draw.maybe(&mut by, "max_expansions", 1);
    draw.maybe(&mut by, "fuzzy_rewrite", "top_terms_1");
    json!({"match": {"title": by}})
}
