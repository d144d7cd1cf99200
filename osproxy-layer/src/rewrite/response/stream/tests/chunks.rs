use proptest::prelude::*;

use super::{in_pieces, of_testdata, search};
use crate::rewrite::response::Stream;
use crate::rewrite::response::tests::shared;
use crate::rewrite::screen::Shape;

#[test]
fn a_cut_inside_an_escape_is_no_fault() {
    let raw = r#"{"hits":{"hits":[{"_index":"orders\u002dshared","\u005fid":"acme:\ud83d\ude00é","_routing":"acme","_source":{"\ud83d\ude00":"\ud83d\ude00","\u005ftenant":"\ud83d","€":1e-7},"fields":{"\ud83d\ude00":[true,null]}}]}}"#;
    let expected = r#"{"hits":{"hits":[{"_index":"orders","\u005fid":"😀é","_source":{"\ud83d\ude00":"\ud83d\ude00","€":1e-7},"fields":{"\ud83d\ude00":[true,null]}}]}}"#;
    for cut in 0..raw.len() {
        let mut stream = Stream::search(shared(), Shape::default());
        let mut out = Vec::new();
        let (before, after) = raw.as_bytes().split_at(cut);
        for chunk in [before, after] {
            stream.push(chunk, &mut out).unwrap();
        }
        stream.finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{cut}");
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        ".{0,5}".prop_map(Into::into),
    ];
    let keys = prop::sample::select(vec![
        "hits",
        "_source",
        "_id",
        "_tenant",
        "a",
        "é\"",
        "inner_hits",
    ]);
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::hash_map(keys.clone().prop_map(str::to_owned), inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn how_it_is_cut_changes_nothing(
        sources in prop::collection::vec(json(), 0..4), rest in json(), pretty: bool, cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let hits: Vec<_> = sources
            .iter()
            .map(|source| serde_json::json!({"_index": "orders-shared", "_id": "acme:é", "_routing": "acme", "_source": {"_tenant": "acme", "x": source}}))
            .collect();
        let answer = serde_json::json!({"took": 1, "hits": {"total": rest, "hits": hits}, "aggregations": {"a": rest}, "dropped": rest});
        let raw = if pretty { serde_json::to_string_pretty(&answer) } else { serde_json::to_string(&answer) }.unwrap();
        let expected = search(&raw);
        prop_assert!(expected.is_ok());
        let logical: serde_json::Value = serde_json::from_str(expected.as_ref().unwrap()).unwrap();
        let hits: Vec<_> = sources
            .iter()
            .map(|source| serde_json::json!({"_index": "orders", "_id": "é", "_source": {"x": source}}))
            .collect();
        prop_assert_eq!(
            logical,
            serde_json::json!({"took": 1, "hits": {"total": rest, "hits": hits}, "aggregations": {"a": rest}})
        );
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(raw.len())).collect();
        cuts.sort_unstable();
        let mut stream = Stream::search(shared(), Shape::default());
        let mut out = Vec::new();
        let mut start = 0;
        for cut in cuts.into_iter().chain([raw.len()]) {
            stream.push(&raw.as_bytes()[start..cut], &mut out).unwrap();
            start = cut;
        }
        stream.finish().unwrap();
        prop_assert_eq!(String::from_utf8(out).unwrap(), expected.unwrap());
    }

    #[test]
    fn damage_is_an_error_or_changes_a_value(
        at in any::<prop::sample::Index>(), to in any::<u8>(), size in 1..40usize,
    ) {
        let mut raw = include_bytes!("../testdata/search.json").to_vec();
        let at = at.index(raw.len());
        raw[at] = to;
        let (out, done) = in_pieces(Stream::search(shared(), of_testdata()), &raw, size);
        let (again, done_again) = in_pieces(Stream::search(shared(), of_testdata()), &raw, 1);
        prop_assert_eq!(done.is_ok(), done_again.is_ok());
        if done.is_ok() {
            prop_assert_eq!(&out, &again);
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&out).is_ok());
        }
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let (out, done) = in_pieces(Stream::search(shared(), Shape::default()), &bytes, 5);
        if done.is_ok() {
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&out).is_ok());
        }
    }
}
