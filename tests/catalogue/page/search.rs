//! What a search may hold.
use osproxy_layer::rewrite::screen::rows;
use osproxy_layer::rewrite::screen::schema::{ByField, Decision, Kind, Long, Row};

use super::objects;
use super::text::{code, table};

fn at(place: &str) -> Vec<&'static Row> {
    let here = rows().into_iter().filter(|entry| entry.place == place);
    let mut found: Vec<_> = here.map(|entry| entry.row).collect();
    found.sort_by_key(|row| row.name);
    assert!(!found.is_empty(), "nothing stands at {place}");
    found
}

/// The keys of a search's body, and of what is printed with hits.
pub fn body() -> String {
    let keys = at("key of [search]");
    decided("key", &keys) + "\n" + &objects::lines(keys)
}

pub fn types(what: &str) -> String {
    decided(what, &at(what))
}

/// The objects of all types of which something may pass on a shared index.
pub fn keys(what: &str) -> String {
    let known = at(what);
    objects::lines(
        known
            .into_iter()
            .filter(|row| !matches!(row.shared, Decision::Refuse(_))),
    )
}

pub fn sorts() -> String {
    let mut sorts = at("sort by");
    sorts.sort_by_key(|row| row.name.starts_with('_'));
    decided("sort", &sorts) + "\n" + &objects::lines(sorts)
}

fn decided(what: &str, rows: &[&'static Row]) -> String {
    let rows = rows.iter().map(|row| {
        [
            code(row.name),
            word(row.shared, row),
            word(row.dedicated, row),
            row.catalogue.to_owned(),
        ]
    });
    table([what, "on a shared index", "on an own index", "row"], rows)
}

fn word(decision: Decision, row: &Row) -> String {
    match (decision, row.kind) {
        (
            Decision::Allow,
            Kind::ByField(ByField {
                long: Long::Refuse(why, number),
                ..
            }),
        ) => {
            format!("passes; an object is refused: {why} ({number})")
        }
        (
            Decision::Rewrite,
            Kind::ByField(ByField {
                long: Long::Refuse(why, number),
                ..
            }),
        ) => {
            format!("rewritten; an object is refused: {why} ({number})")
        }
        (Decision::Rewrite, Kind::Dropped) => "taken, and not sent".to_owned(),
        (Decision::Allow, _) => "passes".to_owned(),
        (Decision::Rewrite, _) => "rewritten".to_owned(),
        (Decision::Refuse(why), _) => format!("**refused**: {why}"),
        (Decision::Empty(why), _) => format!("**refused** unless empty: {why}"),
    }
}
