//! Nothing that the catalogue lets through is refused for convenience: samples of each such row pass the screen.
use std::collections::BTreeSet;

use osproxy_layer::rewrite::screen::{self, Scope, SharedIndex};

use super::list;

struct Sample {
    number: &'static str,
    call: &'static str,
    url: Vec<(String, String)>,
    body: &'static str,
}

fn samples() -> Vec<Sample> {
    let text = include_str!("../data/isolation_passes.tsv");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &'static str| {
        let columns: Vec<_> = line.split('\t').collect();
        let [number, call, url, body] = *columns else {
            panic!("four columns: {line}");
        };
        let pairs = url.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_owned(), value.replace("%20", " "))
        });
        Sample {
            number,
            call,
            url: pairs.collect(),
            body,
        }
    };
    lines.map(sample).collect()
}

/// The rows that have a sample.
pub fn numbers() -> BTreeSet<String> {
    samples()
        .iter()
        .map(|sample| sample.number.to_owned())
        .collect()
}

#[test]
fn what_the_catalogue_lets_through_passes_on_a_shared_index() {
    let scope = Scope::shared(SharedIndex {
        field: "_tenant",
        partition: "acme",
        id_prefix: "acme:",
        id_suffix: "",
        routing: Some("acme"),
        allow_root_keys: &[],
    });
    let mut refused = Vec::new();
    for sample in samples() {
        let screened = match sample.call {
            "count" => screen::count(sample.body.as_bytes(), &sample.url, &scope),
            _ => screen::search(sample.body.as_bytes(), &sample.url, &scope),
        };
        match screened {
            Ok(screened) => {
                let body = std::str::from_utf8(screened.body()).unwrap();
                assert!(
                    body.contains(r#""filter":[{"term":{"_tenant":"acme"}}]"#),
                    "{}",
                    sample.body
                );
            }
            Err(refusal) => refused.push(format!(
                "{} {} {:?}: {refusal}",
                sample.number, sample.body, sample.url
            )),
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn every_row_of_a_search_that_is_let_through_has_a_sample() {
    let sampled = numbers();
    for row in list::rows() {
        let of_a_search = ["A1", "A2", "A3", "A4", "A5", "B", "C1", "C2"].contains(&row.section());
        if of_a_search && row.is_let_through() && row.tests().is_empty() {
            assert!(
                sampled.contains(&row.number),
                "{} {}",
                row.number,
                row.title
            );
        }
    }
}
