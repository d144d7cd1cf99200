//! Who may move partitions: whoever has the token.

use std::fmt;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use subtle::ConstantTimeEq;

use crate::auth::Presented;

/// The token. It is not printed.
pub(super) struct Token(String);

impl Token {
    pub(super) fn new(text: String) -> Result<Self, ControlTokenError> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ControlTokenError { _priv: () });
        }
        Ok(Self(text))
    }

    /// Whether the one `Authorization` header bears it. The time that this takes tells at most how long it is.
    pub(super) fn is_borne_by(&self, headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return false;
        };
        match Presented::parse(value) {
            Some(Presented::Bearer(token)) => self.0.as_bytes().ct_eq(token.as_bytes()).into(),
            _ => false,
        }
    }
}

/// The text is no token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ControlTokenError {
    _priv: (),
}

impl fmt::Display for ControlTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token is one or more visible ASCII characters, without spaces")
    }
}

impl std::error::Error for ControlTokenError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_header_must_bear_it() {
        let token = Token::new("s3cret".into()).expect("fits");
        for (headers, is_borne) in [
            (&["Bearer s3cret"][..], true),
            (&["bearer  s3cret"], true),
            (&[], false),
            (&["Bearer s3cre"], false),
            (&["Bearer s3crets"], false),
            (&["Bearer S3cret"], false),
            (&["Basic czNjcmV0Og=="], false),
            (&["s3cret"], false),
            (&["Bearer s3cret", "Bearer s3cret"], false),
        ] {
            let mut map = HeaderMap::new();
            for value in headers {
                map.append(AUTHORIZATION, value.parse().expect("a value"));
            }
            assert_eq!(token.is_borne_by(&map), is_borne, "{headers:?}");
        }
        for bad in ["", "a b", "\u{e9}"] {
            assert!(Token::new(bad.into()).is_err(), "{bad}");
        }
    }
}
