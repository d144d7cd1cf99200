//! The client over TLS, and the protocol that it speaks there.
#![allow(clippy::expect_used)] // helpers of tests

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use osproxy_axum::client::{ClientError, ClientErrorKind, ClusterConfig, OpenSearchClient};
use osproxy_layer::spi::{ClusterId, IndexName, Protocol, Target};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

type Client = OpenSearchClient<Full<Bytes>>;

/// A private authority.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }

    /// A server for this name, which says what protocol it was spoken to in.
    async fn cluster(&self, name: &str) -> SocketAddr {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new([name.to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a pair");
        config.alpn_protocols = [&b"h2"[..], b"http/1.1"].map(<[u8]>::to_vec).into();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (listener, address) = listen().await;
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that does not trust the certificate breaks off.
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream);
                }
            }
        });
        address
    }
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

fn serve(stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static) {
    tokio::spawn(async move {
        let service = hyper::service::service_fn(async |request: Request<Incoming>| {
            let seen = format!("{:?} {}", request.version(), request.uri().path());
            Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(seen))))
        });
        let server = auto::Builder::new(TokioExecutor::new());
        let connection = server.serve_connection(TokioIo::new(stream), service);
        connection.await.ok();
    });
}

fn client(endpoint: &str, roots: impl Into<Vec<u8>>) -> Client {
    let cluster = ClusterConfig::new(endpoint).expect("an endpoint");
    OpenSearchClient::builder()
        .cluster(ClusterId::from("eu-1"), cluster)
        .add_root_certificates(roots)
        .build()
        .expect("a client")
}

async fn seen(client: &Client, protocol: Option<Protocol>) -> Result<String, ClientError> {
    let target = Target::new(ClusterId::from("eu-1"), IndexName::from("orders"));
    let request = Request::get("/_search")
        .body(Full::default())
        .expect("a request");
    let response = client
        .send(&target.with_protocol(protocol), request)
        .await?;
    let body = response
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    Ok(String::from_utf8(body.to_vec()).expect("UTF-8"))
}

#[tokio::test]
async fn a_private_authority_is_trusted_where_it_is_named() {
    let (ours, other) = (Authority::new(), Authority::new());
    let address = ours.cluster("127.0.0.1").await;
    let endpoint = format!("https://{address}");
    let trusting = client(&endpoint, ours.0.pem());
    assert_eq!(
        seen(&trusting, None).await.expect("answered"),
        "HTTP/1.1 /_search"
    );
    // Several certificates in one file, and several files.
    let both = format!("{}{}", other.0.pem(), ours.0.pem());
    assert!(seen(&client(&endpoint, both), None).await.is_ok());

    let stranger = client(&endpoint, other.0.pem());
    let error = seen(&stranger, None).await.expect_err("it is not trusted");
    assert_eq!(error.kind(), ClientErrorKind::Connect);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_none() {
    let authority = Authority::new();
    let address = authority.cluster("opensearch.example").await;
    let client = client(&format!("https://{address}"), authority.0.pem());
    let error = seen(&client, None).await.expect_err("it is another's");
    assert_eq!(error.kind(), ClientErrorKind::Connect);
}

#[test]
fn a_root_that_can_not_be_read_is_a_mistake() {
    for pem in [
        "",
        "no PEM",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n***\n-----END CERTIFICATE-----\n",
        &KeyPair::generate().expect("a key").serialize_pem(),
    ] {
        let builder = OpenSearchClient::builder().add_root_certificates(pem);
        let error = builder.build::<Full<Bytes>>().expect_err(pem).to_string();
        assert!(error.contains("root certificate"), "{error}");
    }
}

#[cfg(not(feature = "http2"))]
#[tokio::test]
async fn without_the_feature_every_target_is_spoken_to_in_http1() {
    let (listener, address) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            serve(stream);
        }
    });
    let client = client(&format!("http://{address}"), Authority::new().0.pem());
    let seen = seen(&client, Some(Protocol::Http2)).await;
    assert_eq!(seen.expect("answered"), "HTTP/1.1 /_search");
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn the_targets_protocol_is_spoken_with_and_without_tls() {
    let authority = Authority::new();
    let (listener, plain) = listen().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            serve(stream);
        }
    });
    let secure = authority.cluster("127.0.0.1").await;
    for endpoint in [format!("http://{plain}"), format!("https://{secure}")] {
        let client = client(&endpoint, authority.0.pem());
        for (protocol, version) in [
            (Some(Protocol::Http2), "HTTP/2.0 /_search"),
            (None, "HTTP/1.1 /_search"),
            (Some(Protocol::Http1), "HTTP/1.1 /_search"),
            (Some(Protocol::Http2), "HTTP/2.0 /_search"),
        ] {
            assert_eq!(seen(&client, protocol).await.expect("answered"), version);
        }
    }
}
