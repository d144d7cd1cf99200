//! The class of a route: what kind of handling it needs, whatever its placement.

/// Routes that are handled alike. Traces and metrics name it, since it holds nothing of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndpointClass {
    /// The root, and small virtual answers beside it.
    Info,
    /// Bulk writes.
    IngestBulk,
    /// Single documents written whole.
    IngestDoc,
    /// Counts.
    Count,
    /// Tasks of the cluster.
    Tasks,
    /// Field capabilities.
    FieldCaps,
    /// Several documents by id.
    MultiGet,
    /// Several searches.
    MultiSearch,
    /// Searches that the server renders.
    SearchTemplate,
    /// Terms of a document.
    TermVectors,
    /// What is offered nowhere but, perhaps, on a dedicated cluster.
    Unsupported,
    /// Administration of the cluster.
    ClusterAdmin,
    /// One search.
    Search,
    /// Scrolls and points in time.
    Cursor,
    /// Deletes by query.
    DeleteByQuery,
    /// One document by id.
    GetById,
    /// One delete by id.
    DeleteById,
    /// Explanation of one document's score.
    Explain,
    /// One partial update.
    UpdateDoc,
    /// Updates by query.
    UpdateByQuery,
    /// Tables for people.
    Cat,
    /// Administration of indices.
    IndexAdmin,
    /// Snapshots and their repositories.
    Snapshot,
    /// Ingest pipelines.
    IngestPipeline,
    /// Validation of a query.
    Validate,
}

impl EndpointClass {
    /// The name of the class, for metrics and traces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::IngestBulk => "ingest_bulk",
            Self::IngestDoc => "ingest_doc",
            Self::Count => "count",
            Self::Tasks => "tasks",
            Self::FieldCaps => "field_caps",
            Self::MultiGet => "multi_get",
            Self::MultiSearch => "multi_search",
            Self::SearchTemplate => "search_template",
            Self::TermVectors => "termvectors",
            Self::Unsupported => "unsupported",
            Self::ClusterAdmin => "cluster_admin",
            Self::Search => "search",
            Self::Cursor => "cursor",
            Self::DeleteByQuery => "delete_by_query",
            Self::GetById => "get_by_id",
            Self::DeleteById => "delete_by_id",
            Self::Explain => "explain",
            Self::UpdateDoc => "update_doc",
            Self::UpdateByQuery => "update_by_query",
            Self::Cat => "cat",
            Self::IndexAdmin => "index_admin",
            Self::Snapshot => "snapshot",
            Self::IngestPipeline => "ingest_pipeline",
            Self::Validate => "validate",
        }
    }
}
