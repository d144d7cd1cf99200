//! Bounds, and how dispatched writes are finished.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::cursor::CursorKeys;
use crate::operator::OperatorRoutes;
use crate::switches::Switches;

/// Runs a future to its end, whatever becomes of the request that it came from.
pub(crate) type FinishWrites = Arc<dyn Fn(Pin<Box<dyn Future<Output = ()> + Send>>) + Send + Sync>;

/// Bounds of the stack, with safe defaults. Over a bound there is a clear error.
#[derive(Clone)]
pub(crate) struct Settings {
    /// The largest body that is read whole, in bytes.
    pub(crate) max_body: usize,
    /// The largest body of a bulk that a cluster takes, in bytes.
    pub(crate) max_content: usize,
    /// How many groups of one bulk are under way at a time.
    pub(crate) max_groups: usize,
    /// How long a write waits while its partition is cut over.
    pub(crate) hold: Duration,
    /// How many writes wait at a time, over all partitions.
    pub(crate) max_held_writes: usize,
    /// How many bytes of bodies wait at a time.
    pub(crate) max_held_bytes: usize,
    pub(crate) finish_writes: Option<FinishWrites>,
    /// Templates that are said to be there.
    pub(crate) managed_templates: Arc<[String]>,
    /// What cursors are sealed with; random where there are none.
    pub(crate) cursor_keys: Option<CursorKeys>,
    /// How many cursors a partition has open at a time.
    pub(crate) max_cursors: usize,
    /// What the operator has chosen about shared indices.
    pub(crate) switches: Switches,
    /// Routes of the clusters themselves that the operator's callers may call.
    pub(crate) operator: OperatorRoutes,
}

/// The largest answer that is read whole, in bytes, however small the bound of requests is.
const MIN_ANSWER: usize = 16 * 1024 * 1024;

/// What one item adds to the answer of a bulk: its error can be longer than its action line.
const MAX_ITEM: usize = 4 * 1024;

impl Settings {
    /// The largest answer that is read whole, to a request of so many items. Of a write it is never too small: what was
    /// applied must not be told as failed because the answer is long.
    pub(crate) fn max_answer(&self, items: usize) -> usize {
        let each = items.saturating_mul(MAX_ITEM);
        self.max_body.max(MIN_ANSWER).saturating_add(each)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_body: 100 * 1024 * 1024,
            max_content: 100 * 1024 * 1024,
            max_groups: 16,
            hold: Duration::from_secs(5),
            max_held_writes: 10_000,
            max_held_bytes: 256 * 1024 * 1024,
            finish_writes: None,
            managed_templates: Arc::default(),
            cursor_keys: None,
            max_cursors: 100,
            switches: Switches::default(),
            operator: OperatorRoutes::default(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("max_body", &self.max_body)
            .field("max_content", &self.max_content)
            .field("max_groups", &self.max_groups)
            .field("hold", &self.hold)
            .field("max_held_writes", &self.max_held_writes)
            .field("max_held_bytes", &self.max_held_bytes)
            .field("finish_writes", &self.finish_writes.is_some())
            .field("managed_templates", &self.managed_templates.len())
            .field("cursor_keys", &self.cursor_keys.is_some())
            .field("max_cursors", &self.max_cursors)
            .field("switches", &self.switches)
            .field("operator", &self.operator.len())
            .finish()
    }
}
