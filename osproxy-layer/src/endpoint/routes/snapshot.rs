//! Snapshots, their repositories, and tasks.
//!
//! Columns: see [`super`]. The reasons are in [`crate::endpoint::why`].

use super::row;
use crate::endpoint::decision::Decision::{Forward, Operator, Reject};
use crate::endpoint::methods::{DELETE, GET, POST, PUT};
use crate::endpoint::why::{REINDEX, SNAPSHOTS, TASK_LIST, TASKS};
use crate::endpoint::{EndpointClass as C, Operation as O, Route};

#[rustfmt::skip] // one line a route: a table is read by column
pub(super) static ROUTES: &[Route] = &[
    row(POST,       "/_delete_by_query/{task_id}/_rethrottle",                     "delete_by_query_rethrottle",  O::Other, C::Tasks,    [Reject,  Reject,   Forward ], TASKS),
    row(POST,       "/_reindex/{task_id}/_rethrottle",                             "reindex_rethrottle",          O::Other, C::Tasks,    [Reject,  Reject,   Forward ], REINDEX),
    row(POST,       "/_update_by_query/{task_id}/_rethrottle",                     "update_by_query_rethrottle",  O::Other, C::Tasks,    [Reject,  Reject,   Forward ], TASKS),
    row(GET,        "/_snapshot",                                                  "snapshot.get_repository",     O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(GET,        "/_snapshot/_status",                                          "snapshot.status",             O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(GET,        "/_snapshot/{repository}",                                     "snapshot.get_repository",     O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(POST | PUT, "/_snapshot/{repository}",                                     "snapshot.create_repository",  O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(DELETE,     "/_snapshot/{repository}",                                     "snapshot.delete_repository",  O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(POST,       "/_snapshot/{repository}/_cleanup",                            "snapshot.cleanup_repository", O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(GET,        "/_snapshot/{repository}/_status",                             "snapshot.status",             O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(POST,       "/_snapshot/{repository}/_verify",                             "snapshot.verify_repository",  O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(GET,        "/_snapshot/{repository}/{snapshot}",                          "snapshot.get",                O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(POST | PUT, "/_snapshot/{repository}/{snapshot}",                          "snapshot.create",             O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(DELETE,     "/_snapshot/{repository}/{snapshot}",                          "snapshot.delete",             O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(PUT,        "/_snapshot/{repository}/{snapshot}/_clone/{target_snapshot}", "snapshot.clone",              O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(POST,       "/_snapshot/{repository}/{snapshot}/_restore",                 "snapshot.restore",            O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(GET,        "/_snapshot/{repository}/{snapshot}/_status",                  "snapshot.status",             O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
    row(GET,        "/_tasks",                                                     "tasks.list",                  O::Other, C::Tasks,    [Reject,  Reject,   Operator], TASK_LIST),
    row(POST,       "/_tasks/_cancel",                                             "tasks.cancel",                O::Other, C::Tasks,    [Reject,  Reject,   Operator], TASK_LIST),
    row(GET,        "/_tasks/{task_id}",                                           "tasks.get",                   O::Other, C::Tasks,    [Reject,  Reject,   Forward ], TASKS),
    row(POST,       "/_tasks/{task_id}/_cancel",                                   "tasks.cancel",                O::Other, C::Tasks,    [Reject,  Reject,   Forward ], TASKS),
    row(GET,        "/_snapshot/{repository}/{snapshot}/{index}/_status",          "snapshot.status",             O::Other, C::Snapshot, [Reject,  Reject,   Operator], SNAPSHOTS),
];
