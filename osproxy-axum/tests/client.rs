//! The client over a hyper server on this machine.
#![allow(clippy::expect_used, clippy::unwrap_used)] // helpers of tests

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Empty, Full, Limited, StreamBody};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use osproxy_axum::client::{
    ClientError, ClientErrorKind, ClusterConfig, ClusterCredentials, OpenSearchClient,
};
use osproxy_layer::BoxError;
use osproxy_layer::spi::{ClusterId, IndexName, Target};
use tokio::net::TcpListener;
use tower::{Service, ServiceExt};

type Sent = BoxBody<Bytes, BoxError>;
type Client = OpenSearchClient<Sent>;

/// A cluster that does what a request's path says.
struct Cluster {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Cluster {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                stream.set_nodelay(true).expect("a socket");
                let service = hyper::service::service_fn(answer);
                // A client that breaks off is what some tests are about.
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self {
            address,
            connections,
        }
    }

    fn config(&self) -> ClusterConfig {
        ClusterConfig::new(&format!("http://{}", self.address)).expect("an endpoint")
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Sent>, Infallible> {
    let path = request.uri().path().to_owned();
    let mut response = match path.as_str() {
        "/hang" => std::future::pending().await,
        "/silent" => Response::new(frames(&[0, 60_000])),
        "/drip" => Response::new(frames(&[0, 40, 40, 40, 40])),
        _ => {
            let seen = format!(
                "{} {} {:?}",
                request.method(),
                request.uri(),
                sorted(request.headers())
            );
            let length = request
                .into_body()
                .collect()
                .await
                .map_or(0, |body| body.to_bytes().len());
            Response::new(
                Full::new(Bytes::from(format!("{seen} {length}")))
                    .map_err(|never| match never {})
                    .boxed(),
            )
        }
    };
    response
        .headers_mut()
        .insert("x-hop", "1".parse().expect("a value"));
    response
        .headers_mut()
        .insert("connection", "x-hop".parse().expect("a value"));
    Ok(response)
}

/// Frames of 1 KiB, each after so many milliseconds.
fn frames(pauses: &[u64]) -> Sent {
    let pauses = VecDeque::from_iter(pauses.iter().copied());
    let stream = futures_util::stream::unfold(pauses, async |mut pauses| {
        tokio::time::sleep(Duration::from_millis(pauses.pop_front()?)).await;
        Some((Ok(Frame::data(Bytes::from(vec![b'x'; 1024]))), pauses))
    });
    BoxBody::new(StreamBody::new(stream))
}

fn sorted(headers: &HeaderMap) -> Vec<String> {
    let mut lines: Vec<_> = headers
        .iter()
        .map(|(name, value)| format!("{name}={}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    lines
}

fn empty() -> Sent {
    BoxBody::new(Empty::new().map_err(|never| match never {}))
}

fn target() -> Target {
    Target::new(ClusterId::from("eu-1"), IndexName::from("orders"))
}

fn get(path: &str) -> Request<Sent> {
    Request::get(path).body(empty()).expect("a request")
}

fn client(config: ClusterConfig) -> Client {
    OpenSearchClient::builder()
        .cluster(ClusterId::from("eu-1"), config)
        .build()
        .expect("a client")
}

async fn kind_of<T>(call: impl Future<Output = Result<T, ClientError>>) -> ClientErrorKind {
    call.await.map(|_| ()).expect_err("must fail").kind()
}

async fn text<B: Body<Data = Bytes, Error = ClientError>>(response: Response<B>) -> String {
    let bytes = response
        .into_body()
        .collect()
        .await
        .expect("a whole body")
        .to_bytes();
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let cluster = Cluster::start().await;
    let client = client(cluster.config());
    for _ in 0..3 {
        text(
            client
                .clone()
                .send(&target(), get("/_search"))
                .await
                .expect("answered"),
        )
        .await;
    }
    assert_eq!(cluster.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_request_arrives_as_it_was_written() {
    let cluster = Cluster::start().await;
    let credentials = ClusterCredentials::basic("osproxy", "secret").expect("fits");
    let client = client(cluster.config().with_credentials(credentials));
    let request = Request::put("/a%2Fb/_doc/%C3%A9+%25?routing=a")
        .version(http::Version::HTTP_2)
        .header("host", "front.example")
        .header("authorization", "Bearer of-the-router")
        .header("connection", "x-mine")
        .header("x-mine", "1")
        .header("te", "trailers")
        .header("content-type", "application/json")
        .body(BoxBody::new(
            Full::new(Bytes::from("{}")).map_err(|never| match never {}),
        ))
        .expect("a request");
    let response = client.send(&target(), request).await.expect("answered");
    assert!(
        !response.headers().contains_key("x-hop") && !response.headers().contains_key("connection")
    );
    let expected = format!(
        "PUT /a%2Fb/_doc/%C3%A9+%25?routing=a [\"authorization=Basic b3Nwcm94eTpzZWNyZXQ=\", \"content-length=2\", \
         \"content-type=application/json\", \"host={}\"] 2",
        cluster.address
    );
    assert_eq!(text(response).await, expected);
}

#[tokio::test]
async fn the_targets_endpoint_goes_first_and_the_cluster_id_chooses_the_credentials() {
    let cluster = Cluster::start().await;
    let nowhere = ClusterConfig::new("http://127.0.0.1:1").expect("an endpoint");
    let client = client(nowhere.with_credentials(ClusterCredentials::bearer("b").expect("fits")));
    let endpoint = format!("http://{}/prefix/", cluster.address);
    let known = target().with_endpoint(Some(endpoint.as_str().into()));
    let seen = text(
        client
            .send(&known, get("/_search"))
            .await
            .expect("answered"),
    )
    .await;
    assert!(
        seen.starts_with("GET /prefix/_search [\"authorization=Bearer b\""),
        "{seen}"
    );
    let unknown = Target::new(ClusterId::from("us-1"), IndexName::from("orders"))
        .with_endpoint(Some(endpoint.as_str().into()));
    let seen = text(
        client
            .send(&unknown, get("/_search"))
            .await
            .expect("answered"),
    )
    .await;
    assert!(!seen.contains("authorization"), "{seen}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let client = client(ClusterConfig::new("http://127.0.0.1:1").expect("an endpoint"));
    assert_eq!(
        kind_of(client.send(&target(), get("/"))).await,
        ClientErrorKind::Connect
    );
    let elsewhere = Target::new(ClusterId::from("us-1"), IndexName::from("orders"));
    assert_eq!(
        kind_of(client.send(&elsewhere, get("/"))).await,
        ClientErrorKind::UnknownCluster
    );
    let odd = target().with_endpoint(Some("nonsense".into()));
    assert_eq!(
        kind_of(client.send(&odd, get("/"))).await,
        ClientErrorKind::Endpoint
    );
    assert_eq!(
        kind_of(client.clone().oneshot(get("/"))).await,
        ClientErrorKind::NoTarget
    );
}

#[tokio::test]
async fn a_head_that_is_late_is_not_waited_for() {
    let cluster = Cluster::start().await;
    let client = client(
        cluster
            .config()
            .with_header_timeout(Duration::from_millis(50)),
    );
    assert_eq!(
        kind_of(client.send(&target(), get("/hang"))).await,
        ClientErrorKind::HeaderTimeout
    );
}

#[tokio::test]
async fn a_cluster_that_falls_silent_breaks_its_body_off() {
    let cluster = Cluster::start().await;
    let client = client(
        cluster
            .config()
            .with_body_timeout(Duration::from_millis(100)),
    );
    let silent = client
        .send(&target(), get("/silent"))
        .await
        .expect("a head");
    let mut body = silent.into_body();
    assert!(body.frame().await.expect("a frame").is_ok());
    assert_eq!(
        kind_of(async { body.frame().await.expect("an error") }).await,
        ClientErrorKind::BodyTimeout
    );
    // Longer than the time-out as a whole, never silent for so long.
    assert_eq!(
        text(client.send(&target(), get("/drip")).await.expect("a head"))
            .await
            .len(),
        5 * 1024
    );
}

#[tokio::test]
async fn a_slow_reader_is_no_silent_cluster() {
    let cluster = Cluster::start().await;
    let client = client(
        cluster
            .config()
            .with_body_timeout(Duration::from_millis(100)),
    );
    let mut body = client
        .send(&target(), get("/drip"))
        .await
        .expect("a head")
        .into_body();
    assert!(body.frame().await.expect("a frame").is_ok());
    // It asks for the next frame, and then does something else for longer than the time-out.
    std::future::poll_fn(|cx| {
        assert!(Pin::new(&mut body).poll_frame(cx).is_pending());
        Poll::Ready(())
    })
    .await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let rest = body.collect().await.expect("a whole body").to_bytes();
    assert_eq!(rest.len(), 4 * 1024);
}

#[tokio::test]
async fn the_callers_body_is_the_callers_fault() {
    let cluster = Cluster::start().await;
    let client = client(cluster.config());
    let post = |body: Sent| Request::post("/_bulk").body(body).expect("a request");
    let limited = BoxBody::new(Limited::new(frames(&[0, 10, 10]), 1500));
    assert_eq!(
        kind_of(client.send(&target(), post(limited))).await,
        ClientErrorKind::RequestTooLarge
    );
    let broken = BoxBody::new(Broken);
    assert_eq!(
        kind_of(client.send(&target(), post(broken))).await,
        ClientErrorKind::RequestBody
    );
}

struct Broken;

impl Body for Broken {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(Some(Err("acme's own words".into())))
    }
}

#[tokio::test]
async fn errors_and_debug_output_quote_nothing() {
    let cluster = Cluster::start().await;
    let credentials = ClusterCredentials::basic("osproxy", "secret").expect("fits");
    let mut client = client(cluster.config().with_credentials(credentials));
    let shown = format!("{client:?}");
    assert!(
        !shown.contains("secret") && !shown.contains("b3Nwcm94eTpzZWNyZXQ="),
        "{shown}"
    );
    let call = client.call(
        Request::post("/acme.orders/_doc")
            .body(BoxBody::new(Broken))
            .expect("a request"),
    );
    let error = call.await.expect_err("must fail");
    assert!(!format!("{error} {error:?}").contains("acme"), "{error:?}");
    assert_eq!(
        StatusCode::OK,
        client
            .send(&target(), get("/"))
            .await
            .expect("answered")
            .status()
    );
}
