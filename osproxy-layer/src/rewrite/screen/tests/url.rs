//! URL parameters.

use super::*;

fn searched(body: &str, url: &[(&str, &str)]) -> Result<(String, Vec<(String, String)>), Refusal> {
    search(body.as_bytes(), url, &acme()).map(|screened| (text(&screened), screened.url().to_vec()))
}

#[test]
fn what_is_folded_into_the_body() {
    let all = wrapped(r#"{"match_all":{}}"#);
    for (body, url, told) in [
        (
            "",
            &[("sort", "price:desc,_score")][..],
            r#""sort":[{"price":{"order":"desc","unmapped_type":"keyword"}},"_score"]"#,
        ),
        (
            r#"{"sort":"a"}"#,
            &[("sort", "b")],
            r#""sort":[{"a":{"unmapped_type":"keyword"}},{"b":{"unmapped_type":"keyword"}}]"#,
        ),
        (
            r#"{"_source":["x"]}"#,
            &[("_source", "false")],
            r#""_source":false"#,
        ),
        ("", &[("_source", "true")], r#""_source":true"#),
        (
            "",
            &[("_source", "a,_tenant")],
            r#""_source":{"includes":["a"],"excludes":["_tenant"]}"#,
        ),
        (
            "",
            &[
                ("_source_includes", "a"),
                ("_source", "b"),
                ("_source_excludes", "c,d"),
            ],
            r#""_source":{"includes":["a"],"excludes":["c","d","_tenant"]}"#,
        ),
        (
            "",
            &[("_source", "false"), ("_source_includes", "a")],
            r#""_source":false"#,
        ),
        (
            "",
            &[
                ("source", r#"{"size":1}"#),
                ("source_content_type", "application/json; charset=utf-8"),
            ],
            r#""size":1"#,
        ),
    ] {
        let (screened, forwarded) = searched(body, url).unwrap();
        let expected = [
            format!(r#"{{"query":{all},{told}}}"#),
            format!(r#"{{{told},"query":{all}}}"#),
        ];
        assert!(expected.contains(&screened), "{body} {url:?}: {screened}");
        assert_eq!(forwarded, [("routing".to_owned(), "acme".to_owned())]);
    }
}

#[test]
fn what_is_sent_on_and_what_is_not() {
    for (name, value, told) in [
        ("size", "5", Some("5")),
        ("from", "-1", Some("-1")), // the node says what it thinks of it
        ("track_total_hits", "true", Some("true")),
        ("typed_keys", "", Some("")),
        ("preference", "_local", Some("_local")),
        ("preference", "session", Some("p.acme.session")),
        ("ignore_unavailable", "true", Some("true")),
        ("format", "json", None),
        ("stats", "a", None),
        ("error_trace", "true", None),
        ("expand_wildcards", "all", None),
    ] {
        let (_, url) = searched("", &[(name, value)]).unwrap();
        let sent = url
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str());
        assert_eq!(sent, told, "{name}");
    }
}

#[test]
fn what_is_refused() {
    for (name, value, row) in [
        ("q", "_tenant:globex", "A1-25"),
        ("q", "\\u005ftenant :globex", "A1-25"),
        ("lenient", "true", "C2-01"),
        ("docvalue_fields", "a,_id", "A1-06"),
        ("stored_fields", "_none_", "A1-10"),
        ("df", "a", "C2-01"),
        ("suggest_field", "a", "C2-03"),
        ("index", "x", "C2-04"),
        ("explain", "true", "C2-05"),
        ("search_pipeline", "_none", "C2-05"),
        ("routing", "globex", "C2-06"),
        ("preference", "_shards:0", "C2-06"),
        ("preference", "_only_local", "C2-06"),
        ("format", "yaml", "C2-07"),
        ("filter_path", "hits", "C2-08"),
        ("streaming_mode", "x", "C2-10"),
        ("Size", "1", "G-06"),
        ("no_such", "1", "G-06"),
        ("min_score", "1", "G-06"),
        ("sort", "_tenant", "A1-10"),
        ("sort", "a:up", "C1-08"),
        ("source", "{}", "C2-02"),
        ("source_content_type", "application/json", "C2-02"),
    ] {
        let refusal = searched("", &[(name, value)]).expect_err(name);
        assert_eq!(refusal.row(), row, "{name}={value}");
        assert!(
            refusal.path().starts_with("url parameter"),
            "{}",
            refusal.path()
        );
    }
    let yaml = [
        ("source", "query: x"),
        ("source_content_type", "application/yaml"),
    ];
    assert_eq!(searched("", &yaml).unwrap_err().row(), "C2-02");
    let twice = [
        ("source", "{}"),
        ("source_content_type", "application/json"),
    ];
    assert_eq!(searched("{}", &twice).unwrap_err().row(), "C2-02");
}

#[test]
fn a_count_has_parameters_of_its_own() {
    let screened = count(
        b"",
        &[("min_score", "1"), ("terminate_after", "2")],
        &acme(),
    )
    .unwrap();
    assert_eq!(screened.url().len(), 3);
    assert!(count(b"", &[("size", "1")], &acme()).is_err());
}

#[test]
fn on_a_dedicated_index_most_pass() {
    let names = Scope::dedicated(&[]);
    for (name, value, told) in [
        ("q", "a:b", true),
        ("routing", "x", true),
        ("explain", "true", true),
        ("sort", "_id:desc", true),
        ("suggest_field", "a", true),
        ("preference", "session", true),
        ("sort", "a,_index:desc", false),
        ("docvalue_fields", "_index", false),
        ("preference", "_only_nodes:x", false),
        ("search_pipeline", "x", false),
        ("index", "x", false),
    ] {
        let screened = search(b"", &[(name, value)], &names);
        let sent =
            screened.is_ok_and(|screened| screened.url() == [(name.to_owned(), value.to_owned())]);
        assert_eq!(sent, told, "{name}={value}");
    }
    let url = [
        ("source", r#"{"query":{"wrapper":{}}}"#),
        ("source_content_type", "application/json"),
    ];
    assert!(search(b"", &url, &names).is_err());
}

#[test]
fn the_shape_says_what_the_parameters_change() {
    let url = [
        ("typed_keys", "true"),
        ("rest_total_hits_as_int", "true"),
        ("_source", "a"),
    ];
    let screened = search(b"", &url, &acme()).unwrap();
    let shape = screened.shape();
    assert!(shape.typed_keys && shape.total_as_int && shape.source_filtered);
}

#[test]
fn a_query_in_the_url_stands_in_the_place_of_the_bodys() {
    let url = [
        ("q", "a:b"),
        ("df", "c"),
        ("lenient", ""),
        ("analyze_wildcard", "false"),
        ("default_operator", "AND"),
    ];
    let query = r#"{"query_string":{"query":"a:b","default_field":"c","lenient":true,"analyze_wildcard":false,"default_operator":"AND","fuzzy_rewrite":"constant_score"}}"#;
    for body in ["", r#"{"query":{"match_none":{}}}"#] {
        let (screened, _) = searched(body, &url).unwrap();
        assert_eq!(screened, format!(r#"{{"query":{}}}"#, wrapped(query)));
    }
    let counted = count(b"", &url, &acme()).unwrap();
    assert_eq!(text(&counted), format!(r#"{{"query":{}}}"#, wrapped(query)));
    // the node refuses it beside any body of a count
    for body in ["{}", r#"{"query":{"match_none":{}}}"#] {
        assert_eq!(
            count(body.as_bytes(), &url, &acme()).unwrap_err().row(),
            "C2-01"
        );
    }
}

#[test]
fn fields_to_print_in_the_url() {
    let (screened, _) = searched(
        r#"{"docvalue_fields":["a"],"stored_fields":["b"]}"#,
        &[("docvalue_fields", "c,d"), ("stored_fields", "*,e")],
    )
    .unwrap();
    let all = wrapped(r#"{"match_all":{}}"#);
    assert_eq!(
        screened,
        format!(r#"{{"stored_fields":["*","e"],"docvalue_fields":["a","c","d"],"query":{all}}}"#)
    );
}

/// The rows of the parameter table for one call: name and decision.
fn table(call: &str) -> Vec<(String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/params.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter_map(|line| {
        let mut columns = line.splitn(3, ',');
        (columns.next() == Some(call)).then_some(())?;
        let name = columns.next()?.to_owned();
        // the third column may be quoted and hold commas; the fourth is a word
        let rest = columns.next()?;
        let rest = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once("\",")?.1,
            None => rest.split_once(',')?.1,
        };
        Some((name, rest.split(',').next()?.to_owned()))
    });
    rows.collect()
}

#[test]
fn the_parameters_are_those_of_the_table_and_so_are_the_decisions() {
    for (call, calls) in [("search", Calls::Search), ("count", Calls::Count)] {
        let rows = table(call);
        assert!(rows.len() > 20, "{call}");
        let ours = PARAMS
            .iter()
            .filter(|param| param.calls == Calls::Both || param.calls == calls);
        for param in ours {
            assert!(
                rows.iter().any(|(name, _)| name == param.name),
                "{call} {}",
                param.name
            );
        }
        for (name, decision) in rows {
            let param = PARAMS
                .iter()
                .find(|param| {
                    param.name == name && (param.calls == Calls::Both || param.calls == calls)
                })
                .unwrap_or_else(|| panic!("{call} {name}"));
            let as_decided = match decision.as_str() {
                "reject" => matches!(param.shared, Url::Refuse(_) | Url::Off(_)),
                "drop" => param.shared == Url::Drop,
                // a source filter is forwarded as a part of the body
                "forward" => matches!(
                    param.shared,
                    Url::Forward | Url::Fold(Fold::Source | Fold::Includes | Fold::Excludes)
                ),
                // what is rewritten elsewhere does not come here, or means nothing for one concrete name
                "rewrite" => {
                    !matches!(param.shared, Url::Forward | Url::Refuse(_))
                        || [
                            "index",
                            "filter_path",
                            "scroll",
                            "pretty",
                            "ignore_unavailable",
                        ]
                        .contains(&param.name)
                }
                _ => false,
            };
            assert!(as_decided, "{call} {name}: {decision}, {:?}", param.shared);
        }
    }
}
