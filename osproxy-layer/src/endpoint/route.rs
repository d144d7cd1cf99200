//! One row of the table of routes.

use super::decision::{Decision, PlacementKind};
use super::methods::Methods;
use super::{EndpointClass, Operation};

/// A route: methods, a path template, and what is done with it on each kind of placement.
#[derive(Debug, PartialEq, Eq)]
pub struct Route {
    pub(super) methods: Methods,
    pub(super) template: &'static str,
    pub(super) group: &'static str,
    pub(super) operation: Operation,
    pub(super) class: EndpointClass,
    /// On a shared index, a dedicated index, a dedicated cluster.
    pub(super) decisions: [Decision; 3],
    pub(super) reason: &'static str,
    pub(super) deprecated: bool,
    /// Which capture is the index, and which the document id, so that reading them does not walk the template.
    pub(super) index_at: Option<usize>,
    pub(super) id_at: Option<usize>,
}

impl Route {
    /// The methods that this row is for.
    #[must_use]
    pub const fn methods(&self) -> Methods {
        self.methods
    }

    /// The path template, such as `/{index}/_doc/{id}`. It holds no value of a tenant.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        self.template
    }

    /// The operation group, by which [`params`](super::params) are looked up.
    #[must_use]
    pub const fn group(&self) -> &'static str {
        self.group
    }

    /// What the request does.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        self.operation
    }

    /// The kind of handling that it needs.
    #[must_use]
    pub const fn class(&self) -> EndpointClass {
        self.class
    }

    /// What is done with it on a placement of this kind.
    #[must_use]
    pub const fn decision(&self, kind: PlacementKind) -> Decision {
        let [shared, dedicated_index, dedicated_cluster] = self.decisions;
        match kind {
            PlacementKind::SharedIndex => shared,
            PlacementKind::DedicatedIndex => dedicated_index,
            PlacementKind::DedicatedCluster => dedicated_cluster,
        }
    }

    /// Why it is refused, where it is: a phrase for the client. Empty where no placement refuses it.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    /// Whether the server calls it deprecated.
    #[must_use]
    pub const fn is_deprecated(&self) -> bool {
        self.deprecated
    }

    /// The names of its captures in order, without braces.
    pub fn captures(&self) -> impl Iterator<Item = &'static str> {
        self.template.split('/').filter_map(capture)
    }
}

/// The name of a capture in a template's segment. `**`, which takes the rest of the path, is its own name.
pub(super) fn capture(segment: &'static str) -> Option<&'static str> {
    match segment {
        "**" => Some(segment),
        other => other.strip_prefix('{')?.strip_suffix('}'),
    }
}

/// Which capture of a template has this name (in braces), counted from 0.
pub(super) const fn position(template: &str, braced: &str) -> Option<usize> {
    let mut rest = template.as_bytes();
    let mut at = 0;
    while let [first, tail @ ..] = rest {
        if *first == b'{' {
            if starts_with(rest, braced.as_bytes()) {
                return Some(at);
            }
            at += 1;
        }
        rest = tail;
    }
    None
}

const fn starts_with(mut text: &[u8], mut start: &[u8]) -> bool {
    while let [wanted, rest @ ..] = start {
        match text {
            [found, tail @ ..] if *found == *wanted => text = tail,
            _ => return false,
        }
        start = rest;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captures_are_counted_in_order() {
        assert_eq!(position("/{index}/_doc/{id}", "{index}"), Some(0));
        assert_eq!(position("/{index}/_doc/{id}", "{id}"), Some(1));
        assert_eq!(
            position("/_cluster/state/{metric}/{index}", "{index}"),
            Some(1)
        );
        assert_eq!(position("/_dangling/{index_uuid}", "{index}"), None);
        assert_eq!(position("/_search", "{index}"), None);
    }
}
