//! Properties that hold for every request.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::shared::{bodies, queries, refused};
use super::*;

/// Respells a JSON text without escapes and without changing what it says: letters of strings become escapes, white space comes between.
fn respelled(text: &str, choices: &[u8]) -> String {
    let mut choices = choices.iter().cycle();
    let mut out = String::new();
    let mut in_string = false;
    for letter in text.chars() {
        let choice = choices.next().copied().unwrap_or_default();
        if letter == '"' {
            in_string = !in_string;
        }
        match choice % 4 {
            0 if in_string && letter != '"' => out.push_str(&format!("\\u{:04x}", letter as u32)),
            1 if !in_string && ",:{}[]".contains(letter) => {
                out.push_str(" \n");
                out.push(letter);
                out.push('\t');
            }
            _ => out.push(letter),
        }
    }
    out
}

/// Every key of every object becomes another spelling of itself.
fn keys_changed(json: &Json, change: &dyn Fn(&str) -> String) -> Json {
    match json {
        Json::Object(object) => object
            .iter()
            .map(|(key, value)| (change(key), keys_changed(value, change)))
            .collect(),
        Json::Array(values) => values
            .iter()
            .map(|value| keys_changed(value, change))
            .collect(),
        other => other.clone(),
    }
}

/// Any words of the tables in any place, so that most shapes that nobody thought of occur.
fn any_body() -> impl Strategy<Value = Json> {
    let mut words: Vec<String> = rows()
        .iter()
        .map(|entry| entry.row.name.to_owned())
        .collect();
    words.extend(
        [
            "a", "_tenant", "_id", "_index", "_routing", "a*", "query", "bool", "must", "term",
            "aggs", "terms",
        ]
        .map(str::to_owned),
    );
    let word = prop::sample::select(words);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-2..3i32).prop_map(Json::from),
        word.clone().prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 40, 4, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            3 => prop::collection::vec((word.clone(), inner), 0..4).prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

/// What no body that goes upstream may hold on a shared index, found by a walk that knows no tables.
fn escapes(json: &Json) -> bool {
    match json {
        Json::Object(object) => object.iter().any(|(key, value)| {
            [
                "script",
                "wrapper",
                "hybrid",
                "percolate",
                "global",
                "pit",
                "ext",
                "suggest",
                "profile",
            ]
            .contains(&key.as_str())
                && value.is_object()
                || escapes(value)
        }),
        Json::Array(values) => values.iter().any(escapes),
        _ => false,
    }
}

fn chosen<T>(at: prop::sample::Index, rows: impl Iterator<Item = T>) -> T {
    let mut rows: Vec<_> = rows.collect();
    rows.swap_remove(at.index(rows.len()))
}

proptest! {
    #[test]
    fn another_spelling_of_the_same_is_the_same(at in any::<prop::sample::Index>(), choices in prop::collection::vec(any::<u8>(), 1..40)) {
        let [path, construct, row, body] = chosen(at, refused());
        if row != "G-13" && !body.contains('\\') {
            let refusal = rewritten(&respelled(body, &choices)).unwrap_err();
            let told = refusal.path();
            prop_assert_eq!((told.as_str(), refusal.construct(), refusal.row()), (path, construct, row));
        }
        let (body, _) = chosen(at, bodies());
        prop_assert_eq!(rewritten(&respelled(body, &choices)), rewritten(body));
        let (query, _) = chosen(at, queries());
        let query = query.replace("\\u005f", "_");
        if !query.contains('\\') {
            let body = format!(r#"{{"query":{query}}}"#);
            prop_assert_eq!(rewritten(&respelled(&body, &choices)), rewritten(&body));
        }
    }

    #[test]
    fn a_near_spelling_of_what_is_refused_is_refused(at in any::<prop::sample::Index>(), how in 0..7usize) {
        let [_, construct, row, body] = chosen(at, refused());
        if let Ok(json) = serde_json::from_str::<Json>(body)
            && row != "G-13" && row != "B-21"
        {
            let name = construct.rsplit_once('[').map_or("", |(_, name)| name.trim_end_matches(']')).to_owned();
            let name_is_field = name.starts_with('_');
            let change = move |key: &str| {
                if key != name {
                    return key.to_owned();
                }
                match how {
                    0 => format!("{key}."),
                    1 => format!(".{key}"),
                    2 => format!("{key}.."),
                    3 => format!(" {key}"),
                    4 => format!("{key} "),
                    5 => key.to_ascii_uppercase(),
                    _ => format!("{key}\u{0}"),
                }
            };
            let changed = keys_changed(&json, &change);
            // in capitals it may be a field of the client's own
            let own_field = how == 5 && name_is_field;
            if !own_field && changed != json {
                prop_assert!(rewritten(&changed.to_string()).is_err(), "{}", changed);
            }
        }
    }

    #[test]
    fn whatever_passes_is_wrapped_and_holds_nothing_that_leads_out(json in any_body()) {
        let body = json.to_string();
        if let Ok(told) = rewritten(&body) {
            let told: Json = serde_json::from_str(&told).unwrap();
            prop_assert_eq!(&told["query"]["bool"]["filter"], &serde_json::json!([{"term": {"_tenant": "acme"}}]));
            prop_assert_eq!(told["query"].as_object().unwrap().len(), 1);
            prop_assert_eq!(told["query"]["bool"].as_object().unwrap().len(), 2);
            prop_assert!(!escapes(&told), "{}", told);
        }
        let _ = search(body.as_bytes(), NO_URL, &Scope::dedicated(&[]));
        let _ = count(body.as_bytes(), NO_URL, &acme());
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = search(&bytes, NO_URL, &acme());
    }
}
