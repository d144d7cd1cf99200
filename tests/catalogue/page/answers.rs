//! What an answer may hold.
use osproxy_layer::rewrite::response::{TableRow, rows};

use super::text::{code, codes, table};

const ERRORS: &str = "error";

/// One line for each kind of object.
pub fn objects() -> String {
    let mut kinds: Vec<&str> = Vec::new();
    for row in rows().filter(|row| row.table() != ERRORS) {
        if !kinds.contains(&row.table()) {
            kinds.push(row.table());
        }
    }
    let lines = kinds.into_iter().map(|kind| {
        let of = |fate: &str| keys(kind, fate);
        [
            kind.to_owned(),
            of("keep"),
            of("rewrite"),
            of("drop"),
            of("refuse"),
        ]
    });
    table(
        [
            "object",
            "kept",
            "turned back",
            "left out",
            "makes the answer a 502",
        ],
        lines,
    )
}

/// The keys of one fate on a shared index, each with its number.
fn keys(kind: &str, fate: &str) -> String {
    let here = |row: &TableRow| row.table() == kind && row.shared() == fate;
    let keys: Vec<_> = rows()
        .filter(here)
        .map(|row| format!("{} ({})", code(row.key()), row.catalogue()))
        .collect();
    keys.join(", ")
}

/// The types of error that keep their name, by the row of the catalogue that forbids their text.
pub fn errors() -> String {
    let mut numbers: Vec<_> = rows()
        .filter(|row| row.table() == ERRORS)
        .map(|row| row.catalogue())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let lines = numbers.into_iter().map(|number| {
        let here = rows().filter(|row| row.table() == ERRORS && row.catalogue() == number);
        [number.to_owned(), codes(here.map(|row| row.key()))]
    });
    table(["row", "types"], lines)
}
