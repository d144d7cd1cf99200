//! Parameters of the URL, beside whatever the body holds.

use serde_json::json;

use super::corpus::WORDS;
use super::draw::Draw;
use super::search::Request;

/// What says how a search runs, and changes nothing of its answer.
const TUNING: &[(&str, &[(&str, &str)])] = &[
    ("C2-06", &[("preference", "_local"), ("preference", "one")]),
    ("C2-07", &[("format", "json")]),
    (
        "C2-09",
        &[
            ("human", "true"),
            ("pretty", "true"),
            ("error_trace", "true"),
        ],
    ),
    (
        "C2-10",
        &[
            ("ignore_unavailable", "true"),
            ("allow_no_indices", "false"),
            ("expand_wildcards", "open"),
            ("ccs_minimize_roundtrips", "true"),
            ("batched_reduce_size", "5"),
            ("pre_filter_shard_size", "1"),
            ("max_concurrent_shard_requests", "3"),
            ("phase_took", "true"),
        ],
    ),
    (
        "C2-11",
        &[
            ("request_cache", "true"),
            ("allow_partial_search_results", "false"),
            ("cancel_after_time_interval", "30s"),
            ("timeout", "30s"),
        ],
    ),
    ("C2-12", &[("search_type", "dfs_query_then_fetch")]),
];

/// Adds some to a search.
pub fn parameters(draw: &mut Draw, request: &mut Request) {
    for (row, parameters) in TUNING {
        if draw.one_in(9) {
            draw.row(row);
            let (name, value) = draw.one(parameters);
            request.url.push((name, value.to_owned()));
        }
    }
    let body = &mut request.body;
    if body.get("post_filter").is_none() && draw.one_in(20) {
        draw.row("A1-13");
        body["post_filter"] = json!({"terms": {"need": [TWO_OR_FIVE], "value_type": "bitmap"}});
    }
    let aggregated = body.get("aggs").is_some() || body.get("aggregations").is_some();
    if aggregated && draw.one_in(6) {
        draw.row("B-21");
        request.url.push(("typed_keys", "true".to_owned()));
    }
    // Where nothing was picked by a score that would be another one now.
    if body.get("query").is_some() && !request.scored && !draw.scored && draw.one_in(6) {
        draw.row("C2-01");
        query_string(draw, request);
    }
    if draw.one_in(6) && request.body.to_string().len() < 800 {
        draw.row("C2-02");
        request.in_url = true;
    }
}

/// A roaring bitmap of 2 and 5.
const TWO_OR_FIVE: &str = "OjAAAAEAAAAAAAEAEAAAAAIABQA=";

/// It takes the place of the body's query.
fn query_string(draw: &mut Draw, request: &mut Request) {
    let word = draw.one(WORDS);
    let text = draw.one(&[
        format!("title:{word} OR tag:red"),
        format!("{word}~1 body:the"),
        format!("+{word} -flag:true"),
        "n:[1 TO 9] AND _exists_:price".to_owned(),
        "*:*".to_owned(),
    ]);
    request.url.push(("q", text));
    if draw.one_in(3) {
        request.url.push(("df", "body".to_owned()));
        request.url.push(("default_operator", "AND".to_owned()));
    } else {
        request.url.push(("lenient", "true".to_owned()));
    }
}
