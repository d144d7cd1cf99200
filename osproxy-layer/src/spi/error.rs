//! What a router or a rule can say no with.

use std::fmt;

use http::StatusCode;

use super::PartitionKeySpecKind;

/// Why a request couldn't be placed.
///
/// No variant carries a tenant's value; those that carry text carry the *operator's* (a header's or an attribute's
/// name, a path in a template).
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SpiError {
    /// None of the sources of the partition was present.
    PartitionUnresolved {
        /// What was looked at.
        tried: Vec<PartitionKeySpecKind>,
    },
    /// A source of the partition holds something that is no partition name.
    PartitionInvalid {
        /// Which source.
        source: PartitionKeySpecKind,
    },
    /// Two sources of the partition disagree.
    PartitionDisagrees {
        /// The source that decided.
        first: PartitionKeySpecKind,
        /// The source that said otherwise.
        other: PartitionKeySpecKind,
    },
    /// The header that names the partition came twice.
    HeaderRepeated {
        /// The header.
        header: String,
    },
    /// The partition's name can't be part of an index name.
    PartitionUnsuited,
    /// Nobody authenticated the caller.
    PrincipalMissing,
    /// The partition has no placement.
    PlacementMissing,
    /// The placement store can't be asked.
    PlacementBackend {
        /// Whether asking again later can help.
        retryable: bool,
    },
    /// The endpoint can't be kept inside a partition.
    UnsupportedEndpoint {
        /// Its route template.
        endpoint: &'static str,
    },
    /// The caller lacks an attribute that a rule needs.
    PrincipalAttrMissing {
        /// The attribute.
        attr: String,
    },
    /// The request lacks a header that a rule needs.
    HeaderMissing {
        /// The header.
        header: String,
    },
    /// The id rule of a shared index doesn't hold the partition.
    IdRuleMissingPartition,
    /// The placement doesn't serve this logical index.
    IndexUnknown,
    /// The physical name belongs to a shared index of the same cluster.
    IndexReserved,
    /// The physical index name would be too long.
    IndexNameTooLong {
        /// The longest name, in bytes.
        max: usize,
    },
    /// The placement builds ids from the document, so a client can't choose one.
    IdMintedOnly,
    /// The document lacks a field that its id is built from.
    IdFieldMissing {
        /// The path in the template.
        path: String,
    },
    /// The id is empty.
    IdEmpty,
    /// The id is one that URL libraries resolve.
    IdReserved,
    /// The id is too long.
    IdTooLong {
        /// The longest logical id, in bytes.
        max: usize,
    },
    /// An injected field's name is no single field.
    InjectedFieldInvalid,
    /// A routing decision without a partition asks for a body transform, which couldn't be turned back.
    TransformWithoutPartition,
}

/// What kind of no it is; stable, for metrics.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ErrorCode {
    /// The partition can't be told.
    PartitionUnresolved,
    /// Nobody authenticated the caller.
    Unauthenticated,
    /// The partition has no placement.
    PlacementMissing,
    /// The placement store can't be asked.
    PlacementBackendUnavailable,
    /// The endpoint isn't offered.
    UnsupportedEndpoint,
    /// The logical index isn't served.
    IndexUnknown,
    /// A name or an id that can't be mapped.
    NameInvalid,
    /// The operator's rules don't fit together.
    Misconfigured,
}

impl ErrorCode {
    /// Its name in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PartitionUnresolved => "partition_unresolved",
            Self::Unauthenticated => "unauthenticated",
            Self::PlacementMissing => "placement_missing",
            Self::PlacementBackendUnavailable => "placement_backend_unavailable",
            Self::UnsupportedEndpoint => "unsupported_endpoint",
            Self::IndexUnknown => "index_unknown",
            Self::NameInvalid => "name_invalid",
            Self::Misconfigured => "misconfigured",
        }
    }
}

impl SpiError {
    /// What kind of no it is.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::PartitionUnresolved { .. }
            | Self::PartitionInvalid { .. }
            | Self::PartitionDisagrees { .. }
            | Self::HeaderRepeated { .. }
            | Self::PrincipalAttrMissing { .. }
            | Self::HeaderMissing { .. } => ErrorCode::PartitionUnresolved,
            Self::PrincipalMissing => ErrorCode::Unauthenticated,
            Self::PlacementMissing => ErrorCode::PlacementMissing,
            Self::PlacementBackend { .. } => ErrorCode::PlacementBackendUnavailable,
            Self::UnsupportedEndpoint { .. } => ErrorCode::UnsupportedEndpoint,
            Self::IndexUnknown => ErrorCode::IndexUnknown,
            Self::PartitionUnsuited
            | Self::IndexReserved
            | Self::IndexNameTooLong { .. }
            | Self::IdMintedOnly
            | Self::IdFieldMissing { .. }
            | Self::IdEmpty
            | Self::IdReserved
            | Self::IdTooLong { .. } => ErrorCode::NameInvalid,
            Self::IdRuleMissingPartition
            | Self::InjectedFieldInvalid
            | Self::TransformWithoutPartition => ErrorCode::Misconfigured,
        }
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn retryable(&self) -> bool {
        matches!(self, Self::PlacementBackend { retryable: true })
    }

    /// The status that a client is told, chosen from what clients do with it: only what a retry mends is retryable.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.code() {
            ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
            ErrorCode::PlacementMissing | ErrorCode::IndexUnknown => StatusCode::NOT_FOUND,
            ErrorCode::PlacementBackendUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorCode::PartitionUnresolved
            | ErrorCode::UnsupportedEndpoint
            | ErrorCode::NameInvalid
            | ErrorCode::Misconfigured => StatusCode::BAD_REQUEST,
        }
    }

    /// What would mend it.
    #[must_use]
    pub fn remediation(&self) -> &'static str {
        match self.code() {
            ErrorCode::PartitionUnresolved => "send the tenant where the service expects it, once",
            ErrorCode::Unauthenticated => "send credentials that the service knows",
            ErrorCode::PlacementMissing => "ask the operator to place the tenant",
            ErrorCode::PlacementBackendUnavailable => "try again later",
            ErrorCode::UnsupportedEndpoint => "use an endpoint that can be kept inside a tenant",
            ErrorCode::IndexUnknown => "use an index that the placement serves",
            ErrorCode::NameInvalid => "choose another name or id",
            ErrorCode::Misconfigured => "ask the operator to correct the placement's rules",
        }
    }
}

impl fmt::Display for SpiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PartitionUnresolved { tried } => {
                write!(
                    f,
                    "the tenant can't be told from this request (looked at: {tried:?})"
                )
            }
            Self::PartitionInvalid { source } => {
                write!(f, "the tenant in the {source:?} source is no valid name")
            }
            Self::PartitionDisagrees { first, other } => {
                write!(
                    f,
                    "the {other:?} source names another tenant than the {first:?} source"
                )
            }
            Self::HeaderRepeated { header } => {
                write!(f, "the header [{header}] came more than once")
            }
            Self::PartitionUnsuited => {
                f.write_str("an index name can't carry the name of this tenant")
            }
            Self::PrincipalMissing => f.write_str("missing authentication credentials"),
            Self::PlacementMissing => f.write_str("this tenant has no placement"),
            Self::PlacementBackend { .. } => f.write_str("the placement store is unavailable"),
            Self::UnsupportedEndpoint { endpoint } => {
                write!(f, "[{endpoint}] can't be kept inside a tenant")
            }
            Self::PrincipalAttrMissing { attr } => {
                write!(f, "the caller has no attribute [{attr}]")
            }
            Self::HeaderMissing { header } => write!(f, "the request has no header [{header}]"),
            Self::IdRuleMissingPartition => {
                f.write_str("the id rule of a shared index must hold the partition")
            }
            Self::IndexUnknown => f.write_str("no such index"),
            Self::IndexReserved => f.write_str("this index name is taken on the tenant's cluster"),
            Self::IndexNameTooLong { max } => write!(
                f,
                "the index name is too long, its physical form has at most {max} bytes"
            ),
            Self::IdMintedOnly => {
                f.write_str("ids of this index are built from the document and can't be chosen")
            }
            Self::IdFieldMissing { path } => {
                write!(f, "the document lacks [{path}], which its id is built from")
            }
            Self::IdEmpty => f.write_str("if _id is specified it must not be empty"),
            Self::IdReserved => f.write_str("the ids '.' and '..' can't be used"),
            Self::IdTooLong { max } => {
                write!(f, "the id is too long, must be no longer than {max} bytes")
            }
            Self::InjectedFieldInvalid => {
                f.write_str("an injected field must be a single field name")
            }
            Self::TransformWithoutPartition => f.write_str(
                "a body transform needs a partition: implement TenancySpi instead of RoutingSpi",
            ),
        }
    }
}

impl std::error::Error for SpiError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_retry_mends_is_retryable() {
        let backend = SpiError::PlacementBackend { retryable: true };
        assert!(backend.retryable());
        assert_eq!(backend.status(), StatusCode::SERVICE_UNAVAILABLE);
        for final_ in [
            SpiError::PlacementMissing,
            SpiError::PrincipalMissing,
            SpiError::IdEmpty,
            SpiError::IndexUnknown,
        ] {
            assert!(!final_.retryable());
            assert!(final_.status().is_client_error() && final_.status() != StatusCode::FORBIDDEN);
        }
    }
}
