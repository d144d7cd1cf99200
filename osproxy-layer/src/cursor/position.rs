//! Positions in a shard, as a client may hold them.
//!
//! A point in time is often paged by `_doc` or `_shard_doc`. Their values count the documents of all tenants in the shard
//! (catalogue C1-08), so the client gets them sealed, and sends them back in `search_after`.

use std::fmt;

use super::seal::{self, Sealed};
use super::{CursorKeys, Owner};

/// Seals the positions in one partition's answers, and opens those in its requests.
#[derive(Clone)]
pub(crate) struct Positions {
    pub(crate) keys: CursorKeys,
    pub(crate) owner: Owner,
}

impl Positions {
    /// The client's text for a position, which is a number as the cluster wrote it.
    pub(crate) fn seal(&self, number: &str) -> Option<String> {
        seal::wrap(&self.keys, Sealed::Position, &self.owner, number.as_bytes())
    }

    /// The number in a text that [`seal`](Self::seal) made. It is only compared, so an old one does no harm.
    pub(crate) fn open(&self, text: &str) -> Option<String> {
        let inside = seal::unwrap(&self.keys, Sealed::Position, &self.owner, text).ok()?;
        let number = String::from_utf8(inside).ok()?;
        number.parse::<i64>().is_ok().then_some(number)
    }
}

impl fmt::Debug for Positions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Positions").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::tests::ONE;
    use super::super::seal::tests::owner;
    use super::*;

    #[test]
    fn a_position_is_its_owners_and_no_cursor() {
        let keys = CursorKeys::parse([ONE]).unwrap();
        let of = |name: &str| Positions {
            keys: keys.clone(),
            owner: owner(name),
        };
        let sealed = of("acme").seal("4294967296").unwrap();
        assert_eq!(of("acme").open(&sealed).as_deref(), Some("4294967296"));
        assert_ne!(of("acme").seal("4294967296"), Some(sealed.clone()));
        assert_eq!(of("globex").open(&sealed), None);
        assert_eq!(of("acme").open("621"), None);
        let words = of("acme").seal("{}").unwrap();
        assert_eq!(of("acme").open(&words), None);
        let scroll = super::super::CursorKind::Scroll;
        assert!(seal::open(&keys, scroll, &owner("acme"), &sealed, 0).is_err());
    }
}
