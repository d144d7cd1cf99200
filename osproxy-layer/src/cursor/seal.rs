//! A cursor as the client holds it.
//!
//! ```text
//! base64url( version ‖ length of the key's name ‖ the key's name ‖ nonce ‖ XChaCha20-Poly1305(cursor) )
//! ```
//!
//! What isn't in the text is authenticated with it: the version, the key's name, the kind and the owner. So the cursor of
//! another partition, or a scroll in the place of a point in time, fails as a forged one does, in the comparison of the
//! tag, which takes the same time whatever differs (catalogue E-08).

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead, Payload};
use serde::{Deserialize, Serialize};

use super::keys::{CursorKeys, Key};
use super::{CursorKind, Home};
use crate::rewrite::screen::{Shape, SortValue};
use crate::router::{Resolved, Scope};

const VERSION: u8 = 1;
const NONCE: usize = 24;

/// The longest text, in bytes. The cluster's own id has some seventy for each shard.
const LONGEST: usize = 256 * 1024;

/// What a sealed cursor holds.
#[derive(Clone, PartialEq)]
pub(crate) struct Cursor {
    pub(crate) home: Arc<Home>,
    /// What later pages of a scroll look like. They have no aggregations.
    pub(crate) shape: Shape,
    /// The cluster's own id.
    pub(crate) upstream: String,
    /// In seconds since 1970: from then on it can't be opened.
    pub(crate) expires: u64,
}

/// Whose a cursor is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Owner(String);

impl Owner {
    /// The partition; without one, everybody whose requests are pinned to the same index of the same cluster.
    pub(crate) fn of(resolved: &Resolved) -> Self {
        match (resolved.partition(), resolved.scope()) {
            (Some(partition), _) => Self(format!("partition {}", partition.as_str())),
            (None, Scope::Pinned(target)) => Self(format!(
                "target {:?} {:?}",
                target.cluster().as_str(),
                target.index().map(|index| index.as_str())
            )),
            (None, _) => Self(format!("cluster {:?}", resolved.cluster().as_str())),
        }
    }
}

impl Owner {
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Only that there is one: it is the partition.
impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Owner(..)")
    }
}

/// The text can't be opened: there is only one reason that anybody is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OpenError;

/// Seals a cursor with the current key. `None` when the system has no random numbers, or the text would be longer than
/// [`open`] reads.
pub(crate) fn seal(
    keys: &CursorKeys,
    kind: CursorKind,
    owner: &Owner,
    cursor: &Cursor,
) -> Option<String> {
    let inside = serde_json::to_vec(&Inside::of(cursor)).ok()?;
    wrap(keys, kind.into(), owner, &inside)
}

/// Opens what [`seal`] made: of this kind, for this owner, with any of the keys.
pub(crate) fn open(
    keys: &CursorKeys,
    kind: CursorKind,
    owner: &Owner,
    text: &str,
    now: u64,
) -> Result<Cursor, OpenError> {
    let inside = unwrap(keys, kind.into(), owner, text)?;
    let inside: Inside<'_> = serde_json::from_slice(&inside).map_err(|_| OpenError)?;
    let cursor = inside.into_cursor().ok_or(OpenError)?;
    if now < cursor.expires {
        Ok(cursor)
    } else {
        Err(OpenError)
    }
}

/// What a sealed text holds. One is never taken for the other.
#[derive(Clone, Copy)]
pub(super) enum Sealed {
    Scroll,
    PointInTime,
    Position,
}

impl From<CursorKind> for Sealed {
    fn from(kind: CursorKind) -> Self {
        match kind {
            CursorKind::Scroll => Self::Scroll,
            CursorKind::PointInTime => Self::PointInTime,
        }
    }
}

/// Seals bytes.
pub(super) fn wrap(
    keys: &CursorKeys,
    what: Sealed,
    owner: &Owner,
    inside: &[u8],
) -> Option<String> {
    let key = keys.first()?;
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).ok()?;
    let payload = Payload {
        msg: inside,
        aad: &beside(what, owner, key),
    };
    let sealed = key.cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
    let name = key.name.as_bytes();
    let length = u8::try_from(name.len()).ok()?;
    let text = URL_SAFE_NO_PAD.encode([&[VERSION, length], name, &nonce, &*sealed].concat());
    (text.len() <= LONGEST).then_some(text)
}

/// The bytes that [`wrap`] sealed.
pub(super) fn unwrap(
    keys: &CursorKeys,
    what: Sealed,
    owner: &Owner,
    text: &str,
) -> Result<Vec<u8>, OpenError> {
    if text.len() > LONGEST {
        return Err(OpenError);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| OpenError)?;
    let Some((&[VERSION, length], rest)) = bytes.split_first_chunk() else {
        return Err(OpenError);
    };
    let (name, rest) = rest.split_at_checked(length.into()).ok_or(OpenError)?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(OpenError)?;
    let key = keys.named(name).ok_or(OpenError)?;
    let payload = Payload {
        msg: sealed,
        aad: &beside(what, owner, key),
    };
    key.cipher
        .decrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| OpenError)
}

/// What is authenticated and not inside. Every part but the last tells its length.
fn beside(what: Sealed, owner: &Owner, key: &Key) -> Vec<u8> {
    let what = match what {
        Sealed::Scroll => b's',
        Sealed::PointInTime => b'p',
        Sealed::Position => b'd',
    };
    let name = key.name.as_bytes();
    let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
    [&[VERSION, what, length], name, owner.0.as_bytes()].concat()
}

/// A cursor as it is written. Names are short, since clients put the text into URLs.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inside<'a> {
    #[serde(rename = "e")]
    expires: u64,
    #[serde(rename = "u", borrow)]
    upstream: Cow<'a, str>,
    #[serde(rename = "h")]
    home: Cow<'a, Home>,
    /// What each sort value is, a letter a position.
    #[serde(rename = "s")]
    sort: String,
    #[serde(rename = "i")]
    inner_hits: bool,
    #[serde(rename = "f")]
    source_filtered: bool,
    #[serde(rename = "t")]
    total_as_int: bool,
}

impl<'a> Inside<'a> {
    fn of(cursor: &'a Cursor) -> Self {
        // No `..`: whoever adds to a shape decides here whether later pages need it.
        let Shape {
            sort,
            top_hits: _,
            inner_hits,
            source_filtered,
            total_as_int,
            typed_keys: _,
        } = &cursor.shape;
        let letter = |value: &SortValue| match value {
            SortValue::Plain => 'v',
            SortValue::Id => 'i',
            SortValue::Position => 'p',
        };
        Self {
            expires: cursor.expires,
            upstream: Cow::Borrowed(&cursor.upstream),
            home: Cow::Borrowed(&cursor.home),
            sort: sort.iter().map(letter).collect(),
            inner_hits: *inner_hits,
            source_filtered: *source_filtered,
            total_as_int: *total_as_int,
        }
    }

    fn into_cursor(self) -> Option<Cursor> {
        let value = |letter| match letter {
            'v' => Some(SortValue::Plain),
            'i' => Some(SortValue::Id),
            'p' => Some(SortValue::Position),
            _ => None,
        };
        Some(Cursor {
            home: Arc::new(self.home.into_owned()),
            shape: Shape {
                sort: self.sort.chars().map(value).collect::<Option<_>>()?,
                inner_hits: self.inner_hits,
                source_filtered: self.source_filtered,
                total_as_int: self.total_as_int,
                ..Shape::default()
            },
            upstream: self.upstream.into_owned(),
            expires: self.expires,
        })
    }
}

/// Nothing of it: the cluster's id is a key to a tenant's documents.
impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor").finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::super::keys::tests::{ONE, TWO};
    use super::*;

    const NOW: u64 = 1_800_000_000;

    pub(crate) fn owner(partition: &str) -> Owner {
        Owner(format!("partition {partition}"))
    }

    fn keys(texts: &[&str]) -> CursorKeys {
        CursorKeys::parse(texts).unwrap()
    }

    fn home() -> Home {
        serde_json::from_str(
            r#"{"c":"eu","i":[["orders","orders-shared"]],"k":{"s":{"f":"_tenant","p":"acme:","x":"","r":"acme","e":[],"o":["_class"]}}}"#,
        )
        .unwrap()
    }

    fn cursor(upstream: &str) -> Cursor {
        Cursor {
            home: Arc::new(home()),
            shape: Shape {
                sort: vec![SortValue::Plain, SortValue::Id, SortValue::Position],
                inner_hits: true,
                ..Shape::default()
            },
            upstream: upstream.to_owned(),
            expires: NOW + 60,
        }
    }

    fn sealed() -> String {
        seal(
            &keys(&[ONE]),
            CursorKind::Scroll,
            &owner("acme"),
            &cursor("FGluY2x1ZGU="),
        )
        .unwrap()
    }

    fn opened(text: &str) -> Result<Cursor, OpenError> {
        open(&keys(&[ONE]), CursorKind::Scroll, &owner("acme"), text, NOW)
    }

    #[test]
    fn what_is_sealed_opens_again_and_shows_nothing() {
        let text = sealed();
        assert_eq!(opened(&text), Ok(cursor("FGluY2x1ZGU=")));
        assert_ne!(
            text,
            sealed(),
            "two texts of one cursor can't be told to be one"
        );
        let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        // None so short that random bytes may spell it.
        for secret in ["acme", "orders", "_tenant", "FGlu"] {
            let found = bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            assert!(!found, "{secret}");
        }
        assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        );
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let bytes = URL_SAFE_NO_PAD.decode(sealed()).unwrap();
        for at in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[at / 8] ^= 1 << (at % 8);
            assert_eq!(
                opened(&URL_SAFE_NO_PAD.encode(bytes)),
                Err(OpenError),
                "{at}"
            );
        }
    }

    #[test]
    fn another_partition_kind_or_time_is_refused() {
        let text = sealed();
        let keys = keys(&[ONE]);
        let refused = |kind, owner: &Owner, now| {
            assert_eq!(open(&keys, kind, owner, &text, now), Err(OpenError));
        };
        for other in ["globex", "acm", "acme ", "Acme", ""] {
            refused(CursorKind::Scroll, &owner(other), NOW);
        }
        refused(CursorKind::Scroll, &Owner("target \"eu\" None".into()), NOW);
        refused(CursorKind::PointInTime, &owner("acme"), NOW);
        refused(CursorKind::Scroll, &owner("acme"), NOW + 60);
        refused(CursorKind::Scroll, &owner("acme"), u64::MAX);
        assert!(open(&keys, CursorKind::Scroll, &owner("acme"), &text, NOW + 59).is_ok());
    }

    #[test]
    fn keys_are_rotated() {
        let text = sealed();
        let open = |keys: &CursorKeys, text: &str| {
            open(keys, CursorKind::Scroll, &owner("acme"), text, NOW).is_ok()
        };
        let both = keys(&[TWO, ONE]);
        assert!(open(&both, &text));
        let anew = seal(&both, CursorKind::Scroll, &owner("acme"), &cursor("x")).unwrap();
        assert!(open(&both, &anew) && open(&keys(&[TWO]), &anew));
        assert!(!open(&keys(&[ONE]), &anew) && !open(&keys(&[TWO]), &text));
        // A key under another's name is another key.
        let (_, two) = TWO.split_once(':').unwrap();
        assert!(!open(&keys(&[&format!("one:{two}")]), &text));
        assert!(!open(&CursorKeys::random().unwrap(), &text));
    }

    #[test]
    fn lengths_are_bounded() {
        assert_eq!(opened(&"A".repeat(LONGEST + 1)), Err(OpenError));
        let long = cursor(&"x".repeat(LONGEST));
        assert!(seal(&keys(&[ONE]), CursorKind::Scroll, &owner("acme"), &long).is_none());
        let longest = cursor(&"x".repeat(LONGEST / 2));
        assert!(seal(&keys(&[ONE]), CursorKind::Scroll, &owner("acme"), &longest).is_some());
    }

    #[test]
    fn debug_shows_nothing() {
        let cursor = cursor("secret");
        assert_eq!(format!("{cursor:?}"), "Cursor { .. }");
        assert_eq!(
            format!("{:?} {:?}", cursor.home, owner("acme")),
            "Home { .. } Owner(..)"
        );
    }

    proptest! {
        #[test]
        fn no_text_is_opened_by_accident(text in ".{0,200}", bytes: Vec<u8>) {
            prop_assert_eq!(opened(&text), Err(OpenError));
            let forged = [&[VERSION, 3], b"one".as_slice(), &bytes].concat();
            prop_assert_eq!(opened(&URL_SAFE_NO_PAD.encode(forged)), Err(OpenError));
        }

        #[test]
        fn any_cursor_comes_back(upstream in ".{0,300}", owned in "[A-Za-z0-9_-]{1,64}", point: bool) {
            let kind = if point { CursorKind::PointInTime } else { CursorKind::Scroll };
            let text = seal(&keys(&[ONE]), kind, &owner(&owned), &cursor(&upstream)).unwrap();
            prop_assert_eq!(open(&keys(&[ONE]), kind, &owner(&owned), &text, NOW), Ok(cursor(&upstream)));
        }
    }
}
