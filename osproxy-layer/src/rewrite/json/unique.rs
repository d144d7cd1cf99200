//! Tells whether an object names a key twice (D-06), mostly without allocating.
//!
//! An injected field beside a client's own of the same name would leave it to the node which one counts. The node refuses
//! such a document, but that is its setting and not ours, so duplicates never leave here.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use super::scan::{HIGH_BITS, last_word, repeat};
use super::{RawStr, scan};

/// As many keys are kept without allocating; few documents have more at their root.
const INLINE: usize = 64;

/// So many words of bits that of a few dozen keys hardly any two meet in one.
const BIT_WORDS: usize = 4;

/// The keys of one object, compared by what they say: `"\u0061"` and `"a"` are one key.
///
/// ```
/// use osproxy_layer::rewrite::json::{Lexer, UniqueKeys};
///
/// let text = br#"{"a":1,"b":2,"\u0061":3}"#;
/// let mut keys = UniqueKeys::of(text);
/// let mut told = Vec::new();
/// Lexer::new(text)?.walk_value(8, |key| {
///     told.push(keys.insert(key));
///     Ok::<_, osproxy_layer::rewrite::json::JsonError>(())
/// })?;
/// assert_eq!(told, [true, true, false]);
/// # Ok::<(), osproxy_layer::rewrite::json::JsonError>(())
/// ```
pub struct UniqueKeys<'a> {
    text: &'a [u8],
    seed: (u64, u64),
    /// One bit a hash, to tell most keys apart from all before them.
    bits: [u64; BIT_WORDS],
    len: usize,
    kept: [Kept; INLINE],
    more: Option<HashSet<Cow<'a, [u8]>>>,
}

/// What is known of a key's bytes at a glance.
#[derive(Clone, Copy, Debug)]
pub(in crate::rewrite) struct Fingerprint {
    hash: u32,
    /// Whether the key, as it was sent, has a dot.
    pub(in crate::rewrite) has_dot: bool,
}

#[derive(Clone, Copy)]
struct Kept {
    hash: u32,
    offset: u32,
}

impl<'a> UniqueKeys<'a> {
    /// No keys yet, of an object in `text`.
    #[inline]
    pub fn of(text: &'a [u8]) -> Self {
        Self {
            text,
            seed: *SEED,
            bits: [0; BIT_WORDS],
            len: 0,
            kept: [Kept { hash: 0, offset: 0 }; INLINE],
            more: None,
        }
    }

    /// Adds a key that was read from the same text; false when it is there already.
    #[inline]
    pub fn insert(&mut self, key: RawStr<'a>) -> bool {
        let print = self.fingerprint(key);
        self.insert_printed(key, print)
    }

    /// What one pass over a key's bytes can tell, apart so that who asks for more than [`UniqueKeys::insert`] passes once.
    #[inline]
    pub(in crate::rewrite) fn fingerprint(&self, key: RawStr<'a>) -> Fingerprint {
        let mut dots = 0;
        let hash = self.hash(key.raw(), |word| {
            let zero = word ^ repeat(b'.');
            dots |= zero.wrapping_sub(repeat(1)) & !zero & HIGH_BITS;
        });
        Fingerprint {
            hash,
            has_dot: dots != 0,
        }
    }

    /// [`UniqueKeys::insert`], of a key whose fingerprint was taken.
    #[inline]
    pub(in crate::rewrite) fn insert_printed(
        &mut self,
        key: RawStr<'a>,
        print: Fingerprint,
    ) -> bool {
        if key.is_escaped() || self.mark(print.hash) {
            return self.insert_any(key);
        }
        self.keep(print.hash, key)
    }

    /// The general case: the key may be there, or have to be decoded, or not fit in.
    #[inline(never)]
    fn insert_any(&mut self, key: RawStr<'a>) -> bool {
        let key_said = said(key);
        if let Some(more) = &mut self.more {
            return more.insert(key_said);
        }
        let hash = self.hash(&key_said, |_| {});
        let mut alike = self
            .kept
            .iter()
            .take(self.len)
            .filter(|kept| kept.hash == hash);
        if alike.any(|kept| said(self.at(kept.offset as usize)) == key_said) {
            return false;
        }
        self.mark(hash);
        self.keep(hash, key)
    }

    /// Sets the bit of a hash; true where it was set already.
    #[inline]
    fn mark(&mut self, hash: u32) -> bool {
        let bit = 1 << (hash & 63);
        let word = (hash >> 6) as usize % BIT_WORDS;
        self.bits.get_mut(word).is_none_or(|word| {
            let was = *word & bit != 0;
            *word |= bit;
            was
        })
    }

    #[inline]
    fn keep(&mut self, hash: u32, key: RawStr<'a>) -> bool {
        match (self.kept.get_mut(self.len), u32::try_from(key.offset())) {
            (Some(slot), Ok(offset)) => {
                *slot = Kept { hash, offset };
                self.len += 1;
                true
            }
            _ => self.spill(key),
        }
    }

    #[cold]
    fn spill(&mut self, key: RawStr<'a>) -> bool {
        self.bits = [u64::MAX; BIT_WORDS];
        let mut more = HashSet::with_capacity(INLINE * 4);
        more.extend(
            self.kept
                .iter()
                .take(self.len)
                .map(|kept| said(self.at(kept.offset as usize))),
        );
        let new = more.insert(said(key));
        self.more = Some(more);
        new
    }

    /// The key that was read there; an empty one in another text than the key's, which the caller must not mix.
    fn at(&self, offset: usize) -> RawStr<'a> {
        scan::scan(self.text, offset).map_or(RawStr::EMPTY, |(key, _)| key)
    }

    /// A keyed folded multiply: cheap, and without the key nobody can aim for one slot.
    #[inline]
    fn hash(&self, bytes: &[u8], mut see: impl FnMut(u64)) -> u32 {
        let (first, second) = self.seed;
        let len = bytes.len() as u64;
        // Most keys are at most two words, which may overlap.
        let Some(head) = bytes.first_chunk::<8>() else {
            let word = last_word(bytes);
            see(word);
            return (fold(word ^ first, len ^ second) >> 32) as u32;
        };
        let tail = last_word(bytes);
        see(tail);
        let mut state = u64::from_le_bytes(*head);
        see(state);
        if bytes.len() > 16 {
            let (whole, _) = bytes.as_chunks::<8>();
            for word in whole.iter().skip(1) {
                let word = u64::from_le_bytes(*word);
                see(word);
                state = fold(state ^ first, word ^ second);
            }
        }
        (fold(state ^ first, tail ^ len ^ second) >> 32) as u32
    }
}

/// Says how many: the keys are a tenant's.
impl std::fmt::Debug for UniqueKeys<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let len = self.more.as_ref().map_or(self.len, HashSet::len);
        f.debug_struct("UniqueKeys")
            .field("len", &len)
            .finish_non_exhaustive()
    }
}

#[inline]
fn fold(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    (product as u64) ^ (product >> 64) as u64
}

fn said(key: RawStr<'_>) -> Cow<'_, [u8]> {
    if key.is_escaped() {
        Cow::Owned(key.decode().into_owned().into_bytes())
    } else {
        Cow::Borrowed(key.raw())
    }
}

static SEED: LazyLock<(u64, u64)> = LazyLock::new(|| {
    let random = RandomState::new();
    (random.hash_one(1), random.hash_one(2) | 1)
});

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::rewrite::json::{JsonError, Lexer};

    fn unique(text: &[u8]) -> bool {
        let mut keys = UniqueKeys::of(text);
        let mut all = true;
        Lexer::new(text)
            .unwrap()
            .walk_value(9, |key| {
                all &= keys.insert(key);
                Ok::<_, JsonError>(())
            })
            .unwrap();
        all
    }

    #[test]
    fn keys_are_compared_by_what_they_say() {
        for (text, expected) in [
            (r"{}", true),
            (r#"{"a":1,"b":2}"#, true),
            (r#"{"a":1,"a":2}"#, false),
            (r#"{"a":1,"\u0061":2}"#, false),
            (r#"{"\u0061":1,"a":2}"#, false),
            (r#"{"":1,"":2}"#, false),
            (r#"{"a":{"a":1},"b":[{"a":1}]}"#, true),
            (r#"{"é":1,"\u00e9":2}"#, false),
            (r#"{"é":1,"e\u0301":2}"#, true), // not normalised: the node doesn't either
        ] {
            assert_eq!(unique(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn lengths_around_the_words_of_the_hash() {
        for len in 0..40 {
            let (one, other) = ("k".repeat(len), format!("{}K", "k".repeat(len)));
            assert!(
                unique(format!(r#"{{"{one}":1,"{other}":2}}"#).as_bytes()),
                "{len}"
            );
            assert!(
                !unique(format!(r#"{{"{one}":1,"x":0,"{one}":2}}"#).as_bytes()),
                "{len}"
            );
        }
    }

    #[test]
    fn more_than_fit_inline() {
        for count in [INLINE - 1, INLINE, INLINE + 1, 5 * INLINE] {
            let members: Vec<_> = (0..count).map(|n| format!(r#""key{n}":{n}"#)).collect();
            let text = format!("{{{}}}", members.join(","));
            assert!(unique(text.as_bytes()), "{count}");
            for again in [0, count / 2, count - 1] {
                let text = format!(r#"{{{},"\u006bey{again}":0}}"#, members.join(","));
                assert!(!unique(text.as_bytes()), "{again} of {count}");
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_set(keys in prop::collection::vec("[ab]{0,3}|[a-z]{7,18}", 0..90)) {
            let members: Vec<_> = keys.iter().map(|key| format!("\"{key}\":0")).collect();
            let set: HashSet<_> = keys.iter().collect();
            prop_assert_eq!(unique(format!("{{{}}}", members.join(",")).as_bytes()), set.len() == keys.len());
        }
    }
}
