//! Why placements can't stand beside each other.

use std::fmt;

use crate::spi::ClusterId;

/// Why a placement can't be put beside the others.
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PlacementError {
    /// Two index patterns of one cluster could give one name.
    PatternsMeet {
        /// One pattern.
        one: String,
        /// The other.
        other: String,
    },
    /// Two placements name one shared pattern with another field, id rule or routing rule.
    RulesDiffer {
        /// The pattern.
        pattern: String,
    },
    /// The partition is being moved.
    Moving,
    /// A dedicated cluster that another kind of placement names.
    ClusterNotDedicated {
        /// The cluster.
        cluster: ClusterId,
    },
}

impl fmt::Display for PlacementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PatternsMeet { one, other } => {
                write!(
                    f,
                    "the index patterns [{one}] and [{other}] could give one name on the same cluster"
                )
            }
            Self::RulesDiffer { pattern } => {
                write!(
                    f,
                    "one shared index pattern has one field, one id rule and one routing rule: [{pattern}]"
                )
            }
            Self::Moving => f.write_str("the partition is being moved"),
            Self::ClusterNotDedicated { cluster } => {
                write!(
                    f,
                    "the cluster [{cluster}] is dedicated to a partition and named by another kind of placement"
                )
            }
        }
    }
}

impl std::error::Error for PlacementError {}
