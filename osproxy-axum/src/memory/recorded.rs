//! Answers of a real node, replayed.
//!
//! The files in `recorded/` hold requests and what OpenSearch 3.8.0 answered to them. Each file runs on an empty cluster and must give
//! the same answers: status, `Location`, and the body with its keys in order and its numbers as text, after the normalisations below.
//!
//! In a file, lines with `>` are a request (its first line, then its body; `> h:` adds a header; `> ~` is an empty line), lines with
//! `<` the answer. `! refused` before an answer means that the double refuses what the node takes, by design.

use std::path::Path;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use tower_service::Service as _;

use super::MemoryCluster;
use super::json::Json;

/// One request and the answer that it got.
#[derive(Debug, Default)]
struct Exchange {
    line: usize,
    request: Vec<String>,
    refused: bool,
    answer: Vec<String>,
}

#[tokio::test]
async fn the_double_answers_as_the_node_did() {
    let mut failures = Vec::new();
    let mut count = 0;
    for (name, text) in files() {
        let mut cluster = MemoryCluster::new();
        for exchange in exchanges(&text) {
            count += 1;
            if let Err(difference) = check(&mut cluster, &exchange).await {
                failures.push(format!(
                    "{name}:{} {}\n{difference}",
                    exchange.line,
                    exchange.request.join("\n  ")
                ));
            }
        }
    }
    assert!(count > 500, "only {count} exchanges were found");
    assert!(
        failures.is_empty(),
        "{} of {count} differ:\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

/// Truncated bodies, numbers at their ends, and brackets for braces: nothing panics, and all is answered.
#[tokio::test]
async fn broken_variants_of_every_request_are_answered() {
    for (name, text) in files() {
        let mut cluster = MemoryCluster::new();
        for exchange in exchanges(&text) {
            let (_, body) = exchange.request();
            let mut variants = vec![body.clone(), body.replace('{', "["), body.replace(':', ",")];
            for number in [
                "9223372036854775807",
                "-9223372036854775808",
                "1e308",
                "-0",
                "0",
                "null",
                "[]",
                "{}",
                "\"\"",
            ] {
                variants.push(body.replace(|c: char| c.is_ascii_digit(), number));
            }
            let cuts = (0..body.len()).step_by(11).filter_map(|at| body.get(..at));
            variants.extend(cuts.map(str::to_owned));
            for variant in variants {
                let (request, _) = exchange.request();
                let response = cluster
                    .call(request.body(Full::from(Bytes::from(variant))).unwrap())
                    .await
                    .unwrap();
                let status = response.status().as_u16();
                assert!(
                    (200..504).contains(&status),
                    "{name}:{} {status}",
                    exchange.line
                );
            }
        }
    }
}

/// The recordings by name.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/memory/recorded");
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap());
    let mut files: Vec<_> = entries
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                std::fs::read_to_string(entry.path()).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

fn exchanges(text: &str) -> Vec<Exchange> {
    let mut exchanges = vec![Exchange::default()];
    for (line, number) in text.lines().zip(1..) {
        let current = exchanges.last_mut().unwrap();
        if let Some(request) = line.strip_prefix("> ").or_else(|| line.strip_prefix('>')) {
            if current.request.is_empty() {
                current.line = number;
            }
            current.request.push(request.to_owned());
        } else if let Some(answer) = line.strip_prefix("< ") {
            current.answer.push(answer.to_owned());
        } else if line == "! refused" {
            current.refused = true;
        } else if !current.request.is_empty() {
            exchanges.push(Exchange::default());
        }
    }
    exchanges.retain(|exchange| !exchange.request.is_empty());
    exchanges
}

impl Exchange {
    /// The request, and its body as text.
    fn request(&self) -> (http::request::Builder, String) {
        let (first, lines) = self.request.split_first().unwrap();
        let (first, raw) = first
            .strip_suffix(" #raw")
            .map_or((first.as_str(), false), |first| (first, true));
        let (method, uri) = first.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(uri);
        let mut body: Vec<&str> = Vec::new();
        let mut content_type = Some("application/json");
        for line in lines {
            if let Some(header) = line.strip_prefix("h: ") {
                let (name, value) = header.split_once(": ").unwrap();
                request = request.header(name, value);
                content_type = content_type.filter(|_| name != "content-type");
            } else {
                body.push(if line == "~" { "" } else { line });
            }
        }
        let mut text = body.join("\n");
        if uri.contains("_bulk") && !body.is_empty() && !raw {
            text.push('\n');
        }
        if let Some(value) = content_type.filter(|_| !text.is_empty()) {
            request = request.header("content-type", value);
        }
        (request, text)
    }
}

async fn check(cluster: &mut MemoryCluster, exchange: &Exchange) -> Result<(), String> {
    let (request, text) = exchange.request();
    let response = cluster
        .call(request.body(Full::from(Bytes::from(text))).unwrap())
        .await
        .unwrap();
    let mut status = response.status().as_u16().to_string();
    if let Some(location) = response.headers().get("location") {
        status = format!("{status} location: {}", location.to_str().unwrap());
    }
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    if exchange.refused {
        let refused = status == "400" && body.contains("memory_cluster_unsupported_exception");
        return if refused {
            Ok(())
        } else {
            Err(format!("not refused: {status} {body}"))
        };
    }
    let (expected, rest) = exchange.answer.split_first().unwrap();
    let given = body
        .lines()
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n");
    let expected_body = rest.join("\n");
    let same_status = without_minted(&status) == without_minted(expected);
    if same_status && (given == expected_body || normal(&given) == normal(&expected_body)) {
        return Ok(());
    }
    let (expected_body, given) = (normal(&expected_body), normal(&given));
    let from = expected_body
        .chars()
        .zip(given.chars())
        .take_while(|(a, b)| a == b)
        .count()
        .saturating_sub(120);
    let tail = |text: &str| text.chars().skip(from).take(600).collect::<String>();
    Err(format!(
        "- {expected}\n+ {status}\n- {}\n+ {}",
        tail(&expected_body),
        tail(&given)
    ))
}

fn without_minted(status: &str) -> String {
    match status.rsplit_once("/_doc/") {
        Some((before, id)) if id.len() == 20 => format!("{before}/_doc/MINTED"),
        _ => status.to_owned(),
    }
}

/// What differs for a reason: times, minted ids, positions in a body, Jackson's words for broken JSON, the text of the answer's root.
fn normal(body: &str) -> String {
    match Json::parse(body) {
        Ok(mut tree) => {
            normalise(&mut tree);
            // `Debug` shows numbers as they were written.
            format!("{tree:?}")
                .replace("Number(\"", "(")
                .replace("String(\"", "(\"")
                .replace("\")", ")")
        }
        Err(_) => body.to_owned(),
    }
}

fn normalise(value: &mut Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(normalise),
        Json::Object(members) => {
            let kind = members
                .iter()
                .find(|(name, _)| name == "type")
                .and_then(|(_, value)| value.as_str())
                .unwrap_or_default()
                .to_owned();
            members.retain(|(name, _)| name != "line" && name != "col");
            for (name, value) in members.iter_mut() {
                normalise(value);
                let text = value.text().unwrap_or_default().to_owned();
                let hidden = match name.as_str() {
                    "took"
                    | "cluster_name"
                    | "creation_date"
                    | "index.creation_date"
                    | "node"
                    | "uuid"
                    | "index.uuid" => true,
                    "index_uuid" => text != "_na_",
                    "_id" => text.len() == 20 && !text.contains("xxxx"),
                    "reason" if text.contains("INCLUDE_SOURCE_IN_LOCATION") => true,
                    "reason"
                        if [
                            "json_parse_exception",
                            "unexpected_end_of_input_exception",
                            "stream_read_exception",
                            "input_coercion_exception",
                        ]
                        .contains(&kind.as_str()) =>
                    {
                        true
                    }
                    "reason" if kind == "resource_already_exists_exception" => true,
                    _ => false,
                };
                if hidden {
                    *value = Json::from("hidden");
                } else if name == "reason" {
                    *value = Json::from(without_position(&text));
                }
            }
        }
        _ => {}
    }
}

/// `[1:17] unknown field` without where it was, and `found at [1:11]` likewise.
fn without_position(reason: &str) -> String {
    let reason = reason
        .rsplit_once(" found at [")
        .map_or(reason, |(before, _)| before);
    let reason = reason
        .rsplit_once(" START_OBJECT at ")
        .map_or(reason, |(before, _)| before)
        .trim_end_matches(" START_OBJECT");
    match reason
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
    {
        Some((position, rest)) if position.contains(':') => rest.to_owned(),
        _ => reason.to_owned(),
    }
}
