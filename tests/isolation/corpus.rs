//! Three tenants' documents. One is asked for; the others crowd every word, value and gap of its own.

use serde_json::{Value, json};

pub const OWN: &str = "acme";
pub const TENANTS: [&str; 3] = ["acme", "globex", "acme-eu"];

/// The words of the corpus: own text is made of these, and each neighbour has more than a thousand words around each.
pub const WORDS: &[&str] = &[
    "apple", "banjo", "cedar", "delta", "ember", "fjord", "grape", "haven",
];
pub const TAGS: &[&str] = &["red", "green", "blue", "black"];
pub const CITIES: &[(&str, f64, f64)] = &[
    ("oslo", 59.91, 10.75),
    ("rome", 41.90, 12.50),
    ("lima", -12.05, -77.04),
];

/// The operator's mapping: what documents name beyond it is kept and not indexed (row P-07).
pub fn mapping() -> Value {
    json!({
        "dynamic": false,
        "properties": {
            "_tenant": {"type": "keyword"},
            "seq": {"type": "long"},
            "title": {"type": "text", "fields": {"keyword": {"type": "keyword"}}},
            "body": {"type": "text", "term_vector": "with_positions_offsets"},
            "typed": {"type": "search_as_you_type"},
            "tag": {"type": "keyword"},
            "word": {"type": "keyword"},
            "n": {"type": "long"},
            "price": {"type": "double"},
            "at": {"type": "date"},
            "flag": {"type": "boolean"},
            "ip": {"type": "ip"},
            "where": {"type": "geo_point"},
            "span": {"type": "integer_range"},
            "need": {"type": "integer"},
            "rank": {"type": "rank_feature"},
            "free": {"type": "flat_object"},
            "items": {"type": "nested", "properties": {
                "name": {"type": "keyword"},
                "note": {"type": "text"},
                "qty": {"type": "long"}
            }}
        }
    })
}

/// The logical documents of a tenant, by logical id. Their order is the order in which they are written.
pub fn documents(tenant: &str) -> Vec<(String, Value)> {
    if tenant == OWN {
        (0..80).map(own).collect()
    } else {
        let shift = tenant.len();
        (0..1400).map(|at| neighbour(at, shift)).collect()
    }
}

fn own(at: usize) -> (String, Value) {
    let word = WORDS[at % WORDS.len()];
    let next = WORDS[(at * 3 + 1) % WORDS.len()];
    let (_, lat, lon) = CITIES[at % CITIES.len()];
    let mut doc = json!({
        "seq": at,
        "title": format!("{word} {next}"),
        "body": format!("the {word} of the {next} and a {word}s {}", WORDS[(at / 5) % WORDS.len()]),
        "typed": format!("{word} {next}"),
        "tag": [TAGS[at % 4], TAGS[(at / 4) % 4]],
        "word": word,
        "n": (at as i64 % 17) - 5,
        "price": at as f64 * 1.25,
        "at": format!("2024-{:02}-{:02}T0{}:00:00Z", at % 12 + 1, at % 27 + 1, at % 10),
        "flag": at.is_multiple_of(3),
        "ip": format!("10.0.{}.{}", at % 3, at),
        "where": {"lat": lat, "lon": lon},
        "span": {"gte": at, "lte": at + 5},
        "need": at % 2 + 1,
        "rank": at % 9 + 1,
        "free": {"a": {"b": word}, "c": TAGS[at % 4]},
        "items": [
            {"name": TAGS[at % 4], "qty": at % 6, "note": format!("{word} first")},
            {"name": TAGS[(at + 1) % 4], "qty": at % 5, "note": format!("{next} second")}
        ],
        "unmapped": {"x": at}
    });
    // every kind of gap
    for (every, field) in [
        (7, "price"),
        (11, "tag"),
        (13, "at"),
        (17, "n"),
        (19, "items"),
        (23, "rank"),
    ] {
        if at % every == 3 {
            doc.as_object_mut().unwrap().remove(field);
        }
    }
    (format!("{at}"), doc)
}

/// Words a letter away from the own ones, before and behind them in the dictionary; extreme values; every gap.
fn neighbour(at: usize, shift: usize) -> (String, Value) {
    let words: Vec<_> = (0..WORDS.len()).map(|own| near(own, at)).collect();
    let word = &words[at % WORDS.len()];
    let other = &words[(at * 7 + shift) % WORDS.len()];
    let mut doc = json!({
        "seq": at % 90,
        "title": format!("{word} {other} {}", WORDS[at % WORDS.len()]),
        "body": format!("the {word} {other} {word}x apple of the {}", words.join(" ")),
        "typed": format!("{word} {other}"),
        "tag": [format!("tag{}", at % 1300), "red"],
        "word": words,
        "n": if at.is_multiple_of(2) { i64::MAX - at as i64 } else { i64::MIN + at as i64 },
        "price": if at.is_multiple_of(3) { -1e300 } else { at as f64 },
        "at": format!("{}-01-01T00:00:00Z", 1900 + at % 200),
        "flag": at.is_multiple_of(2),
        "ip": format!("192.168.{}.{}", at / 250, at % 250),
        "where": {"lat": 59.91 + at as f64 / 100_000.0, "lon": 10.75},
        "span": {"gte": at % 100, "lte": at % 100 + 1},
        "need": 1,
        "rank": 1 + at * 1000,
        "free": {"a": {"b": words}, "secret": other},
        "items": [{"name": format!("item{}", at % 1200), "qty": at, "note": format!("{word} first")}]
    });
    for (every, field) in [(2, "price"), (3, "rank"), (5, "n"), (7, "where"), (2, "at")] {
        if at % every == 1 {
            doc.as_object_mut().unwrap().remove(field);
        }
    }
    (format!("{}", at % 700 + shift * 1000 + at / 700), doc)
}

/// A word near an own one: a letter added or changed. There are more letters than those of one alphabet, so that more than
/// a thousand words are one letter away from each own word.
fn near(own: usize, at: usize) -> String {
    let letters = ('a'..='z')
        .chain('0'..='9')
        .chain('а'..='я')
        .chain('α'..='ρ')
        .chain('ა'..='ჰ');
    let letters: Vec<_> = letters.collect();
    let word = WORDS[own];
    let letter = letters[at % letters.len()];
    let place = at / letters.len() % (2 * word.len() + 1);
    let (head, tail) = word.split_at(place / 2);
    if place.is_multiple_of(2) {
        format!("{head}{letter}{tail}")
    } else {
        let rest: String = tail.chars().skip(1).collect();
        format!("{head}{letter}{rest}")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn is_one_letter_away(word: &str, own: &str) -> bool {
        let (word, own): (Vec<_>, Vec<_>) = (word.chars().collect(), own.chars().collect());
        let alike = word.iter().zip(&own).take_while(|(a, b)| a == b).count();
        let rest = &own[alike..];
        let changed = word.len() == own.len() && word[alike..].get(1..) == rest.get(1..);
        word != own && (changed || word[alike..].get(1..) == Some(rest))
    }

    /// What the catalogue's J7 asks of the neighbour.
    #[test]
    fn every_own_word_is_crowded_by_each_neighbour() {
        for tenant in TENANTS.into_iter().filter(|tenant| *tenant != OWN) {
            let documents = documents(tenant);
            for own in WORDS {
                let words = documents.iter().flat_map(|(_, doc)| {
                    let words = doc["word"].as_array().unwrap().iter();
                    words.map(|word| word.as_str().unwrap())
                });
                let near: BTreeSet<_> =
                    words.filter(|word| is_one_letter_away(word, own)).collect();
                assert!(near.len() > 1024, "{tenant}: {} near {own}", near.len());
                assert!(near.iter().any(|word| word < own) && near.iter().any(|word| word > own));
            }
        }
    }

    #[test]
    fn neighbours_have_gaps_and_extreme_values() {
        for tenant in TENANTS.into_iter().filter(|tenant| *tenant != OWN) {
            let documents = documents(tenant);
            for field in ["price", "rank", "n", "where", "at"] {
                let without = documents.iter().filter(|(_, doc)| doc.get(field).is_none());
                assert!(without.count() > 100, "{tenant} {field}");
            }
            let numbers = || documents.iter().filter_map(|(_, doc)| doc["n"].as_i64());
            assert_eq!(numbers().max(), Some(i64::MAX));
            assert!(numbers().min() < Some(i64::MIN + 10));
            assert!(documents.iter().any(|(_, doc)| doc["price"] == -1e300));
        }
        let own = documents(OWN);
        for field in ["price", "tag", "at", "n", "items", "rank"] {
            assert!(
                own.iter().any(|(_, doc)| doc.get(field).is_none()),
                "{field}"
            );
        }
    }
}
