//! Aggregations: a rule a construct.

use serde_json::{Value, json};

use super::draw::Draw;
use super::hits::top_hits;
use super::queries::query;

/// Aggregations by name, perhaps with others below.
pub fn aggs(draw: &mut Draw) -> Value {
    let mut aggs = json!({});
    if draw.one_in(8) {
        draw.row("B-19");
        let kind = draw.one(&[
            "avg_bucket",
            "max_bucket",
            "min_bucket",
            "sum_bucket",
            "stats_bucket",
            "extended_stats_bucket",
            "percentiles_bucket",
        ]);
        return json!({
            "t": {"terms": {"field": "word", "size": 50, "order": {"_key": "asc"}}, "aggs": {"m": {"avg": {"field": "price"}}}},
            "p": {kind: {"buckets_path": "t>m"}}
        });
    }
    for name in ["a", "hits", "_source"].iter().take(draw.below(3) + 1) {
        aggs[*name] = agg(draw);
    }
    aggs
}

fn agg(draw: &mut Draw) -> Value {
    if draw.depth > 0 && draw.one_in(2) {
        draw.depth -= 1;
        let mut agg = draw.rule(BUCKETS);
        let outer = draw.gaps;
        draw.gaps |= fills_gaps(&agg);
        let leaf = agg.get("aggs").is_some() || agg.get("significant_text").is_some();
        let parent = agg.get("sampler").is_some() || agg.get("diversified_sampler").is_some();
        if !leaf && (parent || draw.one_in(2)) {
            agg[draw.one(&["aggs", "aggregations"])] = aggs(draw);
        }
        draw.depth += 1;
        draw.gaps = outer;
        draw.maybe(&mut agg, "meta", json!({"global": {"x": 1}}));
        return agg;
    }
    draw.rule(METRICS)
}

const BUCKETS: &[fn(&mut Draw) -> Value] = &[
    terms,
    terms,
    date_histogram,
    many_terms,
    filters,
    ranges,
    histograms,
    composite,
    nested,
    significant,
    sampler,
];
const METRICS: &[fn(&mut Draw) -> Value] = &[figure, figure, shape, weighted, pipeline, top_hits];

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
        "multivalue_doc_count",
        "extended_stats",
        "cardinality",
        "median_absolute_deviation",
    ]);
    let mut figure = json!({"field": field(draw)});
    if !kind.ends_with("_count") {
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

fn many_terms(draw: &mut Draw) -> Value {
    match draw.below(3) {
        0 => {
            draw.row("B-08");
            json!({"rare_terms": {"field": draw.one(&["title.keyword", "tag"]), "max_doc_count": 3}})
        }
        _ => {
            draw.row("B-04");
            let mut terms =
                json!({"terms": [{"field": "word"}, {"field": draw.one(&["tag", "flag", "n"])}]});
            draw.maybe_one(&mut terms, "size", &[1, 3, 500]);
            draw.maybe_one(&mut terms, "min_doc_count", &[1, 2]);
            json!({"multi_terms": terms})
        }
    }
}

fn filters(draw: &mut Draw) -> Value {
    draw.row("B-11");
    match draw.below(4) {
        0 => json!({"filter": query(draw)}),
        1 => {
            json!({"filters": {"filters": {"x": query(draw), "y": query(draw)}, "other_bucket_key": "z"}})
        }
        2 => json!({"filters": {"filters": draw.several(query)}}),
        _ => json!({"adjacency_matrix": {"filters": {"x": query(draw), "y": query(draw)}}}),
    }
}

fn ranges(draw: &mut Draw) -> Value {
    draw.row("B-12");
    draw.one(&[
        json!({"range": {"field": "price", "ranges": [{"to": 20}, {"key": "x", "from": 20, "to": 50}, {"from": 50}], "keyed": true}}),
        json!({"date_range": {"field": "at", "format": "yyyy-MM-dd", "ranges": [{"from": "2024-02-01", "to": "2024-02-01||+3M"}], "time_zone": "CET"}}),
        json!({"ip_range": {"field": "ip", "ranges": [{"mask": "10.0.1.0/24"}, {"from": "10.0.2.0"}]}}),
        json!({"geo_distance": {"field": "where", "origin": {"lat": 59.0, "lon": 10.0}, "unit": "km", "ranges": [{"to": 1000}, {"from": 1000}]}}),
        json!({"missing": {"field": "price"}}),
        json!({"missing": {"field": "nothing"}}),
    ])
}

fn histograms(draw: &mut Draw) -> Value {
    // The server has this one at the top only.
    if draw.depth == 2 && draw.one_in(3) {
        draw.row("B-12");
        return json!({"variable_width_histogram": {"field": "price", "buckets": 4}});
    }
    draw.row("B-12");
    draw.one(&[
        json!({"histogram": {"field": "price", "interval": 10, "min_doc_count": 0}}),
        json!({"histogram": {"field": "n", "interval": 5, "extended_bounds": {"min": -10, "max": 20}, "missing": 1}}),
        json!({"histogram": {"field": "n", "interval": 3, "offset": 1, "hard_bounds": {"min": 0, "max": 8}, "keyed": true}}),
        json!({"auto_date_histogram": {"field": "at", "buckets": 7}}),
        json!({"auto_date_histogram": {"field": "at", "buckets": 3, "minimum_interval": "day", "format": "yyyy"}}),
    ])
}

/// The server has this one at the top only.
fn composite(draw: &mut Draw) -> Value {
    if draw.depth < 2 {
        return terms(draw);
    }
    draw.row("B-13");
    let mut by = json!({"size": draw.one(&[2, 100]), "sources": [
        {"a": {"terms": {"field": "word", "order": draw.one(&["asc", "desc"])}}},
        {"b": {"date_histogram": {"field": "at", "calendar_interval": "quarter", "missing_bucket": true}}}
    ]});
    draw.maybe_one(
        &mut by,
        "after",
        &[
            json!({"a": "cedar", "b": null}),
            json!({"a": "zzz", "b": 0}),
        ],
    );
    json!({"composite": by})
}

fn nested(draw: &mut Draw) -> Value {
    draw.row("B-14");
    let mut back = json!({"reverse_nested": {}});
    if draw.one_in(2) {
        back["aggs"] = json!({"w": {"terms": {"field": "word", "size": 50}}});
    }
    json!({"nested": {"path": "items"}, "aggs": {
        "names": {"terms": {"field": "items.name"}, "aggs": {"back": back, "qty": {"sum": {"field": "items.qty"}}}}
    }})
}

/// Picks by score: all of them, or where every score is the same.
fn sampler(draw: &mut Draw) -> Value {
    draw.row("B-10");
    match draw.below(3) {
        _ if !draw.scored => json!({"sampler": {"shard_size": 500}}),
        0 => json!({"sampler": {"shard_size": 5}}),
        _ => {
            json!({"diversified_sampler": {"field": draw.one(&["word", "n"]), "shard_size": 20, "max_docs_per_value": 2}})
        }
    }
}

fn fills_gaps(agg: &Value) -> bool {
    ["histogram", "date_histogram", "auto_date_histogram"]
        .iter()
        .any(|kind| agg.get(kind).is_some_and(|by| by["min_doc_count"] != 1))
}

/// Not below a histogram with gaps: in an empty bucket the server prints the size of the whole shard.
fn significant(draw: &mut Draw) -> Value {
    if draw.gaps {
        return terms(draw);
    }
    draw.row("B-09");
    let text = draw.one_in(3);
    let mut by =
        json!({"field": if text { "body" } else { draw.one(&["word", "tag", "title.keyword"]) }});
    draw.maybe_one(&mut by, "min_doc_count", &[1, 2]);
    draw.maybe(&mut by, "size", 50);
    if draw.one_in(4) {
        by["background_filter"] = query(draw);
    }
    let heuristic = draw.one(&[
        "jlh",
        "chi_square",
        "gnd",
        "percentage",
        "mutual_information",
    ]);
    let superset = by.get("background_filter").is_none();
    let options = match heuristic {
        "jlh" | "percentage" => json!({}),
        _ => json!({"background_is_superset": superset}),
    };
    draw.maybe(&mut by, heuristic, options);
    json!({if text { "significant_text" } else { "significant_terms" }: by})
}

/// A pipeline needs what it looks at beside it.
fn pipeline(draw: &mut Draw) -> Value {
    draw.row("B-19");
    let inner = draw.one(&[
        json!({"derivative": {"buckets_path": "s"}}),
        json!({"cumulative_sum": {"buckets_path": "s"}}),
        json!({"serial_diff": {"buckets_path": "s", "lag": 1}}),
        json!({"moving_avg": {"buckets_path": "s", "window": 3}}),
        json!({"bucket_sort": {"sort": [{"s": {"order": "desc"}}], "size": 3}}),
        json!({"avg": {"field": "n"}}),
    ]);
    json!({"date_histogram": {"field": "at", "calendar_interval": "month", "min_doc_count": 0}, "aggs": {
        "s": {"sum": {"field": "seq"}}, "p": inner
    }})
}
