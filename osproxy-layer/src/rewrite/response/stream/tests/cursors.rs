//! What the client may go on from: cursors, and the positions among sort values.

use super::{in_pieces, whole, with_hit};
use crate::rewrite::response::tests::{dedicated, shared};
use crate::rewrite::response::{Breach, Cursor, ReverseError, SealCursor, Stream};
use crate::rewrite::screen::{Shape, SortValue};

#[test]
fn cursors_are_breaches() {
    for raw in [
        r#"{"_scroll_id":"x""#,
        r#"{"took":1,"pit_id" : "x""#,
        r#"{"\u005fscroll_id":null"#,
    ] {
        for by in [shared(), dedicated()] {
            let (out, done) = in_pieces(Stream::search(by, Shape::default()), raw.as_bytes(), 64);
            assert_eq!(done, Err(ReverseError::Breach(Breach::Cursor)), "{raw}");
            assert!(!String::from_utf8(out).unwrap().contains('x'));
        }
    }
}

#[test]
fn sort_values_by_their_position() {
    let raw = with_hit(
        r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","sort":["acme:1","acme:1", 7,9]}"#,
    );
    let sorted = |sort: Vec<SortValue>| {
        let shape = Shape {
            sort,
            ..Shape::default()
        };
        whole(Stream::search(shared(), shape), &raw)
    };
    assert_eq!(
        sorted(vec![SortValue::Plain, SortValue::Id, SortValue::Position]),
        Ok(with_hit(
            r#"{"_index":"orders","_id":"1","sort":["acme:1","1", null,9]}"#
        ))
    );
    assert_eq!(
        sorted(vec![SortValue::Plain, SortValue::Plain, SortValue::Id]),
        Err(ReverseError::Shape("a string was expected"))
    );
}

#[test]
fn positions_are_sealed_where_the_client_may_go_on_from_them() {
    let raw = with_hit(
        r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","sort":[4294967296,"acme:1"]}"#,
    );
    let shape = Shape {
        sort: vec![SortValue::Position, SortValue::Id],
        ..Shape::default()
    };
    let sealing = shared().seal_positions(|number| Some(format!("{} digits", number.len())));
    assert_eq!(
        whole(Stream::search(sealing, shape), &raw),
        Ok(with_hit(
            r#"{"_index":"orders","_id":"1","sort":["10 digits","1"]}"#
        ))
    );
}

#[test]
fn cursors_are_sealed_where_the_client_has_asked_for_one() {
    let raw = r#"{ "_scroll_id" : "FGlu\u0059", "hits":{"hits":[]}}"#;
    let seal = |kind| SealCursor::new(kind, |upstream: &str| Some(format!("<{upstream}>")));
    let sealed = r#"{ "_scroll_id" : "<FGluY>", "hits":{"hits":[]}}"#;
    for size in 1..raw.len() {
        let stream = Stream::search(shared(), Shape::default()).sealing(seal(Cursor::Scroll));
        let (out, done) = in_pieces(stream, raw.as_bytes(), size);
        assert_eq!(
            (String::from_utf8(out).unwrap().as_str(), done),
            (sealed, Ok(())),
            "{size}"
        );
    }
    for (raw, kind, error) in [
        (
            raw,
            Cursor::PointInTime,
            ReverseError::Breach(Breach::Cursor),
        ),
        (
            r#"{"_scroll_id":null}"#,
            Cursor::Scroll,
            ReverseError::Shape("a string was expected"),
        ),
        (
            r#"{"_scroll_id":{"a":1}}"#,
            Cursor::Scroll,
            ReverseError::Shape("a string was expected"),
        ),
    ] {
        let stream = Stream::search(dedicated(), Shape::default()).sealing(seal(kind));
        assert_eq!(whole(stream, raw), Err(error), "{raw}");
    }
    let never = SealCursor::new(Cursor::Scroll, |_: &str| None);
    let stream = Stream::search(shared(), Shape::default()).sealing(never);
    assert_eq!(whole(stream, raw), Err(ReverseError::Unsealed));
}

#[test]
fn on_an_own_cluster_all_but_cursors_passes() {
    let raw = r#"{"hits":{"hits":[{"_id":"1","pit_id":"x"}]},"pit_id": "own","new":[1]}"#;
    let seal = SealCursor::new(Cursor::PointInTime, |_: &str| Some("sealed".to_owned()));
    assert_eq!(
        whole(Stream::own_cluster().sealing(seal), raw),
        Ok(raw.replace("own", "sealed"))
    );
    assert_eq!(whole(Stream::own_cluster(), "{}").as_deref(), Ok("{}"));
    assert_eq!(
        whole(Stream::own_cluster(), raw),
        Err(ReverseError::Breach(Breach::Cursor))
    );
}
