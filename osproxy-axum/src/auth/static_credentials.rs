//! Credentials from configuration.

use std::collections::HashMap;
use std::fmt;

use osproxy_layer::BoxError;
use osproxy_layer::spi::Principal;
use subtle::ConstantTimeEq;

use super::{Authenticate, Presented};

/// Tokens and users from configuration.
///
/// Secrets are compared in constant time for their length, and every token is compared with the one presented: meant
/// for some hundreds of them. A larger set wants a store that looks digests up, behind [`Authenticate`].
#[derive(Clone, Default)]
pub struct StaticCredentials {
    tokens: Vec<(String, Principal)>,
    users: HashMap<String, (String, Principal)>,
}

impl StaticCredentials {
    /// Nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the caller behind a bearer token, or replaces it.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<String>, principal: Principal) -> Self {
        let token = token.into();
        self.tokens.retain(|(known, _)| *known != token);
        self.tokens.push((token, principal));
        self
    }

    /// Adds the caller behind basic credentials, or replaces it.
    #[must_use]
    pub fn with_user(
        mut self,
        user: impl Into<String>,
        password: impl Into<String>,
        principal: Principal,
    ) -> Self {
        self.users.insert(user.into(), (password.into(), principal));
        self
    }

    fn find(&self, presented: &Presented) -> Option<&Principal> {
        match presented {
            Presented::Bearer(token) => self
                .tokens
                .iter()
                // No early end: the time must not tell how far down the list a token is.
                .fold(None, |found, (known, principal)| {
                    if same(known, token) {
                        Some(principal)
                    } else {
                        found
                    }
                }),
            Presented::Basic { user, password } => {
                let known = self.users.get(user);
                // An unknown user takes as long as a known one.
                let is_right = same(
                    known.map_or(password.as_str(), |(known, _)| known),
                    password,
                );
                known.filter(|_| is_right).map(|(_, principal)| principal)
            }
        }
    }
}

impl Authenticate for StaticCredentials {
    async fn authenticate(&self, presented: &Presented) -> Result<Option<Principal>, BoxError> {
        Ok(self.find(presented).cloned())
    }
}

fn same(known: &str, presented: &str) -> bool {
    known.as_bytes().ct_eq(presented.as_bytes()).into()
}

impl fmt::Debug for StaticCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticCredentials")
            .field("tokens", &self.tokens.len())
            .field("users", &self.users.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use osproxy_layer::spi::PrincipalId;

    use super::*;

    #[test]
    fn only_the_right_ones_are_known() {
        let principal = |id: &str| Principal::new(PrincipalId::from(id));
        let known = StaticCredentials::new()
            .with_token("a-token", principal("replaced"))
            .with_token("a-token", principal("a"))
            .with_token("b-token", principal("b"))
            .with_user("a", "a-pass", principal("a-user"));
        let bearer = |token: &str| Presented::Bearer(token.to_owned());
        let basic = |user: &str, password: &str| Presented::Basic {
            user: user.into(),
            password: password.into(),
        };
        for (presented, expected) in [
            (bearer("a-token"), Some("a")),
            (bearer("b-token"), Some("b")),
            (bearer("a-toke"), None),
            (bearer("a-token "), None),
            (bearer("A-token"), None),
            (bearer(""), None),
            (basic("a", "a-pass"), Some("a-user")),
            (basic("a", "a-pas"), None),
            (basic("a", ""), None),
            (basic("b", "a-pass"), None),
            (basic("", ""), None),
            (bearer("a-pass"), None),
        ] {
            let found = known
                .find(&presented)
                .map(|principal| principal.id().as_str());
            assert_eq!(found, expected, "{expected:?}");
        }
        assert_eq!(
            format!("{known:?}"),
            "StaticCredentials { tokens: 2, users: 1, .. }"
        );
    }
}
