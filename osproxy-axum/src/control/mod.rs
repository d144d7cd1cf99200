//! Placements over HTTP: what they are, and moving a partition from one to another while it is written to.
//!
//! | call | what it does |
//! |---|---|
//! | `GET /placements` | the default, and every partition with a placement of its own |
//! | `GET /placements/{partition}` | one partition: its placement, and how far its move has come |
//! | `POST /placements/{partition}/move` | begins a move; the body is the new placement, a [`PlacementConfig`] as JSON |
//! | `POST /placements/{partition}/rehearse` | cuts over and back at once, and says for how long writes were held |
//! | `POST /placements/{partition}/cutover` | holds writes, and answers when those that were admitted before are through |
//! | `POST /placements/{partition}/complete` | the partition lives at the new placement from now on |
//! | `POST /placements/{partition}/abort` | gives the move up, in whichever phase |
//!
//! A partition that the default serves can be moved, too: it gets an entry of its own. A placement that was moved lives
//! in this process; write it into the configuration as well, since the next start reads that.
//!
//! ```
//! use std::sync::Arc;
//!
//! use osproxy_axum::control::Control;
//! use osproxy_layer::PlacementTable;
//!
//! let table = Arc::new(PlacementTable::new());
//! // On a listener of its own, that no tenant reaches.
//! let app: axum::Router = Control::new(Arc::clone(&table), "a-long-random-token")?.router();
//! # let _ = app;
//! # Ok::<(), osproxy_axum::control::ControlTokenError>(())
//! ```
//!
//! # The lease
//!
//! Between `cutover` and `complete` the partition's writes wait. The service holds the [`Cutover`] for the caller, with a
//! lease: 60 s from the answer on ([`MoveBounds::lease`](osproxy_layer::MoveBounds::lease)). When it has run out, or when
//! a caller hangs up before `cutover` has answered, the cutover is aborted: the partition is open again where it was. So
//! a script that dies leaves no tenant closed. What it had copied stays at the new place and is not read by anybody.
//!
//! # Errors
//!
//! Every answer is JSON; an error has OpenSearch's shape, with a `type` of this list:
//!
//! | type | status | more |
//! |---|---|---|
//! | `unauthorized` | 401 | the bearer token is missing or is another one |
//! | `unknown_partition` | 404 | the partition has no placement, and there is no default |
//! | `not_found`, `method_not_allowed` | 404, 405 | no such call |
//! | `bad_placement` | 400 | `error.key` is the key that is wrong |
//! | `wrong_phase` | 409 | `phase` is the one that the partition is in |
//! | `held` | 409 | `open_permits` and `in_doubt`: what the cutover still waited for when its time was over. It was aborted |
//! | `lease_over` | 409 | the cutover's lease has run out. It was aborted |

mod answer;
mod clock;
mod move_error;
mod placement_config;
mod routes;
mod token;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use osproxy_layer::spi::{ClusterId, PartitionId};
use osproxy_layer::{Cutover, PlacementTable};

pub use placement_config::{PlacementConfig, PlacementConfigError};
pub use token::ControlTokenError;

use token::Token;

/// The control service of a placement table. See the [module docs](self).
pub struct Control {
    table: Arc<PlacementTable>,
    token: Token,
    clusters: Option<Vec<ClusterId>>,
    /// Cutovers that nobody has ended yet. One that is over stays here until it is asked for.
    cutovers: Mutex<HashMap<PartitionId, Cutover>>,
}

impl Control {
    /// A service over this table, for whoever presents this bearer token.
    ///
    /// # Errors
    /// When the token is empty, or holds what a header can't.
    pub fn new(
        table: Arc<PlacementTable>,
        token: impl Into<String>,
    ) -> Result<Self, ControlTokenError> {
        Ok(Self {
            table,
            token: Token::new(token.into())?,
            clusters: None,
            cutovers: Mutex::default(),
        })
    }

    /// Names the clusters that there are, so that a move to another one is refused. By default any name will do.
    #[must_use]
    pub fn clusters(mut self, known: impl IntoIterator<Item = ClusterId>) -> Self {
        self.clusters = Some(known.into_iter().collect());
        self
    }

    /// The service.
    pub fn router(self) -> Router {
        routes::router(Arc::new(self))
    }

    fn keep(&self, partition: PartitionId, cutover: Cutover) {
        let older = self.lock().insert(partition, cutover);
        // Outside the lock: it ends itself, where it hasn't yet.
        drop(older);
    }

    fn take(&self, partition: &PartitionId) -> Option<Cutover> {
        self.lock().remove(partition)
    }

    fn has_drained(&self, partition: &PartitionId) -> bool {
        self.lock().contains_key(partition)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PartitionId, Cutover>> {
        self.cutovers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("table", &self.table)
            .field("clusters", &self.clusters)
            .finish_non_exhaustive()
    }
}
