//! An expression over logical names, spelled for the cluster of a dedicated placement.
//!
//! A wildcard reaches every index of the cluster that matches. It is this partition's own where the physical names carry
//! the partition (`acme.*`), less those that belong to a shared pattern: these are left out by name.

use super::{Expression, Part};
use crate::plan::{IndexPair, Logical, index};
use crate::rejection::Rejection;
use crate::rewrite::filter_path::glob;
use crate::router::{Resolved, Scope};
use crate::spi::{IndexName, IndexPattern};

/// What the cluster is asked for, and what its names are called here.
#[derive(Clone)]
pub(crate) struct Own {
    /// The expression for the cluster. Never empty: that would be all indices of the cluster.
    pub(crate) text: String,
    /// Each piece and what it was spelled for.
    pub(crate) pairs: Vec<IndexPair>,
}

impl Own {
    /// The indices of a request: those that were asked for by name, or what its expression spells.
    ///
    /// # Errors
    /// As [`Own::spell`], and where the cluster has none that the expression stands for.
    pub(super) fn of(logical: &Logical<'_>, text: Option<&str>) -> Result<Self, Rejection> {
        let Some(expanded) = logical.expanded else {
            return Self::spell(logical.resolved, text);
        };
        if expanded.is_empty() {
            let named = text.unwrap_or("_all");
            return Err(Rejection::no_such_index(named, Some("index_or_alias")));
        }
        Ok(Self {
            text: index::joined(expanded),
            pairs: expanded.to_vec(),
        })
    }

    /// Spells an expression; none means all indices of the partition.
    ///
    /// # Errors
    /// What names no index, and a wildcard that can't be shown to be the partition's own.
    pub(crate) fn spell(resolved: &Resolved, text: Option<&str>) -> Result<Self, Rejection> {
        let expression = Expression::parse(text)?;
        let mut pieces: Vec<String> = Vec::new();
        let mut pairs: Vec<IndexPair> = Vec::new();
        for part in expression.parts() {
            let (sign, logical, physical) = match *part {
                Part::Name(name) => ("", name, resolved.physical_index(name)?),
                Part::Glob(pattern) => ("", pattern, wildcard(resolved, pattern)?),
                Part::Not(pattern) => ("-", pattern, wildcard(resolved, pattern)?),
            };
            let taken = pairs.iter().find(|pair| pair.physical == physical);
            if taken.is_some_and(|pair| pair.logical != logical) {
                return Err(Rejection::refused(
                    "two of these indices are one on their cluster: name one of them",
                ));
            }
            pieces.push([sign, physical.as_str()].concat());
            pairs.push(IndexPair {
                logical: logical.to_owned(),
                physical,
            });
        }
        if expression.is_wild() {
            for shared in reserved(resolved) {
                if let Some(names) = not_shared(shared, &pieces)? {
                    pieces.push(["-", &*names].concat());
                }
            }
        }
        Ok(Self {
            text: pieces.join(","),
            pairs,
        })
    }

    /// The names that the target of the request carries.
    pub(crate) fn targets(&self) -> impl Iterator<Item = IndexName> {
        self.pairs.iter().map(|pair| pair.physical.clone())
    }
}

/// A wildcard over logical names as one over physical names.
fn wildcard(resolved: &Resolved, logical: &str) -> Result<IndexName, Rejection> {
    let (Scope::Index { pattern, .. }, Some(partition)) = (resolved.scope(), resolved.partition())
    else {
        return Err(unproven());
    };
    match pattern.logical() {
        Some(only) if glob(logical, only) => Ok(pattern.physical(partition, only)?),
        None if pattern.names_partition() => Ok(pattern.physical(partition, logical)?),
        Some(_) | None => Err(unproven()),
    }
}

fn reserved(resolved: &Resolved) -> &[IndexPattern] {
    match resolved.scope() {
        Scope::Index { reserved, .. } => reserved,
        _ => &[],
    }
}

/// The names of a shared pattern, as a wildcard; `None` for one name that the expression can't reach anyway.
fn not_shared(pattern: &IndexPattern, own: &[String]) -> Result<Option<String>, Rejection> {
    let text = pattern
        .as_str()
        .replace("{partition}", "*")
        .replace("{index}", "*");
    if text.contains('*') {
        Ok(Some(text))
    } else if own.iter().any(|piece| glob(piece, &text)) {
        // The node would insist on an index of this name: it takes a name away only where there is one.
        Err(unproven())
    } else {
        Ok(None)
    }
}

fn unproven() -> Rejection {
    Rejection::refused(
        "a wildcard, or a request on all indices of a tenant, is offered where the names of the indices show whose they \
         are: name the index",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Endpoint;
    use crate::spi::{ClusterId, Epoch, PartitionId, Placement, PlacementAt, RequestCtx};

    fn resolved(own: IndexPattern, shared: &[&str]) -> Resolved {
        let method = http::Method::GET;
        let endpoint = Endpoint::classify(&method, "/_mapping").expect("a route");
        let headers = http::HeaderMap::new();
        let ctx = RequestCtx::new(&method, &endpoint, &headers);
        let patterns = shared.iter().map(|text| match IndexPattern::parse(text) {
            Ok(pattern) => pattern,
            Err(_) => IndexPattern::fixed(text, "orders").expect("parses"),
        });
        let at = PlacementAt::new(
            Placement::dedicated_index(ClusterId::from("eu"), own),
            Epoch::new(1),
        )
        .with_reserved(patterns.collect());
        let acme = PartitionId::parse("acme").expect("parses");
        Resolved::from_placement(&ctx, acme, &at, None, &[]).expect("resolves")
    }

    fn pattern(text: &str) -> IndexPattern {
        IndexPattern::parse(text).expect("parses")
    }

    #[test]
    fn a_wildcard_is_the_partitions_own() {
        let resolved = resolved(
            pattern("{partition}.{index}"),
            &["{index}-shared", "orders-all"],
        );
        for (text, spelled) in [
            (None, "acme.*,-*-shared"),
            (Some("_all"), "acme.*,-*-shared"),
            (Some("orders"), "acme.orders"),
            (Some("orders,logs"), "acme.orders,acme.logs"),
            (Some("logs-*"), "acme.logs-*,-*-shared"),
            (Some("*,-logs-*"), "acme.*,-acme.logs-*,-*-shared"),
        ] {
            let own = Own::spell(&resolved, text).expect("spells");
            assert_eq!(own.text, spelled, "{text:?}");
        }
        for bad in ["orders-shared", "a,.b", "other:*"] {
            assert!(Own::spell(&resolved, Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_name_doesnt_show_is_refused() {
        let unnamed = resolved(pattern("own-{index}"), &[]);
        assert!(Own::spell(&unnamed, None).is_err());
        assert!(Own::spell(&unnamed, Some("orders")).is_ok());
        // A shared index of one name that looks like this partition's own.
        let fixed = resolved(pattern("{partition}.{index}"), &["acme.all"]);
        assert!(Own::spell(&fixed, None).is_err());
        assert!(Own::spell(&fixed, Some("orders")).is_ok());
    }

    #[test]
    fn one_name_stands_for_all_that_there_are() {
        let fixed = IndexPattern::fixed("{partition}.logs", "logs").expect("parses");
        let resolved = resolved(fixed, &[]);
        assert_eq!(
            Own::spell(&resolved, None).expect("spells").text,
            "acme.logs"
        );
        assert!(Own::spell(&resolved, Some("orders*")).is_err());
    }
}
