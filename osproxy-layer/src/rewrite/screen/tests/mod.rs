//! The screen from outside: what passes and as what, what is refused and where, by tables.

mod dedicated;
pub(super) mod mutants;
mod properties;
mod rows;
mod shared;
mod strict;
mod url;

use super::names::tests::ACME;
use super::*;

const NO_URL: &[(&str, &str)] = &[];

fn acme() -> Scope<'static> {
    Scope::shared(ACME)
}

/// The body that a search on a shared index becomes.
fn rewritten(body: &str) -> Result<String, Refusal> {
    search(body.as_bytes(), NO_URL, &acme()).map(|screened| text(&screened))
}

fn text(screened: &Screened<'_>) -> String {
    String::from_utf8(screened.body().to_vec()).unwrap()
}

/// A query in the partition's filter.
fn wrapped(query: &str) -> String {
    format!(r#"{{"bool":{{"must":[{query}],"filter":[{{"term":{{"_tenant":"acme"}}}}]}}}}"#)
}

/// The lines of a table in text, cut at tabs.
fn rows_of<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let columns: Vec<_> = line.split('\t').collect();
            columns
                .try_into()
                .unwrap_or_else(|_| panic!("another number of columns: {line}"))
        })
}

/// Lines of one or two columns: what goes in, and what comes out where it is not the same.
fn pairs(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('\t').unwrap_or((line, line)))
}
