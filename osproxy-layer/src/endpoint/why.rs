//! Why a route is refused: one phrase a reason, said to the client after the route and the placement.
//!
//! A phrase completes "… is refused here: ".

/// For routes that are never refused.
pub(super) const NONE: &str = "";
pub(super) const ALIASES: &str =
    "alias names are one namespace for the whole cluster, and the body can name any index";
pub(super) const ALIAS_LIST: &str = "it would list the aliases of every tenant";
pub(super) const ALL_CURSORS: &str = "it lists or closes the cursors of every tenant";
pub(super) const ALL_NUMBERS: &str = "its numbers are those of every tenant";
pub(super) const ASYNC_SEARCH: &str =
    "results are kept in an index of the whole cluster and fetched by an id";
pub(super) const BACKGROUND: &str =
    "it runs searches or writes later, with the rights of the cluster, outside this front";
pub(super) const BODY_INDEX: &str = "its body names indices or places outside the cluster";
pub(super) const CACHES: &str = "it empties caches that all tenants use";
pub(super) const CLUSTER_INTERNALS: &str =
    "it shows or changes the inside of the cluster; no view for one tenant exists";
pub(super) const CLUSTER_SETTINGS: &str = "the settings of the cluster belong to its operator";
pub(super) const CLUSTER_STATE: &str = "the cluster state holds the metadata of every index";
pub(super) const DANGLING: &str = "it restores indices by their internal id";
pub(super) const DASHBOARDS: &str =
    "this prefix repeats other endpoints with access to system indices";
pub(super) const DATA_STREAMS: &str =
    "the indices behind a data stream have names that the server chooses";
pub(super) const EXPLAIN: &str = "its explanation is computed over the documents of every tenant";
pub(super) const FLUSH: &str = "it works on the whole physical index";
pub(super) const HEAVY_IO: &str = "it is heavy work on storage that all tenants use";
pub(super) const INDEX_SETTINGS: &str =
    "index settings can name pipelines and block the index for everyone";
pub(super) const LEGACY: &str = "it is a left-over of an older server";
pub(super) const NAMES_BY_SERVER: &str = "the server would choose the name of the new index";
pub(super) const PAGED_LIST: &str = "its page token holds physical names";
pub(super) const PIPELINES: &str =
    "pipelines are one namespace for the whole cluster and can change whose document it is";
pub(super) const PLUGIN_GLOBAL: &str = "this plug-in keeps its data for the whole cluster";
pub(super) const PULLED: &str = "documents would be read from a stream without passing here";
pub(super) const QUERY_TEXT: &str =
    "index names and conditions are inside a query text that cannot be confined";
pub(super) const RANK_EVAL: &str = "it nests whole searches, templates and document ids";
pub(super) const REINDEX: &str = "its body names indices, a remote source, a pipeline and a script";
pub(super) const RENDERED: &str = "the server renders the query after it was screened";
pub(super) const SCHEMA: &str = "the mapping of a shared index belongs to its operator";
pub(super) const SCRIPT_RUN: &str = "it runs a script on an index that its body names";
pub(super) const SEARCH_PIPELINES: &str =
    "search pipelines can change requests and answers after they were screened";
pub(super) const SECOND_INDEX: &str = "it copies the physical index under a second name";
pub(super) const SECURITY: &str = "users, roles and tokens belong to the operator of the cluster";
pub(super) const SHARD_ADDRESSES: &str = "it shows nodes, addresses and physical names";
pub(super) const SNAPSHOTS: &str = "repositories and snapshots span every index of the cluster";
pub(super) const STATIC_LIST: &str = "it is a static list of the server that no known client needs";
pub(super) const STORED_SCRIPTS: &str =
    "stored scripts and templates are one namespace for the whole cluster";
pub(super) const STREAMED: &str =
    "a streamed bulk answers before it is done, so its writes can be neither split nor held";
pub(super) const TASKS: &str =
    "task ids of the server are guessable and belong to nobody, so none is handed out or taken";
pub(super) const TASK_LIST: &str = "task lists hold the queries of other tenants";
pub(super) const TEMPLATE_LIST: &str = "templates are one namespace for the whole cluster";
pub(super) const TEMPLATE_NAMES: &str =
    "templates are one namespace for the whole cluster and shape the indices of others";
pub(super) const TYPED: &str = "paths with a document type are gone since OpenSearch 2";
pub(super) const VIEWS: &str = "a view is a stored set of index patterns";
pub(super) const WHOLE_INDEX: &str =
    "it acts on the whole physical index, and so on every tenant in it";
