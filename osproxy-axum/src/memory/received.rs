//! What arrived at the cluster, for tests to look at.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri, request};

/// How many requests the log keeps.
const KEPT: usize = 1000;

/// Longer bodies are not kept.
const KEPT_BODY: usize = 64 * 1024;

/// A request that arrived.
///
/// `Debug` shows the method and the path without its query, so that a failing test prints no document and no credential.
#[derive(Clone)]
pub struct Received {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Option<Bytes>,
}

impl Received {
    pub(super) fn new(head: &request::Parts, body: &Bytes) -> Self {
        Self {
            method: head.method.clone(),
            uri: head.uri.clone(),
            headers: head.headers.clone(),
            body: (body.len() <= KEPT_BODY).then(|| body.clone()),
        }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path as it was sent, escapes and all.
    #[must_use]
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The query string as it was sent.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body; `None` when it was longer than 64 KiB.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.uri.path())
    }
}

/// The last requests, and how many there were.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: VecDeque<Received>,
    count: u64,
}

impl Log {
    pub(super) fn push(&mut self, received: Received) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(received);
        self.count += 1;
    }

    pub(super) fn entries(&self) -> Vec<Received> {
        self.entries.iter().cloned().collect()
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }
}
