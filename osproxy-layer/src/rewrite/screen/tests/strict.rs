//! A shared index whose statistics no tenant may read (rows F-01, F-02).

use super::schema::Decision;
use super::*;

fn strict() -> Scope<'static> {
    acme().strict()
}

fn refused() -> impl Iterator<Item = [&'static str; 4]> {
    rows_of(include_str!("strict.txt"))
}

#[test]
fn what_is_computed_from_scores_is_refused() {
    for [path, construct, row, body] in refused() {
        let refusal = search(body.as_bytes(), NO_URL, &strict()).expect_err(body);
        assert_eq!(
            (refusal.path().as_str(), refusal.construct(), refusal.row()),
            (path, construct, row),
            "{body}"
        );
        // The operator's choice alone does it, and on a shared index alone.
        assert!(search(body.as_bytes(), NO_URL, &acme()).is_ok(), "{body}");
        let own = Scope::dedicated(&[]).strict();
        assert!(search(body.as_bytes(), NO_URL, &own).is_ok(), "{body}");
    }
}

/// Each row that a strict operator has refused has a body above that shows it.
#[test]
fn every_strict_row_has_a_sample() {
    let shown: Vec<String> = refused()
        .map(|[_, construct, row, _]| format!("{construct} {row}"))
        .collect();
    let mut strict = 0;
    for entry in rows() {
        let Some(decision) = entry.row.strict else {
            continue;
        };
        strict += 1;
        assert!(matches!(entry.row.shared, Decision::Allow), "{entry:?}");
        assert!(matches!(decision, Decision::Refuse(_) | Decision::Empty(_)));
        let named = format!("[{}] {}", entry.row.name, entry.row.catalogue);
        assert!(shown.iter().any(|line| line.ends_with(&named)), "{named}");
    }
    assert_eq!(strict, 10);
}

#[test]
fn a_query_only_filters() {
    let told = |body: &str| {
        let screened = search(body.as_bytes(), NO_URL, &strict()).unwrap();
        let counted = count(body.as_bytes(), NO_URL, &strict()).unwrap();
        assert_eq!(text(&screened), text(&counted));
        text(&screened)
    };
    for (body, query) in [
        ("", r#"{"term":{"_tenant":"acme"}}"#),
        (
            r#"{"query":{"match":{"a":"x"}}}"#,
            r#"{"match":{"a":"x"}},{"term":{"_tenant":"acme"}}"#,
        ),
        // The hits inside are picked by a query of their own.
        (
            r#"{"query":{"nested":{"path":"i","query":{"match":{"i.a":"x"}},"inner_hits":{}}}}"#,
            r#"{"nested":{"path":"i","inner_hits":{},"query":{"bool":{"filter":[{"match":{"i.a":"x"}}]}}}},{"term":{"_tenant":"acme"}}"#,
        ),
    ] {
        let wrapped = format!(r#"{{"query":{{"bool":{{"filter":[{query}]}}}}}}"#);
        assert_eq!(told(body), wrapped, "{body}");
    }
}

#[test]
fn what_says_nothing_passes() {
    let body = r#"{"track_scores":false,"rescore":[],"include_named_queries_score":false,"aggs":{"a":{"top_hits":{"track_scores":false}}}}"#;
    let screened = text(&search(body.as_bytes(), NO_URL, &strict()).unwrap());
    assert!(!screened.contains("score"), "{screened}");
}

#[test]
fn parameters_are_refused_too() {
    for (name, value, passes) in [
        ("track_scores", "true", false),
        ("track_scores", "", false),
        ("track_scores", "false", true),
        ("include_named_queries_score", "true", false),
        ("include_named_queries_score", "false", true),
        ("sort", "_score:desc", false),
        ("sort", "at:desc", true),
        ("seq_no_primary_term", "true", true),
    ] {
        let told = search(b"", &[(name, value)], &strict());
        assert_eq!(told.is_ok(), passes, "{name}={value}");
        assert!(search(b"", &[(name, value)], &acme()).is_ok(), "{name}");
    }
    let least = &[("min_score", "1")];
    assert_eq!(count(b"", least, &strict()).unwrap_err().row(), "C1-19");
    assert!(count(b"", least, &acme()).is_ok());
}
