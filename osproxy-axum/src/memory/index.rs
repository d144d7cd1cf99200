//! One index: its documents, versions and sequence numbers.
//!
//! The rules of writes are those of the server's engine: an operation takes the next sequence number, deletes leave a tombstone that
//! later versions count on, and a failed condition is a 409 that says what was found. Where the server forgets tombstones after a
//! minute, the double keeps them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::error::{ApiError, Cause};
use super::json::Json;
use super::mapping::{Fields, Mapping, read_document};
use super::settings::Settings;

/// Always one: no primary ever moves here.
pub(super) const PRIMARY_TERM: i64 = 1;

/// An index.
#[derive(Clone, Debug)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) uuid: String,
    pub(super) created_millis: u64,
    pub(super) settings: Settings,
    pub(super) mapping: Arc<Mapping>,
    /// Live documents by the sequence number of their last write, which is the order of an unsorted search.
    docs: BTreeMap<i64, Document>,
    by_id: HashMap<String, State>,
    next_seq_no: i64,
}

/// A stored document.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) id: String,
    pub(super) routing: Option<String>,
    pub(super) version: i64,
    pub(super) seq_no: i64,
    /// As it was sent.
    pub(super) source: Arc<str>,
    pub(super) fields: Fields,
}

/// The last operation on an id.
#[derive(Clone, Copy, Debug)]
struct State {
    version: i64,
    seq_no: i64,
    deleted: bool,
}

/// What a write demands of the current state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Condition {
    #[default]
    None,
    /// `if_seq_no` and `if_primary_term`.
    SeqNo { seq_no: i64, term: i64 },
    /// `version_type=external`: the new version must be higher.
    External(i64),
    /// `version_type=external_gte`: or equal.
    ExternalOrEqual(i64),
}

/// What a write did.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) result: Outcome,
    pub(super) version: i64,
    pub(super) seq_no: i64,
}

/// The server's word for what a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Created,
    Updated,
    Deleted,
    NotFound,
    Noop,
}

impl Outcome {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
            Self::NotFound => "not_found",
            Self::Noop => "noop",
        }
    }

    pub(super) fn status(self) -> u16 {
        match self {
            Self::Created => 201,
            Self::NotFound => 404,
            Self::Updated | Self::Deleted | Self::Noop => 200,
        }
    }
}

impl Index {
    pub(super) fn new(
        name: &str,
        uuid: String,
        created_millis: u64,
        settings: Settings,
        mapping: Mapping,
    ) -> Self {
        Self {
            name: name.to_owned(),
            uuid,
            created_millis,
            settings,
            mapping: Arc::new(mapping),
            docs: BTreeMap::new(),
            by_id: HashMap::new(),
            next_seq_no: 0,
        }
    }

    /// Live documents, oldest write first.
    pub(super) fn documents(&self) -> impl DoubleEndedIterator<Item = &Document> {
        self.docs.values()
    }

    pub(super) fn document(&self, id: &str) -> Option<&Document> {
        let state = self.by_id.get(id).filter(|state| !state.deleted)?;
        self.docs.get(&state.seq_no)
    }

    /// Indexes a document. `create`: it must not exist.
    pub(super) fn index(
        &mut self,
        id: &str,
        routing: Option<&str>,
        source: &str,
        create: bool,
        condition: Condition,
    ) -> Result<Written, ApiError> {
        self.require_routing(id, routing)?;
        if source.is_empty() {
            return Err(ApiError::bad(
                "mapper_parsing_exception",
                "failed to parse, document is empty",
            ));
        }
        // The server parses, and extends the mapping, before it looks at versions.
        if !source.trim_start().starts_with('{') {
            return Err(no_object());
        }
        let document = Json::parse(source).map_err(ApiError::malformed_document)?;
        let (fields, mapping) = read_document(&self.mapping, id, &document)?;
        self.mapping = mapping;
        let live = self.by_id.get(id).filter(|state| !state.deleted);
        if let (true, Some(state)) = (create, live) {
            let found = format!(
                "document already exists (current version [{}])",
                state.version
            );
            return Err(self.conflict(id, &found));
        }
        let existed = live.is_some();
        let version = self.check(id, condition)?;
        let seq_no = self.advance(id, version, false);
        let document = Document {
            id: id.to_owned(),
            routing: routing.map(str::to_owned),
            version,
            seq_no,
            source: Arc::from(source),
            fields,
        };
        self.docs.insert(seq_no, document);
        Ok(Written {
            result: if existed {
                Outcome::Updated
            } else {
                Outcome::Created
            },
            version,
            seq_no,
        })
    }

    /// Deletes a document; one that is not there still takes a sequence number and a version.
    pub(super) fn delete(
        &mut self,
        id: &str,
        routing: Option<&str>,
        condition: Condition,
    ) -> Result<Written, ApiError> {
        self.require_routing(id, routing)?;
        let existed = self.document(id).is_some();
        let version = self.check(id, condition)?;
        let seq_no = self.advance(id, version, true);
        Ok(Written {
            result: if existed {
                Outcome::Deleted
            } else {
                Outcome::NotFound
            },
            version,
            seq_no,
        })
    }

    /// Where the mapping says so, every call by id must name a routing.
    pub(super) fn require_routing(&self, id: &str, routing: Option<&str>) -> Result<(), ApiError> {
        if self.mapping.routing_required && routing.is_none() {
            return Err(ApiError::routing_missing(&self.name, id));
        }
        Ok(())
    }

    /// An update's condition, checked where it is read.
    pub(super) fn check_seq_no(
        &self,
        document: &Document,
        condition: Condition,
    ) -> Result<(), ApiError> {
        self.check(&document.id, condition).map(|_| ())
    }

    /// Checks the condition and gives the version of the write.
    fn check(&self, id: &str, condition: Condition) -> Result<i64, ApiError> {
        let state = self.by_id.get(id);
        // After the highest external version it wraps, as in Java.
        let next = state.map_or(1, |state| state.version.wrapping_add(1));
        match (condition, state) {
            (Condition::None, _) => Ok(next),
            (Condition::SeqNo { seq_no, term }, Some(state)) if !state.deleted => {
                if state.seq_no == seq_no && term == PRIMARY_TERM {
                    return Ok(next);
                }
                let found = format!(
                    "required seqNo [{seq_no}], primary term [{term}]. current document has seqNo [{}] and primary term [{PRIMARY_TERM}]",
                    state.seq_no
                );
                Err(self.conflict(id, &found))
            }
            (Condition::SeqNo { seq_no, term }, _) => {
                let found = format!(
                    "required seqNo [{seq_no}], primary term [{term}]. but no document was found"
                );
                Err(self.conflict(id, &found))
            }
            (Condition::External(version), Some(state)) if state.version >= version => {
                let found = format!(
                    "current version [{}] is higher or equal to the one provided [{version}]",
                    state.version
                );
                Err(self.conflict(id, &found))
            }
            (Condition::ExternalOrEqual(version), Some(state)) if state.version > version => {
                let found = format!(
                    "current version [{}] is higher than the one provided [{version}]",
                    state.version
                );
                Err(self.conflict(id, &found))
            }
            (Condition::External(version) | Condition::ExternalOrEqual(version), _) => Ok(version),
        }
    }

    /// Takes the next sequence number for an operation and forgets the document that it replaces.
    fn advance(&mut self, id: &str, version: i64, deleted: bool) -> i64 {
        let seq_no = self.next_seq_no;
        self.next_seq_no += 1;
        if let Some(old) = self.by_id.insert(
            id.to_owned(),
            State {
                version,
                seq_no,
                deleted,
            },
        ) {
            self.docs.remove(&old.seq_no);
        }
        seq_no
    }

    pub(super) fn conflict(&self, id: &str, found: &str) -> ApiError {
        let cause = Cause::new(
            "version_conflict_engine_exception",
            format!("[{id}]: version conflict, {found}"),
        );
        ApiError::new(409, self.located(cause))
    }

    pub(super) fn document_missing(&self, id: &str) -> ApiError {
        ApiError::new(
            404,
            self.located(Cause::new(
                "document_missing_exception",
                format!("[{id}]: document missing"),
            )),
        )
    }

    fn located(&self, cause: Cause) -> Cause {
        cause
            .with("index", self.name.as_str())
            .with("shard", "0")
            .with("index_uuid", self.uuid.as_str())
    }

    /// An exception of a query, which names the index but not the shard.
    pub(super) fn query_failure(&self, reason: impl Into<String>) -> Cause {
        let cause = Cause::new("query_shard_exception", reason);
        cause
            .with("index", self.name.as_str())
            .with("index_uuid", self.uuid.as_str())
    }

    /// `_shards` of a write: the copies that exist by the settings, of which one node holds one.
    pub(super) fn write_shards(&self) -> Json {
        shards(1 + self.settings.replicas, 1)
    }
}

/// `_shards` of writes and refreshes.
pub(super) fn shards(total: u64, successful: u64) -> Json {
    Json::object([
        ("total", Json::from(total)),
        ("successful", Json::from(successful)),
        ("failed", Json::from(0_u64)),
    ])
}

/// The server takes what does not start like an object for another format, and then finds none.
fn no_object() -> ApiError {
    let reason = "Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes";
    let cause = Cause::new("not_x_content_exception", reason);
    ApiError::new(
        400,
        Cause::new("mapper_parsing_exception", "failed to parse").caused_by(cause),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        Index::new(
            "i",
            "uuid".into(),
            0,
            Settings::default(),
            Mapping::default(),
        )
    }

    fn put(index: &mut Index, id: &str, condition: Condition) -> Result<Written, ApiError> {
        index.index(id, None, "{}", false, condition)
    }

    #[test]
    fn versions_go_on_over_a_delete() {
        let mut index = index();
        assert_eq!(put(&mut index, "a", Condition::None).unwrap().version, 1);
        assert_eq!(index.delete("a", None, Condition::None).unwrap().version, 2);
        let missing = index.delete("a", None, Condition::None).unwrap();
        assert_eq!(
            (missing.result, missing.version, missing.seq_no),
            (Outcome::NotFound, 3, 2)
        );
        let again = put(&mut index, "a", Condition::None).unwrap();
        assert_eq!(
            (again.result, again.version, again.seq_no),
            (Outcome::Created, 4, 3)
        );
    }

    #[test]
    fn conditions() {
        let mut index = index();
        put(&mut index, "a", Condition::External(5)).unwrap();
        let table = [
            (
                Condition::External(5),
                "current version [5] is higher or equal to the one provided [5]",
            ),
            (
                Condition::ExternalOrEqual(4),
                "current version [5] is higher than the one provided [4]",
            ),
            (
                Condition::SeqNo { seq_no: 9, term: 1 },
                "required seqNo [9], primary term [1]. current document has seqNo [0]",
            ),
            (
                Condition::SeqNo { seq_no: 0, term: 2 },
                "required seqNo [0], primary term [2]",
            ),
        ];
        for (condition, reason) in table {
            let error = put(&mut index, "a", condition).unwrap_err();
            assert_eq!(error.status(), 409);
            assert!(error.item().compact().contains(reason), "{condition:?}");
        }
        assert_eq!(
            put(&mut index, "a", Condition::ExternalOrEqual(5))
                .unwrap()
                .version,
            5
        );
        assert_eq!(
            put(&mut index, "a", Condition::SeqNo { seq_no: 1, term: 1 })
                .unwrap()
                .version,
            6
        );
        let error = put(&mut index, "b", Condition::SeqNo { seq_no: 1, term: 1 }).unwrap_err();
        assert!(error.item().compact().contains("but no document was found"));
    }

    #[test]
    fn an_unsorted_search_sees_the_last_write_last() {
        let mut index = index();
        for id in ["a", "b", "a"] {
            put(&mut index, id, Condition::None).unwrap();
        }
        let ids: Vec<_> = index
            .documents()
            .map(|document| document.id.as_str())
            .collect();
        assert_eq!(ids, ["b", "a"]);
    }
}
