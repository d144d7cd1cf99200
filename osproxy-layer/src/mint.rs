//! Document ids that are made here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A random id of 20 URL-safe characters, as the server's own look.
pub(crate) fn random_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; 15];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_look_like_the_servers_and_differ() {
        let (one, two) = (random_id().expect("random"), random_id().expect("random"));
        assert_eq!(one.len(), 20);
        assert_ne!(one, two);
        assert!(
            one.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        );
    }
}
