//! What turns a streamed answer back: the reversal, then the part of it that the client asked for, spaced as it wants.

use crate::body::BoxError;
use crate::rewrite::filter_path::{FilterPath, FilterStream};
use crate::rewrite::json::Spacer;
use crate::rewrite::response::{ReverseError, Stream};

/// The passes over one answer.
pub(crate) struct Rewriter {
    reversal: Stream,
    filter: Option<Filter>,
}

struct Filter {
    stream: FilterStream,
    /// What the reversal has written and the filter not yet read.
    between: Vec<u8>,
    /// What is cut out of an answer has lost its spacing.
    spacing: Option<Spacing>,
}

struct Spacing {
    spacer: Spacer,
    /// What the filter has written and was not spaced yet.
    between: Vec<u8>,
}

impl Rewriter {
    pub(crate) fn new(reversal: Stream, filter: Option<FilterPath>, pretty: bool) -> Self {
        let filter = filter.map(|filter| Filter {
            stream: FilterStream::new(filter),
            between: Vec::new(),
            spacing: pretty.then(|| Spacing {
                spacer: Spacer::whole(),
                between: Vec::new(),
            }),
        });
        Self { reversal, filter }
    }

    pub(crate) fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), BoxError> {
        match &mut self.filter {
            None => self.reversal.push(chunk, out)?,
            Some(filter) => {
                filter.between.clear();
                self.reversal.push(chunk, &mut filter.between)?;
                match &mut filter.spacing {
                    None => filter.stream.push(&filter.between, out)?,
                    Some(spacing) => {
                        spacing.between.clear();
                        filter.stream.push(&filter.between, &mut spacing.between)?;
                        spacing.spacer.push(&spacing.between, out);
                    }
                }
            }
        }
        Ok(())
    }

    pub(crate) fn finish(&mut self) -> Result<(), BoxError> {
        self.reversal.finish()?;
        if let Some(filter) = &self.filter {
            filter.stream.finish()?;
        }
        Ok(())
    }
}

/// Logs why an answer is broken off.
pub(crate) fn report(error: &BoxError) {
    match error.downcast_ref::<ReverseError>() {
        Some(reverse) => report_unreadable(reverse),
        None => tracing::warn!("an answer of the cluster can't be filtered"),
    }
}

/// Logs why an answer isn't shown. A tripped wire is an incident: somebody's document was about to leave.
pub(crate) fn report_unreadable(error: &ReverseError) {
    if error.is_breach() {
        tracing::error!(%error, "a document that is not the tenant's was in an answer and was not shown");
    } else {
        tracing::warn!(%error, "an answer of the cluster can't be turned back");
    }
}
