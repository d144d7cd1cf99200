//! An index of the partition's own.

use super::*;

const NAMES: &[IndexNames<'static>] = &[IndexNames {
    logical: "orders",
    physical: "acme.orders",
}];

fn own(body: &str) -> Result<String, Refusal> {
    search(body.as_bytes(), NO_URL, &Scope::dedicated(NAMES)).map(|screened| {
        let text = text(&screened);
        assert_eq!(
            matches!(screened.into_body(), Cow::Borrowed(_)),
            text == body,
            "{body}"
        );
        text
    })
}

/// Bodies that pass as they came, byte for byte.
pub(super) fn own_passes() -> impl Iterator<Item = &'static str> {
    pairs(include_str!("own_passes.txt")).map(|(body, _)| body)
}

/// Bodies with a lookup in each place where a query can stand, and the place.
pub(super) fn own_query_places() -> impl Iterator<Item = [String; 2]> {
    rows_of(include_str!("own_query_places.txt"))
        .map(|[place, body]| [place.to_owned(), body.replace('?', LOOKUP)])
}

/// Bodies that lead out of the index: where, and by which row of the catalogue.
pub(super) fn own_refused() -> impl Iterator<Item = [&'static str; 3]> {
    rows_of(include_str!("own_refused.txt"))
}

#[test]
fn what_passes_as_it_came() {
    for body in own_passes().chain([""]) {
        let told = own(body).unwrap_or_else(|refusal| panic!("{body}: {refusal}"));
        assert_eq!(told, body);
    }
}

#[test]
fn what_is_translated() {
    for (body, told) in [
        (
            r#"{"query":{"term":{"_index":"orders"}}}"#,
            r#"{"query":{"term":{"_index":"acme.orders"}}}"#,
        ),
        (
            r#"{"query":{"terms":{"_index":["orders"]}}}"#,
            r#"{"query":{"terms":{"_index":["acme.orders"]}}}"#,
        ),
        (r#"{"ext":{},"stats":["a"],"size": 1}"#, r#"{"size":1}"#),
    ] {
        assert_eq!(own(body).unwrap(), told);
    }
}

/// It leads out of the index, wherever it hides.
const LOOKUP: &str = r#"{"terms":{"a":{"index":"globex.orders","id":"1","path":"p"}}}"#;

#[test]
fn a_lookup_is_found_in_every_place_for_a_query() {
    for [place, body] in own_query_places() {
        let refusal = own(&body).expect_err(&body);
        let told = (refusal.path(), refusal.row());
        assert_eq!(told, (format!("{place}.terms.a"), "A1-11"), "{body}");
    }
}

#[test]
fn what_leads_out_is_refused() {
    for [path, row, body] in own_refused() {
        let refusal = own(body).expect_err(body);
        assert_eq!(
            (refusal.path().as_str(), refusal.row()),
            (path, row),
            "{body}"
        );
    }
}

#[test]
fn the_reversal_knows_where_hits_are() {
    let body = r#"{"aggs":{"t":{"terms":{"field":"a"},"aggs":{"hits":{"top_hits":{"size":1}}}},"u":{"top_hits":{}}},"query":{"nested":{"path":"a","query":{"match_all":{}},"inner_hits":{}}}}"#;
    let names = Scope::dedicated(NAMES);
    let screened = search(body.as_bytes(), NO_URL, &names).unwrap();
    let paths: Vec<_> = screened
        .shape()
        .top_hits
        .iter()
        .map(|hits| hits.path.join(">"))
        .collect();
    assert_eq!(paths, ["t>hits", "u"]);
    assert!(screened.shape().inner_hits);
}
