//! The catalogue's rows: `tests/data/isolation.csv`.
use std::collections::BTreeSet;

use osproxy_layer::rewrite::{response, screen};

/// One row. Its text in full is not kept here: the number is what tables and tests refer to.
pub struct Row {
    pub number: String,
    /// `ALLOW`, `REWRITE`, `REJECT`, `RESIDUAL`, `DROP`, `NONE`, or several of them with `+`.
    pub decision: String,
    /// `H`: read or tried; `M`: follows from what was; `-`: a rule.
    pub confidence: String,
    pub title: String,
    /// What shows it, beside tables and samples: `FILE::TEST`, or `because …`.
    pub named: Named,
}

pub enum Named {
    Tests(Vec<(String, String)>),
    Reason(String),
}

impl Row {
    pub fn section(&self) -> &str {
        self.number.split('-').next().unwrap()
    }

    /// Whether a part of it, at least, is let through.
    pub fn is_let_through(&self) -> bool {
        self.decision.contains("ALLOW") || self.decision.contains("REWRITE")
    }

    pub fn tests(&self) -> &[(String, String)] {
        match &self.named {
            Named::Tests(tests) => tests,
            Named::Reason(_) => &[],
        }
    }
}

pub fn rows() -> Vec<Row> {
    let text = include_str!("../data/isolation.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let row = |record: csv::StringRecord| Row {
        number: record[0].to_owned(),
        decision: record[1].to_owned(),
        confidence: record[2].to_owned(),
        title: record[3].to_owned(),
        named: named(&record[4]),
    };
    reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect()
}

fn named(text: &str) -> Named {
    match text.strip_prefix("because ") {
        Some(reason) => Named::Reason(reason.to_owned()),
        None => {
            let test = |name: &str| {
                let (file, test) = name
                    .split_once("::")
                    .unwrap_or_else(|| panic!("FILE::TEST: {name}"));
                (file.to_owned(), test.to_owned())
            };
            Named::Tests(text.split_whitespace().map(test).collect())
        }
    }
}

/// The numbers that rows of tables name.
pub fn in_tables() -> BTreeSet<&'static str> {
    let searched = screen::rows().into_iter().map(|entry| entry.row.catalogue);
    let parameters = screen::PARAMS.iter().map(|param| param.catalogue);
    let answered = response::rows().map(|row| row.catalogue());
    searched.chain(parameters).chain(answered).collect()
}

#[test]
fn every_number_is_there_once_and_none_is_left_out() {
    const LAST: &[(&str, u32)] = &[
        ("P", 14),
        ("A1", 36),
        ("A2", 4),
        ("A3", 7),
        ("A4", 6),
        ("A5", 6),
        ("B", 24),
        ("C1", 27),
        ("C2", 12),
        ("C3", 8),
        ("D", 36),
        ("E", 9),
        ("F", 23),
        ("G", 21),
        ("H", 7),
    ];
    let numbers: Vec<_> = rows().into_iter().map(|row| row.number).collect();
    let all = LAST.iter().flat_map(|(section, last)| {
        (1..=*last).map(move |number| format!("{section}-{number:02}"))
    });
    assert_eq!(numbers, all.collect::<Vec<_>>());
}

#[test]
fn decisions_are_words_of_the_catalogue() {
    for row in rows() {
        for word in row.decision.split('+') {
            let known = ["ALLOW", "REWRITE", "REJECT", "RESIDUAL", "DROP", "NONE"];
            assert!(known.contains(&word), "{}: {word}", row.number);
        }
        assert!(
            ["H", "M", "-"].contains(&&*row.confidence),
            "{}",
            row.number
        );
        assert!(row.title.len() > 4, "{}", row.number);
    }
}
