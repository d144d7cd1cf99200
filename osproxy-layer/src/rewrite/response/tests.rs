//! Answers of a 3.8.0 node, whole: what goes in, and what a client of the partition `acme` sees.

pub(super) mod mutants;

use proptest::prelude::*;

use super::*;
use crate::rewrite::bulk::Action;

pub(super) fn shared() -> Reversal {
    Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""))
        .expect_routing("acme")
        .strip("_tenant")
}

pub(super) fn dedicated() -> Reversal {
    Reversal::dedicated([("acme.orders", "orders")])
}

type Reverse = fn(&[u8], &Reversal, &mut Vec<u8>) -> Result<(), ReverseError>;

/// What `reverse` writes, with bytes before it in the buffer that must stay.
fn reversed(reverse: Reverse, raw: &str, by: &Reversal) -> Result<String, ReverseError> {
    let mut out = b"before".to_vec();
    let done = reverse(raw.as_bytes(), by, &mut out);
    let text = String::from_utf8(out).unwrap();
    let written = text.strip_prefix("before").unwrap().to_owned();
    if done.is_err() {
        assert_eq!(written, "", "something was written of {raw}");
    }
    done.map(|()| written)
}

#[test]
fn answers_of_writes() {
    for (raw, logical) in [
        (
            r#"{"_index":"orders-shared","_id":"acme:1","_version":1,"result":"created","forced_refresh":true,"_shards":{"total":1,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1}"#,
            r#"{"_index":"orders","_id":"1","_version":1,"result":"created","forced_refresh":true,"_shards":{"total":1,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1}"#,
        ),
        (
            r#"{"_index":"orders-shared","_id":"acme:a b+c\"q","_version":1,"result":"not_found","_seq_no":3,"_primary_term":1}"#,
            r#"{"_index":"orders","_id":"a b+c\"q","_version":1,"result":"not_found","_seq_no":3,"_primary_term":1}"#,
        ),
        (
            r#"{"_index":"orders-shared","_id":"acme:1","_version":2,"result":"updated","_shards":{"total":2,"successful":1,"failed":1,"failures":[{"_index":"orders-shared","_shard":0,"_node":"n1","reason":{"type":"node_disconnected_exception","reason":"[n1][10.0.0.1]"},"status":"INTERNAL_SERVER_ERROR","primary":false}]},"_seq_no":4,"_primary_term":1,"get":{"_seq_no":4,"_primary_term":1,"found":true,"_source":{"_tenant":"acme","num":10.0}}}"#,
            r#"{"_index":"orders","_id":"1","_version":2,"result":"updated","_shards":{"total":2,"successful":1,"failed":1,"failures":[{"_index":"orders","_shard":0,"reason":{"type":"node_disconnected_exception","reason":"a node was lost; try again"},"status":"INTERNAL_SERVER_ERROR","primary":false}]},"_seq_no":4,"_primary_term":1,"get":{"_seq_no":4,"_primary_term":1,"found":true,"_source":{"num":10.0}}}"#,
        ),
        (
            r#"{"_index":"orders-shared","_id":"acme:1","of_the_next_version":"acme:1","result":"noop"}"#,
            r#"{"_index":"orders","_id":"1","result":"noop"}"#,
        ),
    ] {
        assert_eq!(reversed(write, raw, &shared()).as_deref(), Ok(logical));
    }
    assert_eq!(
        reversed(
            write,
            r#"{"_index":"acme.orders","_id":"acme:1","of_the_next_version":1,"get":{"_routing":"r","_source":{"_tenant":1}}}"#,
            &dedicated()
        )
        .as_deref(),
        Ok(
            r#"{"_index":"orders","_id":"acme:1","of_the_next_version":1,"get":{"_routing":"r","_source":{"_tenant":1}}}"#
        )
    );
}

#[test]
fn documents_by_id() {
    for (raw, logical) in [
        (
            r#"{"_index":"orders-shared","_id":"acme:1","_version":1,"_seq_no":0,"_primary_term":1,"_routing":"acme","found":true,"_source":{"_tenant":"acme", "t":"hello é","num":1.0e1}}"#,
            r#"{"_index":"orders","_id":"1","_version":1,"_seq_no":0,"_primary_term":1,"found":true,"_source":{ "t":"hello é","num":1.0e1}}"#,
        ),
        (
            r#"{"_index":"orders-shared","_id":"acme:1","_version":1,"_seq_no":0,"_primary_term":1,"_routing":"acme","found":true}"#,
            r#"{"_index":"orders","_id":"1","_version":1,"_seq_no":0,"_primary_term":1,"found":true}"#,
        ),
        (
            r#"{"_index":"orders-shared","_id":"acme:zz","found":false}"#,
            r#"{"_index":"orders","_id":"zz","found":false}"#,
        ),
        (
            r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","_ignored":["k","_tenant"],"found":true,"fields":{"_tenant":["acme"],"k":["long"],"_routing":["acme"]}}"#,
            r#"{"_index":"orders","_id":"1","_ignored":["k"],"found":true,"fields":{"k":["long"]}}"#,
        ),
        (
            r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","_ignored":["_tenant"],"found":true}"#,
            r#"{"_index":"orders","_id":"1","found":true}"#,
        ),
        (
            "{\n  \"_index\" : \"orders-shared\",\n  \"_id\" : \"acme:1\",\n  \"_routing\" : \"acme\",\n  \"found\" : true,\n  \"_source\":{\"_tenant\":\"acme\"}\n}\n",
            "{\n  \"_index\" : \"orders\",\n  \"_id\" : \"1\",\n  \"found\" : true,\n  \"_source\":{}\n}\n",
        ),
    ] {
        assert_eq!(reversed(get, raw, &shared()).as_deref(), Ok(logical));
    }
    let raw = r#"{"_index":"acme.orders","_id":"acme:1","_routing":"x","found":true,"_source":{"_tenant":1,"a":"\ud800"}}"#;
    assert_eq!(
        reversed(get, raw, &dedicated()).unwrap(),
        raw.replace("acme.orders", "orders")
    );
}

#[test]
fn nothing_of_another_partition_leaves() {
    let of = |index: &str, id: &str, routing: &str| {
        format!(
            r#"{{"_index":"{index}","_id":"{id}",{routing}"found":true,"_source":{{"secret":1}}}}"#
        )
    };
    let acme = r#""_routing":"acme","#;
    for (raw, breach) in [
        (of("orders-shared", "globex:1", acme), Breach::Id),
        (of("orders-shared", "acme", acme), Breach::Id),
        (of("orders-shared", "acme:", acme), Breach::Id),
        (of("orders-shared", r"acm\u0065\u003a", acme), Breach::Id),
        (
            of("orders-shared", "acme:1", r#""_routing":"globex","#),
            Breach::Routing,
        ),
        (of("orders-shared", "acme:1", ""), Breach::Routing),
        (of("globex.orders", "acme:1", acme), Breach::Index),
        (of("orders", "acme:1", acme), Breach::Index),
        (
            r#"{"_index":"orders-shared","_routing":"acme","found":true}"#.to_owned(),
            Breach::Id,
        ),
        (
            r#"{"_id":"acme:1","_routing":"acme","found":true}"#.to_owned(),
            Breach::Index,
        ),
        // A second key can't hide the first.
        (
            of(
                "orders-shared",
                "globex:1",
                r#""_id":"acme:1","_routing":"acme","#,
            ),
            Breach::Id,
        ),
        (
            of(
                "orders-shared",
                "acme:1",
                r#""_routing":"globex","_routing":"acme","#,
            ),
            Breach::Routing,
        ),
        // Not found, and a document all the same.
        (
            r#"{"_index":"orders-shared","_id":"acme:1","found":false,"_source":{"secret":1}}"#
                .to_owned(),
            Breach::Routing,
        ),
    ] {
        let expected = Err(ReverseError::Breach(breach));
        assert_eq!(reversed(get, &raw, &shared()), expected, "{raw}");
        let mut out = Vec::new();
        assert_eq!(
            source(raw.as_bytes(), &shared(), &mut out),
            Err(ReverseError::Breach(breach)),
            "{raw}"
        );
        assert!(out.is_empty());
    }
    for (raw, breach) in [
        (r#"{"_index":"orders-shared","_id":"globex:1"}"#, Breach::Id),
        (
            r#"{"_index":"orders-shared","result":"created"}"#,
            Breach::Id,
        ),
        (r#"{"_index":"x","_id":"acme:1"}"#, Breach::Index),
        (
            r#"{"_index":"orders-shared","_id":"acme:1","get":{"_routing":"globex","_source":{}}}"#,
            Breach::Routing,
        ),
    ] {
        let expected = Err(ReverseError::Breach(breach));
        assert_eq!(reversed(write, raw, &shared()), expected, "{raw}");
    }
    assert_eq!(
        reversed(
            write,
            r#"{"_index":"globex.orders","_id":"1"}"#,
            &dedicated()
        ),
        Err(ReverseError::Breach(Breach::Index))
    );
}

#[test]
fn sources() {
    let found = r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","found":true,"_source":{"_tenant":"acme", "a" : 1.10 }}"#;
    for (raw, answer, written) in [
        (found, SourceAnswer::Found, r#"{ "a" : 1.10 }"#),
        (
            r#"{"_index":"orders-shared","_id":"acme:1","found":false}"#,
            SourceAnswer::NoDocument,
            "",
        ),
        (
            r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","found":true}"#,
            SourceAnswer::NoSource,
            "",
        ),
    ] {
        let mut out = Vec::new();
        assert_eq!(source(raw.as_bytes(), &shared(), &mut out), Ok(answer));
        assert_eq!(String::from_utf8(out).unwrap(), written);
    }
    let mut out = Vec::new();
    SourceAnswer::NoDocument.write_missing("orders", "a\"b", &mut out);
    assert_eq!(
        String::from_utf8(out).unwrap(),
        r#"{"error":{"root_cause":[{"type":"resource_not_found_exception","reason":"Document not found [orders]/[a\"b]"}],"type":"resource_not_found_exception","reason":"Document not found [orders]/[a\"b]"},"status":404}"#
    );
}

#[test]
fn counts() {
    let raw = r#"{"count":3,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}"#;
    assert_eq!(reversed(count, raw, &shared()).as_deref(), Ok(raw));
    let failed = r#"{"count":3,"_shards":{"total":2,"successful":1,"skipped":0,"failed":1,"failures":[{"shard":1,"index":"orders-shared","node":"n","reason":{"type":"script_exception","reason":"secret","script_stack":["secret"]}},{"shard":-1,"index":null,"reason":{"type":"x","reason":"secret"}}]}}"#;
    assert_eq!(
        reversed(count, failed, &shared()).unwrap(),
        r#"{"count":3,"_shards":{"total":2,"successful":1,"skipped":0,"failed":1,"failures":[{"shard":1,"index":"orders","reason":{"type":"script_exception","reason":"a script failed"}},{"shard":-1,"index":null,"reason":{"type":"osproxy_upstream_exception","reason":"the cluster refused the request; its own text is not shown on a shared index"}}]}}"#
    );
    assert_eq!(
        reversed(
            count,
            &failed.replace("orders-shared", "acme.orders"),
            &dedicated()
        )
        .unwrap(),
        failed.replace("orders-shared", "orders")
    );
}

#[test]
fn bulks_are_taken_apart() {
    let raw = br#"{"took":23,"ingest_took":2,"errors":true,"items":[{"create":{"_index":"orders-shared","_id":"acme:9","_version":1,"result":"created","_seq_no":5,"_primary_term":1,"status":201}},{"create":{"_index":"orders-shared","_id":"acme:9","status":409,"error":{"type":"version_conflict_engine_exception","reason":"[acme:9]: version conflict","index":"orders-shared","shard":"1","index_uuid":"u"}}},{"delete":{"_index":"orders-shared","_id":"globex:9","status":200}}]}"#;
    let mut answer = BulkAnswer::parse(raw).unwrap();
    assert_eq!(answer.took(), 23);
    assert_eq!(answer.ingest_took(), Some(&b"2"[..]));
    assert!(answer.errors());
    let mut out = Vec::new();
    let status = answer.next_item(Some(Action::Index), &shared(), &mut out);
    assert_eq!(status, Some(Ok(http::StatusCode::CREATED)));
    assert_eq!(
        String::from_utf8(std::mem::take(&mut out)).unwrap(),
        r#"{"index":{"_index":"orders","_id":"9","_version":1,"result":"created","_seq_no":5,"_primary_term":1,"status":201}}"#
    );
    let status = answer.next_item(None, &shared(), &mut out);
    assert_eq!(status, Some(Ok(http::StatusCode::CONFLICT)));
    assert_eq!(
        String::from_utf8(std::mem::take(&mut out)).unwrap(),
        r#"{"create":{"_index":"orders","_id":"9","status":409,"error":{"type":"version_conflict_engine_exception","reason":"version conflict: the document is not the version that the request expects","index":"orders"}}}"#
    );
    assert_eq!(
        answer.next_item(None, &shared(), &mut out),
        Some(Err(ReverseError::Breach(Breach::Id)))
    );
    assert_eq!(answer.next_item(None, &shared(), &mut out), None);
    // Of an answer that breaks off, what came before is told, and nothing of what is missing.
    let ends = |text: &[u8]| -> Result<Vec<_>, ReverseError> {
        let mut answer = BulkAnswer::parse(text)?;
        let mut next = || answer.next_item(None, &dedicated(), &mut Vec::new());
        Ok((0..4).map(|_| next()).collect())
    };
    let raw = std::str::from_utf8(raw).unwrap();
    let raw = raw.replace("orders-shared", "acme.orders");
    for end in 0..raw.len() - 1 {
        let broken = ends(&raw.as_bytes()[..end]);
        let Ok(told) = broken else {
            assert_eq!(broken, Err(ReverseError::Truncated), "{end}");
            continue;
        };
        let whole = told
            .iter()
            .filter(|item| matches!(item, Some(Ok(_))))
            .count();
        let behind = told.get(whole).copied().flatten();
        assert_eq!(behind, Some(Err(ReverseError::Truncated)), "{end}");
        assert!(told.iter().skip(whole).all(|item| *item == behind), "{end}");
    }
    // The order of the members is not the node's promise.
    let turned = ends(br#"{"items":[{"index":{"_index":"acme.orders","_id":"1","status":200}}],"errors":false,"took":1}"#);
    assert_eq!(turned.unwrap()[..2], [Some(Ok(http::StatusCode::OK)), None]);
    for raw in [
        r#"{"took":1,"errors":false}"#,
        r#"{"took":1,"items":[]}"#,
        r#"{"took":1,"errors":false,"items":{}}"#,
        r#"{"took":"1","errors":false,"items":[]}"#,
        r#"{"items":[],"took":1,"errors":false,}"#,
        "null",
    ] {
        assert!(BulkAnswer::parse(raw.as_bytes()).is_err(), "{raw}");
    }
}

#[test]
fn what_is_no_item_of_a_bulk_is_an_error() {
    for raw in [
        "{}",
        "[]",
        r#"{"index":1}"#,
        r#"{"noop":{"_index":"orders-shared","_id":"acme:1","status":200}}"#,
        r#"{"index":{"_index":"orders-shared","_id":"acme:1"}}"#,
        r#"{"index":{},"create":{}}"#,
        r#"{"index":{"_index":"orders-shared","_id":"acme:1","status":200}} x"#,
    ] {
        let answer = format!(
            r#"{{"took":1,"errors":false,"items":[{raw},{{"index":{{"_index":"orders-shared","_id":"acme:1","status":200}}}}]}}"#
        );
        let mut answer = BulkAnswer::parse(answer.as_bytes()).unwrap();
        let mut out = Vec::new();
        let mut told = || {
            out.clear();
            answer.next_item(None, &shared(), &mut out)
        };
        let (first, second) = (told(), told());
        if raw.ends_with('x') {
            assert!(
                matches!((first, second), (Some(Ok(_)), Some(Err(_)))),
                "{raw}"
            );
        } else {
            assert!(
                matches!((first, second), (Some(Err(_)), Some(Ok(_)))),
                "{raw}"
            );
        }
    }
}

#[test]
fn what_is_no_answer_is_an_error() {
    for raw in [
        "",
        "[]",
        "null",
        "<html>",
        "\u{feff}{}",
        r#"{"_index":"orders-shared","_id":"acme:1","found":true,"_routing":"acme"}x"#,
        r#"{"_index":"orders-shared","_id":1,"found":true,"_routing":"acme"}"#,
        r#"{"_index":["orders-shared"],"_id":"acme:1","found":true,"_routing":"acme"}"#,
        r#"{"_index":"orders-shared","_id":"acme:1","found":"yes","_routing":"acme"}"#,
        r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme"}"#,
        r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","found":true,"_source":[]}"#,
        r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","found":true,"_source":null}"#,
        r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","found":true,"_source":{"a":1,}}"#,
        r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","found":true,"_source":{/**/}}"#,
    ] {
        assert!(reversed(get, raw, &shared()).is_err(), "{raw}");
    }
    let overlong = b"{\"_index\":\"orders-shared\",\"_id\":\"acme:1\",\"_routing\":\"acme\",\"found\":true,\"_source\":{\"\xC1\x9Ftenant\":1}}";
    assert_eq!(
        get(overlong, &shared(), &mut Vec::new()),
        Err(ReverseError::NotJson)
    );
    let deep = format!(
        r#"{{"_index":"orders-shared","_id":"acme:1","_routing":"acme","found":true,"_source":{{"a":{}1{}}}}}"#,
        "[".repeat(1_000_000),
        "]".repeat(1_000_000)
    );
    assert_eq!(reversed(get, &deep, &shared()), Err(ReverseError::TooDeep));
}

#[test]
fn half_an_answer_is_none() {
    let raw = r#"{"_index":"orders-shared","_id":"acme:1","_routing":"acme","found":true,"_source":{"é":[1,true,"\u00e9"]}}"#;
    for end in 0..raw.len() {
        let mut out = Vec::new();
        let cut = &raw.as_bytes()[..end];
        assert_eq!(get(cut, &shared(), &mut out), Err(ReverseError::Truncated));
        assert!(out.is_empty());
    }
}

/// Spellings of a root key that the server takes for `_tenant`, as JSON.
fn spelling() -> impl Strategy<Value = String> {
    let dots = prop::collection::vec(Just('.'), 0..3).prop_map(String::from_iter);
    let escaped = "_tenant".chars().map(|char| {
        prop_oneof![
            Just(char.to_string()),
            Just(format!("\\u{:04x}", u32::from(char))),
            Just(format!("\\u{:04X}", u32::from(char))),
        ]
    });
    let name = escaped.collect::<Vec<_>>().prop_map(|parts| parts.concat());
    let rest = prop_oneof![
        Just(String::new()),
        Just(".x".to_owned()),
        Just("\\u002e".to_owned())
    ];
    (dots, name, rest).prop_map(|(dots, name, rest)| format!("\"{dots}{name}{rest}\""))
}

proptest! {
    #[test]
    fn the_partition_field_never_leaves(
        spelling in spelling(), at in 0..3usize, space in "[ \n]{0,2}",
    ) {
        let mut members = vec![r#""a":{"_tenant":"mine"}"#.to_owned(), r#""b" : 1.10"#.to_owned()];
        members.insert(at.min(2), format!("{space}{spelling}{space}:{space}\"SECRET\""));
        let raw = format!(
            r#"{{"_index":"orders-shared","_id":"acme:1","_routing":"acme","found":true,"_source":{{{}}}}}"#,
            members.join(",")
        );
        let logical = reversed(get, &raw, &shared()).unwrap();
        prop_assert_eq!(
            logical,
            r#"{"_index":"orders","_id":"1","found":true,"_source":{"a":{"_tenant":"mine"},"b" : 1.10}}"#
        );
    }

    #[test]
    fn an_id_comes_back_or_nothing_does(id in "(acme:|globex:|acme|:)?[^\u{0}]{0,6}") {
        let raw = serde_json::json!({"_index": "orders-shared", "_id": id, "_routing": "acme", "found": true});
        let done = reversed(get, &raw.to_string(), &shared());
        match id.strip_prefix("acme:") {
            Some(logical) if !logical.is_empty() => {
                let value: serde_json::Value = serde_json::from_str(&done.unwrap()).unwrap();
                prop_assert_eq!(value["_id"].as_str(), Some(logical));
            }
            _ => prop_assert_eq!(done, Err(ReverseError::Breach(Breach::Id))),
        }
    }
}
