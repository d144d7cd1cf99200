//! Scrolls and points in time: no client ever holds one as its cluster names it.
//!
//! The cluster's own ids are forgeable: a counter moved by one opens another tenant's scroll, or another index (catalogue
//! E-01, E-05). So what a client gets is *sealed*: encrypted and authenticated with a key of the operator's, bound to its
//! owner and to its kind. Inside stand the cluster's id and everything that a later page needs to be turned back like the
//! first, wherever the partition lives by then.
//!
//! | file | what |
//! |---|---|
//! | `keys` | the operator's keys, and their rotation |
//! | `seal` | a cursor to text and back: pure |
//! | `home` | where a cursor was opened, and how its answers are turned back |
//! | `position` | positions in a shard, sealed too |
//! | `numbers` | sequence numbers, sealed too where the operator is strict |
//! | `keep_alive` | how long the client wants it |
//! | `quota` | how many a partition has open |
//! | `sealing` | what one answer does with the cursor in it |

mod home;
mod keep_alive;
mod keys;
mod numbers;
mod position;
mod quota;
mod seal;
mod sealing;

use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

pub use keys::{CursorKeyError, CursorKeys};

pub(crate) use home::Home;
pub(crate) use keep_alive::KeepAlive;
pub(crate) use numbers::{Numbered, Numbers};
pub(crate) use position::Positions;
pub(crate) use quota::{Quota, Slot};
pub(crate) use seal::{Cursor, Owner, open};
pub(crate) use sealing::{Context, Sealing};

use crate::rejection::{Rejection, RejectionKind};

/// What sort of cursor it is. One is never taken for the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CursorKind {
    Scroll,
    PointInTime,
}

/// How long a sealed cursor can be opened after it was handed out, in seconds: the longest keep alive of a node. A client
/// that asks for a later page with its first id, as some do, has that long; every answer carries a new one.
pub(crate) const LIFE: u64 = 24 * 60 * 60;

/// What the layers of one stack share about cursors.
#[derive(Debug, Default)]
pub(crate) struct Cursors {
    /// The keys of a stack that was given none.
    random: OnceLock<CursorKeys>,
    pub(crate) quota: Arc<Quota>,
}

/// The same beside the keys that the operator has configured.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) cursors: &'a Cursors,
    pub(crate) configured: Option<&'a CursorKeys>,
}

impl<'a> Desk<'a> {
    /// The operator's keys, else random ones that this process alone has.
    pub(crate) fn keys(self) -> Result<&'a CursorKeys, Rejection> {
        let random = &self.cursors.random;
        if let Some(keys) = self.configured.or_else(|| random.get()) {
            return Ok(keys);
        }
        let made =
            CursorKeys::random().map_err(|_| Rejection::internal("no random numbers for a key"))?;
        Ok(random.get_or_init(|| made))
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// What the node says of a context that is gone. A cursor that can't be opened is answered alike, whatever is wrong with
/// it.
pub(crate) fn missing() -> Rejection {
    Rejection::new(
        RejectionKind::Unplaced,
        http::StatusCode::NOT_FOUND,
        "search_context_missing_exception",
        "No search context found for this id",
    )
}
