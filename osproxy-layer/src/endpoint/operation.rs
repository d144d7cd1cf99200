//! The operations that code which knows about tenants must tell apart.

/// What a request does, by the operation group of its route.
///
/// Only groups that are served somewhere but on a dedicated cluster, or that write documents, have a variant of their
/// own. The others are [`Other`](Self::Other), and [`Route::group`](super::Route::group) names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `index`
    Index,
    /// `create`
    Create,
    /// `get`
    Get,
    /// `exists`
    Exists,
    /// `get_source`
    GetSource,
    /// `exists_source`
    ExistsSource,
    /// `delete`
    Delete,
    /// `update`
    Update,
    /// `bulk`
    Bulk,
    /// `bulk_stream`
    BulkStream,
    /// `mget`
    Mget,
    /// `search`
    Search,
    /// `msearch`
    Msearch,
    /// `count`
    Count,
    /// `explain`
    Explain,
    /// `field_caps`
    FieldCaps,
    /// `termvectors`
    TermVectors,
    /// `mtermvectors`
    MTermVectors,
    /// `indices.validate_query`
    ValidateQuery,
    /// `scroll`
    Scroll,
    /// `clear_scroll`
    ClearScroll,
    /// `create_pit`
    CreatePit,
    /// `delete_pit`
    DeletePit,
    /// `delete_by_query`
    DeleteByQuery,
    /// `update_by_query`
    UpdateByQuery,
    /// `reindex`
    Reindex,
    /// `info`
    Info,
    /// `ping`
    Ping,
    /// `favicon`
    Favicon,
    /// `options`
    Options,
    /// `cluster.health`
    ClusterHealth,
    /// `nodes.info`
    NodesInfo,
    /// `cat.indices`
    CatIndices,
    /// `cat.count`
    CatCount,
    /// `cat.health`
    CatHealth,
    /// `indices.create`
    IndexCreate,
    /// `indices.exists`
    IndexExists,
    /// `indices.get`
    IndexGet,
    /// `indices.delete`
    IndexDelete,
    /// `indices.get_mapping`
    GetMapping,
    /// `indices.put_mapping`
    PutMapping,
    /// `indices.get_field_mapping`
    GetFieldMapping,
    /// `indices.get_settings`
    GetSettings,
    /// `indices.put_settings`
    PutSettings,
    /// `indices.refresh`
    Refresh,
    /// `indices.flush`
    Flush,
    /// `indices.stats`
    Stats,
    /// `indices.analyze`
    Analyze,
    /// `indices.resolve_index`
    ResolveIndex,
    /// `indices.get_alias`
    GetAlias,
    /// `indices.exists_alias`
    ExistsAlias,
    /// `indices.get_template`
    GetTemplate,
    /// `indices.exists_template`
    ExistsTemplate,
    /// `indices.put_template`
    PutTemplate,
    /// `indices.get_index_template`
    GetIndexTemplate,
    /// `indices.exists_index_template`
    ExistsIndexTemplate,
    /// `indices.put_index_template`
    PutIndexTemplate,
    /// `cluster.get_component_template`
    GetComponentTemplate,
    /// `cluster.exists_component_template`
    ExistsComponentTemplate,
    /// `cluster.put_component_template`
    PutComponentTemplate,
    /// Any other group.
    Other,
}

impl Operation {
    /// Whether documents are written: such a request is stamped and passes the write gate.
    #[must_use]
    pub const fn is_write(self) -> bool {
        matches!(
            self,
            Self::Index
                | Self::Create
                | Self::Update
                | Self::Delete
                | Self::Bulk
                | Self::BulkStream
                | Self::DeleteByQuery
                | Self::UpdateByQuery
                | Self::Reindex
        )
    }
}
