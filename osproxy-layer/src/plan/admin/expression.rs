//! Expressions over logical index names: names, wildcards, exclusions, all.
//!
//! A search takes exact names only (catalogue G-03). Calls about indices take more, since clients list with them, and an
//! expression never leaves the partition: here it is matched against the logical names, or spelled for the cluster
//! where the physical name keeps partitions apart.

use crate::endpoint::IndexExpr;
use crate::plan::index::invalid;
use crate::rejection::Rejection;
use crate::rewrite::filter_path::glob;

/// An expression, read.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Expression<'a> {
    parts: Vec<Part<'a>>,
}

/// One piece of an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// This index.
    Name(&'a str),
    /// Those that match, `*` for any run of characters.
    Glob(&'a str),
    /// Not those that match, of the ones before.
    Not(&'a str),
}

/// The most pieces that are read: more than fit into a path.
const MOST: usize = 1024;

impl<'a> Expression<'a> {
    /// Reads an expression; none, an empty one and `_all` mean all indices.
    ///
    /// # Errors
    /// What names no index of a partition: date math, hidden names, other clusters.
    pub(crate) fn parse(text: Option<&'a str>) -> Result<Self, Rejection> {
        let text = match text {
            None | Some("" | "_all") => "*",
            Some(text) => text,
        };
        let mut parts: Vec<Part<'a>> = Vec::new();
        let mut wild = false;
        for piece in text.split(',') {
            if parts.len() == MOST {
                return Err(Rejection::refused("too many index names in one request"));
            }
            let part = match piece.strip_prefix('-') {
                // As on the node: before a wildcard it would be a name that begins with a dash, which none does.
                Some(name) if wild => Part::Not(name),
                _ if piece == "_all" => Part::Glob("*"),
                _ if piece.contains('*') => Part::Glob(piece),
                _ => Part::Name(piece),
            };
            wild |= matches!(part, Part::Glob(_));
            let name = part.shape();
            IndexExpr::parse(&name).map_err(invalid)?;
            parts.push(part);
        }
        Ok(Self { parts })
    }

    /// The pieces in order.
    pub(crate) fn parts(&self) -> &[Part<'a>] {
        &self.parts
    }

    /// The exact names that are asked for.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Name(name) => Some(*name),
            Part::Glob(_) | Part::Not(_) => None,
        })
    }

    /// Whether it stands for more than the names in it.
    pub(crate) fn is_wild(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Glob(_)))
    }

    /// Picks from the names that there are, each once; and the first exact name that isn't there.
    pub(crate) fn pick<'k>(&self, known: &'k [String]) -> (Vec<&'k str>, Option<&'a str>) {
        let mut picked: Vec<&'k str> = Vec::new();
        let mut missing = None;
        for part in &self.parts {
            match *part {
                Part::Name(name) => match known.iter().find(|known| *known == name) {
                    Some(known) if picked.contains(&known.as_str()) => {}
                    Some(known) => picked.push(known),
                    None => missing = missing.or(Some(name)),
                },
                Part::Glob(pattern) => {
                    for name in known.iter().filter(|name| glob(pattern, name)) {
                        if !picked.contains(&name.as_str()) {
                            picked.push(name);
                        }
                    }
                }
                Part::Not(pattern) => picked.retain(|name| !glob(pattern, name)),
            }
        }
        (picked, missing)
    }
}

impl<'a> Part<'a> {
    /// A name of the piece's shape, to be judged by the grammar of names. Hidden indices may be left out, though none may be
    /// asked for: clients do so for good measure (`*,-.*`).
    fn shape(self) -> String {
        let text: &'a str = match self {
            Self::Name(text) | Self::Glob(text) => text,
            Self::Not(text) => text.strip_prefix('.').unwrap_or(text),
        };
        text.replace('*', "x")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(text: &str) -> (Vec<String>, Option<String>) {
        let known = ["orders", "logs-1", "logs-2"].map(str::to_owned);
        let expression = Expression::parse((!text.is_empty()).then_some(text)).expect("parses");
        let (names, missing) = expression.pick(&known);
        let names = names.into_iter().map(str::to_owned).collect();
        (names, missing.map(str::to_owned))
    }

    #[test]
    fn picks_as_the_node_would() {
        for (text, names, missing) in [
            ("", vec!["orders", "logs-1", "logs-2"], None),
            ("_all", vec!["orders", "logs-1", "logs-2"], None),
            ("logs-*", vec!["logs-1", "logs-2"], None),
            ("*,-logs-*", vec!["orders"], None),
            ("logs-*,-logs-1,orders", vec!["logs-2", "orders"], None),
            ("orders,nope,orders", vec!["orders"], Some("nope")),
            ("nope*", vec![], None),
            ("logs-2,*,-.*", vec!["logs-2", "orders", "logs-1"], None),
        ] {
            let (found, missed) = picked(text);
            assert_eq!(found, names, "{text}");
            assert_eq!(missed.as_deref(), missing, "{text}");
        }
    }

    #[test]
    fn what_could_reach_further_is_refused() {
        for bad in [
            "<logs-{now/d}>",
            ".hidden*",
            "_x*",
            "other:*",
            "a,,b",
            "-a",
            "orders,-orders",
            "A*",
            "a b*",
            "*,-<x>",
        ] {
            assert!(Expression::parse(Some(bad)).is_err(), "{bad}");
        }
    }
}
