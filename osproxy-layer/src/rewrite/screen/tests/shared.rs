//! A shared index.

use super::*;

/// Queries, and what they become.
pub(super) fn queries() -> impl Iterator<Item = (&'static str, &'static str)> {
    pairs(include_str!("queries.txt"))
}

/// Bodies, and what they become.
pub(super) fn bodies() -> impl Iterator<Item = (&'static str, &'static str)> {
    pairs(include_str!("bodies.txt"))
}

/// Bodies that are refused: where, what, by which row.
pub(super) fn refused() -> impl Iterator<Item = [&'static str; 4]> {
    rows_of(include_str!("refused.txt"))
}

#[test]
fn queries_that_pass() {
    for (query, told) in queries() {
        let body = format!(r#"{{"query":{query}}}"#);
        let screened = rewritten(&body).unwrap_or_else(|refusal| panic!("{query}: {refusal}"));
        assert_eq!(
            screened,
            format!(r#"{{"query":{}}}"#, wrapped(told)),
            "{query}"
        );
        let counted = count(body.as_bytes(), NO_URL, &acme()).unwrap();
        assert_eq!(text(&counted), screened);
    }
}

#[test]
fn bodies_that_pass() {
    for (body, told) in bodies().chain([("", "{}")]) {
        let screened = rewritten(body).unwrap_or_else(|refusal| panic!("{body}: {refusal}"));
        let comma = if told == "{}" { "" } else { "," };
        let told = told.strip_suffix('}').unwrap();
        let all = wrapped(r#"{"match_all":{}}"#);
        assert_eq!(
            screened,
            format!(r#"{told}{comma}"query":{all}}}"#),
            "{body}"
        );
    }
}

#[test]
fn bodies_that_are_refused() {
    for [path, construct, row, body] in refused() {
        let refusal = rewritten(body).expect_err(body);
        assert_eq!(
            (refusal.path().as_str(), refusal.construct(), refusal.row()),
            (path, construct, row),
            "{body}"
        );
    }
}

#[test]
fn a_count_is_a_query_and_nothing_else() {
    for body in ["", "{}"] {
        let screened = count(body.as_bytes(), NO_URL, &acme()).unwrap();
        assert_eq!(
            text(&screened),
            format!(r#"{{"query":{}}}"#, wrapped(r#"{"match_all":{}}"#))
        );
    }
    let refusal = count(br#"{"size":1}"#, NO_URL, &acme()).unwrap_err();
    assert_eq!((refusal.path().as_str(), refusal.row()), ("size", "C1-27"));
}

#[test]
fn a_refusal_says_where_what_and_why() {
    let refusal = rewritten(r#"{"query":{"bool":{"must":[{"percolate":{}}]}}}"#).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "[query.bool.must[0].percolate] query type [percolate] is not allowed on a shared index: it runs stored queries of every tenant"
    );
    assert_eq!(refusal.kind(), RefusalKind::NotAllowed);
    let refusal = rewritten(r#"{"query":{"term":{"secret":["secret"]}}}"#).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "[query.term.secret] construct [term] is an array: it must be a single value"
    );
    assert_eq!(refusal.kind(), RefusalKind::Misshapen);
    assert!(!format!("{refusal:?}").contains("secret"));
    assert_eq!(rewritten("{").unwrap_err().kind(), RefusalKind::Malformed);
}

#[test]
fn clauses_and_depth_are_bounded() {
    let clause = r#"{"match_all":{}}"#;
    let query = |clauses: usize| {
        format!(
            r#"{{"query":{{"bool":{{"must":[{}]}}}}}}"#,
            vec![clause; clauses].join(",")
        )
    };
    assert!(rewritten(&query(1023)).is_ok());
    assert_eq!(rewritten(&query(1024)).unwrap_err().row(), "A1-03");

    let deep = |levels: usize| {
        format!(
            "{}{clause}{}",
            r#"{"bool":{"must":"#.repeat(levels),
            "}}".repeat(levels)
        )
    };
    assert!(rewritten(&format!(r#"{{"query":{}}}"#, deep(14))).is_ok());
    assert_eq!(
        rewritten(&format!(r#"{{"query":{}}}"#, deep(15)))
            .unwrap_err()
            .kind(),
        RefusalKind::Malformed
    );

    let most = Scope::shared(ACME).limits(Limits {
        depth: u32::MAX,
        clauses: u32::MAX,
    });
    let body = format!(r#"{{"query":{}}}"#, deep(30));
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let told = small
        .spawn(move || search(body.as_bytes(), NO_URL, &most).map(|_| ()))
        .unwrap()
        .join()
        .unwrap();
    assert_eq!(told, Ok(()));
}

#[test]
fn what_the_reversal_must_know() {
    let shape = |body: &str| {
        search(body.as_bytes(), NO_URL, &acme())
            .unwrap()
            .shape()
            .clone()
    };
    assert_eq!(shape("{}"), Shape::default());
    assert_eq!(
        shape(r#"{"sort":["a",{"_doc":"asc"}]}"#).sort,
        [SortValue::Plain, SortValue::Position]
    );
    assert!(shape(r#"{"_source":["a"]}"#).source_filtered);
    assert!(!shape(r#"{"_source":false}"#).source_filtered);
    let hits = shape(
        r#"{"aggs":{"t":{"terms":{"field":"a"},"aggs":{"h":{"top_hits":{"sort":["a",{"_id":"asc"},"_doc"]}}}}},"sort":["_id"],"query":{"nested":{"path":"a","query":{"match_all":{}},"inner_hits":{"sort":["a"]}}}}"#,
    );
    assert_eq!(hits.sort, [SortValue::Id]);
    assert!(hits.inner_hits);
    assert_eq!(hits.top_hits.len(), 1);
    assert_eq!(hits.top_hits[0].path, ["t", "h"]);
    assert_eq!(
        hits.top_hits[0].sort,
        [SortValue::Plain, SortValue::Id, SortValue::Position]
    );
}

#[test]
fn the_clients_query_is_highlighted_and_not_the_wrap() {
    let query = r#"{"ids":{"values":["1"]}}"#;
    let told = rewritten(&format!(r#"{{"query":{query},"highlight":{{"fields":{{"a":{{}}}}}},"aggs":{{"h":{{"top_hits":{{"highlight":{{"fields":{{"*":{{}}}}}}}}}}}}}}"#)).unwrap();
    let physical = r#"{"ids":{"values":["acme:1"]}}"#;
    let highlight = format!(r#""highlight_query":{physical}"#);
    assert_eq!(
        told,
        format!(
            r#"{{"highlight":{{"fields":{{"a":{{}}}},{highlight}}},"aggs":{{"h":{{"top_hits":{{"highlight":{{"fields":{{"*":{{}}}},{highlight}}}}}}}}},"query":{}}}"#,
            wrapped(physical)
        )
    );
    let own = format!(
        r#"{{"query":{query},"collapse":{{"field":"a","inner_hits":{{"highlight":{{"highlight_query":{{"match_all":{{}}}}}}}}}}}}"#
    );
    assert!(!rewritten(&own).unwrap().contains(&highlight));
}

#[test]
fn ids_that_end_in_the_partition_are_not_sorted_by() {
    let scope = Scope::shared(SharedIndex {
        id_prefix: "",
        id_suffix: "@acme",
        ..ACME
    });
    let refusal = search(br#"{"sort":["_id"]}"#, NO_URL, &scope).unwrap_err();
    assert_eq!(refusal.row(), "C1-08");
    let screened = search(br#"{"query":{"ids":{"values":["1"]}}}"#, NO_URL, &scope).unwrap();
    assert!(text(&screened).contains(r#"["1@acme"]"#));
}

#[test]
fn a_sort_by_nested_numbers_counts_all() {
    let body = |sort: &str| format!(r#"{{"track_total_hits":false,"sort":[{sort}]}}"#);
    let nested = body(r#"{"a.n":{"nested":{"path":"a"}}}"#);
    let screened = search(nested.as_bytes(), &[("track_total_hits", "5")], &acme()).unwrap();
    assert!(text(&screened).starts_with(r#"{"track_total_hits":true"#));
    assert_eq!(screened.url().len(), 1);
    let plain = rewritten(&body(r#""b",{"a.n":{"nested":{"path":"a"}}}"#)).unwrap();
    assert!(plain.starts_with(r#"{"track_total_hits":false"#));
}

/// Rows B-02, B-04, B-09: zero in the ways that clients write it; what the server would cut to zero is refused still.
#[test]
fn empty_buckets_are_left_out_where_the_operator_says_so() {
    let scope = acme().omit_zero_buckets();
    let least = |kind: &str, least: &str| {
        let body = format!(
            r#"{{"aggs":{{"a":{{"{kind}":{{"field":"u","terms":[],"min_doc_count":{least}}}}}}}}}"#
        );
        let body = match kind {
            "multi_terms" => body.replace(r#""field":"u","#, ""),
            _ => body.replace(r#""terms":[],"#, ""),
        };
        search(body.as_bytes(), NO_URL, &scope).map(|screened| text(&screened))
    };
    for kind in [
        "terms",
        "multi_terms",
        "significant_terms",
        "significant_text",
    ] {
        for zero in ["0", r#""0""#, "1"] {
            let sent = least(kind, zero).unwrap();
            assert!(sent.contains(r#""min_doc_count":1"#), "{sent}");
        }
        assert!(least(kind, "2").unwrap().contains(r#""min_doc_count":2"#));
        for other in ["0.9", "-1", "null", "1e-1", r#""00.5""#, "[0]"] {
            assert!(least(kind, other).is_err(), "{kind} {other}");
        }
    }
    // A histogram's empty buckets are of its own range.
    let body = r#"{"aggs":{"a":{"histogram":{"field":"n","interval":1,"min_doc_count":0}}}}"#;
    let screened = search(body.as_bytes(), NO_URL, &scope).unwrap();
    assert!(text(&screened).contains(r#""min_doc_count":0"#));
}
