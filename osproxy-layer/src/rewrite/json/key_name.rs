//! A key of a request's own, kept to tell its own client which one is meant.

use std::fmt;

/// How much of a key an error repeats: a key may be as long as a body.
const SHOWN: usize = 128;

/// A key as an error message shows it: decoded, and cut off when long.
///
/// `Display` is for the client who sent the key. `Debug` hides it, since what is logged must not hold a tenant's text.
///
/// ```
/// use osproxy_layer::rewrite::json::KeyName;
///
/// let key = KeyName::new("_tenant.");
/// assert_eq!(key.to_string(), "_tenant.");
/// assert_eq!(format!("{key:?}"), "KeyName(..)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct KeyName(Box<str>);

impl KeyName {
    /// The name of `key`.
    pub fn new(key: &str) -> Self {
        match key
            .char_indices()
            .nth(SHOWN)
            .and_then(|(end, _)| key.get(..end))
        {
            Some(head) => Self(format!("{head}…").into()),
            None => Self(key.into()),
        }
    }

    /// The key, or its beginning.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyName(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_keys_are_cut_between_characters() {
        let whole = "é".repeat(SHOWN);
        assert_eq!(KeyName::new(&whole).as_str(), whole);
        assert_eq!(
            KeyName::new(&format!("{whole}x")).as_str(),
            format!("{whole}…")
        );
    }
}
