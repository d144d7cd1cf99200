//! What turns a streamed answer back: the reversal, and then the part of it that the client asked for.

use crate::body::BoxError;
use crate::rewrite::filter_path::{FilterPath, FilterStream};
use crate::rewrite::response::Stream;

/// The passes over one answer.
pub(crate) struct Rewriter {
    reversal: Stream,
    filter: Option<Filter>,
}

struct Filter {
    stream: FilterStream,
    /// What the reversal has written and the filter not yet read.
    between: Vec<u8>,
}

impl Rewriter {
    pub(crate) fn new(reversal: Stream, filter: Option<FilterPath>) -> Self {
        let filter = filter.map(|filter| Filter {
            stream: FilterStream::new(filter),
            between: Vec::new(),
        });
        Self { reversal, filter }
    }

    pub(crate) fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), BoxError> {
        match &mut self.filter {
            None => self.reversal.push(chunk, out)?,
            Some(filter) => {
                filter.between.clear();
                self.reversal.push(chunk, &mut filter.between)?;
                filter.stream.push(&filter.between, out)?;
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
