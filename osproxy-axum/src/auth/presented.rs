//! Credentials as a caller presents them.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::HeaderValue;

/// Credentials as a caller presents them.
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq)]
pub enum Presented {
    /// A bearer token.
    Bearer(String),
    /// A user and a password.
    Basic {
        /// The user's name.
        user: String,
        /// The password.
        password: String,
    },
}

/// Some clients leave the padding out.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Presented {
    /// Reads an `Authorization` header. `None` where it is malformed or of another scheme.
    pub(crate) fn parse(header: &HeaderValue) -> Option<Self> {
        let (scheme, rest) = header.to_str().ok()?.split_once(' ')?;
        let rest = rest.trim_matches(' ');
        if scheme.eq_ignore_ascii_case("bearer") {
            let is_token = !rest.is_empty() && !rest.contains(' ');
            is_token.then(|| Self::Bearer(rest.to_owned()))
        } else if scheme.eq_ignore_ascii_case("basic") {
            let decoded = String::from_utf8(LENIENT.decode(rest).ok()?).ok()?;
            let (user, password) = decoded.split_once(':')?;
            Some(Self::Basic {
                user: user.to_owned(),
                password: password.to_owned(),
            })
        } else {
            None
        }
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bearer(_) => "Bearer(..)",
            Self::Basic { .. } => "Basic { .. }",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read() {
        let bearer = |token: &str| Some(Presented::Bearer(token.to_owned()));
        let basic = |user: &str, password: &str| {
            Some(Presented::Basic {
                user: user.to_owned(),
                password: password.to_owned(),
            })
        };
        for (header, presented) in [
            ("Bearer abc", bearer("abc")),
            ("bearer   abc ", bearer("abc")),
            ("Basic YWNtZTphY21lLXBhc3M=", basic("acme", "acme-pass")),
            ("BASIC YWNtZTphY21lLXBhc3M", basic("acme", "acme-pass")),
            ("Basic YWNtZTphOmI6", basic("acme", "a:b:")),
            ("Basic Og==", basic("", "")),
            ("Bearer", None),
            ("Bearer ", None),
            ("Bearer a b", None),
            ("Basic", None),
            ("Basic YWNtZQ==", None),
            ("Basic ***", None),
            ("Basic /w==", None),
            ("Digest abc", None),
            ("", None),
        ] {
            assert_eq!(
                Presented::parse(&HeaderValue::from_static(header)),
                presented,
                "{header}"
            );
        }
    }

    #[test]
    fn they_are_not_printed() {
        let presented = Presented::Basic {
            user: "acme".into(),
            password: "acme-pass".into(),
        };
        assert_eq!(format!("{presented:?}"), "Basic { .. }");
    }
}
