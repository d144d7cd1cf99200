//! What the four layers share.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::cursor::{CursorKeys, Cursors, Desk};
use crate::gate::Room;
use crate::operator::OperatorRoutes;
use crate::preflight::Checks;
use crate::resolve::Versions;
use crate::settings::Settings;
use crate::switches::{ClientRouting, ZeroBuckets};

/// The router, the bounds, and what is known of the clusters: shared by the layers of one stack.
///
/// [`OsproxyLayer`](crate::OsproxyLayer) has one. Whoever composes the layers by hand makes one and hands it to each:
///
/// ```
/// use osproxy_layer::{DemuxLayer, RequestEdgeLayer, ResolveLayer, ResponseEdgeLayer, RouteLayer, Stack, WriteGateLayer};
/// # use osproxy_layer::Router;
/// # fn compose<R: Router>(router: R) {
/// let stack = Stack::new(router);
/// let layers = (
///     RequestEdgeLayer::new(),
///     ResolveLayer::of(&stack),
///     DemuxLayer::of(&stack),
///     RouteLayer::of(&stack),
///     WriteGateLayer::of(&stack),
///     ResponseEdgeLayer::new(),
/// );
/// # let _ = layers;
/// # }
/// ```
pub struct Stack<R> {
    inner: Arc<Inner<R>>,
}

struct Inner<R> {
    router: Arc<R>,
    settings: Settings,
    checks: Arc<Checks>,
    versions: Arc<Versions>,
    cursors: Arc<Cursors>,
    room: Arc<Room>,
}

impl<R> Stack<R> {
    /// A stack with default bounds.
    pub fn new(router: R) -> Self {
        let inner = Inner {
            router: Arc::new(router),
            settings: Settings::default(),
            checks: Arc::default(),
            versions: Arc::default(),
            cursors: Arc::default(),
            room: Arc::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The largest request body that is read whole, in bytes: 100 MiB by default. Over it the answer is a 413.
    #[must_use]
    pub fn max_body_bytes(self, bytes: usize) -> Self {
        self.with(|settings| settings.max_body = bytes)
    }

    /// The largest body that the clusters take, in bytes: their `http.max_content_length`, 100 MiB by default as theirs is.
    ///
    /// Rewritten for a shared index, a bulk is longer than the client's. One that then is over this is sent to its cluster
    /// in parts, cut between two items, one after the other, so that two writes to one document keep their order.
    #[must_use]
    pub fn max_content_bytes(self, bytes: usize) -> Self {
        self.with(|settings| settings.max_content = bytes)
    }

    /// How many clusters one bulk is sent to at a time: 16 by default.
    #[must_use]
    pub fn max_groups_in_flight(self, groups: usize) -> Self {
        self.with(|settings| settings.max_groups = groups.max(1))
    }

    /// How long a write may wait while its partition is cut over: 5 s by default. After it the answer is a 429.
    #[must_use]
    pub fn hold(self, bound: Duration) -> Self {
        self.with(|settings| settings.hold = bound)
    }

    /// How many writes wait at a time while partitions are cut over, of all partitions together: 10,000 by default. Over it
    /// the answer is a 429 at once. Of a bulk each group that waits counts.
    #[must_use]
    pub fn max_held_writes(self, writes: usize) -> Self {
        self.with(|settings| settings.max_held_writes = writes)
    }

    /// How many bytes the bodies of writes that wait may have together: 256 MiB by default. Over it the answer is a 429 at
    /// once. A bulk counts whole while a part of it waits, since it is kept whole; a body that streams counts nothing, since
    /// it wasn't read.
    #[must_use]
    pub fn max_held_bytes(self, bytes: usize) -> Self {
        self.with(|settings| settings.max_held_bytes = bytes)
    }

    /// Finishes a dispatched write whose client has gone: the hook runs the future to its end, such as
    /// `tokio::spawn` does. A write that was dispatched isn't undone by dropping its future, so without a hook its
    /// permit counts as in doubt.
    #[must_use]
    pub fn finish_writes<F>(self, hook: F) -> Self
    where
        F: Fn(Pin<Box<dyn Future<Output = ()> + Send>>) + Send + Sync + 'static,
    {
        self.with(|settings| settings.finish_writes = Some(Arc::new(hook)))
    }

    /// Names of index templates that the operator manages, with `*` for any run of characters: none by default.
    ///
    /// A shipper asks for its template before it puts it, and a tenant may put none. One that is named here is said to
    /// be there, with the highest version, so that the shipper leaves it alone and starts.
    #[must_use]
    pub fn managed_templates(self, names: impl IntoIterator<Item = String>) -> Self {
        let names = names.into_iter().collect();
        self.with(|settings| settings.managed_templates = names)
    }

    /// The keys that scrolls and points in time are sealed with. Without any, a random one is made: then a cursor opens
    /// neither after a restart nor at another instance of the service.
    #[must_use]
    pub fn cursor_keys(self, keys: CursorKeys) -> Self {
        self.with(|settings| settings.cursor_keys = Some(keys))
    }

    /// How many scrolls and points in time a partition may have open at a time on clusters that it shares: 100 by
    /// default. Over it the answer is a 429. A node has 500 scrolls for all of its users.
    #[must_use]
    pub fn max_open_cursors(self, cursors: usize) -> Self {
        self.with(|settings| settings.max_cursors = cursors)
    }

    /// What becomes of `min_doc_count: 0` in an aggregation of terms on a shared index: refused by default.
    #[must_use]
    pub fn zero_buckets(self, choice: ZeroBuckets) -> Self {
        self.with(|settings| settings.switches.zero_buckets = choice)
    }

    /// What becomes of a client's `routing` for a shared index: refused by default.
    #[must_use]
    pub fn client_routing(self, choice: ClientRouting) -> Self {
        self.with(|settings| settings.switches.client_routing = choice)
    }

    /// Closes the channels by which a tenant of a shared index could learn about the rest of it, as far as they can be
    /// closed: off by default.
    ///
    /// A shared index has one set of statistics. With this, nothing is scored there: `_score` and `max_score` are `null`,
    /// hits come in the index's order where no sort says otherwise, and what is computed from scores is a 400 (`min_score`,
    /// `rescore`, a sort by `_score`, `function_score`, …). `_seq_no` and `_primary_term` are two other numbers, below 2^53,
    /// that mean something for their own document alone: they can be sent back as `if_seq_no` and `if_primary_term`, and
    /// compared for being equal, but not for which is later. They are sealed with the [cursor keys](Self::cursor_keys), so
    /// several instances need the same keys.
    ///
    /// What is left, such as how long a search takes, is in the documentation's page on isolation.
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        self.with(|settings| settings.switches.strict = strict)
    }

    /// Routes of the clusters themselves that the operator's own callers may call: none by default.
    #[must_use]
    pub fn operator_routes(self, routes: OperatorRoutes) -> Self {
        self.with(|settings| settings.operator = routes)
    }

    fn with(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.inner.settings.clone();
        change(&mut settings);
        let inner = Inner {
            router: Arc::clone(&self.inner.router),
            settings,
            checks: Arc::clone(&self.inner.checks),
            versions: Arc::clone(&self.inner.versions),
            cursors: Arc::clone(&self.inner.cursors),
            room: Arc::clone(&self.inner.room),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The router.
    #[must_use]
    pub fn router(&self) -> &R {
        &self.inner.router
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    pub(crate) fn checks(&self) -> &Checks {
        &self.inner.checks
    }

    pub(crate) fn cursors(&self) -> Desk<'_> {
        Desk {
            cursors: &self.inner.cursors,
            configured: self.inner.settings.cursor_keys.as_ref(),
        }
    }

    /// Room for the writes that wait.
    pub(crate) fn room(&self) -> &Arc<Room> {
        &self.inner.room
    }

    pub(crate) fn versions(&self) -> &Versions {
        &self.inner.versions
    }
}

// Not derived: that would ask for `R: Clone`.
impl<R> Clone for Stack<R> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<R> fmt::Debug for Stack<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stack")
            .field("settings", &self.inner.settings)
            .finish_non_exhaustive()
    }
}
