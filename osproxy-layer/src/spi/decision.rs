//! What a routing decision says.

use super::{DocIdRule, Epoch, HeaderOp, InjectedField, Protocol, Target};

/// Where one request goes and how it is changed on the way.
///
/// ```
/// use osproxy_layer::spi::{ClusterId, Epoch, HeaderOp, IndexName, Protocol, RouteDecision, Target};
/// use http::{HeaderValue, header::HeaderName};
///
/// let target = Target::new(ClusterId::from("eu-1"), IndexName::from("logs"));
/// let decision = RouteDecision::passthrough(target, Protocol::Http1, Epoch::ZERO).with_header_op(HeaderOp::Replace {
///     name: HeaderName::from_static("x-team"),
///     value: HeaderValue::from_static("search"),
/// });
/// assert_eq!(decision.header_ops().len(), 1);
/// assert!(decision.body_transform().is_none());
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RouteDecision {
    target: Target,
    upstream_protocol: Protocol,
    header_ops: Vec<HeaderOp>,
    body_transform: BodyTransform,
    epoch: Epoch,
}

impl RouteDecision {
    /// To this target, with ids and bodies untouched.
    #[must_use]
    pub fn passthrough(target: Target, upstream_protocol: Protocol, epoch: Epoch) -> Self {
        Self {
            target,
            upstream_protocol,
            header_ops: Vec::new(),
            body_transform: BodyTransform::None,
            epoch,
        }
    }

    /// Adds a change to the physical request's headers.
    #[must_use]
    pub fn with_header_op(mut self, op: HeaderOp) -> Self {
        self.header_ops.push(op);
        self
    }

    /// Sets how documents are changed.
    #[must_use]
    pub fn with_body_transform(mut self, transform: BodyTransform) -> Self {
        self.body_transform = transform;
        self
    }

    /// Where the request goes.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The protocol to speak there. The inner service finds it in the request's target: [`Target::protocol`].
    #[must_use]
    pub fn upstream_protocol(&self) -> Protocol {
        self.upstream_protocol
    }

    /// Changes to the physical request's headers, in order.
    #[must_use]
    pub fn header_ops(&self) -> &[HeaderOp] {
        &self.header_ops
    }

    /// How documents are changed.
    #[must_use]
    pub fn body_transform(&self) -> &BodyTransform {
        &self.body_transform
    }

    /// The epoch of the placement that the decision was derived from.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }
}

/// How a document is changed on its way in.
///
/// A transform needs a partition to be turned back in answers, so only a tenancy router's decisions may carry one:
/// a [`RoutingSpi`](super::RoutingSpi) alone that returns one is refused.
#[non_exhaustive]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BodyTransform {
    /// Not at all.
    None,
    /// Fields are injected.
    Inject(Vec<InjectedField>),
    /// The id is constructed.
    ConstructId(DocIdRule),
    /// Both.
    Both {
        /// What is injected.
        inject: Vec<InjectedField>,
        /// How the id is constructed.
        id: DocIdRule,
    },
}

impl BodyTransform {
    /// Whether documents stay as they are.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}
