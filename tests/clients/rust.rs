//! opensearch-rs, unmodified: what its user guide does, for three tenants, each of which sees only its own.
use opensearch::auth::Credentials;
use opensearch::cluster::ClusterHealthParts;
use opensearch::http::request::JsonBody;
use opensearch::http::response::Response;
use opensearch::http::transport::{SingleNodeConnectionPool, TransportBuilder};
use opensearch::indices::{IndicesCreateParts, IndicesExistsParts, IndicesRefreshParts};
use opensearch::params::Refresh;
use opensearch::{
    BulkOperation, BulkOperations, BulkParts, ClearScrollParts, CountParts, CreateParts,
    DeleteByQueryParts, DeleteParts, Error, ExistsParts, GetParts, GetSourceParts, IndexParts,
    MgetParts, MsearchParts, OpenSearch, ScrollParts, SearchParts, UpdateParts,
};
use serde_json::{Value, json};

/// Drives the gateway at this address, with an index of this name.
pub(crate) async fn run(url: &str, index: &str) {
    let tenants = tenants().map(|(name, credentials)| Tenant {
        name,
        client: client(url, credentials),
        index: index.to_owned(),
    });
    let [acme, initech, globex] = &tenants;
    for tenant in &tenants {
        tenant.says_hello().await;
    }
    acme.creates_its_index(200).await;
    initech.creates_its_index(400).await;
    globex.creates_its_index(200).await;
    for tenant in &tenants {
        tenant.asks_for_health().await;
        tenant.writes().await;
        tenant.writes_in_bulk().await;
    }
    for tenant in &tenants {
        tenant.reads_by_id().await;
        tenant.searches().await;
        tenant.searches_several_at_once().await;
        tenant.reads_page_by_page().await;
        for other in tenants.iter().filter(|other| other.name != tenant.name) {
            tenant.sees_nothing_of(other.name).await;
        }
    }
    // Each deletes all that it can reach; what is there after all of them were at it was stored after.
    for tenant in &tenants {
        tenant.deletes_by_query().await;
    }
    for tenant in &tenants {
        assert_eq!(tenant.count(json!({ "match_all": {} })).await, 1);
    }

    let stranger = client(url, Credentials::Bearer("nobody's".to_owned()));
    let info = stranger.info().send().await.expect("an answer");
    assert_eq!(info.status_code(), 401);
}

fn tenants() -> [(&'static str, Credentials); 3] {
    let basic = |name: &str, password: &str| Credentials::Basic(name.into(), password.into());
    [
        ("acme", basic("acme", "acme-pass")),
        ("initech", Credentials::Bearer("initech-token".to_owned())),
        ("globex", basic("globex", "globex-pass")),
    ]
}

fn client(url: &str, credentials: Credentials) -> OpenSearch {
    let pool = SingleNodeConnectionPool::new(url.parse().expect("a URL"));
    let transport = TransportBuilder::new(pool)
        .auth(credentials)
        .disable_proxy()
        .build();
    OpenSearch::new(transport.expect("a transport"))
}

struct Tenant {
    name: &'static str,
    client: OpenSearch,
    index: String,
}

impl Tenant {
    async fn says_hello(&self) {
        let ping = self.client.ping().send().await.expect("an answer");
        assert_eq!(ping.status_code(), 200);
        let info = body(200, self.client.info().send().await).await;
        assert_eq!(info["version"]["distribution"], "opensearch");
    }

    /// 200 for the first, 400 for who comes after.
    async fn creates_its_index(&self, status: u16) {
        let indices = self.client.indices();
        let create = indices.create(IndicesCreateParts::Index(&self.index));
        let created = body(status, create.send().await).await;
        if status == 200 {
            assert_eq!(created["index"], self.index.as_str());
        } else {
            assert_eq!(
                created["error"]["type"],
                "resource_already_exists_exception"
            );
        }
        let parts = [&*self.index];
        let exists = indices.exists(IndicesExistsParts::Index(&parts));
        assert_eq!(exists.send().await.expect("an answer").status_code(), 200);
    }

    async fn asks_for_health(&self) {
        let cluster = self.client.cluster();
        let parts = [&*self.index];
        let health = cluster.health(ClusterHealthParts::Index(&parts));
        let health = body(200, health.send().await).await;
        assert_ne!(health["status"], "red");
        assert_eq!(health["timed_out"], false);
    }

    async fn writes(&self) {
        let first = self.client.index(IndexParts::IndexId(&self.index, "1"));
        let put = body(201, first.body(self.song("Alabama", 1963)).send().await).await;
        assert_eq!(put["_index"], self.index.as_str());
        assert_eq!(put["_id"], "1");
        let minted = self.client.index(IndexParts::Index(&self.index));
        let put = body(201, minted.body(self.song("Naima", 1959)).send().await).await;
        let id = put["_id"].as_str().expect("an id");
        assert_eq!(self.get(200, id).await["_source"]["title"], "Naima");

        let odd = "a/b?c %25+\u{e9}";
        for (status, result) in [(201, json!("created")), (409, Value::Null)] {
            let create = self.client.create(CreateParts::IndexId(&self.index, odd));
            let sent = create.body(self.song("Giant Steps", 1959)).send().await;
            assert_eq!(body(status, sent).await["result"], result);
        }
        let update = self.client.update(UpdateParts::IndexId(&self.index, odd));
        let doc = json!({ "doc": { "year": 1960 } });
        assert_eq!(body(200, update.body(doc).send().await).await["_id"], odd);
        assert_eq!(self.get(200, odd).await["_source"]["year"], 1960);

        for id in [id, odd] {
            let delete = self.client.delete(DeleteParts::IndexId(&self.index, id));
            assert_eq!(body(200, delete.send().await).await["result"], "deleted");
            assert_eq!(self.get(404, id).await["found"], false);
        }
        let own = format!("of-{}", self.name);
        let update = self.client.update(UpdateParts::IndexId(&self.index, &own));
        let upsert = json!({ "doc": { "year": 1963 }, "doc_as_upsert": true });
        body(201, update.body(upsert).send().await).await;
    }

    async fn writes_in_bulk(&self) {
        let mut operations = BulkOperations::new();
        for i in 2..12 {
            let song = self.song(&format!("Take {i}"), 1950 + i);
            operations
                .push(BulkOperation::index(song).id(i.to_string()))
                .expect("an operation");
        }
        let bulk = self.client.bulk(BulkParts::Index(&self.index));
        let bulk = bulk.body(vec![operations]).refresh(Refresh::True);
        let answer = body(200, bulk.send().await).await;
        assert_eq!(answer["errors"], false);
        assert_eq!(answer["items"].as_array().map(Vec::len), Some(10));

        let mut operations = BulkOperations::new();
        let again = BulkOperation::create("2", self.song("Take 2", 1952)).index(&self.index);
        let update = json!({ "doc": { "live": true } });
        let update = BulkOperation::update("3", update).index(&self.index);
        let gone = BulkOperation::<()>::delete("none-such").index(&self.index);
        operations.push(again).expect("an operation");
        operations.push(update).expect("an operation");
        operations.push(gone).expect("an operation");
        let bulk = self.client.bulk(BulkParts::None).body(vec![operations]);
        let answer = body(200, bulk.refresh(Refresh::WaitFor).send().await).await;
        assert_eq!(answer["errors"], true);
        let items = &answer["items"];
        assert_eq!(items[0]["create"]["status"], 409);
        assert_eq!(items[1]["update"]["status"], 200);
        assert_eq!(items[2]["delete"]["status"], 404);
        assert_eq!(items[2]["delete"]["_id"], "none-such");
    }

    async fn reads_by_id(&self) {
        let source = self
            .client
            .get_source(GetSourceParts::IndexId(&self.index, "1"));
        assert_eq!(
            body(200, source.send().await).await,
            self.song("Alabama", 1963)
        );
        let mget = self.client.mget(MgetParts::Index(&self.index));
        let ids = json!({ "ids": ["2", "none-such"] });
        let docs = body(200, mget.body(ids).send().await).await;
        assert_eq!(docs["docs"][0]["_source"]["owner"], self.name);
        assert_eq!(docs["docs"][1]["found"], false);
        let mget = self.client.mget(MgetParts::None);
        let named = json!({ "docs": [{ "_index": self.index, "_id": "3" }] });
        let docs = body(200, mget.body(named).send().await).await;
        assert_eq!(docs["docs"][0]["_source"]["live"], true);
    }

    async fn searches(&self) {
        let found = self.search(json!({ "query": { "match": { "title": "alabama" } } }));
        assert_eq!(ids(&found.await), ["1"]);
        let narrow = json!({
            "query": { "bool": {
                "must": [{ "match": { "title": "take" } }],
                "filter": [{ "range": { "year": { "gte": 1953, "lte": 1956 } } }],
                "must_not": [{ "term": { "year": 1955 } }],
            } },
            "sort": [{ "year": "desc" }],
            "aggs": {
                "live": { "filter": { "term": { "live": true } } },
                "artists": { "terms": { "field": "artist.keyword" }, "aggs": { "first": { "min": { "field": "year" } } } },
            },
        });
        let found = self.search(narrow).await;
        assert_eq!(ids(&found), ["6", "4", "3"]);
        assert_eq!(found["hits"]["hits"][0]["_index"], self.index.as_str());
        assert_eq!(found["aggregations"]["live"]["doc_count"], 1);
        let artist = &found["aggregations"]["artists"]["buckets"][0];
        assert_eq!(
            (&artist["key"], &artist["doc_count"]),
            (&json!("John Coltrane"), &json!(3))
        );
        assert_eq!(artist["first"]["value"], 1953.0);

        // Without a body it is a GET.
        let parts = [&*self.index];
        let all = self.client.search(SearchParts::Index(&parts));
        let all = body(200, all.size(50).send().await).await;
        assert_eq!(ids(&all).len(), 12);
        assert_eq!(
            self.count(json!({ "match": { "title": "take" } })).await,
            10
        );
    }

    async fn searches_several_at_once(&self) {
        let parts = [&*self.index];
        let lines: Vec<JsonBody<Value>> = vec![
            json!({}).into(),
            json!({ "query": { "match": { "title": "alabama" } } }).into(),
            json!({ "index": self.index }).into(),
            json!({ "query": { "term": { "year": 1954 } } }).into(),
        ];
        let msearch = self.client.msearch(MsearchParts::Index(&parts)).body(lines);
        let answer = body(200, msearch.send().await).await;
        assert_eq!(ids(&answer["responses"][0]), ["1"]);
        assert_eq!(ids(&answer["responses"][1]), ["4"]);
    }

    async fn reads_page_by_page(&self) {
        let parts = [&*self.index];
        let search = self.client.search(SearchParts::Index(&parts)).scroll("1m");
        let mut page = body(200, search.size(5).send().await).await;
        let mut sizes = Vec::new();
        while !ids(&page).is_empty() {
            sizes.push(ids(&page).len());
            let next = json!({ "scroll": "1m", "scroll_id": page["_scroll_id"] });
            let scroll = self.client.scroll(ScrollParts::None).body(next);
            page = body(200, scroll.send().await).await;
        }
        assert_eq!(sizes, [5, 5, 2]);
        let clear = self.client.clear_scroll(ClearScrollParts::None);
        let done = json!({ "scroll_id": [page["_scroll_id"]] });
        let cleared = body(200, clear.body(done).send().await).await;
        assert_eq!(cleared["succeeded"], true);
    }

    async fn sees_nothing_of(&self, other: &str) {
        assert_eq!(self.count(json!({ "match": { "owner": other } })).await, 0);
        for id in [format!("of-{other}"), format!("{other}:1")] {
            let exists = self.client.exists(ExistsParts::IndexId(&self.index, &id));
            assert_eq!(exists.send().await.expect("an answer").status_code(), 404);
        }
    }

    async fn deletes_by_query(&self) {
        let everything = json!({ "query": { "match_all": {} } });
        let parts = [&*self.index];
        let delete = self
            .client
            .delete_by_query(DeleteByQueryParts::Index(&parts));
        let answer = body(200, delete.body(everything).refresh(true).send().await).await;
        assert_eq!(
            (&answer["total"], &answer["deleted"]),
            (&json!(12), &json!(12))
        );
        let last = self.client.index(IndexParts::IndexId(&self.index, "last"));
        body(201, last.body(self.song("Ogunde", 1967)).send().await).await;
        let indices = self.client.indices();
        let refresh = indices.refresh(IndicesRefreshParts::Index(&parts));
        body(200, refresh.send().await).await;
    }

    async fn get(&self, status: u16, id: &str) -> Value {
        let get = self.client.get(GetParts::IndexId(&self.index, id));
        body(status, get.send().await).await
    }

    async fn search(&self, search: Value) -> Value {
        let parts = [&*self.index];
        let request = self.client.search(SearchParts::Index(&parts)).body(search);
        body(200, request.send().await).await
    }

    async fn count(&self, query: Value) -> Value {
        let parts = [&*self.index];
        let count = self.client.count(CountParts::Index(&parts));
        let answer = count.body(json!({ "query": query })).send().await;
        body(200, answer).await["count"].clone()
    }

    fn song(&self, title: &str, year: u32) -> Value {
        json!({ "title": title, "artist": "John Coltrane", "year": year, "owner": self.name })
    }
}

/// The answer's body, after its status was checked.
async fn body(status: u16, answer: Result<Response, Error>) -> Value {
    let answer = answer.expect("an answer");
    let found = answer.status_code();
    let text = answer.text().await.expect("a text");
    assert_eq!(found, status, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["hits"]["hits"]
        .as_array()
        .expect("hits")
        .iter()
        .filter_map(|hit| hit["_id"].as_str())
        .collect()
}
