//! What the client tells a cluster about itself.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

/// The service's own credentials at a cluster. Never a caller's: those end at the authentication layer.
#[derive(Clone, PartialEq, Eq)]
pub struct ClusterCredentials {
    header: HeaderValue,
}

impl ClusterCredentials {
    /// A user and a password.
    ///
    /// # Errors
    /// When the user's name holds a colon, which would end it early.
    pub fn basic(user: &str, password: &str) -> Result<Self, CredentialsError> {
        if user.contains(':') {
            return Err(CredentialsError::Colon);
        }
        Self::from_text(&format!(
            "Basic {}",
            STANDARD.encode(format!("{user}:{password}"))
        ))
    }

    /// A bearer token.
    ///
    /// # Errors
    /// When the token holds what a header can't.
    pub fn bearer(token: &str) -> Result<Self, CredentialsError> {
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(CredentialsError::Token);
        }
        Self::from_text(&format!("Bearer {token}"))
    }

    fn from_text(text: &str) -> Result<Self, CredentialsError> {
        let mut header = HeaderValue::from_str(text).map_err(|_| CredentialsError::Token)?;
        header.set_sensitive(true);
        Ok(Self { header })
    }

    pub(super) fn header(&self) -> &HeaderValue {
        &self.header
    }
}

impl fmt::Debug for ClusterCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClusterCredentials(..)")
    }
}

/// Why credentials can't be sent.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CredentialsError {
    /// The user's name holds a colon.
    Colon,
    /// The token is empty, or holds something but visible ASCII.
    Token,
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Colon => "a user name for basic credentials holds no colon",
            Self::Token => "a bearer token is one or more visible ASCII characters",
        })
    }
}

impl std::error::Error for CredentialsError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_checked_and_not_printed() {
        let basic = ClusterCredentials::basic("Aladdin", "open sesame").expect("fits");
        assert_eq!(basic.header(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(basic.header().is_sensitive());
        assert_eq!(format!("{basic:?}"), "ClusterCredentials(..)");
        assert_eq!(
            ClusterCredentials::basic("a:b", "c"),
            Err(CredentialsError::Colon)
        );
        for bad in ["", "a b", "a\n", "\u{e9}"] {
            assert_eq!(
                ClusterCredentials::bearer(bad),
                Err(CredentialsError::Token)
            );
        }
    }
}
