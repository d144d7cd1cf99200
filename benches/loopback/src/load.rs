//! The load: rounds of a second, each proxy in turn, and then requests at a fixed rate.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::rivals::{self, Running};
use crate::samples::Case;
use crate::usage::{cpu_us, family, resident_mb};
use crate::{Failed, upstream};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(700);
const CONNECTIONS: usize = 16;
/// Requests a second, of the run that measures how long one takes.
const RATE: u64 = 1000;
const RATED: Duration = Duration::from_secs(3);

type Http = Client<HttpConnector, Full<Bytes>>;

/// What a round of one case on one proxy took.
#[derive(Clone, Copy)]
struct Round {
    cpu_us: f64,
    upstream: f64,
}

pub async fn run() -> Result<(), Failed> {
    let folder = std::env::temp_dir().join(format!("osproxy-loopback-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = measure(&folder).await;
    std::fs::remove_dir_all(&folder)?;
    done
}

async fn measure(folder: &std::path::Path) -> Result<(), Failed> {
    let node = rivals::own("upstream", 19_300, &["19300".to_owned()], "1").await?;
    let behind = node.port;
    let mut proxies = vec![
        rivals::own(
            "bare",
            19_301,
            &["19301".to_owned(), behind.to_string()],
            "0",
        )
        .await?,
        rivals::own(
            "ours",
            19_302,
            &["19302".to_owned(), behind.to_string()],
            "0",
        )
        .await?,
    ];
    proxies.extend(rivals::nginx(19_303, behind, folder).await?);
    proxies.extend(rivals::osproxy(19_304, behind).await?);
    let client = client();

    println!("| case | proxy | CPU µs a request | × bare | upstream requests |");
    println!("|---|---|---|---|---|");
    for case in Case::ALL {
        let mut rounds: Vec<Vec<Round>> = proxies.iter().map(|_| Vec::new()).collect();
        for proxy in &proxies {
            // Connections are made, and what is kept is kept.
            closed_loop(&client, proxy, case, ROUND / 4).await?;
        }
        for number in 0..ROUNDS {
            // There and back, so that drift falls on all alike.
            let mut order: Vec<usize> = (0..proxies.len()).collect();
            if number % 2 == 1 {
                order.reverse();
            }
            for at in order {
                rounds[at].push(round(&client, &node, &proxies[at], case).await?);
            }
        }
        print(case, &proxies, &rounds);
    }
    println!();
    println!("| proxy | PUT at {RATE}/s: p50 ms | p99 ms | resident MB |");
    println!("|---|---|---|---|");
    let direct = at_a_rate(&client, node.port).await?;
    println!("| direct | {:.2} | {:.2} | |", direct.0, direct.1);
    for proxy in &proxies {
        let (p50, p99) = at_a_rate(&client, proxy.port).await?;
        let resident = resident_mb(&family(proxy.pid()));
        println!("| {} | {p50:.2} | {p99:.2} | {resident:.0} |", proxy.name);
    }
    Ok(())
}

fn client() -> Http {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new()).build(connector)
}

async fn round(
    client: &Http,
    node: &Running,
    proxy: &Running,
    case: Case,
) -> Result<Round, Failed> {
    counted(client, node.port).await?;
    let family = family(proxy.pid());
    let before = cpu_us(&family);
    let requests = closed_loop(client, proxy, case, ROUND).await? as f64;
    let used = cpu_us(&family) - before;
    Ok(Round {
        cpu_us: used / requests,
        upstream: counted(client, node.port).await? / requests,
    })
}

/// As many requests as can be sent one after the other on so many connections.
async fn closed_loop(
    client: &Http,
    proxy: &Running,
    case: Case,
    long: Duration,
) -> Result<usize, Failed> {
    let end = Instant::now() + long;
    let sent = Arc::new(AtomicUsize::new(0));
    let body = case.body();
    let address = format!("127.0.0.1:{}", proxy.port);
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (client, sent, body) = (client.clone(), Arc::clone(&sent), body.clone());
            let address = address.clone();
            tokio::spawn(async move {
                while Instant::now() < end {
                    send(&client, case, &address, &body).await?;
                    sent.fetch_add(1, Relaxed);
                }
                Ok::<_, Failed>(())
            })
        })
        .collect();
    for worker in workers {
        worker.await??;
    }
    Ok(sent.load(Relaxed))
}

async fn send(client: &Http, case: Case, address: &str, body: &Bytes) -> Result<(), Failed> {
    let response = client.request(case.request(address, body)).await?;
    let status = response.status();
    let answer = response.into_body().collect().await?.to_bytes();
    if case != Case::Refused && !status.is_success() {
        let answer = String::from_utf8_lossy(&answer);
        return Err(format!("{} at {address}: {status} {answer:.300}", case.name()).into());
    }
    Ok(())
}

/// Requests at a fixed rate, whatever becomes of those before: how long half of them take, and all but one in a hundred,
/// in milliseconds.
async fn at_a_rate(client: &Http, port: u16) -> Result<(f64, f64), Failed> {
    let address = format!("127.0.0.1:{port}");
    let body = Case::Put.body();
    let mut tick = tokio::time::interval(Duration::from_micros(1_000_000 / RATE));
    let end = Instant::now() + RATED;
    let mut under_way = Vec::new();
    while Instant::now() < end {
        tick.tick().await;
        let (client, address, body) = (client.clone(), address.clone(), body.clone());
        under_way.push(tokio::spawn(async move {
            let began = Instant::now();
            send(&client, Case::Put, &address, &body).await?;
            Ok::<_, Failed>(began.elapsed().as_secs_f64() * 1000.0)
        }));
    }
    let mut took = Vec::new();
    for request in under_way {
        took.push(request.await??);
    }
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    Ok((at(0.5), at(0.99)))
}

/// How many requests came behind the proxies since the last call.
async fn counted(client: &Http, port: u16) -> Result<f64, Failed> {
    let uri = format!("http://127.0.0.1:{port}{}", upstream::COUNT).parse()?;
    let answer = client
        .get(uri)
        .await?
        .into_body()
        .collect()
        .await?
        .to_bytes();
    Ok(std::str::from_utf8(&answer)?.parse()?)
}

fn print(case: Case, proxies: &[Running], rounds: &[Vec<Round>]) {
    let bare = &rounds[0];
    for (proxy, own) in proxies.iter().zip(rounds) {
        let cpu = spread(own.iter().map(|round| round.cpu_us));
        let ratio = spread(
            own.iter()
                .zip(bare)
                .map(|(own, bare)| own.cpu_us / bare.cpu_us),
        );
        let upstream = spread(own.iter().map(|round| round.upstream)).1;
        println!(
            "| {} | {} | {:.1} ({:.1}–{:.1}) | {:.2} ({:.2}–{:.2}) | {upstream:.1} |",
            case.name(),
            proxy.name,
            cpu.1,
            cpu.0,
            cpu.2,
            ratio.1,
            ratio.0,
            ratio.2,
        );
    }
}

/// The least, the median and the most.
fn spread(values: impl Iterator<Item = f64>) -> (f64, f64, f64) {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let last = values.len() - 1;
    (values[0], values[last / 2], values[last])
}
