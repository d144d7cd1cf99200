//! What one request must know to turn its answer back: plain data, built before the request is sent.

use std::fmt;
use std::sync::Arc;

use super::fields::FieldRules;
use super::names::Names;
use super::{Breach, ReverseError};
use crate::rewrite::json::RawStr;

/// How one request's answer is turned back.
///
/// ```
/// use osproxy_layer::rewrite::response::{ErrorPolicy, IdRule, Reversal};
///
/// let shared = Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""))
///     .expect_routing("acme")
///     .strip("_tenant");
/// assert_eq!(shared.policy(), ErrorPolicy::Reauthor);
/// assert_eq!(shared.logical_id("acme:1")?, "1");
/// assert!(shared.logical_id("globex:1").is_err());
///
/// let dedicated = Reversal::dedicated([("acme.orders", "orders")]);
/// assert_eq!(dedicated.logical_index("acme.orders")?, "orders");
/// # Ok::<(), osproxy_layer::rewrite::response::ReverseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reversal {
    names: Names,
    shared: Option<Shared>,
}

/// What only an index with several partitions in it needs.
#[derive(Clone)]
struct Shared {
    ids: IdRule,
    routing: Option<String>,
    fields: FieldRules,
    positions: Option<SealPosition>,
    numbers: Option<SealNumbers>,
    hides_scores: bool,
}

/// Turns a position in a shard, as the cluster wrote it, into the client's text.
type SealPosition = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Turns the sequence number and the primary term of a document, by its logical index and id, into the client's.
type SealNumbers = Arc<dyn Fn(&str, &str, (u64, u64)) -> Option<(u64, u64)> + Send + Sync>;

/// What stands around the logical id in a physical one.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct IdRule {
    prefix: String,
    suffix: String,
}

/// What becomes of the text of the cluster's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorPolicy {
    /// Written anew from status and type: on a shared index the text can hold what is others' (H-05).
    Reauthor,
    /// Passed on, with logical names for physical ones: on an index of one partition it can't.
    Rename,
}

impl Reversal {
    /// For indices that hold this partition's documents only: names are turned back, ids and documents stay.
    pub fn dedicated<P, L>(names: impl IntoIterator<Item = (P, L)>) -> Self
    where
        P: Into<String>,
        L: Into<String>,
    {
        Self {
            names: Names::new(names),
            shared: None,
        }
    }

    /// For indices that hold other partitions' documents too. `names` are pairs of physical and logical name.
    pub fn shared<P, L>(names: impl IntoIterator<Item = (P, L)>, ids: IdRule) -> Self
    where
        P: Into<String>,
        L: Into<String>,
    {
        Self {
            names: Names::new(names),
            shared: Some(Shared {
                ids,
                routing: None,
                fields: FieldRules::default(),
                positions: None,
                numbers: None,
                hides_scores: false,
            }),
        }
    }

    /// Makes `routing` part of the tripwire: every document must carry it. Nothing on a dedicated index.
    #[must_use]
    pub fn expect_routing(mut self, routing: impl Into<String>) -> Self {
        if let Some(shared) = &mut self.shared {
            shared.routing = Some(routing.into());
        }
        self
    }

    /// Adds a root field that was put into every document and never leaves: the partition field and the injected ones.
    /// Nothing on a dedicated index.
    #[must_use]
    pub fn strip(mut self, field: impl Into<String>) -> Self {
        if let Some(shared) = &mut self.shared {
            shared.fields.reserve(field.into());
        }
        self
    }

    /// Replaces the list of root keys that start with `_` and are the client's own, by default `_class`; the placement's
    /// `allow_root_keys`. Nothing on a dedicated index.
    #[must_use]
    pub fn own_keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        if let Some(shared) = &mut self.shared {
            shared
                .fields
                .set_own(keys.into_iter().map(Into::into).collect());
        }
        self
    }

    /// Seals positions in a shard among the sort values, which are `null` without (C1-08). Nothing on a dedicated index.
    #[must_use]
    pub fn seal_positions(
        mut self,
        seal: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        if let Some(shared) = &mut self.shared {
            shared.positions = Some(Arc::new(seal));
        }
        self
    }

    /// Seals the sequence number and the primary term of each document, which count the writes of all partitions (F-12): by
    /// its logical index and id, and the two numbers. Those that can't be sealed are shown as the node shows none, `-2` and
    /// `0`. Nothing on a dedicated index.
    #[must_use]
    pub fn seal_numbers(
        mut self,
        seal: impl Fn(&str, &str, (u64, u64)) -> Option<(u64, u64)> + Send + Sync + 'static,
    ) -> Self {
        if let Some(shared) = &mut self.shared {
            shared.numbers = Some(Arc::new(seal));
        }
        self
    }

    /// Shows no score: each is `null`, as under a sort (F-01). Nothing on a dedicated index.
    #[must_use]
    pub fn hide_scores(mut self) -> Self {
        if let Some(shared) = &mut self.shared {
            shared.hides_scores = true;
        }
        self
    }

    /// What becomes of error texts.
    pub const fn policy(&self) -> ErrorPolicy {
        match self.shared {
            Some(_) => ErrorPolicy::Reauthor,
            None => ErrorPolicy::Rename,
        }
    }

    /// The logical name of a physical index.
    ///
    /// # Errors
    /// [`Breach::Index`] when the request did not ask this index.
    pub fn logical_index(&self, physical: &str) -> Result<&str, ReverseError> {
        self.names
            .logical(physical)
            .ok_or(ReverseError::Breach(Breach::Index))
    }

    /// The logical id of a physical one.
    ///
    /// # Errors
    /// [`Breach::Id`] when it is not built by this partition's rule.
    pub fn logical_id<'i>(&self, physical: &'i str) -> Result<&'i str, ReverseError> {
        match &self.shared {
            Some(shared) => shared
                .ids
                .logical(physical)
                .ok_or(ReverseError::Breach(Breach::Id)),
            None => Ok(physical),
        }
    }

    /// The logical id of a physical one that is ASCII.
    pub(super) fn logical_plain_id<'i>(&self, physical: &'i [u8]) -> Option<&'i [u8]> {
        let Some(Shared { ids, .. }) = &self.shared else {
            return Some(physical);
        };
        let logical = physical
            .strip_prefix(ids.prefix.as_bytes())?
            .strip_suffix(ids.suffix.as_bytes())?;
        (!logical.is_empty()).then_some(logical)
    }

    pub(crate) const fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    pub(super) const fn names(&self) -> &Names {
        &self.names
    }

    /// The routing that every document must have, if any.
    pub(super) fn routing(&self) -> Option<&str> {
        self.shared.as_ref()?.routing.as_deref()
    }

    /// The client's text for a position in a shard, where it gets one.
    pub(super) fn position(&self, number: &str) -> Option<String> {
        self.shared.as_ref()?.positions.as_ref()?(number)
    }

    pub(super) fn hides_scores(&self) -> bool {
        self.shared
            .as_ref()
            .is_some_and(|shared| shared.hides_scores)
    }

    pub(super) fn seals_numbers(&self) -> bool {
        self.shared
            .as_ref()
            .is_some_and(|shared| shared.numbers.is_some())
    }

    /// The client's numbers for those of a document.
    pub(super) fn numbers(&self, index: &str, id: &str, both: (u64, u64)) -> Option<(u64, u64)> {
        self.shared.as_ref()?.numbers.as_ref()?(index, id, both)
    }

    /// Whether a root key of a document is hidden; most need not be decoded to tell.
    #[inline]
    pub(super) fn hides_root_key(&self, key: &RawStr<'_>) -> bool {
        let Some(shared) = &self.shared else {
            return false;
        };
        let plain = !key.is_escaped() && shared.fields.passes_at_a_glance(key.raw());
        !plain && shared.fields.hides_root_key(&key.decode())
    }

    pub(super) fn hides_field(&self, name: &str) -> bool {
        self.shared
            .as_ref()
            .is_some_and(|shared| shared.fields.hides_field(name))
    }
}

impl IdRule {
    /// A physical id is `prefix`, the logical id, `suffix`.
    pub fn new(prefix: impl Into<String>, suffix: impl Into<String>) -> Self {
        Self {
            prefix: prefix.into(),
            suffix: suffix.into(),
        }
    }

    /// The logical id inside `physical`; `None` when the rule did not build it. An empty id is none: no write makes one
    /// (D-25).
    pub fn logical<'i>(&self, physical: &'i str) -> Option<&'i str> {
        let logical = physical
            .strip_prefix(self.prefix.as_str())?
            .strip_suffix(self.suffix.as_str())?;
        (!logical.is_empty()).then_some(logical)
    }
}

/// Nothing of the rule: it holds the partition.
impl fmt::Debug for IdRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdRule").finish_non_exhaustive()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("routed", &self.routing.is_some())
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rewrite::json::Lexer;

    #[test]
    fn an_id_is_of_the_rule_or_it_is_nobodys() {
        let rule = IdRule::new("acme:", "");
        assert_eq!(rule.logical("acme:1"), Some("1"));
        assert_eq!(rule.logical("acme:globex:1"), Some("globex:1"));
        for foreign in ["globex:1", "acme", "acme:", "", "1", "Acme:1", " acme:1"] {
            assert_eq!(rule.logical(foreign), None, "{foreign}");
        }
        let both = IdRule::new("a-", "-b");
        assert_eq!(both.logical("a-x-b"), Some("x"));
        // Prefix and suffix may not share bytes.
        assert_eq!(IdRule::new("ab", "ba").logical("aba"), None);
        assert_eq!(both.logical("a-b"), None);
    }

    #[test]
    fn debug_holds_no_value() {
        let reversal = Reversal::shared([("orders-secret", "orders")], IdRule::new("secret:", ""))
            .expect_routing("secret")
            .strip("secret_field");
        assert!(!format!("{reversal:?}").contains("secret"));
        assert!(!format!("{:?}", IdRule::new("secret", "secret")).contains("secret"));
    }

    #[test]
    fn what_is_shared_is_ignored_on_a_dedicated_index() {
        let reversal = Reversal::dedicated([("acme.orders", "orders")])
            .expect_routing("acme")
            .strip("_tenant")
            .own_keys(["_x"]);
        assert_eq!(reversal.routing(), None);
        let mut key = Lexer::starting_at(br#""_tenant""#, 0);
        assert!(!reversal.hides_root_key(&key.string().unwrap()));
        assert_eq!(reversal.logical_id("anything"), Ok("anything"));
        assert_eq!(reversal.policy(), ErrorPolicy::Rename);
    }

    proptest! {
        #[test]
        fn what_the_rule_builds_comes_back(prefix in "[a-z:]{0,4}", id in ".{1,9}", suffix in "[:b]{0,3}") {
            let rule = IdRule::new(prefix.clone(), suffix.clone());
            let physical = format!("{prefix}{id}{suffix}");
            prop_assert_eq!(rule.logical(&physical), Some(id.as_str()));
        }
    }
}
