//! How many cursors a partition has open.
//!
//! A node keeps 500 scrolls at most, for all tenants together, and each open context holds segments and memory (catalogue
//! E-09). So each partition has a share of its own. What is counted is what this process has opened, for as long as the
//! client asked the node to keep it.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Owner;

/// The open cursors of each owner. Its size is bounded by the owners that have any, and by their shares.
#[derive(Default)]
pub(crate) struct Quota {
    owners: Mutex<Owners>,
    hasher: RandomState,
}

#[derive(Default)]
struct Owners {
    open: HashMap<Owner, Open>,
    /// How many owners there are when all of them are looked through again.
    sweep_at: usize,
    /// How many were opened without anybody hearing of it.
    unheard: u64,
}

#[derive(Default)]
struct Open {
    /// Searches on their way that will open one.
    coming: usize,
    /// Until when each is kept. The key is a hash of the cluster's id.
    until: HashMap<u64, Instant>,
}

impl Open {
    fn drop_expired(&mut self, now: Instant) {
        self.until.retain(|_, until| *until > now);
    }

    fn is_empty(&self) -> bool {
        self.coming == 0 && self.until.is_empty()
    }
}

const FIRST_SWEEP: usize = 64;

impl Quota {
    /// Room for one more, or `None` where the owner has `most` already.
    pub(crate) fn reserve(
        self: &Arc<Self>,
        owner: &Owner,
        most: usize,
        keep_alive: Duration,
    ) -> Option<Slot> {
        let now = Instant::now();
        let mut owners = self.owners();
        if owners.open.len() >= owners.sweep_at.max(FIRST_SWEEP) {
            owners.open.retain(|_, open| {
                open.drop_expired(now);
                !open.is_empty()
            });
            owners.sweep_at = 2 * owners.open.len();
        }
        let open = owners.open.entry(owner.clone()).or_default();
        if open.coming + open.until.len() >= most {
            open.drop_expired(now);
        }
        if open.coming + open.until.len() >= most {
            return None;
        }
        open.coming += 1;
        Some(Slot {
            quota: Arc::clone(self),
            owner: owner.clone(),
            keep_alive,
            settled: false,
        })
    }

    /// The client has asked for more time.
    pub(crate) fn extend(&self, owner: &Owner, upstream: &str, keep_alive: Duration) {
        let key = self.hasher.hash_one(upstream);
        if let Some(open) = self.owners().open.get_mut(owner)
            && let Some(until) = open.until.get_mut(&key)
        {
            *until = (*until).max(deadline(keep_alive));
        }
    }

    /// It was closed.
    pub(crate) fn close(&self, owner: &Owner, upstream: &str) {
        let key = self.hasher.hash_one(upstream);
        let mut owners = self.owners();
        if let Some(open) = owners.open.get_mut(owner) {
            open.until.remove(&key);
            if open.is_empty() {
                owners.open.remove(owner);
            }
        }
    }

    fn owners(&self) -> MutexGuard<'_, Owners> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn deadline(keep_alive: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(keep_alive).unwrap_or(now)
}

/// Room for a cursor that is being opened. Dropped unsettled it counts on: a context may be open though nobody heard of
/// it, and a client that hangs up pays for it.
pub(crate) struct Slot {
    quota: Arc<Quota>,
    owner: Owner,
    keep_alive: Duration,
    settled: bool,
}

impl Slot {
    /// The cluster has refused, or was never reached.
    pub(crate) fn refused(mut self) {
        self.settled = true;
    }

    /// The cluster has opened one.
    pub(crate) fn opened(mut self, upstream: &str) {
        let key = self.quota.hasher.hash_one(upstream);
        self.count(&mut self.quota.owners(), key);
        self.settled = true;
    }

    fn count(&self, owners: &mut Owners, key: u64) {
        let open = owners.open.entry(self.owner.clone()).or_default();
        open.until.insert(key, deadline(self.keep_alive));
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut owners = self.quota.owners();
        if !self.settled {
            owners.unheard += 1;
            let key = self.quota.hasher.hash_one(owners.unheard);
            self.count(&mut owners, key);
        }
        if let Some(open) = owners.open.get_mut(&self.owner) {
            open.coming = open.coming.saturating_sub(1);
            if open.is_empty() {
                owners.open.remove(&self.owner);
            }
        }
    }
}

impl fmt::Debug for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quota").finish_non_exhaustive()
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::seal::tests::owner;
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn reserve(quota: &Arc<Quota>, name: &str) -> Option<Slot> {
        quota.reserve(&owner(name), 2, MINUTE)
    }

    #[tokio::test(start_paused = true)]
    async fn each_has_a_share_of_its_own_until_its_time_is_over() {
        let quota = Arc::new(Quota::default());
        reserve(&quota, "acme").unwrap().opened("one");
        let second = reserve(&quota, "acme").unwrap();
        assert!(reserve(&quota, "acme").is_none());
        reserve(&quota, "globex").unwrap().refused();
        second.refused();
        reserve(&quota, "acme").unwrap().opened("two");
        assert!(reserve(&quota, "acme").is_none());
        tokio::time::advance(MINUTE / 2).await;
        quota.extend(&owner("acme"), "two", MINUTE);
        tokio::time::advance(MINUTE / 2).await;
        reserve(&quota, "acme").unwrap().opened("three");
        assert!(reserve(&quota, "acme").is_none());
        quota.close(&owner("globex"), "two");
        assert!(reserve(&quota, "acme").is_none());
        quota.close(&owner("acme"), "two");
        assert!(reserve(&quota, "acme").is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_hangs_up_pays_for_what_it_may_have_opened() {
        let quota = Arc::new(Quota::default());
        reserve(&quota, "acme").unwrap().refused();
        drop(reserve(&quota, "acme"));
        drop(reserve(&quota, "acme"));
        assert!(reserve(&quota, "acme").is_none());
        tokio::time::advance(MINUTE).await;
        assert!(reserve(&quota, "acme").is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn owners_without_any_are_forgotten() {
        let quota = Arc::new(Quota::default());
        for n in 0..10_000 {
            reserve(&quota, &format!("p{n}")).unwrap().opened("one");
            tokio::time::advance(MINUTE / 100).await;
        }
        assert!(quota.owners().open.len() <= 300);
        quota.extend(&owner("stranger"), "one", MINUTE);
        quota.close(&owner("stranger"), "one");
        assert!(!quota.owners().open.contains_key(&owner("stranger")));
    }
}
