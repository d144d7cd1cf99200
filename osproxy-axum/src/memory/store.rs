//! The cluster's state: its indices, and what resolves a name to them.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{SystemTime, UNIX_EPOCH};

use super::error::ApiError;
use super::index::Index;
use super::mapping::Mapping;
use super::params::Params;
use super::settings::Settings;

/// All that a cluster holds.
#[derive(Debug)]
pub(super) struct Store {
    indices: BTreeMap<String, Index>,
    pub(super) cluster_uuid: String,
    pub(super) node_id: String,
    minted: u64,
}

impl Store {
    pub(super) fn new() -> Self {
        let mut store = Self {
            indices: BTreeMap::new(),
            cluster_uuid: String::new(),
            node_id: String::new(),
            minted: 0,
        };
        store.cluster_uuid = store.mint(22);
        store.node_id = store.mint(22);
        store
    }

    pub(super) fn get(&self, name: &str) -> Option<&Index> {
        self.indices.get(name)
    }

    pub(super) fn indices(&self) -> impl Iterator<Item = &Index> {
        self.indices.values()
    }

    /// An index that a call by id reads.
    pub(super) fn existing(&self, name: &str) -> Result<&Index, ApiError> {
        self.indices
            .get(name)
            .ok_or_else(|| missing(name, "index_expression"))
    }

    pub(super) fn existing_mut(&mut self, name: &str) -> Result<&mut Index, ApiError> {
        self.indices
            .get_mut(name)
            .ok_or_else(|| missing(name, "index_expression"))
    }

    /// An index that a write creates when it is not there.
    pub(super) fn for_write(&mut self, name: &str) -> Result<&mut Index, ApiError> {
        if !self.indices.contains_key(name) {
            self.create(name, Settings::default(), Mapping::default())?;
        }
        self.existing_mut(name)
    }

    pub(super) fn create(
        &mut self,
        name: &str,
        settings: Settings,
        mapping: Mapping,
    ) -> Result<(), ApiError> {
        check_name(name)?;
        let uuid = self.mint(22);
        self.indices.insert(
            name.to_owned(),
            Index::new(name, uuid, now_millis(), settings, mapping),
        );
        Ok(())
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.indices.remove(name);
    }

    /// The names that an expression stands for: a list of names and patterns, `_all`, or nothing.
    ///
    /// `ignore_unavailable` and `allow_no_indices` have their meaning; closed and hidden indices do not exist here, so
    /// `expand_wildcards` changes nothing but for `none`, which is refused.
    pub(super) fn resolve(
        &self,
        expression: Option<&str>,
        params: &Params,
    ) -> Result<Vec<String>, ApiError> {
        let ignore_unavailable = params.flag("ignore_unavailable")?.unwrap_or(false);
        let allow_none = params.flag("allow_no_indices")?.unwrap_or(true);
        match params.get("expand_wildcards") {
            None | Some("open" | "all" | "open,closed" | "open,hidden") => {}
            Some(_) => {
                return Err(ApiError::unsupported(
                    "a value of the parameter [expand_wildcards] other than [open] and [all]",
                ));
            }
        }
        let expression = expression
            .filter(|expression| *expression != "_all")
            .unwrap_or("*");
        let mut names: Vec<String> = Vec::new();
        for part in expression.split(',') {
            let mut found: Vec<String> = Vec::new();
            if part.contains('*') {
                found.extend(self.indices.keys().filter(|name| glob(part, name)).cloned());
                if found.is_empty() && !allow_none {
                    return Err(missing(part, "index_or_alias"));
                }
            } else if part.starts_with(['-', '<', '_']) || part.contains(':') {
                return Err(ApiError::unsupported(format_args!(
                    "the index expression [{part}]"
                )));
            } else if self.indices.contains_key(part) {
                found.push(part.to_owned());
            } else if !ignore_unavailable {
                return Err(missing(part, "index_or_alias"));
            }
            found.retain(|name| !names.contains(name));
            names.extend(found);
        }
        Ok(names)
    }

    /// An id as the server mints them: 20 characters that a URL takes as they are.
    pub(super) fn mint_id(&mut self) -> String {
        self.mint(20)
    }

    fn mint(&mut self, len: usize) -> String {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut id = String::with_capacity(len);
        while id.len() < len {
            // The standard library's keyed hasher is the only randomness at hand; the counter makes every id distinct.
            self.minted += 1;
            let mut hasher = RandomState::new().build_hasher();
            hasher.write_u64(self.minted);
            let mut bits = hasher.finish();
            for _ in 0..10 {
                let at = usize::try_from(bits & 63).unwrap_or_default();
                id.extend(ALPHABET.get(at).copied().map(char::from));
                bits >>= 6;
            }
        }
        id.truncate(len);
        // An id that starts with a dash or underscore is legal, and a nuisance on command lines.
        if id.starts_with(['-', '_']) {
            id.replace_range(..1, "A");
        }
        id
    }
}

fn missing(name: &str, expression: &'static str) -> ApiError {
    ApiError::no_such_index(name, expression)
}

/// Milliseconds since 1970.
pub(super) fn now_millis() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

/// Whether `*` matches, over whole names.
pub(super) fn glob(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The server's rules for the name of a new index.
fn check_name(name: &str) -> Result<(), ApiError> {
    let invalid = |why: &str| Err(ApiError::invalid_index_name(name, why));
    if name.contains(['\\', '/', '*', '?', '"', '<', '>', '|', ' ', ',']) {
        return invalid(
            "must not contain the following characters [ , \", *, \\, <, |, ,, >, /, ?]",
        );
    }
    if name.is_empty() {
        return invalid("must not be empty");
    }
    if name.contains('#') {
        return invalid("must not contain '#'");
    }
    if name.contains(':') {
        return invalid("must not contain ':'");
    }
    if name.starts_with(['_', '-', '+']) {
        return invalid("must not start with '_', '-', or '+'");
    }
    if name.len() > 255 {
        return invalid(&format!("index name is too long, ({} > 255)", name.len()));
    }
    if name == "." || name == ".." {
        return invalid("must not be '.' or '..'");
    }
    if name.to_lowercase() != name {
        return invalid("must be lowercase");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        for (pattern, name, matches) in [
            ("*", "", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "abc", true),
            ("a*b*c", "aXbYc", true),
            ("a*bc*c", "abc", false),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(glob(pattern, name), matches, "{pattern} {name}");
        }
    }

    #[test]
    fn names() {
        for (name, why) in [
            ("Bad", "lowercase"),
            ("_b", "must not start"),
            ("a,b", "characters"),
            ("a*", "characters"),
            ("a:b", "':'"),
        ] {
            assert!(
                check_name(name).unwrap_err().item().compact().contains(why),
                "{name}"
            );
        }
        for name in ["a", "logs-2024.01.01", ".hidden", "a+b", "é"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn minted_ids_are_distinct() {
        let mut store = Store::new();
        let mut ids: Vec<_> = (0..1000).map(|_| store.mint_id()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 20));
    }
}
