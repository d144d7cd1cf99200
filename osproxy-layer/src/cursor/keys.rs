//! The operator's keys.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};

/// The bytes of a key.
const LENGTH: usize = 32;

/// Keys that cursors are sealed with: the first seals, all of them open.
///
/// A key is 32 random bytes with a name of its own. To rotate, put a new one first and keep the old ones for as long as
/// cursors may be held, a day at most. All instances of a service must have the same keys, or a client that is sent
/// from one to another loses its scrolls.
///
/// ```
/// use osproxy_layer::CursorKeys;
///
/// let keys = CursorKeys::parse([
///     "2026-11:ilnqyTTRw7XcVcEZAgYGyQPUnv4ZFqZbPu1tFGzBm2E=", // head -c 32 /dev/urandom | base64
///     "2026-10:3f1d0b8e9a7c45d2b6e0f4a1c3957d68e2b4a6c8d0f1e3a5b7c9d1f2e4a6b8c0",
/// ])?;
/// assert_eq!(keys.current(), "2026-11");
/// # Ok::<(), osproxy_layer::CursorKeyError>(())
/// ```
#[derive(Clone)]
pub struct CursorKeys {
    keys: Arc<[Key]>,
}

pub(super) struct Key {
    pub(super) name: String,
    pub(super) cipher: XChaCha20Poly1305,
}

impl CursorKeys {
    /// Reads `name:key` texts, the current one first. A key is base64, plain or URL-safe, or 64 hexadecimal digits; a
    /// name is 1 to 32 letters, digits, `_`, `.` or `-`, and stands in every cursor.
    ///
    /// # Errors
    /// When there is no key, or one can't be read.
    pub fn parse<K: AsRef<str>>(keys: impl IntoIterator<Item = K>) -> Result<Self, CursorKeyError> {
        let mut read: Vec<Key> = Vec::new();
        for text in keys {
            let key = Key::parse(text.as_ref())?;
            if read.iter().any(|other| other.name == key.name) {
                return Err(CursorKeyError::Repeated);
            }
            read.push(key);
        }
        if read.is_empty() {
            return Err(CursorKeyError::None);
        }
        Ok(Self { keys: read.into() })
    }

    /// One random key. Its cursors open nowhere else, and not after a restart.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn random() -> Result<Self, CursorKeyError> {
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes).map_err(|_| CursorKeyError::Random)?;
        let key = Key {
            name: "random".to_owned(),
            cipher: XChaCha20Poly1305::new(&bytes.into()),
        };
        Ok(Self {
            keys: Arc::new([key]),
        })
    }

    /// The name of the key that seals.
    #[must_use]
    pub fn current(&self) -> &str {
        self.keys.first().map_or("", |key| &key.name)
    }

    pub(super) fn first(&self) -> Option<&Key> {
        self.keys.first()
    }

    /// All of them, the one that seals first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }

    pub(super) fn named(&self, name: &[u8]) -> Option<&Key> {
        self.keys.iter().find(|key| key.name.as_bytes() == name)
    }
}

impl Key {
    fn parse(text: &str) -> Result<Self, CursorKeyError> {
        let (name, key) = text.split_once(':').ok_or(CursorKeyError::Form)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        if !(1..=32).contains(&name.len()) || !name.bytes().all(plain) {
            return Err(CursorKeyError::Name);
        }
        let bytes = bytes_of(key.trim()).ok_or(CursorKeyError::Length)?;
        if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            return Err(CursorKeyError::Weak);
        }
        Ok(Self {
            name: name.to_owned(),
            cipher: XChaCha20Poly1305::new(&bytes.into()),
        })
    }
}

/// A base64 text of 32 bytes is never 64 characters long, so the forms can't be taken for each other.
fn bytes_of(text: &str) -> Option<[u8; LENGTH]> {
    if text.len() == 2 * LENGTH {
        let mut bytes = [0; LENGTH];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = pair.iter().map(|digit| char::from(*digit).to_digit(16));
            for digit in digits {
                *byte = (*byte << 4) | u8::try_from(digit?).ok()?;
            }
        }
        return Some(bytes);
    }
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [STANDARD, URL_SAFE]
        .iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())?
        .try_into()
        .ok()
}

/// How many, and nothing of them.
impl fmt::Debug for CursorKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CursorKeys")
            .field("len", &self.keys.len())
            .finish_non_exhaustive()
    }
}

/// What is wrong with the keys. It quotes nothing of them.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CursorKeyError {
    /// There is none.
    None,
    /// No colon stands between a name and a key.
    Form,
    /// A name is empty, too long, or holds another character.
    Name,
    /// A key is not 32 bytes in base64 or hexadecimal digits.
    Length,
    /// A key is one byte over and over, as a placeholder is.
    Weak,
    /// Two keys have one name.
    Repeated,
    /// The system has no random numbers.
    Random,
}

impl fmt::Display for CursorKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => {
                "at least one key is needed, such as \"2026-11:\" and 32 random bytes in base64"
            }
            Self::Form => "a key is written \"name:key\"",
            Self::Name => "a key's name is 1 to 32 letters, digits, '_', '.' or '-'",
            Self::Length => "a key is 32 bytes in base64, or 64 hexadecimal digits",
            Self::Weak => "a key of one byte over and over is none: take 32 random ones",
            Self::Repeated => "two keys have the same name",
            Self::Random => "the system has no random numbers",
        })
    }
}

impl std::error::Error for CursorKeyError {}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) const ONE: &str = "one:ilnqyTTRw7XcVcEZAgYGyQPUnv4ZFqZbPu1tFGzBm2E=";
    pub(crate) const TWO: &str =
        "two:3f1d0b8e9a7c45d2b6e0f4a1c3957d68e2b4a6c8d0f1e3a5b7c9d1f2e4a6b8c0";

    #[test]
    fn keys_in_their_forms() {
        let bytes = [0xfb; 31].into_iter().chain([1]).collect::<Vec<u8>>();
        let plain = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let safe = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        for text in [&plain, &safe, &hex] {
            assert_eq!(
                bytes_of(text).map(|bytes| bytes.to_vec()).as_ref(),
                Some(&bytes),
                "{text}"
            );
        }
        let keys = CursorKeys::parse([ONE, TWO]).unwrap();
        assert_eq!(keys.current(), "one");
        assert!(keys.named(b"two").is_some() && keys.named(b"three").is_none());
    }

    #[test]
    fn what_is_no_key() {
        let zeros = format!("a:{}", "00".repeat(32));
        for (keys, error) in [
            (vec![], CursorKeyError::None),
            (vec!["abc"], CursorKeyError::Form),
            (vec![":x"], CursorKeyError::Name),
            (vec!["a b:x"], CursorKeyError::Name),
            (vec!["a:"], CursorKeyError::Length),
            (vec!["a:AAAA"], CursorKeyError::Length),
            (vec!["a:zz"], CursorKeyError::Length),
            (vec![&*zeros], CursorKeyError::Weak),
            (vec![ONE, ONE], CursorKeyError::Repeated),
        ] {
            assert_eq!(CursorKeys::parse(&keys).unwrap_err(), error, "{keys:?}");
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let keys = CursorKeys::parse([ONE, TWO]).unwrap();
        assert_eq!(format!("{keys:?}"), "CursorKeys { len: 2, .. }");
    }
}
