//! Aggregations: a rule a construct.

use serde_json::{Value, json};

use super::draw::Draw;

/// Aggregations by name, perhaps with others below.
pub fn aggs(draw: &mut Draw) -> Value {
    let mut aggs = json!({});
    for name in ["a", "hits", "_source"].iter().take(draw.below(3) + 1) {
        aggs[*name] = agg(draw);
    }
    aggs
}

fn agg(draw: &mut Draw) -> Value {
    if draw.depth > 0 && draw.one_in(2) {
        draw.depth -= 1;
        let mut agg = draw.rule(BUCKETS);
        if draw.one_in(2) {
            agg[draw.one(&["aggs", "aggregations"])] = aggs(draw);
        }
        draw.depth += 1;
        draw.maybe(&mut agg, "meta", json!({"global": {"x": 1}}));
        return agg;
    }
    draw.rule(METRICS)
}

const BUCKETS: &[fn(&mut Draw) -> Value] = &[terms, terms, date_histogram];
const METRICS: &[fn(&mut Draw) -> Value] = &[figure, figure, shape, weighted];

fn terms(draw: &mut Draw) -> Value {
    draw.row("B-06");
    let field = draw.one(&["tag", "word", "n", "flag", "title.keyword", "ip", "price"]);
    let mut terms = json!({"field": field});
    draw.maybe_one(&mut terms, "size", &[1, 2, 5, 1000]);
    if draw.one_in(3) {
        draw.row("B-02");
        terms["min_doc_count"] = json!(draw.below(3) + 1);
    }
    if draw.one_in(3) {
        draw.row("B-05");
        terms["shard_min_doc_count"] = json!(0);
        terms["min_doc_count"] = json!(1);
    }
    draw.maybe(&mut terms, "order", json!({"_key": "desc"}));
    match field {
        "tag" => {
            draw.maybe(&mut terms, "include", "r.*|gre.*");
            draw.maybe(&mut terms, "missing", "none");
            draw.maybe(&mut terms, "execution_hint", "map");
        }
        "word" => draw.maybe(&mut terms, "exclude", json!(["apple", "cedar"])),
        "n" => {
            draw.maybe(&mut terms, "missing", 7);
            draw.maybe(
                &mut terms,
                "include",
                json!({"partition": 0, "num_partitions": 2}),
            );
        }
        _ => {}
    }
    json!({"terms": terms})
}

fn date_histogram(draw: &mut Draw) -> Value {
    draw.row("B-12");
    let mut by = json!({"field": "at"});
    match draw.below(3) {
        0 => by["calendar_interval"] = json!("month"),
        1 => by["fixed_interval"] = json!("30d"),
        _ => by["calendar_interval"] = json!("quarter"),
    }
    draw.maybe_one(&mut by, "min_doc_count", &[0, 1]);
    draw.maybe(&mut by, "time_zone", "Europe/Paris");
    draw.maybe(&mut by, "keyed", true);
    if draw.one_in(2) {
        draw.maybe(&mut by, "format", "yyyy-MM");
    } else {
        draw.maybe(&mut by, "missing", "2024-01-01");
    }
    draw.maybe(&mut by, "order", json!({"_count": "asc"}));
    json!({"date_histogram": by})
}

fn field(draw: &mut Draw) -> &'static str {
    draw.one(&["n", "price", "seq", "need"])
}

fn figure(draw: &mut Draw) -> Value {
    draw.row("B-17");
    let kind = draw.one(&[
        "avg",
        "sum",
        "min",
        "max",
        "stats",
        "value_count",
        "extended_stats",
        "cardinality",
        "median_absolute_deviation",
    ]);
    let mut figure = json!({"field": field(draw)});
    if kind != "value_count" {
        draw.maybe(&mut figure, "missing", 3);
    }
    json!({kind: figure})
}

fn shape(draw: &mut Draw) -> Value {
    draw.row("B-17");
    match draw.below(4) {
        0 => json!({"percentiles": {"field": field(draw), "percents": [5, 50, 99.9]}}),
        1 => json!({"percentile_ranks": {"field": field(draw), "values": [1, 20]}}),
        2 => json!({"matrix_stats": {"fields": ["seq", "need"]}}),
        _ => {
            json!({"cardinality": {"field": draw.one(&["tag", "word", "title.keyword"]), "precision_threshold": 100}})
        }
    }
}

fn weighted(draw: &mut Draw) -> Value {
    draw.row("B-17");
    json!({"weighted_avg": {"value": {"field": field(draw)}, "weight": {"field": "need", "missing": 1}}})
}
