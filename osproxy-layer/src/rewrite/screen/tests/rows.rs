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
        for decision in [entry.row.shared, entry.row.dedicated] {
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
