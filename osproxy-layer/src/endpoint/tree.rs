//! The table of routes as a tree of segments, built once.
//!
//! The raw path is compared, as the server does, so `/x/%5Fsearch` is no search (catalogue row `G-01`). A literal goes
//! before a capture, and the capture is tried again when what follows the literal does not match (row `G-05`). The method
//! plays no part in it: `POST /_scripts/painless/_context` is a 405, not a script of that name (tried on 3.8.0).

use std::cmp::Ordering;
use std::sync::LazyLock;

use super::methods::OPTIONS;
use super::params::Group;
use super::path::Segments;
use super::route::{Route, capture};
use super::routes::routes;

/// A route as the tree holds it, with what requests would else work out from its template each time.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) route: &'static Route,
    pub(super) parts: Vec<Part>,
    pub(super) params: Option<&'static Group>,
}

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Literal segments, each after its `/`.
    Literal(&'static str),
    Index(usize),
    Id(usize),
    /// Another capture. All three hold which segment of the path they are.
    Other(usize),
    /// All segments from this one on.
    Rest(usize),
}

/// The routes of a path, one or several methods each. Empty if there are none.
pub(super) fn find(path: &Segments<'_>) -> &'static [Entry] {
    TREE.root.find(path, 0).unwrap_or_default()
}

/// The row that `OPTIONS` has for every path.
pub(super) fn options() -> Option<&'static Entry> {
    TREE.options.as_ref()
}

struct Tree {
    root: Node,
    options: Option<Entry>,
}

static TREE: LazyLock<Tree> = LazyLock::new(|| {
    let mut tree = Tree {
        root: Node::default(),
        options: None,
    };
    for route in routes() {
        let entry = Entry::new(route);
        if route.methods.bits() == OPTIONS {
            tree.options = Some(entry);
        } else {
            let mut segments = route.template.split('/').filter(|text| !text.is_empty());
            tree.root.insert(&mut segments, entry);
        }
    }
    tree.root.sort();
    tree
});

impl Entry {
    fn new(route: &'static Route) -> Self {
        let mut parts = Vec::new();
        let mut rest = route.template;
        let mut at = 0;
        while let Some(tail) = rest.strip_prefix('/') {
            let (segment, _) = tail.split_once('/').unwrap_or((tail, ""));
            let whole = rest.split_at_checked(segment.len() + 1);
            let (text, tail) = whole.unwrap_or((rest, ""));
            parts.push(match capture(segment) {
                None => Part::Literal(text),
                Some("**") => Part::Rest(at),
                Some("index" | "alias") => Part::Index(at),
                Some("id") if route.index_at.is_some() => Part::Id(at),
                Some(_) => Part::Other(at),
            });
            rest = tail;
            at += 1;
        }
        Self {
            route,
            parts,
            params: Group::get(route.group),
        }
    }
}

#[derive(Debug, Default)]
struct Node {
    /// By length, then by text: most comparisons are of two numbers.
    literals: Vec<(&'static str, Self)>,
    capture: Option<(Admits, Box<Self>)>,
    /// Routes that end here.
    routes: Vec<Entry>,
    /// Routes that take whatever follows, nothing included.
    prefixes: Vec<Entry>,
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
            Self::Index | Self::Type => match raw.as_bytes() {
                [b'_', ..] => false,
                [b'%', b'5', digit, ..] => !digit.eq_ignore_ascii_case(&b'f'),
                _ => true,
            },
        }
    }
}

impl Node {
    fn insert(&mut self, segments: &mut dyn Iterator<Item = &'static str>, entry: Entry) {
        let Some(segment) = segments.next() else {
            self.routes.push(entry);
            return;
        };
        match capture(segment) {
            Some("**") => self.prefixes.push(entry),
            Some(name) => self
                .capture
                .get_or_insert_with(|| (Admits::of(name), Box::default()))
                .1
                .insert(segments, entry),
            None => match self.literals.iter_mut().find(|(text, _)| *text == segment) {
                Some((_, node)) => node.insert(segments, entry),
                None => {
                    let mut node = Self::default();
                    node.insert(segments, entry);
                    self.literals.push((segment, node));
                }
            },
        }
    }

    fn sort(&mut self) {
        self.literals.sort_by(|(a, _), (b, _)| order(a, b));
        let literals = self.literals.iter_mut().map(|(_, node)| node);
        let capture = self.capture.iter_mut().map(|(_, node)| &mut **node);
        literals.chain(capture).for_each(Self::sort);
    }

    /// Recursion ends with the tree, whose depth is that of the longest template, however long the path is.
    fn find(&self, path: &Segments<'_>, depth: usize) -> Option<&[Entry]> {
        let deeper = if depth == path.count() {
            some(&self.routes)
        } else {
            path.get(depth).and_then(|segment| {
                let literal = self
                    .literals
                    .binary_search_by(|(text, _)| order(text, segment))
                    .ok()
                    .and_then(|at| self.literals.get(at));
                literal
                    .and_then(|(_, node)| node.find(path, depth + 1))
                    .or_else(|| match &self.capture {
                        Some((rule, node)) if rule.admits(segment) => node.find(path, depth + 1),
                        _ => None,
                    })
            })
        };
        deeper.or_else(|| some(&self.prefixes))
    }
}

/// The order of literals and of parameter names.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn some(entries: &[Entry]) -> Option<&[Entry]> {
    (!entries.is_empty()).then_some(entries)
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
