//! The differential test of the screen: what a tenant gets from an index that it shares is what it gets from an index of
//! its own (catalogue J7c). This finds the oracles that nobody listed: it compares answers, not intentions.
//!
//! Requests are made from a seed by a grammar that has a rule for every construct that the screen lets through. The
//! neighbours are hostile: more than a thousand terms around each own one, missing fields, extreme values.

mod aggregations;
mod audit;
mod bodies;
mod compare;
mod corpus;
mod draw;
mod hits;
mod queries;
mod search;
mod url;

use std::collections::BTreeMap;

use draw::Draw;
use search::Sides;

use crate::support::node;

/// The seeds that run always; `ISOLATION_SEEDS=1000..9000` runs others.
const SEEDS: std::ops::Range<u64> = 0..1000;

#[tokio::test]
async fn a_shared_index_answers_as_one_of_its_own() {
    let Some(url) = node::url().await else { return };
    let seeds = std::env::var("ISOLATION_SEEDS").map_or(SEEDS, |range| {
        let (from, to) = range.split_once("..").expect("from..to");
        from.parse().unwrap()..to.parse().unwrap()
    });
    let sides = Sides::prepare(url).await;
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut answers, mut full) = (0, 0);
    let mut errors = Vec::new();
    let mut wrong = Vec::new();
    for seed in seeds.clone() {
        let mut draw = Draw::new(seed);
        let request = bodies::request(&mut draw);
        for row in draw.rows() {
            *rows.entry(row).or_default() += 1;
        }
        match sides.compare(&request).await {
            Ok(told) => {
                answers += 1;
                full += usize::from(told.hits);
                errors.extend(told.error);
            }
            Err(difference) => wrong.push(format!("seed {seed}: {difference}")),
        }
    }
    sides.remove().await;
    println!(
        "{answers} answers, {full} of them with hits, {} errors alike; rows: {rows:?}",
        errors.len()
    );
    for error in errors.iter().take(20) {
        println!("  {error}");
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        seeds.end - seeds.start,
        wrong.join("\n")
    );
    if seeds == SEEDS {
        assert!(
            full * 10 >= answers * 6,
            "only {full} of {answers} answers hold anything"
        );
        let rare: Vec<_> = searched()
            .into_iter()
            .filter(|row| rows.get(&**row).copied().unwrap_or_default() < 20)
            .collect();
        assert!(rare.is_empty(), "rows that the seeds hardly use: {rare:?}");
    }
}

/// Rows that no request here goes through, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("A1-32", "the node of the tests has no module for shapes"),
    ("A4-01", "the node of the tests has no vectors"),
    ("A4-02", "the node of the tests has no vectors"),
    ("C1-10", "scrolls and points in time: tests/node/cursors.rs"),
    ("C1-22", "points in time: tests/node/cursors.rs"),
    (
        "C2-08",
        "applied behind the reversal: tests/stack/params.rs",
    ),
];

/// The rows of the catalogue that are about a search or a count and let something through.
fn searched() -> Vec<String> {
    const SECTIONS: &[&str] = &[
        "A1-", "A2-", "A3-", "A4-", "A5-", "B-", "C1-", "C2-", "C3-01",
    ];
    let list = include_str!("../data/isolation.csv");
    let mut reader = csv::Reader::from_reader(list.as_bytes());
    let rows = reader.records().map(|record| record.unwrap());
    let rows = rows.filter(|row| {
        let passes = row[1].contains("ALLOW") || row[1].contains("REWRITE");
        let elsewhere = ELSEWHERE.iter().any(|(number, _)| *number == &row[0]);
        passes && !elsewhere && SECTIONS.iter().any(|section| row[0].starts_with(section))
    });
    rows.map(|row| row[0].to_owned()).collect()
}
