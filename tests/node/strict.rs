//! A strict stack on the node: what two tenants' statistics would tell is not told, and what clients need still works.
use osproxy_layer::OsproxyLayer;
use serde_json::{Value, json};

use crate::support::tenants::{ACME, GLOBEX, Stack, physical, router};
use crate::support::upstream::Upstream;

struct Bench {
    node: Upstream,
    plain: Stack,
    strict: Stack,
    index: String,
}

impl Bench {
    async fn new(name: &str) -> Option<Self> {
        let node = Upstream::node().await?;
        let bench = Self {
            plain: Stack::new(node.clone()),
            strict: Stack::with_layer(node.clone(), OsproxyLayer::new(router()).strict(true)),
            index: format!("strict-{name}-{}", std::process::id()),
            node,
        };
        let mapping = json!({
            "settings": { "number_of_shards": 1 },
            "mappings": { "dynamic": false, "properties": {
                "_tenant": { "type": "keyword" }, "at": { "type": "long" }, "word": { "type": "text" },
                "group": { "type": "keyword" },
                "items": { "type": "nested", "properties": { "word": { "type": "text" } } },
            } },
        });
        let target = format!("/{}", physical(ACME, &bench.index));
        let made = bench.node.direct("PUT", &target, mapping.to_string()).await;
        assert!(made.status.is_success(), "{}", made.text());
        Some(bench)
    }

    /// The tenant's answer from one of the two stacks.
    async fn ok(&self, stack: &Stack, tenant: &str, send: &str, body: Value) -> Value {
        let send = send.replace("INDEX", &self.index);
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let reply = stack.send(tenant, &send, body).await;
        assert!(reply.status.is_success(), "{send}: {}", reply.text());
        reply.json()
    }

    async fn end(self) {
        let target = format!("/{}", physical(ACME, &self.index));
        let gone = self.node.direct("DELETE", &target, "").await;
        assert!(gone.status.is_success(), "{}", gone.text());
    }
}

/// Two words of the tenant's own, once each: which of them another tenant has too shows in the scores (F-01), and in
/// whatever is picked by them (F-02).
#[tokio::test]
async fn scores_tell_nothing() {
    let Some(bench) = Bench::new("scores").await else {
        return;
    };
    let document = |word: &str| json!({ "word": word, "group": "g", "items": [{ "word": word }] });
    for (id, word) in [("1", "mine"), ("2", "guess")] {
        let send = format!("PUT /INDEX/_doc/{id}");
        bench.ok(&bench.plain, ACME, &send, document(word)).await;
    }
    for id in 0..30 {
        let send = format!("PUT /INDEX/_doc/{id}?refresh=true");
        bench
            .ok(&bench.plain, GLOBEX, &send, document("guess"))
            .await;
    }
    let either = || json!({ "match": { "word": "mine guess" } });
    let search = "POST /INDEX/_search";
    let body = json!({ "query": either() });
    let told = bench.ok(&bench.plain, ACME, search, body.clone()).await;
    let hits = &told["hits"]["hits"];
    assert_ne!(hits[0]["_score"], hits[1]["_score"], "the channel is there");

    let told = bench.ok(&bench.strict, ACME, search, body).await;
    assert_eq!(told["hits"]["max_score"], Value::Null);
    let hits = told["hits"]["hits"].as_array().unwrap();
    assert!(hits.len() == 2 && hits.iter().all(|hit| hit["_score"].is_null()));
    let first = &hits[0]["_id"];

    // What picks one of the two picks the same one, whichever word counts for more.
    for (mine, guess) in [(9, 1), (1, 9)] {
        let word = |word: &str, boost: u8| json!({ "match": { "word": { "query": word, "boost": boost } } });
        let body = json!({
            "size": 1,
            "query": { "bool": { "should": [word("mine", mine), word("guess", guess)] } },
            "collapse": { "field": "group", "inner_hits": { "name": "g", "size": 1 } },
            "aggs": {
                "top": { "top_hits": { "size": 1 } },
                "some": { "sampler": { "shard_size": 1 }, "aggs": { "words": { "top_hits": {} } } },
            },
        });
        let told = bench.ok(&bench.strict, ACME, search, body).await;
        for place in [
            "/hits/hits/0",
            "/hits/hits/0/inner_hits/g/hits/hits/0",
            "/aggregations/top/hits/hits/0",
            "/aggregations/some/words/hits/hits/0",
        ] {
            let found = told.pointer(place);
            let hit = found.unwrap_or_else(|| panic!("{place}: {told}"));
            assert_eq!(
                (&hit["_id"], &hit["_score"]),
                (first, &Value::Null),
                "{place}"
            );
        }
    }
    let query = json!({ "match": { "items.word": "mine guess" } });
    let nested = json!({ "nested": { "path": "items", "query": query, "inner_hits": {} } });
    let body = json!({ "query": nested });
    let told = bench.ok(&bench.strict, ACME, search, body).await;
    let hits = told["hits"]["hits"].as_array().unwrap();
    assert_eq!(hits.len(), 2, "{told}");
    for hit in hits {
        let inner = &hit["inner_hits"]["items"]["hits"];
        let scores = (&inner["max_score"], &inner["hits"][0]["_score"]);
        assert_eq!(scores, (&Value::Null, &Value::Null));
    }
    bench.end().await;
}

/// A document that is read, changed on the condition that nobody else did, and lost to somebody who did.
#[tokio::test]
async fn sealed_numbers_guard_a_document() {
    let Some(bench) = Bench::new("numbers").await else {
        return;
    };
    let made = bench
        .ok(&bench.strict, ACME, "PUT /INDEX/_doc/1", json!({ "at": 1 }))
        .await;
    let read = bench
        .ok(&bench.strict, ACME, "GET /INDEX/_doc/1", Value::Null)
        .await;
    let numbers = |of: &Value| {
        (
            of["_seq_no"].as_u64().unwrap(),
            of["_primary_term"].as_u64().unwrap(),
        )
    };
    assert_eq!(numbers(&made), numbers(&read));
    let truth = bench
        .ok(&bench.plain, ACME, "GET /INDEX/_doc/1", Value::Null)
        .await;
    assert_ne!(numbers(&truth), numbers(&read));
    let with = |(number, term): (u64, u64)| format!("if_seq_no={number}&if_primary_term={term}");
    let uri = |action: &str, both| {
        format!(
            "POST /{}/{action}/1?refresh=true&{}",
            bench.index,
            with(both)
        )
    };
    let change = json!({ "doc": { "at": 2 } }).to_string();
    let update = uri("_update", numbers(&read));
    let changed = bench.strict.send(ACME, &update, change.clone()).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    // Again: the document has changed since.
    let again = bench.strict.send(ACME, &update, change.clone()).await;
    assert_eq!(again.status, 409, "{}", again.text());
    assert_eq!(
        again.json()["error"]["type"],
        "version_conflict_engine_exception"
    );
    // Nor by the true numbers, which nobody has told.
    let truth = bench
        .ok(&bench.plain, ACME, "GET /INDEX/_doc/1", Value::Null)
        .await;
    let guessed = bench
        .strict
        .send(ACME, &uri("_update", numbers(&truth)), change)
        .await;
    assert_eq!(guessed.status, 409, "{}", guessed.text());

    // In a bulk: once as it should be, once too late.
    let found = bench
        .ok(
            &bench.strict,
            ACME,
            "POST /INDEX/_search?seq_no_primary_term=true",
            json!({ "query": { "ids": { "values": ["1"] } } }),
        )
        .await;
    let (number, term) = numbers(&found["hits"]["hits"][0]);
    assert_eq!((number, term), numbers(&changed.json()));
    let line = json!({ "index": { "_id": "1", "if_seq_no": number, "if_primary_term": term } });
    let body = format!("{line}\n{{\"at\":3}}\n{line}\n{{\"at\":4}}\n");
    let send = format!("POST /{}/_bulk", bench.index);
    let told = bench.strict.send(ACME, &send, body).await.json();
    assert_eq!(
        (
            &told["items"][0]["index"]["status"],
            &told["items"][1]["index"]["status"]
        ),
        (&json!(200), &json!(409)),
        "{told}"
    );
    let truth = bench
        .ok(&bench.plain, ACME, "GET /INDEX/_doc/1", Value::Null)
        .await;
    assert_eq!(truth["_source"]["at"], 3);
    bench.end().await;
}
