//! Identifiers: cheap to clone, typed so that a cluster can't be passed for an index.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(name.into())
            }
        }

        impl From<String> for $name {
            fn from(name: String) -> Self {
                Self(name.into())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name_type! {
    /// A cluster, by the name that the operator gave it.
    ClusterId
}
name_type! {
    /// A physical index name.
    IndexName
}
name_type! {
    /// A document field.
    FieldName
}
name_type! {
    /// Who is calling, as the service's own authentication says.
    PrincipalId
}
name_type! {
    /// One request, for logs and traces.
    RequestId
}

/// The unit of tenancy and of placement: a tenant, normally.
///
/// It is parsed, never trusted: 1 to 64 of `[A-Za-z0-9_-]`, compared byte for byte (catalogue P-13). So the
/// separators of id templates and index patterns (`:`, `.`) can't occur in one, and two partitions can never
/// share a physical id.
///
/// ```
/// use osproxy_layer::spi::PartitionId;
///
/// assert_eq!(PartitionId::parse("acme-1")?.as_str(), "acme-1");
/// assert!(PartitionId::parse("a:b").is_err());
/// # Ok::<(), osproxy_layer::spi::PartitionIdError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartitionId(Arc<str>);

impl PartitionId {
    /// The longest partition name, in bytes.
    pub const MAX_LEN: usize = 64;

    /// Parses a partition name.
    ///
    /// # Errors
    /// When the text is empty, longer than [`MAX_LEN`](Self::MAX_LEN), or holds another character.
    pub fn parse(text: &str) -> Result<Self, PartitionIdError> {
        let fits = (1..=Self::MAX_LEN).contains(&text.len());
        if fits && text.bytes().all(Self::may_contain) {
            Ok(Self(text.into()))
        } else {
            Err(PartitionIdError { _priv: () })
        }
    }

    /// Whether a partition name may hold this byte.
    #[must_use]
    pub const fn may_contain(byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PartitionId {
    type Err = PartitionIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Borrow<str> for PartitionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

// Not derived: a partition names a customer, so it stays out of logs that print whole structures.
impl fmt::Debug for PartitionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartitionId(..)")
    }
}

/// The text is no partition name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartitionIdError {
    _priv: (),
}

impl fmt::Display for PartitionIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a partition name is 1 to 64 letters, digits, underscores or hyphens")
    }
}

impl std::error::Error for PartitionIdError {}

/// The generation of a placement: every change of where a partition lives has a higher one.
///
/// [`Epoch::ZERO`] means that the placement never changes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Epoch(u64);

impl Epoch {
    /// Never placed, or placed for good.
    pub const ZERO: Self = Self(0);

    /// The epoch with this number.
    #[must_use]
    pub const fn new(generation: u64) -> Self {
        Self(generation)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_parsed() {
        for good in ["a", "acme", "Acme_1", "-x", "_x", &"a".repeat(64)] {
            assert!(PartitionId::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a:b",
            "a.b",
            "a b",
            "é",
            "a*",
            "a,b",
            "a\0",
            "a/b",
            &"a".repeat(65),
        ] {
            assert!(PartitionId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_partition_is_not_printed() {
        let partition = PartitionId::parse("acme").expect("parses");
        assert_eq!(format!("{partition:?}"), "PartitionId(..)");
    }
}
