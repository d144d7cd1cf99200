//! What is counted: one case a row of the table.

use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use osproxy_layer::spi::{
    ClusterId, IndexPattern, JsonPath, PartitionId, PartitionKeySpec, Placement, Principal,
    PrincipalAttr, PrincipalId, SharedIndex,
};
use osproxy_layer::{OsproxyLayer, PlacementTable, TableTenancy, TenancyRouter};
use tokio::runtime::Runtime;
use tower::{Layer, Service, ServiceExt};

use crate::cluster::Clusters;
use crate::samples::{self, Kind};

/// What a case is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Request,
    Document,
    Item,
    Search,
    Hit,
}

impl Unit {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Document => "document",
            Self::Item => "item",
            Self::Search => "search",
            Self::Hit => "hit",
        }
    }
}

/// Work that is set up and has not begun.
pub type Work = Box<dyn FnOnce()>;

/// One row. Its figure is the growth from `n` units of work to `2n`, a unit.
pub struct Case {
    pub name: &'static str,
    pub unit: Unit,
    pub n: usize,
    /// The case without the stack, which is taken off: building the request and answering it.
    pub without: Option<&'static str>,
    /// Work of so many units, run once before: what is made only once is made.
    pub work: Box<dyn Fn(usize) -> Work>,
}

const REQUESTS: usize = 100;

/// All of them. The cases that others are held against come first.
pub fn all() -> Vec<Case> {
    let put = |stack: bool, tenant: &'static str| {
        requests(stack, samples::WRITTEN, move || {
            request(
                Method::PUT,
                "/orders/_doc/d1",
                Some(tenant),
                DOCUMENT.clone(),
            )
        })
    };
    let get = |stack: bool, tenant: &'static str| {
        requests(stack, samples::found(1), move || {
            request(Method::GET, "/orders/_doc/d1", Some(tenant), Bytes::new())
        })
    };
    let refused = |stack: bool| {
        requests(stack, "{}", || {
            request(Method::GET, "/_cluster/state", Some("acme"), Bytes::new())
        })
    };
    let row = |name, unit, n, without, work| Case {
        name,
        unit,
        n,
        without,
        work,
    };
    use Unit::*;
    vec![
        row("bare_put", Request, REQUESTS, None, put(false, "acme")),
        row("bare_get", Request, REQUESTS, None, get(false, "acme")),
        row("bare_refused", Request, REQUESTS, None, refused(false)),
        row(
            "put_shared_1k",
            Request,
            REQUESTS,
            Some("bare_put"),
            put(true, "acme"),
        ),
        row(
            "get_shared_1k",
            Request,
            REQUESTS,
            Some("bare_get"),
            get(true, "acme"),
        ),
        row(
            "put_own_index_1k",
            Request,
            REQUESTS,
            Some("bare_put"),
            put(true, "globex"),
        ),
        row(
            "put_own_cluster_1k",
            Request,
            REQUESTS,
            Some("bare_put"),
            put(true, "hooli"),
        ),
        row(
            "get_own_cluster_1k",
            Request,
            REQUESTS,
            Some("bare_get"),
            get(true, "hooli"),
        ),
        row(
            "refused",
            Request,
            REQUESTS,
            Some("bare_refused"),
            refused(true),
        ),
        row(
            "serde_json_reads_1k_message",
            Document,
            200,
            None,
            Box::new(|n| serde_json_reads(Kind::Message, n)),
        ),
        row(
            "serde_json_reads_1k",
            Document,
            200,
            None,
            Box::new(|n| serde_json_reads(Kind::Line, n)),
        ),
        row(
            "serde_json_reads_1k_dense",
            Document,
            200,
            None,
            Box::new(|n| serde_json_reads(Kind::Dense, n)),
        ),
        row(
            "bulk_shared_1k_message",
            Document,
            200,
            None,
            Box::new(|n| bulk(Kind::Message, n)),
        ),
        row(
            "bulk_shared_1k",
            Document,
            200,
            None,
            Box::new(|n| bulk(Kind::Line, n)),
        ),
        row(
            "bulk_shared_1k_dense",
            Document,
            200,
            None,
            Box::new(|n| bulk(Kind::Dense, n)),
        ),
        row(
            "bulk_64_tenants_8_clusters_1k",
            Document,
            1_600,
            None,
            Box::new(bulk_by_field),
        ),
        row("mget_shared_1k", Item, 100, None, Box::new(mget)),
        row("msearch_shared", Search, 160, None, Box::new(msearch)),
        row(
            "search_shared_1k",
            Hit,
            10_000,
            None,
            Box::new(|n| search(Kind::Line, n)),
        ),
        row(
            "search_shared_1k_dense",
            Hit,
            1_000,
            None,
            Box::new(|n| search(Kind::Dense, n)),
        ),
    ]
}

static DOCUMENT: std::sync::LazyLock<Bytes> =
    std::sync::LazyLock::new(|| Bytes::from(Kind::Line.document(1)));

/// `n` requests one after the other.
fn requests(
    stack: bool,
    answer: impl Into<Bytes>,
    make: impl Fn() -> Request<Full<Bytes>> + Clone + 'static,
) -> Box<dyn Fn(usize) -> Work> {
    let clusters = Clusters::answering(answer);
    Box::new(move |n| {
        let make = make.clone();
        if stack {
            repeated(layer(by_caller()).layer(clusters.clone()), n, make)
        } else {
            repeated(clusters.clone(), n, make)
        }
    })
}

fn bulk(kind: Kind, documents: usize) -> Work {
    let answer = samples::bulk_answer(|_| "acme".to_owned(), 0..documents);
    let service = layer(by_caller()).layer(Clusters::answering(answer));
    let body = Bytes::from(samples::bulk(kind, documents));
    repeated(service, 1, move || {
        request(Method::POST, "/orders/_bulk", Some("acme"), body.clone())
    })
}

/// What a reader without a tree takes to find a document sound: the measure of our own.
fn serde_json_reads(kind: Kind, documents: usize) -> Work {
    let documents: Vec<_> = (0..documents).map(|number| kind.document(number)).collect();
    Box::new(move || {
        for document in &documents {
            let read = serde_json::from_str::<serde::de::IgnoredAny>(document);
            std::hint::black_box(read).expect("a document");
        }
    })
}

/// Each document names its tenant.
fn bulk_by_field(documents: usize) -> Work {
    let answers = (0..8).map(|cluster| {
        let own = (0..documents).filter(|number| number % 64 % 8 == cluster);
        let answer = samples::bulk_answer(|number| format!("t{}", number % 64), own);
        (format!("c{cluster}"), Bytes::from(answer))
    });
    let service = layer(by_field()).layer(Clusters::each(answers));
    let body = Bytes::from(samples::bulk(Kind::Line, documents));
    repeated(service, 1, move || {
        request(Method::POST, "/orders/_bulk", None, body.clone())
    })
}

fn mget(documents: usize) -> Work {
    let answer = samples::mget_answer(documents);
    let service = layer(by_caller()).layer(Clusters::answering(answer));
    let body = Bytes::from(samples::mget(documents));
    repeated(service, 1, move || {
        request(Method::POST, "/orders/_mget", Some("acme"), body.clone())
    })
}

fn msearch(searches: usize) -> Work {
    let answer = samples::msearch_answer(searches);
    let service = layer(by_caller()).layer(Clusters::answering(answer));
    let body = Bytes::from(samples::msearch(searches));
    repeated(service, 1, move || {
        request(Method::POST, "/_msearch", Some("acme"), body.clone())
    })
}

fn search(kind: Kind, hits: usize) -> Work {
    let service = layer(by_caller()).layer(Clusters::answering(samples::hits(kind, hits)));
    repeated(service, 1, || {
        let query = Bytes::from_static(samples::SEARCH.as_bytes());
        request(Method::POST, "/orders/_search", Some("acme"), query)
    })
}

// --- the stack, and its requests

/// The caller's tenant: `acme` shares its indices, `globex` has its own, `hooli` has a cluster.
fn by_caller() -> TenancyRouter<TableTenancy> {
    let eu = ClusterId::from("eu");
    let own = IndexPattern::parse("{partition}.{index}").expect("a pattern");
    let placements = [
        ("acme".to_owned(), shared("eu")),
        ("globex".to_owned(), Placement::dedicated_index(eu, own)),
        (
            "hooli".to_owned(),
            Placement::dedicated_cluster(ClusterId::from("own")),
        ),
    ];
    router(PartitionKeySpec::PrincipalAttr("tenant".into()), placements)
}

/// The tenants `t0` to `t63`, on eight clusters in turn.
fn by_field() -> TenancyRouter<TableTenancy> {
    let placements =
        (0..64).map(|number| (format!("t{number}"), shared(&format!("c{}", number % 8))));
    router(
        PartitionKeySpec::BodyField(JsonPath::new("customer")),
        placements,
    )
}

fn shared(cluster: &str) -> Placement {
    let pattern = IndexPattern::parse("{index}-shared").expect("a pattern");
    SharedIndex::new(ClusterId::from(cluster), pattern).into()
}

fn router(
    source: PartitionKeySpec,
    placements: impl IntoIterator<Item = (String, Placement)>,
) -> TenancyRouter<TableTenancy> {
    let table = PlacementTable::new();
    for (name, placement) in placements {
        let partition = PartitionId::parse(&name).expect("a name");
        table.put(partition, placement).expect("a placement");
    }
    TenancyRouter::new(TableTenancy::new(source, Arc::new(table)))
}

fn layer<R>(router: R) -> OsproxyLayer<R> {
    OsproxyLayer::new(router)
}

fn request(
    method: Method,
    uri: &'static str,
    tenant: Option<&str>,
    body: Bytes,
) -> Request<Full<Bytes>> {
    let media = if uri.ends_with("_bulk") || uri.ends_with("_msearch") {
        "application/x-ndjson"
    } else {
        "application/json"
    };
    // What a client sends beside: some of it goes up, some of it doesn't.
    let mut request = Request::builder()
        .method(method)
        .uri(uri)
        .header("host", "search.example.com")
        .header("user-agent", "opensearch-py/3.0.0 (Python 3.13.1)")
        .header("accept", "application/json")
        .header("x-opaque-id", "req-000017");
    if !body.is_empty() {
        request = request
            .header(CONTENT_TYPE, media)
            .header("content-length", body.len());
    }
    let mut request = request.body(Full::new(body)).expect("a request");
    if let Some(tenant) = tenant {
        let caller = Principal::new(PrincipalId::from("svc"));
        let caller = caller.with_attr(PrincipalAttr::new("tenant", tenant));
        request.extensions_mut().insert(caller);
    }
    request
}

/// Sends `n` requests and reads each answer to its end.
fn repeated<S, T>(service: S, n: usize, make: impl Fn() -> Request<Full<Bytes>> + 'static) -> Work
where
    S: Service<Request<Full<Bytes>>, Response = Response<T>> + Clone + 'static,
    S::Error: std::fmt::Debug,
    T: Body<Data = Bytes>,
    T::Error: std::fmt::Debug,
{
    let runtime = runtime();
    // Indices are checked now, and what is kept is kept.
    runtime.block_on(send(service.clone(), make()));
    Box::new(move || {
        runtime.block_on(async {
            for _ in 0..n {
                send(service.clone(), make()).await;
            }
        });
    })
}

async fn send<S, T>(service: S, request: Request<Full<Bytes>>)
where
    S: Service<Request<Full<Bytes>>, Response = Response<T>>,
    S::Error: std::fmt::Debug,
    T: Body<Data = Bytes>,
    T::Error: std::fmt::Debug,
{
    let response = service.oneshot(request).await.expect("an answer");
    let mut body = std::pin::pin!(response.into_body());
    while let Some(frame) = body.frame().await {
        frame.expect("a whole answer");
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
}
