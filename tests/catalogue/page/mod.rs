//! `docs/isolation.md` is what the tables say: it is generated, and a page that says something else fails the test.
//!
//! `UPDATE_DOCS=1 cargo test --test catalogue` writes it. What no table can say stands in `template.md`.
mod answers;
mod catalogue;
mod endpoints;
mod objects;
mod parameters;
mod search;
mod strict;
mod text;

use std::path::Path;

const TEMPLATE: &str = include_str!("template.md");

/// The page: the template, with each `{{name}}` on a line of its own replaced by that table.
fn generated() -> String {
    let lines = TEMPLATE.lines().map(|line| {
        match line
            .strip_prefix("{{")
            .and_then(|rest| rest.strip_suffix("}}"))
        {
            Some(name) => table(name),
            None => line.to_owned() + "\n",
        }
    });
    lines.collect()
}

fn table(name: &str) -> String {
    match name {
        "search body" => search::body(),
        "query types" => search::types("query type"),
        "query keys" => search::keys("query type"),
        "aggregation types" => search::types("aggregation type"),
        "aggregation keys" => search::keys("aggregation type"),
        "sorts" => search::sorts(),
        "search parameters" => parameters::of_a_search(),
        "other parameters" => parameters::of_the_rest(),
        "served endpoints" => endpoints::served(),
        "refused endpoints" => endpoints::refused(),
        "strict" => strict::refused(),
        "answers" => answers::objects(),
        "errors" => answers::errors(),
        "catalogue" => catalogue::rows(),
        other => panic!("the template asks for a table that there is not: {other}"),
    }
}

#[test]
fn the_page_is_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/isolation.md");
    let generated = generated();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &generated).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = written
        .lines()
        .zip(generated.lines())
        .position(|(written, generated)| written != generated);
    assert!(
        written == generated,
        "docs/isolation.md is not what the tables say, from line {} on: UPDATE_DOCS=1 cargo test --test catalogue",
        differs.map_or(
            written.lines().count().min(generated.lines().count()),
            |at| at
        ) + 1
    );
}
