//! Sequence numbers, as a client of a strict stack holds them.
//!
//! `_seq_no` counts the writes of all tenants in the shard (catalogue F-12), and a client needs it only to say that a
//! document must not have changed (`if_seq_no`). So the client gets two other numbers in the place of `_seq_no` and
//! `_primary_term`: whole numbers below 2^53, since JSON numbers are read as doubles by many, which mean nothing to
//! anybody but the holder of the key, and for that one document alone.
//!
//! # How
//!
//! A cipher over 106 bits, two halves of 53: a Feistel network of [`ROUNDS`] rounds. Its round function is the key stream
//! of XChaCha20, whose nonce of 24 bytes holds the round, a half and what the document is hashed to; its key is drawn from
//! the cursors' key. The document is hashed with Poly1305 under a nonce of its own, and the hash is only ever used as
//! input of the round function, so nobody sees it. One document's numbers come out alike each time, so that a client may
//! compare them for being equal; which of two is later can't be seen.
//!
//! There is no room for a key's name. Of a number that was sealed 33 + 3 bits must be zero, which a wrong key passes once
//! in seventy billion times; it would then be a number that no document has.

use std::fmt;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

use super::keys::Key;
use super::{CursorKeys, Owner};
use crate::rewrite::response::Reversal;

/// Half of what is sealed, in bits: what a double holds exactly.
const HALF: u32 = 53;
const MASK: u64 = (1 << HALF) - 1;

/// The largest numbers that are sealed: a billion writes a second for ten days, or ten thousand for 3,500 years; and a
/// million elections of a shard.
const LARGEST: (u64, u64) = ((1 << 50) - 1, (1 << 20) - 1);

const ROUNDS: u8 = 8;

/// What the cursors' key draws the key of the numbers by. No cursor's random nonce is it.
const DRAW: &[u8; 24] = b"osproxy sequence numbers";

/// Seals the sequence numbers in one partition's answers, and opens those in its requests.
#[derive(Clone)]
pub(crate) struct Numbers {
    /// The first one seals.
    ciphers: Vec<XChaCha20Poly1305>,
    owner: Owner,
}

/// The document that two numbers belong to.
#[derive(Clone, Copy)]
pub(crate) struct Numbered<'a> {
    /// Its logical index.
    pub(crate) index: &'a str,
    /// Its logical id.
    pub(crate) id: &'a str,
}

/// What no document has, for numbers that nobody here has sealed: the cluster then finds a conflict, as it does with
/// numbers that are out of date.
const NONE: (u64, u64) = (i64::MAX as u64, i64::MAX as u64);

impl Numbers {
    /// Of this owner, with these keys.
    pub(crate) fn new(keys: &CursorKeys, owner: Owner) -> Self {
        let ciphers = keys.all().filter_map(drawn).collect();
        Self { ciphers, owner }
    }

    /// Turns an answer back as for a tenant who may read no statistics of a shared index: no score, no sequence number.
    pub(crate) fn strictly(self, reversal: Reversal) -> Reversal {
        let seal = move |index: &str, id: &str, both| self.seal(Numbered { index, id }, both);
        reversal.hide_scores().seal_numbers(seal)
    }

    /// The client's numbers for a sequence number and a primary term. `None` where they are too large.
    pub(crate) fn seal(&self, of: Numbered<'_>, (number, term): (u64, u64)) -> Option<(u64, u64)> {
        if number > LARGEST.0 || term > LARGEST.1 {
            return None;
        }
        let cipher = self.ciphers.first()?;
        let document = hashed(cipher, &self.owner, of)?;
        (0..ROUNDS).try_fold((number, term), |(left, right), round| {
            let mixed = left ^ stream(cipher, document, round, right)?;
            Some((right, mixed))
        })
    }

    /// The cluster's numbers for the client's. What was not sealed for this document becomes numbers that none has.
    pub(crate) fn open(&self, of: Numbered<'_>, sealed: (u64, u64)) -> (u64, u64) {
        if sealed.0 > MASK || sealed.1 > MASK {
            return NONE;
        }
        self.ciphers
            .iter()
            .filter_map(|cipher| self.open_with(cipher, of, sealed))
            .find(|(number, term)| *number <= LARGEST.0 && *term <= LARGEST.1)
            .unwrap_or(NONE)
    }

    fn open_with(
        &self,
        cipher: &XChaCha20Poly1305,
        of: Numbered<'_>,
        sealed: (u64, u64),
    ) -> Option<(u64, u64)> {
        let document = hashed(cipher, &self.owner, of)?;
        (0..ROUNDS).rev().try_fold(sealed, |(right, mixed), round| {
            let left = mixed ^ stream(cipher, document, round, right)?;
            Some((left, right))
        })
    }
}

/// The key of the numbers.
fn drawn(key: &Key) -> Option<XChaCha20Poly1305> {
    let stream = key.cipher.encrypt(&XNonce::from(*DRAW), [0; 32].as_slice());
    let bytes: [u8; 32] = *stream.ok()?.first_chunk()?;
    Some(XChaCha20Poly1305::new(&bytes.into()))
}

/// Sixteen bytes that stand for the document. Each part but the last tells its length.
fn hashed(cipher: &XChaCha20Poly1305, owner: &Owner, of: Numbered<'_>) -> Option<[u8; 16]> {
    let mut parts = Vec::with_capacity(owner.bytes().len() + of.index.len() + of.id.len() + 16);
    for part in [owner.bytes(), of.index.as_bytes()] {
        parts.extend_from_slice(&u64::try_from(part.len()).ok()?.to_be_bytes());
        parts.extend_from_slice(part);
    }
    parts.extend_from_slice(of.id.as_bytes());
    let payload = Payload {
        msg: &[],
        aad: &parts,
    };
    // The round function's nonces begin with a hash, which is never all zeros but by a chance of 2^-128.
    let tag = cipher.encrypt(&XNonce::from([0; 24]), payload).ok()?;
    tag.first_chunk().copied()
}

/// The round function: 53 bits of the key stream.
fn stream(cipher: &XChaCha20Poly1305, document: [u8; 16], round: u8, half: u64) -> Option<u64> {
    let [_, half @ ..] = half.to_be_bytes();
    let mut nonce = [0; 24];
    let (front, back) = nonce.split_first_chunk_mut::<16>()?;
    *front = document;
    let (at, back) = back.split_first_mut()?;
    *at = round;
    back.copy_from_slice(&half);
    let stream = cipher.encrypt(&XNonce::from(nonce), [0; 8].as_slice());
    Some(u64::from_be_bytes(*stream.ok()?.first_chunk()?) & MASK)
}

impl fmt::Debug for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Numbers").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::super::keys::tests::{ONE, TWO};
    use super::super::seal::tests::owner;
    use super::*;

    fn numbers(keys: &[&str], partition: &str) -> Numbers {
        let keys = CursorKeys::parse(keys).unwrap();
        Numbers::new(&keys, owner(partition))
    }

    fn of<'a>(index: &'a str, id: &'a str) -> Numbered<'a> {
        Numbered { index, id }
    }

    #[test]
    fn numbers_are_of_one_document_of_one_partition() {
        let acme = numbers(&[ONE], "acme");
        let sealed = acme.seal(of("orders", "1"), (7, 1)).unwrap();
        assert_eq!(acme.open(of("orders", "1"), sealed), (7, 1));
        assert_eq!(acme.seal(of("orders", "1"), (7, 1)), Some(sealed));
        for (index, id) in [
            ("orders", "2"),
            ("order", "s1"),
            ("carts", "1"),
            ("orders", ""),
        ] {
            assert_eq!(acme.open(of(index, id), sealed), NONE, "{index} {id}");
            assert_ne!(acme.seal(of(index, id), (7, 1)), Some(sealed));
        }
        let globex = numbers(&[ONE], "globex");
        assert_eq!(globex.open(of("orders", "1"), sealed), NONE);
        assert_ne!(globex.seal(of("orders", "1"), (7, 1)), Some(sealed));
        // Neither the true numbers nor their neighbours open.
        for guess in [
            (7, 1),
            (8, 1),
            (sealed.0 + 1, sealed.1),
            (sealed.0, sealed.1 ^ 1),
        ] {
            assert_eq!(acme.open(of("orders", "1"), guess), NONE, "{guess:?}");
        }
        assert_eq!(format!("{acme:?}"), "Numbers { .. }");
    }

    #[test]
    fn keys_are_rotated() {
        let (old, both, new) = (
            numbers(&[ONE], "acme"),
            numbers(&[TWO, ONE], "acme"),
            numbers(&[TWO], "acme"),
        );
        let document = of("orders", "1");
        let sealed = old.seal(document, (7, 1)).unwrap();
        assert_eq!(both.open(document, sealed), (7, 1));
        assert_eq!(new.open(document, sealed), NONE);
        let anew = both.seal(document, (7, 1)).unwrap();
        assert_ne!(anew, sealed);
        assert_eq!(new.open(document, anew), (7, 1));
    }

    #[test]
    fn what_is_too_large_is_not_sealed() {
        let acme = numbers(&[ONE], "acme");
        let document = of("orders", "1");
        assert!(acme.seal(document, LARGEST).is_some());
        assert_eq!(acme.seal(document, (LARGEST.0 + 1, 1)), None);
        assert_eq!(acme.seal(document, (1, LARGEST.1 + 1)), None);
        assert_eq!(acme.open(document, (MASK + 1, 1)), NONE);
        assert_eq!(acme.open(document, (u64::MAX, u64::MAX)), NONE);
    }

    /// Numbers that follow each other are all over the range, and the order of writes can't be seen.
    #[test]
    fn neighbours_are_far_apart() {
        let acme = numbers(&[ONE], "acme");
        let sealed: Vec<(u64, u64)> = (0..400)
            .map(|number| acme.seal(of("orders", "1"), (number, 1)).unwrap())
            .collect();
        let all: HashSet<_> = sealed.iter().flat_map(|(one, two)| [*one, *two]).collect();
        assert_eq!(all.len(), 800);
        let rising = sealed.windows(2).filter(|pair| pair[0].0 < pair[1].0);
        assert!((140..260).contains(&rising.count()));
        // Of the 53 bits of each half every one is set about half the time.
        for bit in 0..HALF {
            for half in [|pair: &(u64, u64)| pair.0, |pair: &(u64, u64)| pair.1] {
                let set = sealed
                    .iter()
                    .filter(|pair| half(pair) >> bit & 1 == 1)
                    .count();
                assert!((130..270).contains(&set), "{bit}: {set}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_again(number in 0..=LARGEST.0, term in 0..=LARGEST.1, index in ".{0,9}", id in ".{0,9}") {
            let acme = numbers(&[ONE, TWO], "acme");
            let sealed = acme.seal(of(&index, &id), (number, term)).unwrap();
            prop_assert!(sealed.0 <= MASK && sealed.1 <= MASK);
            prop_assert_eq!(acme.open(of(&index, &id), sealed), (number, term));
        }

        #[test]
        fn nothing_opens_by_accident(number: u64, term: u64) {
            prop_assert_eq!(numbers(&[ONE], "acme").open(of("orders", "1"), (number, term)), NONE);
        }
    }
}
