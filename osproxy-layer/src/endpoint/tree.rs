//! The table of routes as a tree of segments, built once.
//!
//! The raw path is compared, as the server does, so `/x/%5Fsearch` is no search (catalogue row `G-01`). A literal goes
//! before a capture, and the capture is tried again when what follows the literal does not match, or not for this
//! method (row `G-05`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::methods::OPTIONS;
use super::route::{Route, capture};
use super::routes::routes;

/// Finds the route of a raw path (checked, without its outer slashes; empty for the root) for one method's bit.
///
/// `seen` collects the methods of all routes that the path matches. With no method bit at all nothing is found, and
/// `seen` is the answer to `OPTIONS`.
pub(super) fn find(path: &str, method: u16, seen: &mut u16) -> Option<&'static Route> {
    TREE.find((!path.is_empty()).then_some(path), method, seen)
}

/// The row that `OPTIONS` has for every path.
pub(super) fn options() -> Option<&'static Route> {
    static ROUTE: LazyLock<Option<&'static Route>> =
        LazyLock::new(|| routes().find(|route| route.methods.bits() == OPTIONS));
    *ROUTE
}

static TREE: LazyLock<Node> = LazyLock::new(|| {
    let mut root = Node::default();
    for route in routes() {
        // `OPTIONS /**` is answered from all the others.
        if route.methods.bits() != OPTIONS {
            root.insert(route);
        }
    }
    root
});

#[derive(Debug, Default)]
struct Node {
    literals: BTreeMap<&'static str, Self>,
    capture: Option<(Admits, Box<Self>)>,
    /// Routes that end here.
    routes: Vec<&'static Route>,
    /// Routes that take whatever follows, nothing included.
    prefixes: Vec<&'static Route>,
}

/// Which segments a capture takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Admits {
    Any,
    /// No leading `_`: else `/_foo` would be an index.
    Type,
    /// As `Type`, but also `_all`, which clients send for "all my indices".
    Index,
}

impl Admits {
    fn of(name: &str) -> Self {
        match name {
            "index" | "alias" => Self::Index,
            "type" => Self::Type,
            _ => Self::Any,
        }
    }

    fn admits(self, raw: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Index if raw == "_all" => true,
            Self::Index | Self::Type => !["_", "%5F", "%5f"]
                .iter()
                .any(|start| raw.starts_with(start)),
        }
    }
}

impl Node {
    fn insert(&mut self, route: &'static Route) {
        let mut node = self;
        for segment in route.template.split('/').filter(|text| !text.is_empty()) {
            node = match capture(segment) {
                Some("**") => {
                    node.prefixes.push(route);
                    return;
                }
                Some(name) => {
                    &mut node
                        .capture
                        .get_or_insert_with(|| (Admits::of(name), Box::default()))
                        .1
                }
                None => node.literals.entry(segment).or_default(),
            };
        }
        node.routes.push(route);
    }

    /// Recursion ends with the tree, whose depth is that of the longest template, however long the path is.
    fn find(&self, path: Option<&str>, method: u16, seen: &mut u16) -> Option<&'static Route> {
        let deeper = match path {
            None => pick(&self.routes, method, seen),
            Some(path) => {
                let (segment, rest) = match path.split_once('/') {
                    Some((segment, rest)) => (segment, Some(rest)),
                    None => (path, None),
                };
                self.literals
                    .get(segment)
                    .and_then(|node| node.find(rest, method, seen))
                    .or_else(|| {
                        let (rule, node) = self.capture.as_ref()?;
                        rule.admits(segment)
                            .then(|| node.find(rest, method, seen))
                            .flatten()
                    })
            }
        };
        deeper.or_else(|| pick(&self.prefixes, method, seen))
    }
}

fn pick(routes: &[&'static Route], method: u16, seen: &mut u16) -> Option<&'static Route> {
    for route in routes {
        *seen |= route.methods.bits();
        if route.methods.bits() & method != 0 {
            return Some(route);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// Captures of several routes meet in one place of the tree, where one rule must do for all.
    #[test]
    fn captures_in_one_place_admit_the_same() {
        let mut rules: HashMap<String, Admits> = HashMap::new();
        for route in routes() {
            let mut place = String::new();
            for segment in route.template.split('/').filter(|text| !text.is_empty()) {
                match capture(segment) {
                    Some(name) if name != "**" => {
                        place.push_str("/{}");
                        let rule = Admits::of(name);
                        assert_eq!(
                            *rules.entry(place.clone()).or_insert(rule),
                            rule,
                            "{}",
                            route.template
                        );
                    }
                    _ => {
                        place.push('/');
                        place.push_str(segment);
                    }
                }
            }
        }
    }
}
