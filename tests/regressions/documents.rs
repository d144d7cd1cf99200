//! Single documents: ids, conflicts, and sources byte for byte.
use http::StatusCode;

use super::{Case, error_type};
use crate::support::tenants::{TENANTS, physical};

#[tokio::test]
async fn put_keeps_the_path_id_on_all_placements() {
    for case in Case::all().await {
        for tenant in TENANTS {
            let document = format!("/{}/_doc/my-id", case.index);
            let put = case
                .stack
                .send(tenant, &format!("PUT {document}"), r#"{"n":1}"#)
                .await;
            assert_eq!(put.status, StatusCode::CREATED, "{tenant}: {}", put.text());
            assert_eq!(put.json()["_id"], "my-id", "{tenant}");
            assert_eq!(put.headers["location"], document.as_str(), "{tenant}");
            let again = case
                .stack
                .send(tenant, &format!("PUT {document}"), r#"{"n":2}"#)
                .await;
            assert_eq!(
                (again.status, &again.json()["_version"]),
                (StatusCode::OK, &2.into()),
                "{tenant}"
            );
            let found = case
                .stack
                .send(tenant, &format!("GET {document}"), "")
                .await;
            assert_eq!(
                found.json()["_source"]["n"],
                2,
                "{tenant}: {}",
                found.text()
            );
        }
        case.remove().await;
    }
}

#[tokio::test]
async fn a_second_create_is_409_with_the_body() {
    for case in Case::all().await {
        for tenant in TENANTS {
            let create = format!("PUT /{}/_create/1", case.index);
            let first = case.stack.send(tenant, &create, r#"{"n":1}"#).await;
            assert_eq!(
                first.status,
                StatusCode::CREATED,
                "{tenant}: {}",
                first.text()
            );
            let second = case.stack.send(tenant, &create, r#"{"n":2}"#).await;
            assert_eq!(
                second.status,
                StatusCode::CONFLICT,
                "{tenant}: {}",
                second.text()
            );
            assert_eq!(
                error_type(&second),
                "version_conflict_engine_exception",
                "{tenant}"
            );
            assert_eq!(second.json()["status"], 409, "{tenant}");
            let kept = case
                .stack
                .send(tenant, &format!("GET /{}/_source/1", case.index), "")
                .await;
            assert_eq!(kept.text(), r#"{"n":1}"#, "{tenant}");
        }
        case.remove().await;
    }
}

#[tokio::test]
async fn a_sequence_number_that_does_not_match_is_the_nodes_409() {
    for case in Case::all().await {
        for tenant in TENANTS {
            let document = format!("/{}/_doc/1", case.index);
            let put = case
                .stack
                .send(tenant, &format!("PUT {document}"), r#"{"n":1}"#)
                .await
                .json();
            let (seq_no, term) = (
                put["_seq_no"].as_u64().unwrap(),
                put["_primary_term"].as_u64().unwrap(),
            );
            let guarded =
                |seq_no: u64| format!("PUT {document}?if_seq_no={seq_no}&if_primary_term={term}");
            let wrong = case
                .stack
                .send(tenant, &guarded(seq_no + 7), r#"{"n":2}"#)
                .await;
            assert_eq!(
                wrong.status,
                StatusCode::CONFLICT,
                "{tenant}: {}",
                wrong.text()
            );
            assert_eq!(
                error_type(&wrong),
                "version_conflict_engine_exception",
                "{tenant}"
            );
            let right = case
                .stack
                .send(tenant, &guarded(seq_no), r#"{"n":2}"#)
                .await;
            assert_eq!(right.status, StatusCode::OK, "{tenant}: {}", right.text());
        }
        case.remove().await;
    }
}

#[tokio::test]
async fn a_single_writes_answer_equals_the_nodes_but_for_names() {
    for case in Case::all().await {
        for tenant in TENANTS {
            let direct = format!("direct-{tenant}-{}", case.index);
            for (method, suffix, body) in [
                ("PUT", "_doc/1?refresh=true", r#"{"n":1}"#),
                ("POST", "_update/1", r#"{"doc":{"n":2}}"#),
                ("POST", "_update/1", r#"{"doc":{"n":2}}"#),
                ("DELETE", "_doc/1", ""),
            ] {
                let want = case
                    .upstream
                    .direct(method, &format!("/{direct}/{suffix}"), body)
                    .await;
                let got = case
                    .stack
                    .send(tenant, &format!("{method} /{}/{suffix}", case.index), body)
                    .await;
                assert_eq!(got.status, want.status, "{tenant} {suffix}: {}", got.text());
                assert_eq!(
                    got.text(),
                    want.text().replace(&direct, &case.index),
                    "{tenant} {suffix}"
                );
            }
            case.upstream
                .direct("DELETE", &format!("/{direct}"), "")
                .await;
        }
        case.remove().await;
    }
}

#[tokio::test]
async fn a_source_comes_back_byte_for_byte() {
    let source = r#"{ "z":1.10,"a": 1e2 , "big":12345678901234567890123456789, "f":-0.0,"e":1E+2, "t":"\u00e9\/" }"#;
    for case in Case::all().await {
        let (index, stack) = (&case.index, &case.stack);
        for tenant in TENANTS {
            // Numbers beyond a long can't be mapped dynamically: the operator maps none.
            let field =
                r#"{"mappings":{"dynamic":false,"properties":{"_tenant":{"type":"keyword"}}}}"#;
            case.upstream
                .direct("PUT", &format!("/{}", physical(tenant, index)), field)
                .await;
            let put = stack
                .send(tenant, &format!("PUT /{index}/_doc/put"), source)
                .await;
            assert_eq!(put.status, StatusCode::CREATED, "{tenant}: {}", put.text());
            let bulk = format!("{{\"index\":{{\"_id\":\"bulk\"}}}}\n{source}\n");
            stack
                .send(tenant, &format!("POST /{index}/_bulk?refresh=true"), bulk)
                .await;
            for id in ["put", "bulk"] {
                let bare = stack
                    .send(tenant, &format!("GET /{index}/_source/{id}"), "")
                    .await;
                assert_eq!(bare.text(), source, "{tenant}");
                let found = stack
                    .send(tenant, &format!("GET /{index}/_doc/{id}"), "")
                    .await;
                assert!(found.text().contains(source), "{tenant}: {}", found.text());
            }
            let search = stack
                .send(tenant, &format!("GET /{index}/_search"), "")
                .await;
            assert_eq!(
                search.text().matches(source).count(),
                2,
                "{tenant}: {}",
                search.text()
            );
        }
        case.remove().await;
    }
}
