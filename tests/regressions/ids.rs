//! Ids: the same in a path and in a bulk, and never shared by two tenants.
use http::StatusCode;
use osproxy_layer::spi::{PartitionId, PartitionKeySpec};

use super::Case;
use crate::support::tenants::{self, ACME, GLOBEX, Stack, TENANTS};

#[tokio::test]
async fn two_logical_indices_with_one_id_are_two_documents() {
    for case in Case::all().await {
        for tenant in TENANTS {
            let indices = [case.index.clone(), format!("{}-other", case.index)];
            for index in &indices {
                let put = case
                    .stack
                    .send(
                        tenant,
                        &format!("PUT /{index}/_doc/1"),
                        format!(r#"{{"in":"{index}"}}"#),
                    )
                    .await;
                assert_eq!(put.status, StatusCode::CREATED, "{tenant}: {}", put.text());
            }
            for index in &indices {
                let found = case
                    .stack
                    .send(tenant, &format!("GET /{index}/_source/1"), "")
                    .await;
                assert_eq!(found.json()["in"], index.as_str(), "{tenant}");
            }
            case.stack
                .send(tenant, &format!("DELETE /{}/_doc/1", indices[0]), "")
                .await;
            let other = case
                .stack
                .send(tenant, &format!("GET /{}/_doc/1", indices[1]), "")
                .await;
            assert_eq!(other.status, StatusCode::OK, "{tenant}: {}", other.text());
        }
        case.remove().await;
    }
}

#[tokio::test]
async fn an_id_is_the_same_in_a_path_and_in_a_bulk() {
    let ids = [
        ("a/b", "a%2Fb"),
        ("é", "%C3%A9"),
        ("100%", "100%25"),
        ("a+b", "a+b"),
        ("a+b", "a%2Bb"),
        ("a b", "a%20b"),
    ];
    for case in Case::all().await {
        for tenant in TENANTS {
            for (id, encoded) in ids {
                let document = format!("/{}/_doc/{encoded}", case.index);
                let put = case
                    .stack
                    .send(tenant, &format!("PUT {document}"), r#"{"by":"path"}"#)
                    .await;
                assert_eq!(put.json()["_id"], id, "{tenant}: {}", put.text());
                let bulk = format!("{{\"index\":{{\"_id\":\"{id}\"}}}}\n{{\"by\":\"bulk\"}}\n");
                let bulk = case
                    .stack
                    .send(tenant, &format!("POST /{}/_bulk", case.index), bulk)
                    .await
                    .json();
                assert_eq!(
                    (
                        &bulk["items"][0]["index"]["_id"],
                        &bulk["items"][0]["index"]["result"]
                    ),
                    (&id.into(), &"updated".into())
                );
                let found = case
                    .stack
                    .send(tenant, &format!("GET {document}"), "")
                    .await;
                assert_eq!(
                    (&found.json()["_id"], &found.json()["_source"]["by"]),
                    (&id.into(), &"bulk".into()),
                    "{tenant}"
                );
            }
        }
        case.remove().await;
    }
}

#[tokio::test]
async fn tenants_a_and_a_b_never_share_an_id() {
    // `a` with the id `b:1` and `a:b` with the id `1` would both be `a:b:1`: so the second is no partition at all.
    assert!(PartitionId::parse("a:b").is_err());
    for case in Case::all().await {
        let reply = case
            .stack
            .send("acme:x", &format!("GET /{}/_doc/1", case.index), "")
            .await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{}", reply.text());
        let header = Stack::with_router(
            case.upstream.clone(),
            tenants::router_from(PartitionKeySpec::Header("x-tenant".parse().unwrap())),
        );
        for (name, status) in [
            ("acme:x", StatusCode::BAD_REQUEST),
            ("acme.x", StatusCode::BAD_REQUEST),
            ("stranger", StatusCode::NOT_FOUND),
        ] {
            let request =
                http::Request::get(format!("/{}/_doc/1", case.index)).header("x-tenant", name);
            let reply = header
                .request(ACME, request.body(Default::default()).unwrap())
                .await;
            assert_eq!(reply.status, status, "{name}: {}", reply.text());
        }
        assert!(case.upstream.seen().is_empty(), "nothing was sent");
        // And an id that spells another tenant's physical id is an id like any other.
        let document = format!("/{}/_doc/globex:1", case.index);
        case.stack
            .send(ACME, &format!("PUT {document}"), r#"{"of":"acme"}"#)
            .await;
        let neighbour = case
            .stack
            .send(GLOBEX, &format!("GET /{}/_doc/1", case.index), "")
            .await;
        assert_eq!(
            neighbour.status,
            StatusCode::NOT_FOUND,
            "{}",
            neighbour.text()
        );
        case.remove().await;
    }
}
