//! The declarative seam: what most services implement.

use std::future::{Future, ready};

use super::{
    Admission, BodyDoc, ClusterId, DocIdRule, Epoch, InjectedField, PartitionId, PlacementAt,
    RequestCtx, SensitivitySpec, SpiError, WritePermit,
};

/// Declares how tenants are told apart and where they live.
///
/// Only the first two methods have no default. [`TenancyRouter`](crate::TenancyRouter) turns it into a router:
///
/// ```
/// use osproxy_layer::TenancyRouter;
/// use osproxy_layer::spi::{
///     BodyDoc, ClusterId, Epoch, IndexPattern, PartitionId, PartitionKeySpecKind, Placement, PlacementAt, RequestCtx,
///     SharedIndex, SpiError, TenancySpi,
/// };
///
/// struct ByAttribute(Placement);
///
/// impl TenancySpi for ByAttribute {
///     fn resolve_partition(&self, ctx: &RequestCtx<'_>, _body: BodyDoc<'_>) -> Result<PartitionId, SpiError> {
///         let principal = ctx.principal().ok_or(SpiError::PrincipalMissing)?;
///         let tenant = principal.attr("tenant").ok_or(SpiError::PrincipalAttrMissing { attr: "tenant".into() })?;
///         PartitionId::parse(tenant)
///             .map_err(|_| SpiError::PartitionInvalid { source: PartitionKeySpecKind::PrincipalAttr })
///     }
///
///     async fn placement_for(&self, _partition: &PartitionId) -> Result<PlacementAt, SpiError> {
///         Ok(PlacementAt::new(self.0.clone(), Epoch::ZERO))
///     }
/// }
///
/// let shared = SharedIndex::new(ClusterId::from("eu-1"), IndexPattern::parse("{index}-shared").unwrap());
/// let router = TenancyRouter::new(ByAttribute(shared.into()));
/// # let _ = router;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` doesn't say how tenants are told apart",
    note = "implement `TenancySpi`: `resolve_partition` and `placement_for` are enough"
)]
pub trait TenancySpi: Send + Sync + 'static {
    /// Names the partition of a request, or of one item of a bulk.
    ///
    /// # Errors
    /// [`SpiError::PartitionUnresolved`] and its kin.
    fn resolve_partition(
        &self,
        ctx: &RequestCtx<'_>,
        body: BodyDoc<'_>,
    ) -> Result<PartitionId, SpiError>;

    /// Where the partition lives now. The epoch must be read with the placement, not after it.
    fn placement_for(
        &self,
        partition: &PartitionId,
    ) -> impl Future<Output = Result<PlacementAt, SpiError>> + Send;

    /// Whether [`resolve_partition`](Self::resolve_partition) needs the document. Then a single document's body is
    /// read before the request is placed; without it, `body` is always empty.
    fn reads_body(&self) -> bool {
        false
    }

    /// How ids are built on shared indices; `None` leaves it to the placement.
    fn doc_id_rule(&self) -> Option<DocIdRule> {
        None
    }

    /// Fields that every document on a shared index gets, beside those of the placement.
    fn injected_fields(&self) -> Vec<InjectedField> {
        Vec::new()
    }

    /// Which fields may appear in diagnostics.
    fn sensitive_fields(&self) -> SensitivitySpec {
        SensitivitySpec::all_sensitive()
    }

    /// Whether a write that was resolved at this epoch may be dispatched now. Synchronous, because the answer must
    /// be atomic with the count of what is under way.
    fn admit_write(&self, _partition: &PartitionId, _epoch: Epoch) -> Admission {
        Admission::Admitted(WritePermit::none())
    }

    /// Ends when the partition admits writes again, at an epoch above this one.
    fn settled(&self, _partition: &PartitionId, _epoch: Epoch) -> impl Future<Output = ()> + Send {
        ready(())
    }

    /// A cluster's base URL, for clients that don't know clusters by name.
    fn cluster_endpoint(&self, _cluster: &ClusterId) -> Option<String> {
        None
    }
}
