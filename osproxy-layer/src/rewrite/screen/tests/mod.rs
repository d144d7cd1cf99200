//! The screen from outside: what passes and as what, what is refused and where, by tables.

mod dedicated;
mod properties;
mod rows;
mod shared;
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
