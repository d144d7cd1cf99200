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

const COMPOUND: &[fn(&mut Draw) -> Value] = &[
    boolean,
    boolean,
    boolean,
    other_compound,
    nested,
    function_score,
];

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
    fuzzy,
    multi_term,
    multi_term,
    terms_set,
    phrase,
    bool_prefix,
    multi_match,
    query_string,
    simple_query_string,
    feature,
    geo,
    span,
    intervals,
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

fn other_compound(draw: &mut Draw) -> Value {
    draw.row("A1-01");
    match draw.below(4) {
        0 => json!({"constant_score": {"filter": query(draw), "boost": 2}}),
        1 => json!({"dis_max": {"queries": draw.several(query), "tie_breaker": 0.3}}),
        2 => {
            json!({"boosting": {"positive": query(draw), "negative": query(draw), "negative_boost": 0.2}})
        }
        _ => json!({"bool": {"should": [query(draw), {"match_none": {}}]}}),
    }
}

fn nested(draw: &mut Draw) -> Value {
    draw.row("A1-35");
    let inside = match draw.below(5) {
        0 => json!({"term": {"items.name": draw.one(TAGS)}}),
        1 => json!({"range": {"items.qty": {"gte": draw.below(6)}}}),
        2 => json!({"match": {"items.note": {"query": near_word(draw), "fuzziness": 1}}}),
        3 => {
            json!({"bool": {"must_not": [{"term": {"items.name": "item7"}}], "filter": [{"exists": {"field": "items.qty"}}]}})
        }
        _ => json!({"match_all": {}}),
    };
    let mut nested = json!({"path": "items", "query": inside});
    draw.maybe_one(&mut nested, "score_mode", &["avg", "max", "sum", "none"]);
    json!({"nested": nested})
}

fn function_score(draw: &mut Draw) -> Value {
    draw.row("A1-27");
    let mut functions = Vec::new();
    for _ in 0..=draw.below(2) {
        let mut function = match draw.below(5) {
            0 => json!({"weight": 3}),
            1 => json!({"gauss": {"at": {"origin": "2024-06-01", "scale": "60d"}}}),
            2 => {
                json!({"exp": {"where": {"origin": {"lat": 59.0, "lon": 10.0}, "scale": "500km", "offset": "1km"}}})
            }
            3 => {
                json!({"field_value_factor": {"field": "price", "missing": 1, "modifier": "log1p", "factor": 0.5}})
            }
            _ => json!({"random_score": {"seed": 7, "field": "seq"}}),
        };
        if draw.one_in(2) {
            function["filter"] = query(draw);
        }
        functions.push(function);
    }
    let mut score = json!({"query": query(draw), "functions": functions});
    draw.maybe_one(&mut score, "score_mode", &["sum", "max", "first"]);
    draw.maybe_one(&mut score, "boost_mode", &["replace", "sum"]);
    json!({"function_score": score})
}

fn fuzzy(draw: &mut Draw) -> Value {
    draw.row("A1-19");
    if draw.one_in(3) {
        return json!({"fuzzy": {"word": near_word(draw)}});
    }
    let mut by = json!({"value": near_word(draw), "fuzziness": draw.one(&["1", "2", "AUTO"])});
    draw.maybe(&mut by, "max_expansions", 1);
    draw.maybe(&mut by, "transpositions", false);
    draw.maybe_one(&mut by, "rewrite", &["top_terms_1", "scoring_boolean"]);
    json!({"fuzzy": {draw.one(&["word", "title", "free.a.b"]): by}})
}

fn multi_term(draw: &mut Draw) -> Value {
    draw.row("A1-16");
    let word = any_word(draw);
    let field = draw.one(&["word", "title", "body", "title.keyword"]);
    let mut by = json!({});
    draw.maybe_one(
        &mut by,
        "rewrite",
        &["constant_score", "constant_score_blended"],
    );
    draw.maybe(&mut by, "case_insensitive", true);
    let (kind, value) = match draw.below(3) {
        0 => ("prefix", word[..2].to_owned()),
        1 => (
            "wildcard",
            format!("{}*{}", &word[..1], &word[word.len() - 1..]),
        ),
        _ => ("regexp", format!("{}.{{2,4}}", &word[..2])),
    };
    by["value"] = json!(value);
    json!({kind: {field: by}})
}

fn terms_set(draw: &mut Draw) -> Value {
    draw.row("A1-14");
    json!({"terms_set": {"tag": {"terms": ["red", "green", "blue"], "minimum_should_match_field": "need"}}})
}

fn phrase(draw: &mut Draw) -> Value {
    draw.row("A1-22");
    let text = format!("{} of the {}", word(draw), word(draw));
    let mut by = json!({"query": text});
    draw.maybe_one(&mut by, "slop", &[1, 3]);
    json!({"match_phrase": {draw.one(&["body", "title"]): by}})
}

fn bool_prefix(draw: &mut Draw) -> Value {
    draw.row("A1-21");
    let word = word(draw);
    let mut by = json!({"query": format!("{} {}", any_word(draw), &word[..3])});
    draw.maybe_one(&mut by, "fuzziness", &["1", "AUTO"]);
    draw.maybe(&mut by, "max_expansions", 1);
    json!({"match_bool_prefix": {draw.one(&["title", "typed"]): by}})
}

fn multi_match(draw: &mut Draw) -> Value {
    draw.row("A1-22");
    let mut by = json!({"query": format!("{} {}", any_word(draw), word(draw))});
    if draw.one_in(3) {
        draw.row("A1-24");
        draw.maybe_one(
            &mut by,
            "fields",
            &[json!(["*"]), json!(["t*", "body^3"]), json!("*.keyword")],
        );
        by["lenient"] = json!(true);
    } else {
        by["fields"] = draw.one(&[json!(["title", "body^2"]), json!(["word"]), json!("body")]);
    }
    let kind = draw.one(&[
        "best_fields",
        "most_fields",
        "cross_fields",
        "phrase",
        "bool_prefix",
    ]);
    by["type"] = json!(kind);
    if matches!(kind, "best_fields" | "most_fields") {
        draw.maybe(&mut by, "fuzziness", "AUTO");
        draw.maybe(&mut by, "max_expansions", 2);
    }
    if draw.one_in(6) {
        return json!({"combined_fields": {"query": by["query"], "fields": ["title", "body"]}});
    }
    json!({"multi_match": by})
}

fn query_string(draw: &mut Draw) -> Value {
    draw.row("A1-25");
    let text = match draw.below(9) {
        0 => format!("{} {}", any_word(draw), word(draw)),
        1 => format!("title:{} AND NOT tag:red", word(draw)),
        2 => format!("{}~ OR body:{}~1", near_word(draw), near_word(draw)),
        3 => format!("word:{}*", &word(draw)[..2]),
        4 => "price:[10 TO 40} AND _exists_:at".to_owned(),
        5 => format!("\"the {} of\"~2", word(draw)),
        6 => "*:* -flag:true".to_owned(),
        7 => format!("body:/{}.*/", &word(draw)[..3]),
        _ => format!(r"t\*:{}", word(draw)),
    };
    let mut by = json!({"query": text, "lenient": true});
    draw.maybe_one(&mut by, "default_field", &["title", "*"]);
    draw.maybe(&mut by, "default_operator", "AND");
    draw.maybe(&mut by, "fuzzy_max_expansions", 1);
    draw.maybe(&mut by, "fuzzy_rewrite", "top_terms_1");
    draw.maybe(&mut by, "analyze_wildcard", true);
    json!({"query_string": by})
}

fn simple_query_string(draw: &mut Draw) -> Value {
    draw.row("A1-26");
    let text = match draw.below(5) {
        0 => format!("{} + {}", any_word(draw), word(draw)),
        1 => format!("{} | -{}", any_word(draw), word(draw)),
        2 => format!("{}*", &word(draw)[..3]),
        3 => format!("\"the {} of\"~3", word(draw)),
        _ => format!("({} {}) unheard", word(draw), word(draw)),
    };
    let mut by = json!({"query": text, "lenient": true});
    draw.maybe_one(
        &mut by,
        "fields",
        &[json!(["title", "body^2"]), json!(["t*"]), json!(["*"])],
    );
    draw.maybe_one(
        &mut by,
        "flags",
        &[
            json!("ALL"),
            json!("or|and|PREFIX"),
            json!(-1),
            json!("NONE"),
        ],
    );
    draw.maybe(&mut by, "default_operator", "and");
    json!({"simple_query_string": by})
}

fn feature(draw: &mut Draw) -> Value {
    if draw.one_in(2) {
        draw.row("A1-29");
        let by = draw.one(&[
            json!({"field": "at", "origin": "2024-06-01", "pivot": "30d"}),
            json!({"field": "where", "origin": [10.0, 59.0], "pivot": "100km"}),
        ]);
        return json!({"distance_feature": by});
    }
    draw.row("A1-30");
    let function = draw.one(&[
        json!({"saturation": {"pivot": 4}}),
        json!({"log": {"scaling_factor": 2}}),
        json!({"sigmoid": {"pivot": 5, "exponent": 0.6}}),
        json!({"linear": {}}),
    ]);
    let mut by = function;
    by["field"] = json!("rank");
    json!({"rank_feature": by})
}

fn geo(draw: &mut Draw) -> Value {
    draw.row("A1-31");
    draw.one(&[
        json!({"geo_distance": {"distance": "100km", "where": {"lat": 59.9, "lon": 10.7}}}),
        json!({"geo_distance": {"distance": "1500km", "where": "u4pr", "distance_type": "plane"}}),
        json!({"geo_bounding_box": {"where": {"top_left": [5, 65], "bottom_right": [15, 40]}}}),
        json!({"geo_polygon": {"where": {"points": [[0, 30], [20, 30], [20, 50], [0, 50]]}}}),
        json!({"geo_distance": {"distance": "1km", "nowhere": [1, 2], "ignore_unmapped": true}}),
    ])
}

fn span(draw: &mut Draw) -> Value {
    draw.row("A3-04");
    let term = |word: String| json!({"span_term": {"body": word}});
    let (one, two) = (term(word(draw)), term(word(draw)));
    let the = json!({"span_term": {"body": "the"}});
    match draw.below(7) {
        0 => one,
        1 => json!({"span_near": {"clauses": [one, two], "slop": 4, "in_order": draw.one_in(2)}}),
        2 => json!({"span_or": {"clauses": [one, two]}}),
        3 => {
            json!({"span_not": {"include": one, "exclude": {"span_near": {"clauses": [the, two], "slop": 0, "in_order": true}}}})
        }
        4 => json!({"span_first": {"match": one, "end": 3}}),
        5 => {
            json!({"span_containing": {"little": one, "big": {"span_near": {"clauses": [the, two], "slop": 5, "in_order": false}}}})
        }
        _ => {
            json!({"span_near": {"clauses": [the, {"span_gap": {"body": 2}}, {"field_masking_span": {"query": {"span_term": {"title": word(draw)}}, "field": "body"}}], "slop": 9, "in_order": true}})
        }
    }
}

fn intervals(draw: &mut Draw) -> Value {
    draw.row("A3-06");
    let text = format!("{} {}", word(draw), any_word(draw));
    let rule = match draw.below(4) {
        0 => json!({"match": {"query": text, "max_gaps": 4, "ordered": draw.one_in(2)}}),
        1 => {
            json!({"any_of": {"intervals": [{"match": {"query": word(draw)}}, {"match": {"query": text}}]}})
        }
        2 => {
            json!({"all_of": {"intervals": [{"match": {"query": "the"}}, {"match": {"query": word(draw)}}], "ordered": true}})
        }
        _ => {
            json!({"match": {"query": word(draw), "filter": {"not_containing": {"match": {"query": near_word(draw)}}}}})
        }
    };
    json!({"intervals": {"body": rule}})
}
