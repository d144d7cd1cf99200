//! Something shows that each row of the catalogue holds, or there is a reason why nothing does.
use std::collections::BTreeSet;
use std::path::Path;

use super::list::{self, Named, Row};
use super::passes;

/// What shows a row to hold.
pub struct Evidence {
    tables: BTreeSet<&'static str>,
    refused: BTreeSet<String>,
    passes: BTreeSet<String>,
    compared: BTreeSet<String>,
}

impl Evidence {
    pub fn collect() -> Self {
        Self {
            tables: list::in_tables(),
            refused: refused(),
            passes: passes::numbers(),
            compared: compared(),
        }
    }

    /// The words for it, for the page.
    pub fn words(&self, row: &Row) -> Vec<String> {
        let mut words = Vec::new();
        let mut add = |there: bool, word: &str| there.then(|| words.push(word.to_owned()));
        add(self.tables.contains(&*row.number), "tables");
        add(self.passes.contains(&row.number), "samples that pass");
        add(
            self.refused.contains(&row.number),
            "samples that are refused",
        );
        add(
            self.compared.contains(&row.number),
            "compared with an own index on a node",
        );
        words.extend(row.tests().iter().map(|(_, test)| format!("`{test}`")));
        if let Named::Reason(reason) = &row.named {
            words.push(reason.clone());
        }
        words
    }

    fn is_tested(&self, row: &Row) -> bool {
        let sampled = [&self.refused, &self.passes, &self.compared];
        sampled.iter().any(|samples| samples.contains(&row.number)) || !row.tests().is_empty()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Rows of which the screen's own tests hold a refused sample. Each is checked there: place, construct and number.
fn refused() -> BTreeSet<String> {
    const SCREEN: &str = "osproxy-layer/src/rewrite/screen/tests";
    let shared = read(&format!("{SCREEN}/refused.txt"));
    let own = read(&format!("{SCREEN}/own_refused.txt"));
    let number = |line: &str, column| line.split('\t').nth(column).map(str::to_owned);
    let shared = shared.lines().filter_map(|line| number(line, 2));
    let own = own.lines().filter_map(|line| number(line, 1));
    let url = read(&format!("{SCREEN}/url.rs"));
    let url = url
        .split('"')
        .filter(|text| text.starts_with("C2-") || text.starts_with("G-"));
    shared.chain(own).chain(url.map(str::to_owned)).collect()
}

/// Rows that the requests of the differential test go through.
fn compared() -> BTreeSet<String> {
    let files = std::fs::read_dir(root().join("tests/isolation")).unwrap();
    let mut found = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let rows = text.split("draw.row(\"").skip(1);
        found.extend(rows.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
    }
    found
}

#[test]
fn every_row_is_tested_or_has_a_reason() {
    let evidence = Evidence::collect();
    let mut missing = Vec::new();
    for row in list::rows() {
        let reasoned = matches!(row.named, Named::Reason(_));
        if !reasoned && !evidence.is_tested(&row) {
            missing.push(format!("{} {}", row.number, row.title));
        }
    }
    assert!(missing.is_empty(), "nothing shows:\n{}", missing.join("\n"));
}

#[test]
fn every_number_of_a_table_is_a_row_of_the_catalogue() {
    let known: BTreeSet<_> = list::rows().into_iter().map(|row| row.number).collect();
    for number in Evidence::collect().tables {
        assert!(known.contains(number), "{number}");
    }
}

#[test]
fn the_tests_that_rows_name_are_there() {
    for row in list::rows() {
        for (file, test) in row.tests() {
            let text = read(file);
            let Some((before, _)) = text.split_once(&format!("fn {test}(")) else {
                panic!("{}: {file} has no test {test}", row.number);
            };
            let attributes = &before[before.trim_end_matches("async ").len().saturating_sub(60)..];
            let is_test = attributes.contains("test]") || attributes.contains("tokio::test");
            assert!(is_test, "{}: {file}::{test} is no test", row.number);
        }
    }
}

/// What stays open is said to users: each such row's number stands in the page's own words.
#[test]
fn what_stays_open_is_on_the_page() {
    let template = include_str!("page/template.md");
    for row in list::rows()
        .iter()
        .filter(|row| row.decision.contains("RESIDUAL"))
    {
        assert!(
            template.contains(&row.number),
            "{} {}",
            row.number,
            row.title
        );
    }
}
