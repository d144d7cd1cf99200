//! An OpenSearch cluster in memory, for demos and for tests without a node.
//!
//! [`MemoryCluster`] is a tower service that answers like one OpenSearch 3.8 node. It is the *physical* side: it knows nothing of
//! tenants, and stands where a service's own client to OpenSearch would stand. It is honest in two ways. What it answers, it has
//! evaluated: mappings, versions, queries and aggregations mean what they mean on a node, with the server's status, key order, error
//! types and messages (compared with answers recorded from 3.8.0). And what it does not know, it refuses with a 400 of type
//! `memory_cluster_unsupported_exception` that names the construct; no parameter and no key of a body is ignored in silence.
//!
//! ```
//! use http::Request;
//! use http_body_util::Full;
//! use bytes::Bytes;
//! use osproxy_axum::memory::MemoryCluster;
//! use tower_service::Service as _;
//!
//! # async fn example() -> Result<(), http::Error> {
//! let mut cluster = MemoryCluster::new();
//! let request = Request::put("/orders/_doc/1")
//!     .header("content-type", "application/json")
//!     .body(Full::from(Bytes::from_static(b"{\"total\": 1.10}")))?;
//! let response = cluster.call(request).await.unwrap_or_else(|never| match never {});
//! assert_eq!(response.status(), 201);
//! assert_eq!(response.headers()["location"], "/orders/_doc/1");
//! # Ok(())
//! # }
//! # struct Now;
//! # impl std::task::Wake for Now { fn wake(self: std::sync::Arc<Self>) {} }
//! # let waker = std::sync::Arc::new(Now).into();
//! # let mut future = Box::pin(example());
//! # let polled = std::future::Future::poll(future.as_mut(), &mut std::task::Context::from_waker(&waker));
//! # assert!(matches!(polled, std::task::Poll::Ready(Ok(()))));
//! ```
//!
//! # What it answers
//!
//! | | |
//! |---|---|
//! | documents | `_doc`, `_create`, `_source`, `_update` (partial documents), `_bulk`, `_mget`, `_delete_by_query`; `stored_fields` by name |
//! | all answers | `pretty`, `filter_path` |
//! | search | `_search`, `_count`, over one index, a list or a pattern |
//! | queries | `match_all`, `match_none`, `bool`, `constant_score`, `term`, `terms`, `match`, `match_phrase`, `range`, `exists`, `ids`, `prefix`, `wildcard` |
//! | aggregations | `terms`, `histogram`, `date_histogram`, `range`, `filter`, `filters`, `missing`, `avg`, `sum`, `min`, `max`, `stats`, `extended_stats`, `value_count`, `cardinality` |
//! | search body | `size`, `from`, `sort`, `search_after`, `_source`, `track_total_hits`, `track_scores`, `min_score`, `post_filter`, `version`, `seq_no_primary_term` |
//! | indices | create, get, exist, delete, `_mapping`, `_settings`, `_refresh`; a write creates a missing index with dynamic mapping |
//! | field types | `text` (standard analyser), `keyword`, `long`, `integer`, `short`, `byte`, `double`, `float`, `boolean`, `date`, objects, multi-fields, `alias`, `copy_to` |
//! | cluster | `GET /`, `_cluster/health` |
//!
//! # What it refuses
//!
//! All else, with a 400. In particular: scripts, `?q=`, aliases, templates, pipelines, scroll and PIT, `nested` and the
//! other field types, analysers and normalisers of one's own, `dynamic_templates`, time zones by name, bodies other than UTF-8 JSON
//! without comments, compressed bodies.
//!
//! # Where it differs from a node
//!
//! - A write is visible to every search at once, as if each came with `refresh=true`.
//! - It has one shard whatever `number_of_shards` says, so `routing` is stored and returned but picks no shard.
//! - Nothing waits: `timeout`, `wait_for_active_shards` and `wait_for_status` answer at once with what a lone node would have after
//!   the wait. Tombstones of deleted documents never expire.
//! - Scores are the node's BM25 as long as the index holds no deleted documents that the node has yet to merge away.
//! - The reasons for broken JSON are in words of our own; their types are the server's.
//!
//! # Testing with it
//!
//! Clones share one cluster. [`MemoryCluster::requests`] tells what arrived; [`MemoryCluster::fail_next`] and
//! [`MemoryCluster::lose_next`] make it fail.

mod admin;
mod aggs;
mod analysis;
mod bulk;
mod call;
mod date;
mod documents;
mod error;
mod filter_path;
mod index;
mod java;
mod json;
mod mapping;
mod mget;
mod operation;
mod parameters;
mod params;
mod query;
mod received;
#[cfg(test)]
mod recorded;
mod search;
mod service;
mod settings;
mod source;
mod store;
mod stored;
mod suggest;
#[cfg(test)]
mod tests;
mod update;
mod write;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::StatusCode;

pub use received::Received;
pub use service::ResponseFuture;

use received::Log;
use store::Store;

/// An OpenSearch cluster in memory; see the [module documentation](self).
///
/// Cheap to clone; all clones are one cluster.
#[derive(Clone)]
pub struct MemoryCluster {
    shared: Arc<Shared>,
}

struct Shared {
    store: Mutex<Store>,
    log: Mutex<Log>,
    faults: Mutex<VecDeque<Fault>>,
}

/// What happens to one request instead of, or after, its being answered.
#[derive(Clone, Copy, Debug)]
struct Fault {
    status: StatusCode,
    applied: bool,
}

impl MemoryCluster {
    /// An empty cluster.
    #[must_use]
    pub fn new() -> Self {
        let shared = Shared {
            store: Mutex::new(Store::new()),
            log: Mutex::new(Log::default()),
            faults: Mutex::new(VecDeque::new()),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The last thousand requests that arrived, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        lock(&self.shared.log).entries()
    }

    /// How many requests have arrived since the cluster was made.
    #[must_use]
    pub fn request_count(&self) -> u64 {
        lock(&self.shared.log).count()
    }

    /// Answers the next request with this status and an error in OpenSearch's shape, without doing anything.
    ///
    /// Called several times, it fails as many requests, in this order.
    pub fn fail_next(&self, status: StatusCode) {
        lock(&self.shared.faults).push_back(Fault {
            status,
            applied: false,
        });
    }

    /// Carries out the next request but answers it with this status: what a client sees of a write whose answer is lost.
    pub fn lose_next(&self, status: StatusCode) {
        lock(&self.shared.faults).push_back(Fault {
            status,
            applied: true,
        });
    }
}

impl Default for MemoryCluster {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryCluster {
    /// Names no index and shows no document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryCluster")
            .field("requests", &self.request_count())
            .finish_non_exhaustive()
    }
}

/// A panic elsewhere must not make the cluster unusable: its state is consistent between two operations.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
