//! A router whose partitions can be told to move, a cluster that answers when it is told, and the requests that care.
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use http::{Method, Request};
use osproxy_layer::spi::{Admission, Epoch, Held, PartitionId, RequestCtx, SpiError, WritePermit};
use osproxy_layer::{Resolved, Router};
use tokio::sync::Notify;

use crate::honest;
use crate::stack::*;

/// A placement store that can be told to move its partitions.
#[derive(Clone)]
pub struct Movable {
    tenants: Arc<Tenants>,
    pub moves: Arc<Moves>,
}

#[derive(Default)]
pub struct Moves {
    pub moving: Mutex<Vec<&'static str>>,
    pub superseded: Mutex<Vec<&'static str>>,
    pub settled: Notify,
    pub open: AtomicUsize,
    pub in_doubt: AtomicUsize,
    pub asked: AtomicUsize,
}

impl Movable {
    pub fn new(tenants: Tenants) -> Self {
        Self {
            tenants: Arc::new(tenants),
            moves: Arc::default(),
        }
    }

    pub fn open(&self) -> usize {
        self.moves.open.load(SeqCst)
    }

    pub fn in_doubt(&self) -> usize {
        self.moves.in_doubt.load(SeqCst)
    }
}

pub struct Permit(Arc<Moves>);

impl Held for Permit {
    fn in_doubt(&self) {
        self.0.in_doubt.fetch_add(1, SeqCst);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, SeqCst);
    }
}

impl Router for Movable {
    fn reads_body(&self) -> bool {
        self.tenants.reads_body()
    }

    fn resolve_partition(&self, ctx: &RequestCtx<'_>) -> Result<Option<PartitionId>, SpiError> {
        self.tenants.resolve_partition(ctx)
    }

    async fn resolve_placement(
        &self,
        ctx: &RequestCtx<'_>,
        partition: PartitionId,
    ) -> Result<Resolved, SpiError> {
        self.tenants.resolve_placement(ctx, partition).await
    }

    async fn resolve(&self, ctx: &RequestCtx<'_>) -> Result<Resolved, SpiError> {
        self.tenants.resolve(ctx).await
    }

    fn admit_write(&self, partition: &PartitionId, _: Epoch) -> Admission {
        self.moves.asked.fetch_add(1, SeqCst);
        let name = &partition.as_str();
        if self.moves.moving.lock().unwrap().contains(name) {
            return Admission::Moving;
        }
        if self.moves.superseded.lock().unwrap().contains(name) {
            return Admission::Superseded;
        }
        self.moves.open.fetch_add(1, SeqCst);
        Admission::Admitted(WritePermit::new(Arc::new(Permit(Arc::clone(&self.moves)))))
    }

    async fn settled(&self, _: &PartitionId, _: Epoch) {
        if !self.moves.moving.lock().unwrap().is_empty() {
            self.moves.settled.notified().await;
        }
    }
}

pub const BULK: &str = "{\"index\":{\"_id\":\"1\"}}\n{}\n{\"delete\":{\"_id\":\"2\"}}\n";

const ALL: &str = r#"{"query":{"match_all":{}}}"#;

pub fn writes(tenant: &str) -> Vec<Request<Body>> {
    vec![
        put("/orders/_doc/1", tenant, "{}"),
        put("/orders/_create/1", tenant, "{}"),
        post("/orders/_doc", tenant, "{}"),
        post("/orders/_update/1", tenant, r#"{"doc":{}}"#),
        request(Method::DELETE, "/orders/_doc/1", "").by(tenant),
        post("/orders/_bulk", tenant, BULK),
        post("/orders/_delete_by_query", tenant, ALL),
        post("/orders/_update_by_query", tenant, ALL),
    ]
}

pub fn reads(tenant: &str) -> Vec<Request<Body>> {
    vec![
        get("/orders/_doc/1", tenant),
        request(Method::HEAD, "/orders/_doc/1", "").by(tenant),
        post("/orders/_search", tenant, "{}"),
        post("/orders/_count", tenant, "{}"),
        post("/orders/_refresh", tenant, ""),
    ]
}

pub async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|cx| {
        Poll::Ready(match future.as_mut().poll(cx) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

/// A cluster that answers when it is told, and counts the calls that are under way.
#[derive(Clone, Default)]
pub struct Holding {
    pub go: Arc<Notify>,
    running: Arc<AtomicUsize>,
}

pub struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

impl Holding {
    pub fn cluster(&self) -> Cluster {
        let this = self.clone();
        Cluster::later(move |request| {
            let this = this.clone();
            async move {
                if !request.is_preflight() {
                    this.running.fetch_add(1, SeqCst);
                    let _running = Running(Arc::clone(&this.running));
                    this.go.notified().await;
                }
                Ok(honest::answer(&request))
            }
        })
    }

    pub fn running(&self) -> usize {
        self.running.load(SeqCst)
    }
}
