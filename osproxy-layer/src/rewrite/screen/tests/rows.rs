//! The tables themselves.

use std::collections::BTreeSet;

use super::schema::Decision;
use super::*;

#[test]
fn every_row_names_its_row_of_the_catalogue() {
    let all = rows();
    assert!(all.len() > 250, "{}", all.len());
    for entry in &all {
        let (section, number) = entry.row.catalogue.split_once('-').expect(entry.row.name);
        assert!(
            ["A1", "A2", "A3", "A4", "A5", "B", "C1", "C3"].contains(&section),
            "{}",
            entry.row.name
        );
        assert!(number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit()));
    }
}

#[test]
fn no_place_has_a_name_twice() {
    let mut seen = BTreeSet::new();
    for param in PARAMS {
        assert!(seen.insert(param.name), "{}", param.name);
    }
}

#[test]
fn what_is_refused_says_why() {
    for entry in rows() {
        let strict = entry.row.strict.unwrap_or(entry.row.shared);
        for decision in [entry.row.shared, strict, entry.row.dedicated] {
            if let Decision::Refuse(why) | Decision::Empty(why) = decision {
                assert!(why.len() > 10, "{}", entry.row.name);
                assert!(
                    !why.ends_with('.') && !why.starts_with(char::is_uppercase),
                    "{why}"
                );
            }
        }
    }
}

/// How many rows each section of the catalogue has that is about a search.
const SECTIONS: &[(&str, u32)] = &[
    ("A1", 36),
    ("A2", 4),
    ("A3", 7),
    ("A4", 6),
    ("A5", 6),
    ("B", 24),
    ("C1", 27),
    ("C2", 12),
];

/// Rows that no table has, and where they are instead.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "A1-02",
        "the walker: exactly one type an object; empty lists pass, as on the node",
    ),
    ("A1-03", "Limits: depth and clauses"),
    (
        "A1-06",
        "names: `_id` is reserved where its values are not translated",
    ),
    (
        "A1-08",
        "names: `_index` is reserved, and translated on an own index",
    ),
    ("A1-09", "names: `_routing` and `_seq_no` are reserved"),
    ("A1-10", "names: the partition field is reserved"),
    ("A1-11", "ByField: the object form of `terms` is refused"),
    ("A1-12", "as A1-11: a lookup by query is an object too"),
    ("A1-18", "as A1-17: only two rewrites are on the list"),
    ("A1-36", "the walker: a type without a row is refused"),
    ("A4-06", "as A1-28: no script"),
    ("A5-02", "as A5-01: no hybrid"),
    ("A5-03", "as A5-01: no hybrid"),
    ("A5-06", "as A1-36: no type of a plug-in"),
    ("B-03", "as B-02: the same key"),
    ("B-07", "as A1-06: no aggregation's field may be `_id`"),
    (
        "B-22",
        "the walker: aggs and aggregations exclude each other",
    ),
    ("B-23", "the walker: a type without a row is refused"),
    ("B-24", "nothing to do"),
    ("C1-15", "as C1-27: it has no row"),
    ("C1-26", "Decision::Empty"),
    ("C1-27", "the walker: a key without a row is refused"),
];

#[test]
fn every_row_of_the_catalogue_is_somewhere() {
    let mut told: BTreeSet<&str> = rows().iter().map(|entry| entry.row.catalogue).collect();
    told.extend(PARAMS.iter().map(|param| param.catalogue));
    for (section, last) in SECTIONS {
        for number in 1..=*last {
            let row = format!("{section}-{number:02}");
            let elsewhere = ELSEWHERE.iter().any(|(name, _)| *name == row);
            assert!(told.contains(row.as_str()) != elsewhere, "{row}");
        }
    }
}

/// The query and aggregation types of OpenSearch 3.8.0 and the modules that come with it, those of `geo` from the NAME
/// constants in its jar. The tests with a node ask it for its names, and fail where this list lacks one or is of another
/// version; what is new here fails until a row decides it.
#[test]
fn every_type_of_the_pinned_version_has_a_row() {
    let all = rows();
    for [what, name] in rows_of(include_str!("opensearch-3.8.0.txt")) {
        let known = all
            .iter()
            .any(|entry| entry.place == what && entry.row.name == name);
        assert!(known, "{what} {name}");
    }
}
