//! The two sides: an index that three tenants share, asked through the screen, and an index of one tenant's own.

use http::{Method, StatusCode};
use osproxy_layer::rewrite::response::{self, IdRule, Reversal, Stream};
use osproxy_layer::rewrite::screen::{self, Scope, Screened, SharedIndex};
use serde_json::{Value, json};

use super::compare::{difference, normalise};
use super::corpus::{self, OWN, TENANTS};
use crate::support::http::{Client, Reply};

/// A request before the screen.
#[derive(Debug)]
pub struct Request {
    pub body: Value,
    pub url: Vec<(&'static str, String)>,
    /// Whether scores are part of the answer: only where they are the same in any company.
    pub scored: bool,
    pub count: bool,
    /// Whether the body stands in the URL.
    pub in_url: bool,
}

impl Request {
    /// Body and parameters as they are sent.
    fn sent(
        &self,
        body: String,
        mut url: Vec<(&'static str, String)>,
    ) -> (String, Vec<(&'static str, String)>) {
        if !self.in_url {
            return (body, url);
        }
        url.push(("source", body));
        url.push(("source_content_type", "application/json".to_owned()));
        (String::new(), url)
    }
}

/// What an answer that was the same on both sides told.
#[derive(Debug)]
pub struct Told {
    pub hits: bool,
    /// The reason, where neither side could run it.
    pub error: Option<String>,
}

#[derive(Debug)]
pub struct Sides {
    client: Client,
    url: String,
    shared: String,
    own: String,
}

impl Sides {
    pub async fn prepare(url: &str) -> Self {
        let run = std::process::id();
        let sides = Self {
            client: Client::new(),
            url: url.to_owned(),
            shared: format!("isolation-shared-{run}"),
            own: format!("isolation-own-{run}"),
        };
        sides.create(&sides.shared, 2).await;
        sides.create(&sides.own, 1).await;
        let documents = TENANTS.map(corpus::documents);
        let longest = documents.iter().map(Vec::len).max().unwrap();
        let (mut shared, mut own) = (String::new(), String::new());
        // Tenants write in turns, so that each one's documents lie between the others', in several segments; neighbours
        // write some again, which leaves deleted ones.
        for turn in 0..longest {
            for (tenant, documents) in TENANTS.iter().zip(&documents) {
                let pause = longest / documents.len();
                let Some((id, source)) = documents
                    .get(turn / pause)
                    .filter(|_| turn.is_multiple_of(pause))
                else {
                    continue;
                };
                let mut marked = source.clone();
                marked["_tenant"] = json!(tenant);
                let action = json!({"index": {"_id": format!("{tenant}:{id}"), "routing": tenant}});
                shared += &format!("{action}\n{marked}\n");
                if *tenant == OWN {
                    own += &format!("{}\n{source}\n", json!({"index": {"_id": id}}));
                }
            }
            if turn % 500 == 499 || turn + 1 == longest {
                sides.bulk(&sides.shared, std::mem::take(&mut shared)).await;
                sides.bulk(&sides.own, std::mem::take(&mut own)).await;
            }
        }
        sides
    }

    async fn create(&self, index: &str, shards: u32) {
        let body = json!({
            "settings": {"number_of_shards": shards, "number_of_replicas": 0, "refresh_interval": -1},
            "mappings": corpus::mapping()
        });
        let reply = self
            .client
            .json(
                Method::PUT,
                &format!("{}/{index}", self.url),
                body.to_string(),
            )
            .await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    }

    async fn bulk(&self, index: &str, body: String) {
        if body.is_empty() {
            return;
        }
        let reply = self
            .client
            .json(
                Method::POST,
                &format!("{}/{index}/_bulk?refresh=true", self.url),
                body,
            )
            .await;
        assert_eq!(reply.json()["errors"], false, "{}", reply.text());
    }

    pub async fn remove(&self) {
        for index in [&self.shared, &self.own] {
            self.client
                .json(Method::DELETE, &format!("{}/{index}", self.url), "")
                .await;
        }
    }

    /// Asks both sides. An error on both is alike; hits that hold something count.
    pub async fn compare(&self, request: &Request) -> Result<Told, String> {
        let body = request.body.to_string();
        let (sent, url) = request.sent(request.body.to_string(), request.url.clone());
        let scope = Scope::shared(SharedIndex {
            field: "_tenant",
            partition: OWN,
            id_prefix: "acme:",
            id_suffix: "",
            routing: Some(OWN),
            allow_root_keys: &[],
        });
        let screened = if request.count {
            screen::count(sent.as_bytes(), &url, &scope)
        } else {
            screen::search(sent.as_bytes(), &url, &scope)
        };
        let screened = screened.map_err(|refusal| format!("refused: {refusal}\n  {body}"))?;
        let physical = String::from_utf8(screened.body().to_vec()).unwrap();
        let mut own_body = request.body.clone();
        roots_as_background(&mut own_body);
        let mut own_url = request.url.clone();
        // Added for sorts by nested numbers, which miss hits beside any filter of the client's own too.
        let counts_all = physical.contains(r#""track_total_hits":true"#);
        if counts_all {
            own_url.retain(|(name, _)| *name != "track_total_hits");
            own_body["track_total_hits"] = json!(true);
        }
        let (own_body, own_url) = request.sent(own_body.to_string(), own_url);
        let own = self.ask(&self.own, request.count, &own_url, own_body).await;
        let shared = self
            .ask(
                &self.shared,
                request.count,
                screened.url(),
                physical.clone(),
            )
            .await;
        let error = !own.status.is_success();
        let told = |reply: &Reply| format!("{} {}", reply.status, reply.text());
        let differ = |what: &str| {
            format!(
                "{what}\n  {body}\n  {physical}\n  own    {}\n  shared {}",
                told(&own),
                told(&shared)
            )
        };
        // A defect of the server's that the wrap happens to avoid is no difference that a tenant could learn from.
        if own.status == StatusCode::INTERNAL_SERVER_ERROR && shared.status.is_success() {
            let reason = own.json()["error"]["root_cause"][0]["reason"].to_string();
            return Ok(Told {
                hits: false,
                error: Some(format!("only alone: {reason}  {body}")),
            });
        }
        if own.status != shared.status {
            return Err(differ("another status"));
        }
        if error {
            let reason = own.json()["error"]["root_cause"][0]["reason"].to_string();
            return Ok(Told {
                hits: false,
                error: Some(format!("{reason}  {body}")),
            });
        }
        let mut own_answer = own.json();
        let mut shared_answer = self
            .reversed(&shared.body, &screened, request.count)
            .map_err(|why| differ(&why))?;
        normalise(&mut own_answer, request);
        normalise(&mut shared_answer, request);
        if let Some(difference) = difference(&own_answer, &shared_answer) {
            if self.is_defect_of_few_terms(request, &shared_answer).await {
                return Ok(Told {
                    hits: false,
                    error: Some(format!("only alone: {difference}  {body}")),
                });
            }
            return Err(format!(
                "another answer at {difference}\n  {body}\n  {physical}"
            ));
        }
        let hits = own_answer["hits"]["hits"]
            .as_array()
            .is_some_and(|hits| !hits.is_empty())
            || own_answer["aggregations"].is_object()
            || own_answer["count"].as_u64() > Some(0);
        Ok(Told { hits, error: None })
    }

    /// Whether an own index gives this answer too where terms are counted without ordinals. With few of them, as an own
    /// index has, the server counts in a way of its own, and gives no buckets at all below another aggregation beside some
    /// figures (`multivalue_doc_count`, tried on 3.8.0).
    async fn is_defect_of_few_terms(&self, request: &Request, shared: &Value) -> bool {
        let mut body = request.body.clone();
        roots_as_background(&mut body);
        without_ordinals(&mut body);
        let (body, url) = request.sent(body.to_string(), request.url.clone());
        let mut own = self.ask(&self.own, request.count, &url, body).await.json();
        normalise(&mut own, request);
        difference(&own, shared).is_none()
    }

    /// The answer as the client gets it: by the reversal, which finds another tenant's documents too.
    fn reversed(&self, raw: &[u8], screened: &Screened<'_>, count: bool) -> Result<Value, String> {
        let reversal = Reversal::shared(
            [(self.shared.clone(), self.own.clone())],
            IdRule::new("acme:", ""),
        )
        .expect_routing(OWN)
        .strip("_tenant");
        let mut out = Vec::new();
        if count {
            response::count(raw, &reversal, &mut out).map_err(|error| error.to_string())?;
        } else {
            let mut stream = Stream::search(reversal, screened.shape().clone());
            stream
                .push(raw, &mut out)
                .map_err(|error| error.to_string())?;
            stream.finish().map_err(|error| error.to_string())?;
        }
        let text = String::from_utf8_lossy(&out);
        if text.contains("acme") || text.contains("globex") {
            return Err(format!("the partition shows: {text}"));
        }
        serde_json::from_slice(&out).map_err(|error| format!("{error}: {text}"))
    }

    async fn ask(
        &self,
        index: &str,
        count: bool,
        url: &[(impl AsRef<str>, impl AsRef<str>)],
        body: String,
    ) -> Reply {
        let call = if count { "_count" } else { "_search" };
        let query: Vec<_> = url
            .iter()
            .map(|(name, value)| format!("{}={}", name.as_ref(), encode(value.as_ref())))
            .collect();
        let url = format!("{}/{index}/{call}?{}", self.url, query.join("&"));
        self.client.json(Method::POST, &url, body).await
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Without a filter the background of a significant aggregation counts nested documents as well; with the partition's it
/// can't. So the own side is asked for whole documents too: the one difference that the rewrite makes.
fn roots_as_background(body: &mut Value) {
    match body {
        Value::Object(object) => {
            for kind in ["significant_terms", "significant_text"] {
                if let Some(Value::Object(by)) = object.get_mut(kind) {
                    let roots = json!({"exists": {"field": "seq"}});
                    let filter = match by.get("background_filter") {
                        Some(client) => json!({"bool": {"must": [client], "filter": [roots]}}),
                        None => roots,
                    };
                    by.insert("background_filter".to_owned(), filter);
                }
            }
            object.values_mut().for_each(roots_as_background);
        }
        Value::Array(values) => values.iter_mut().for_each(roots_as_background),
        _ => {}
    }
}

fn without_ordinals(body: &mut Value) {
    match body {
        Value::Object(object) => {
            if let Some(Value::Object(by)) = object.get_mut("terms")
                && by.get("field").is_some_and(Value::is_string)
            {
                by.insert("execution_hint".to_owned(), json!("map"));
            }
            object.values_mut().for_each(without_ordinals);
        }
        Value::Array(values) => values.iter_mut().for_each(without_ordinals),
        _ => {}
    }
}
