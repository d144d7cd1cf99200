//! The read-only view of a request that routers and rules see.

use std::fmt;

use http::{HeaderMap, Method, Version};

use super::{BodyDoc, Principal, PrincipalId};
use crate::endpoint::Endpoint;

/// A protocol, of the client or towards a cluster.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Protocol {
    /// HTTP/1.1.
    #[default]
    Http1,
    /// HTTP/2.
    Http2,
}

/// A cheap view of one request, or of one item of a bulk.
///
/// It borrows everything. The document is a [`BodyDoc`], which finds scalars on demand; there is no access to the
/// bytes, so a router can't build a second parser of its own beside the screen.
#[derive(Clone, Copy)]
pub struct RequestCtx<'a> {
    principal: Option<&'a Principal>,
    request_id: Option<&'a str>,
    method: &'a Method,
    endpoint: &'a Endpoint,
    protocol: Protocol,
    logical_index: Option<&'a str>,
    doc_id: Option<&'a str>,
    headers: &'a HeaderMap,
    query: Option<&'a str>,
    body: BodyDoc<'a>,
}

impl<'a> RequestCtx<'a> {
    /// A view of a request without a caller, a document or a query.
    #[must_use]
    pub fn new(method: &'a Method, endpoint: &'a Endpoint, headers: &'a HeaderMap) -> Self {
        Self {
            principal: None,
            request_id: headers.get("x-request-id").and_then(|id| id.to_str().ok()),
            method,
            endpoint,
            protocol: Protocol::Http1,
            logical_index: endpoint.index(),
            doc_id: endpoint.id(),
            headers,
            query: None,
            body: BodyDoc::EMPTY,
        }
    }

    /// Sets the caller.
    #[must_use]
    pub fn with_principal(mut self, principal: Option<&'a Principal>) -> Self {
        self.principal = principal;
        self
    }

    /// Sets the protocol that the client speaks.
    #[must_use]
    pub fn with_version(mut self, version: Version) -> Self {
        self.protocol = if version == Version::HTTP_2 {
            Protocol::Http2
        } else {
            Protocol::Http1
        };
        self
    }

    /// Sets the raw query string.
    #[must_use]
    pub fn with_query(mut self, query: Option<&'a str>) -> Self {
        self.query = query;
        self
    }

    /// Sets the document.
    #[must_use]
    pub fn with_body(mut self, body: BodyDoc<'a>) -> Self {
        self.body = body;
        self
    }

    /// Sets what one item of a bulk names instead of the path.
    #[must_use]
    pub fn with_item(mut self, logical_index: Option<&'a str>, doc_id: Option<&'a str>) -> Self {
        self.logical_index = logical_index;
        self.doc_id = doc_id;
        self
    }

    /// The caller, where authentication ran.
    #[must_use]
    pub fn principal(&self) -> Option<&'a Principal> {
        self.principal
    }

    /// The caller's identity.
    #[must_use]
    pub fn principal_id(&self) -> Option<&'a PrincipalId> {
        self.principal.map(Principal::id)
    }

    /// The `x-request-id` header.
    #[must_use]
    pub fn request_id(&self) -> Option<&'a str> {
        self.request_id
    }

    /// The request's method.
    #[must_use]
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// Which API it is for.
    #[must_use]
    pub fn endpoint(&self) -> &'a Endpoint {
        self.endpoint
    }

    /// The protocol that the client speaks.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The index that the client names (an expression still, where the API takes one).
    #[must_use]
    pub fn logical_index(&self) -> Option<&'a str> {
        self.logical_index
    }

    /// The document id that the client names.
    #[must_use]
    pub fn doc_id(&self) -> Option<&'a str> {
        self.doc_id
    }

    /// The request's headers.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// The raw query string.
    #[must_use]
    pub fn query(&self) -> Option<&'a str> {
        self.query
    }

    /// The document, where the request carries just one and the router asked for it.
    #[must_use]
    pub fn body(&self) -> BodyDoc<'a> {
        self.body
    }
}

// Headers, ids and documents are the tenant's: none is printed.
impl fmt::Debug for RequestCtx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestCtx")
            .field("method", &self.method)
            .field("template", &self.endpoint.route().template())
            .finish_non_exhaustive()
    }
}
