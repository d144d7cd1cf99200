mod bulk;
mod chunks;
mod cursors;

use super::Stream;
use crate::rewrite::response::tests::{dedicated, shared};
use crate::rewrite::response::{Breach, ReverseError};
use crate::rewrite::screen::{Shape, SortValue, TopHits};

/// A search sorted by id, with these paths to `top_hits`.
fn shape(typed_keys: bool, paths: &[&[&str]]) -> Shape {
    let top_hits = paths.iter().map(|path| TopHits {
        path: path.iter().map(|name| (*name).to_owned()).collect(),
        sort: Vec::new(),
    });
    Shape {
        sort: vec![SortValue::Id],
        top_hits: top_hits.collect(),
        typed_keys,
        ..Shape::default()
    }
}

/// That of the answer in testdata.
fn of_testdata() -> Shape {
    shape(false, &[&["hits", "top"]])
}

/// Feeds `raw` in pieces of `size` bytes.
fn in_pieces(mut stream: Stream, raw: &[u8], size: usize) -> (Vec<u8>, Result<(), ReverseError>) {
    let mut out = Vec::new();
    let done = raw
        .chunks(size)
        .try_for_each(|chunk| stream.push(chunk, &mut out))
        .and_then(|()| stream.finish());
    (out, done)
}

fn whole(stream: Stream, raw: &str) -> Result<String, ReverseError> {
    let (out, done) = in_pieces(stream, raw.as_bytes(), raw.len().max(1));
    done.map(|()| String::from_utf8(out).unwrap())
}

fn search(raw: &str) -> Result<String, ReverseError> {
    whole(Stream::search(shared(), Shape::default()), raw)
}

/// One hit of the shared index, in an answer.
fn with_hit(hit: &str) -> String {
    format!(
        r#"{{"took":1,"hits":{{"total":{{"value":1,"relation":"eq"}},"max_score":null,"hits":[{hit}]}}}}"#
    )
}

#[test]
fn a_pretty_search_keeps_its_spacing() {
    let raw = include_str!("../testdata/search.json");
    let expected = include_str!("../testdata/search.logical.json");
    let stream = || Stream::search(shared(), of_testdata());
    assert_eq!(whole(stream(), raw).unwrap(), expected);
    for size in 1..80 {
        let (out, done) = in_pieces(stream(), raw.as_bytes(), size);
        assert_eq!(
            (String::from_utf8(out).unwrap().as_str(), done),
            (expected, Ok(())),
            "{size}"
        );
    }
}

#[test]
fn every_part_of_an_answer_is_not_an_answer() {
    let raw = include_bytes!("../testdata/search.json");
    let end = raw.trim_ascii_end().len();
    let shape = of_testdata();
    for end in 0..end {
        let (out, done) = in_pieces(Stream::search(shared(), shape.clone()), &raw[..end], 64);
        assert_eq!(done, Err(ReverseError::Truncated), "{end}");
        let text = String::from_utf8_lossy(&out);
        assert!(
            !text.contains("orders-shared") && !text.contains("acme:"),
            "{end}: {text}"
        );
    }
}

#[test]
fn what_a_hit_may_hold() {
    let hit = |inside: &str| {
        with_hit(&format!(
            r#"{{"_index":"orders-shared","_id":"acme:1","_score":1.0,"_routing":"acme"{inside}}}"#
        ))
    };
    for (inside, logical) in [
        ("", ""),
        (
            r#","_version":2,"_seq_no":9,"_primary_term":1"#,
            r#","_version":2,"_seq_no":9,"_primary_term":1"#,
        ),
        (
            r#","_source":{"_tenant":"acme","_tenant.":1,"n":1e2}"#,
            r#","_source":{"n":1e2}"#,
        ),
        (
            r#","fields":{"_tenant":["acme"],"a._id":["x"],"_seq_no":[1]},"sort":["acme:1",3]"#,
            r#","fields":{"a._id":["x"]},"sort":["acme:1",3]"#,
        ),
        (
            r#","highlight":{"_tenant":["<em>acme</em>"],"t":["<em>a</em>"]},"matched_queries":["q"]"#,
            r#","highlight":{"t":["<em>a</em>"]},"matched_queries":["q"]"#,
        ),
        (
            r#","_explanation":{"description":"_tenant:acme"},"_node":"n","_shard":"[orders-shared][0]","x":{}"#,
            "",
        ),
        (
            r#","inner_hits":{"hits":{"of_the_next_version":1,"hits":{"total":1,"of_the_next_version":"globex","hits":[{"_index":"orders-shared","_id":"acme:1","_nested":{"field":"n","offset":0},"_source":{"_tenant":"mine"}},{"_index":"orders-shared","_id":"acme:2","_routing":"acme","_source":{"_tenant":"acme"}}]}}}"#,
            r#","inner_hits":{"hits":{"hits":{"total":1,"hits":[{"_index":"orders","_id":"1","_nested":{"field":"n","offset":0},"_source":{"_tenant":"mine"}},{"_index":"orders","_id":"2","_source":{}}]}}}"#,
        ),
    ] {
        let expected = with_hit(&format!(
            r#"{{"_index":"orders","_id":"1","_score":1.0{logical}}}"#
        ));
        assert_eq!(search(&hit(inside)), Ok(expected), "{inside}");
    }
}

#[test]
fn on_a_dedicated_index_only_names_change() {
    let hit = r#"{"_shard":"[acme.orders][1]","_node":"n","_index":"acme.orders","_id":"acme:1","_routing":"x","_source":{"_tenant":"acme","a":"\ud800"},"new":1,"inner_hits":{"g":{"hits":{"hits":[{"_index":"acme.orders","_id":"2"}],"new":1}}}}"#;
    let raw = format!(
        r#"{{"took":1,"_shards":{{"total":1,"failures":[{{"index":"acme.orders","node":"n","reason":{{"reason":"[acme.orders] x","caused_by":{{"reason":"y"}}}}}}]}},"hits":{{"hits":[{hit}],"new":2}},"aggregations":{{"hits":{{"buckets":{{"k":{{"key":1,"top":{{"hits":{{"hits":[{hit}]}}}}}}}}}}}},"suggest":{{"s":[{{"text":"a","options":[{{"text":"b","_index":"acme.orders","_id":"1","_source":{{"_index":"acme.orders"}}}}]}}]}},"profile":{{"shards":[{{"id":"[n][acme.orders][0]"}}]}},"new":{{}}}}"#
    );
    let kept = r#""_source":{"_index":"acme.orders"}"#;
    let expected = raw
        .replace(kept, "KEPT")
        .replace("acme.orders", "orders")
        .replace("KEPT", kept);
    assert_eq!(
        whole(Stream::search(dedicated(), of_testdata()), &raw),
        Ok(expected)
    );
}

#[test]
fn a_foreign_hit_ends_the_answer_before_it() {
    let own = r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme"}"#;
    for (foreign, breach) in [
        (
            r#"{"_index":"orders-shared","_id":"globex:1","_routing":"acme"}"#,
            Breach::Id,
        ),
        (
            r#"{"_index":"orders-shared","_id":"acme:2","_routing":"globex"}"#,
            Breach::Routing,
        ),
        (
            r#"{"_index":"orders-shared","_id":"acme:2"}"#,
            Breach::Routing,
        ),
        (
            r#"{"_index":"orders-shared","_routing":"acme"}"#,
            Breach::Id,
        ),
        (
            r#"{"_index":"globex.orders","_id":"acme:2","_routing":"acme"}"#,
            Breach::Index,
        ),
        (r#"{"_id":"acme:2","_routing":"acme"}"#, Breach::Index),
        ("{}", Breach::Index),
        (
            r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","inner_hits":{"n":{"hits":{"hits":[{"_index":"orders-shared","_id":"globex:1","_routing":"acme"}]}}}}"#,
            Breach::Id,
        ),
        (
            r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","inner_hits":{"n":{"hits":{"hits":[{"_index":"orders-shared","_id":"acme:1"}]}}}}"#,
            Breach::Routing,
        ),
    ] {
        let raw = with_hit(&format!("{own},{foreign}"));
        for size in [1, 7, raw.len()] {
            let stream = Stream::search(shared(), Shape::default());
            let (out, done) = in_pieces(stream, raw.as_bytes(), size);
            assert_eq!(done, Err(ReverseError::Breach(breach)), "{foreign}");
            let text = String::from_utf8(out).unwrap();
            assert!(
                text.ends_with(r#""hits":[{"_index":"orders","_id":"1"}"#),
                "{text}"
            );
        }
    }
}

#[test]
fn a_broken_stream_stays_broken() {
    let mut stream = Stream::search(shared(), Shape::default());
    let mut out = Vec::new();
    assert_eq!(
        stream.push(b"[", &mut out),
        Err(ReverseError::Shape("an object was expected"))
    );
    assert!(stream.push(b"{}", &mut out).is_err() && stream.finish().is_err() && out.is_empty());
}

#[test]
fn names_of_aggregations_fool_nobody() {
    // An aggregation that holds no hits is copied, whatever it is called and holds.
    let raw = r#"{"hits":{"hits":[]},"aggregations":{"hits":{"hits":{"hits":[1]}},"_scroll_id":{"value":1},"_source":{"_tenant":{"value":1}}}}"#;
    assert_eq!(search(raw).as_deref(), Ok(raw));
    // One that does is reversed though its siblings bear the server's names.
    let hit = r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","_source":{"_tenant":"acme"}}"#;
    let logical = r#"{"_index":"orders","_id":"1","_source":{}}"#;
    let raw = format!(
        r#"{{"hits":{{"hits":[]}},"aggregations":{{"filter#s":{{"doc_count":3,"top_hits#doc_count":{{"hits":{{"total":3,"hits":[{hit}]}}}}}},"composite#c":{{"after_key":{{"x":"g"}},"buckets":[{{"key":{{"hits":"acme:1"}},"doc_count":2,"top_hits#key":{{"meta":{{"hits":1}},"hits":{{"hits":[{hit}]}}}}}}]}},"filters#f":{{"buckets":{{"buckets":{{"doc_count":3,"top_hits#a#b":{{"hits":{{"hits":[{hit},{hit}]}}}}}}}}}}}}}}"#
    );
    let paths: &[&[&str]] = &[&["s", "doc_count"], &["c", "key"], &["f", "a#b"]];
    assert_eq!(
        whole(Stream::search(shared(), shape(true, paths)), &raw),
        Ok(raw.replace(hit, logical))
    );
    let raw = raw
        .replace("top_hits#", "")
        .replace("filter#", "")
        .replace("composite#", "")
        .replace("filters#", "");
    assert_eq!(
        whole(Stream::search(shared(), shape(false, paths)), &raw),
        Ok(raw.replace(hit, logical))
    );
}

#[test]
fn shapes_that_no_search_has() {
    for raw in [
        "{}",
        r#"{"error":{"type":"x"}}"#,
        r#"{"hits":{"total":1}}"#,
        r#"{"hits":[]}"#,
        r#"{"hits":{"hits":{}}}"#,
        r#"{"hits":{"hits":null}}"#,
        r#"{"hits":{"hits":[[]]}}"#,
        r#"{"hits":{"hits":["x"]}}"#,
        r#"{"_shards":[]}"#,
        r#"{"hits":{"hits":[{"_index":"orders-shared","_id":"acme:1","_routing":"acme","inner_hits":[]}]}}"#,
        r#"{"hits":{"hits":[{"_index":"orders-shared","_id":"acme:1","_routing":"acme","fields":[]}]}}"#,
    ] {
        assert!(matches!(search(raw), Err(ReverseError::Shape(_))), "{raw}");
    }
    for raw in [
        "<html>",
        "{]",
        "{,}",
        r#"{"took" 1}"#,
        r#"{"took":1,}"#,
        r#"{"took":01}"#,
        r#"{"took":1}{"#,
        r#"{"took":1 "a":2}"#,
        r#"{"hits":{"hits":[,]}}"#,
        r#"{"hits":{"hits":[{}]]}"#,
        "\u{feff}{}",
        "{\"\t\":1}",
        r#"{"\ud800":1}"#,
    ] {
        assert!(
            matches!(
                search(raw),
                Err(ReverseError::NotJson | ReverseError::Breach(_))
            ),
            "{raw}: {:?}",
            search(raw)
        );
    }
    let (_, done) = in_pieces(
        Stream::search(shared(), Shape::default()),
        b"{\"took\":\"\xC1\x9F\"}",
        3,
    );
    assert_eq!(done, Err(ReverseError::NotJson));
    let deep = format!(r#"{{"aggregations":{{"a":{}"#, "[".repeat(1_000_000));
    assert_eq!(search(&deep), Err(ReverseError::TooDeep));
    let inner = r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","inner_hits":{"n":{"hits":{"hits":["#;
    assert_eq!(
        search(&with_hit(&format!(
            "{}{}",
            inner.repeat(30),
            "]}}}}".repeat(30)
        ))),
        Err(ReverseError::TooDeep)
    );
}

#[test]
fn what_is_held_is_bounded() {
    let raw = with_hit(&format!(
        r#"{{"_index":"orders-shared","_id":"acme:1","_routing":"acme","_source":{{"a":"{}"}}}}"#,
        "x".repeat(500)
    ));
    for size in [1, 100, raw.len()] {
        let stream = Stream::search(shared(), Shape::default()).limit(400);
        let (_, done) = in_pieces(stream, raw.as_bytes(), size);
        assert_eq!(done, Err(ReverseError::TooLarge), "{size}");
    }
    let key = format!(r#"{{"{}":1}}"#, "x".repeat(500));
    let stream = Stream::search(shared(), Shape::default()).limit(400);
    assert_eq!(whole(stream, &key), Err(ReverseError::TooLarge));
}
