//! Index names: from what the cluster calls an index to what the client calls it.

use std::borrow::Cow;
use std::fmt;

/// The indices of one request, physical name to logical name.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Sorted by physical name.
    pairs: Vec<(String, String)>,
}

impl Names {
    pub(super) fn new<P, L>(pairs: impl IntoIterator<Item = (P, L)>) -> Self
    where
        P: Into<String>,
        L: Into<String>,
    {
        let mut pairs: Vec<(String, String)> = pairs
            .into_iter()
            .map(|(physical, logical)| (physical.into(), logical.into()))
            .collect();
        pairs.sort();
        Self { pairs }
    }

    /// The logical name of an index; `None` when it is none of this request's.
    pub(super) fn logical(&self, physical: &str) -> Option<&str> {
        let found = self
            .pairs
            .binary_search_by(|(name, _)| name.as_str().cmp(physical));
        found
            .ok()
            .and_then(|at| self.pairs.get(at))
            .map(|(_, logical)| logical.as_str())
    }

    /// The one logical name, when the request has only one index.
    pub(super) fn only(&self) -> Option<&str> {
        match self.pairs.as_slice() {
            [(_, logical)] => Some(logical),
            _ => None,
        }
    }

    /// Puts logical names for the physical ones that stand in `text` as whole words.
    ///
    /// A word ends where no index name could go on, so that `acme.orders` is left alone inside `acme.orders-2`, and a
    /// full stop at the end of a sentence belongs to no name.
    pub(super) fn rename<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut renamed = String::new();
        let mut copied = 0;
        let mut at = 0;
        let mut before = None;
        while let Some(rest) = text.get(at..) {
            let Some(char) = rest.chars().next() else {
                break;
            };
            if !before.is_some_and(in_name)
                && let Some((physical, logical)) = self.longest_at(rest)
            {
                renamed.push_str(text.get(copied..at).unwrap_or_default());
                renamed.push_str(logical);
                at += physical.len();
                copied = at;
                before = physical.chars().next_back();
            } else {
                at += char.len_utf8();
                before = Some(char);
            }
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        renamed.push_str(text.get(copied..).unwrap_or_default());
        Cow::Owned(renamed)
    }

    fn longest_at(&self, rest: &str) -> Option<(&str, &str)> {
        self.pairs
            .iter()
            .filter(|(physical, _)| {
                !physical.is_empty() && rest.strip_prefix(physical.as_str()).is_some_and(ends_word)
            })
            .max_by_key(|(physical, _)| physical.len())
            .map(|(physical, logical)| (physical.as_str(), logical.as_str()))
    }
}

/// Only how many: a physical name can hold the partition.
impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names")
            .field("len", &self.pairs.len())
            .finish()
    }
}

/// Whether an index name can hold this character; wider than the server's rule where that costs nothing.
fn in_name(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | '+' | '@' | '~')
}

fn ends_word(rest: &str) -> bool {
    let mut chars = rest.chars();
    match chars.next() {
        Some('.') => !chars.next().is_some_and(in_name),
        Some(char) => !in_name(char),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new([
            ("acme.orders", "orders"),
            ("acme.orders-2", "more"),
            ("acme.a", "a"),
        ])
    }

    #[test]
    fn known_indices_only() {
        let names = names();
        assert_eq!(names.logical("acme.orders"), Some("orders"));
        assert_eq!(names.logical("acme.orders-2"), Some("more"));
        assert_eq!(names.logical("acme.order"), None);
        assert_eq!(names.logical("orders"), None);
        assert_eq!(names.only(), None);
        assert_eq!(Names::new([("p", "l")]).only(), Some("l"));
    }

    #[test]
    fn whole_words_are_renamed() {
        for (text, renamed) in [
            ("no such index [acme.orders]", "no such index [orders]"),
            (
                "[acme.orders][0] and acme.orders-2/uuid",
                "[orders][0] and more/uuid",
            ),
            ("cannot find acme.orders.", "cannot find orders."),
            ("acme.orders", "orders"),
            ("acme.orders.x", "acme.orders.x"),
            ("xacme.orders", "xacme.orders"),
            ("acme.orders-3", "acme.orders-3"),
            ("acme.orders,acme.a", "orders,a"),
            ("éacme.orders", "éacme.orders"),
            ("", ""),
        ] {
            assert_eq!(names().rename(text), renamed, "{text}");
        }
    }

    #[test]
    fn debug_names_nobody() {
        assert_eq!(format!("{:?}", names()), "Names { len: 3 }");
    }
}
