//! Why a parameter is refused or left out: one phrase a reason.

pub(super) const CAMEL_CASE: &str = "use the spelling with underscores";
pub(super) const ENDPOINT: &str = "the endpoint itself is refused here";
pub(super) const ERROR_TRACE: &str =
    "stack traces of the server hold physical names; leaving them out loses diagnostics only";
pub(super) const EXPLAIN: &str = "scores are explained with the documents of every tenant";
pub(super) const ID_IN_PATH: &str = "the id of a document is taken from the path alone";
pub(super) const IGNORED: &str = "the server ignores it on this endpoint";
pub(super) const INDEX_IN_PATH: &str = "the index is taken from the path alone";
pub(super) const IN_SCROLL: &str = "the server refuses it on this endpoint";
pub(super) const LOCAL: &str = "the answer is made here and does not depend on it";
pub(super) const NOT_READ: &str = "this endpoint does not read it";
pub(super) const NO_BODY: &str = "the answer has no body that it could change";
pub(super) const NO_DOCUMENTS: &str = "no documents are returned that it could narrow";
pub(super) const PIPELINE: &str = "a pipeline can change whose document it is";
pub(super) const ROUTING: &str = "documents of a partition are routed by the partition";
pub(super) const SCRIPT_LANG: &str =
    "inline scripts in parameters are gone, and the server refuses it";
pub(super) const SEARCH_PIPELINE: &str =
    "a search pipeline can change the request or the answer after it was screened";
pub(super) const SELECTORS: &str = "it selects the tasks of others";
pub(super) const SENT_QUERY: &str = "it prints the query as it was sent to the server";
pub(super) const STATS_GROUPS: &str =
    "its names would pile up in statistics that all tenants share";
pub(super) const STREAMING: &str = "streaming search is experimental";
pub(super) const SUGGEST: &str = "suggestions come from the words of every tenant";
pub(super) const THROTTLED: &str = "it is deprecated, and means nothing for an exact index name";
pub(super) const TYPES: &str = "document types are gone since OpenSearch 2";
pub(super) const UNDOCUMENTED: &str = "it is not a documented parameter of this endpoint";
pub(super) const VERBOSE_PIPELINE: &str = "it prints the request as it was sent to the server";
pub(super) const VERSION_OF_UPDATE: &str =
    "an update takes no version; use if_seq_no and if_primary_term";
