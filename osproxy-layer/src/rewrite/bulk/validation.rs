//! What the node finds when all lines are read, and refuses the whole request for.
//!
//! It matters that we find it first: the physical bulk is one request a cluster, so a 400 from one of them would come when
//! the others are applied.

use super::meta::{MATCH_ANY, MATCH_DELETED, UNASSIGNED_SEQ_NO, UNASSIGNED_TERM};
use super::{Action, BulkError, Item, VersionType};
use crate::rewrite::update::UpdateFacts;

/// The longest id in bytes.
const MAX_ID: usize = 512;

/// Collects the faults of all items, in the node's words and order (tried on 3.8).
///
/// ```
/// use osproxy_layer::rewrite::bulk::{Items, Validation};
///
/// let mut validation = Validation::default();
/// for item in Items::of(b"{\"delete\":{}}\n")? {
///     validation.check(&item?, Some("orders"), None);
/// }
/// let error = validation.finish().unwrap_err();
/// assert_eq!(error.reason(), "Validation Failed: 1: id is missing;");
/// # Ok::<(), osproxy_layer::rewrite::bulk::BulkError>(())
/// ```
#[derive(Clone, Default)]
pub struct Validation {
    items: usize,
    reasons: Vec<String>,
}

impl Validation {
    /// Checks one item. `default_index` is the index of the path; `update` what the body of an update says.
    pub fn check(
        &mut self,
        item: &Item<'_>,
        default_index: Option<&str>,
        update: Option<&UpdateFacts>,
    ) {
        self.items += 1;
        let meta = item.meta();
        if meta.index().or(default_index).is_none() {
            self.fault("index is missing");
        }
        match item.action() {
            Action::Index | Action::Create => self.index(item),
            Action::Delete => {
                self.id_missing(meta.id());
                self.versions(item, meta.if_seq_no(), meta.if_primary_term());
            }
            Action::Update => self.update(item, update),
        }
    }

    /// The verdict on the request.
    ///
    /// # Errors
    /// The faults of all items, or that there are none.
    pub fn finish(self) -> Result<(), BulkError> {
        if self.items == 0 {
            Err(BulkError::validation(["no requests added"]))
        } else if self.reasons.is_empty() {
            Ok(())
        } else {
            Err(BulkError::validation(
                self.reasons.iter().map(String::as_str),
            ))
        }
    }

    fn index(&mut self, item: &Item<'_>) {
        let meta = item.meta();
        let version = meta.version().unwrap_or(MATCH_ANY);
        let special = version == MATCH_ANY || version == MATCH_DELETED;
        if item.action() == Action::Create {
            if meta.version_type() != VersionType::Internal {
                return self.fault(
                    "create operations only support internal versioning. use index instead",
                );
            }
            if !special {
                return self.fault(
                    "create operations do not support explicit versions. use index instead",
                );
            }
            let seq_no = meta.if_seq_no().unwrap_or(UNASSIGNED_SEQ_NO);
            if seq_no != UNASSIGNED_SEQ_NO
                || meta.if_primary_term().unwrap_or(UNASSIGNED_TERM) != UNASSIGNED_TERM
            {
                return self
                    .fault("create operations do not support compare and set. use index instead");
            }
        }
        if meta.id().is_none() && (meta.version_type() != VersionType::Internal || !special) {
            self.fault("an id must be provided if version type or value are set");
        }
        if item.action() == Action::Index {
            self.versions(item, meta.if_seq_no(), meta.if_primary_term());
        }
        self.id_length(meta.id());
        if meta.pipeline() == Some("") {
            self.fault("pipeline cannot be an empty string");
        }
    }

    fn update(&mut self, item: &Item<'_>, facts: Option<&UpdateFacts>) {
        let meta = item.meta();
        let none = UpdateFacts::default();
        let facts = facts.unwrap_or(&none);
        // What the body says comes later and wins.
        let seq_no = facts.if_seq_no().or(meta.if_seq_no());
        let term = facts.if_primary_term().or(meta.if_primary_term());
        let doc_as_upsert = facts.doc_as_upsert() == Some(true);
        self.id_missing(meta.id());
        self.versions(item, seq_no, term);
        if seq_no.is_some_and(|seq_no| seq_no != UNASSIGNED_SEQ_NO) {
            if meta.retry_on_conflict().unwrap_or(0) > 0 {
                self.fault("compare and write operations can not be retried");
            }
            if doc_as_upsert {
                self.fault("compare and write operations can not be used with upsert");
            }
            if facts.has_upsert() {
                self.fault("upsert requests don't support `if_seq_no` and `if_primary_term`");
            }
        }
        match (facts.has_doc(), facts.has_script()) {
            (false, false) => self.fault("script or doc is missing"),
            (true, true) => self.fault("can't provide both script and doc"),
            _ => {}
        }
        if doc_as_upsert && !facts.has_doc() {
            self.fault("doc must be specified if doc_as_upsert is enabled");
        }
        self.id_length(meta.id());
    }

    fn versions(&mut self, item: &Item<'_>, seq_no: Option<i64>, term: Option<i64>) {
        let meta = item.meta();
        let version = meta.version().unwrap_or(MATCH_ANY);
        let seq_no = seq_no.filter(|&seq_no| seq_no != UNASSIGNED_SEQ_NO);
        let term = term.unwrap_or(UNASSIGNED_TERM);
        let internal = meta.version_type() == VersionType::Internal;
        let special = version == MATCH_ANY || version == MATCH_DELETED;
        let legal = if internal {
            version > 0 || special
        } else {
            version >= 0
        };
        if !legal {
            let name = meta.version_type().as_str().to_ascii_uppercase();
            self.reasons.push(format!(
                "illegal version value [{version}] for version type [{name}]"
            ));
        }
        if internal && !special {
            self.fault(
                "internal versioning can not be used for optimistic concurrency control. \
                 Please use `if_seq_no` and `if_primary_term` instead",
            );
        }
        if seq_no.is_some() && (!internal || version != MATCH_ANY) {
            self.fault("compare and write operations can not use versioning");
        }
        if term == UNASSIGNED_TERM && seq_no.is_some() {
            self.fault("ifSeqNo is set, but primary term is [0]");
        }
        if term != UNASSIGNED_TERM && seq_no.is_none() {
            self.reasons.push(format!(
                "ifSeqNo is unassigned, but primary term is [{term}]"
            ));
        }
    }

    fn id_missing(&mut self, id: Option<&str>) {
        if id.is_none_or(str::is_empty) {
            self.fault("id is missing");
        }
    }

    fn id_length(&mut self, id: Option<&str>) {
        if let Some(id) = id
            && id.len() > MAX_ID
        {
            let length = id.len();
            self.reasons.push(format!(
                "id [{id}] is too long, must be no longer than 512 bytes but was: {length}"
            ));
        }
    }

    fn fault(&mut self, reason: &str) {
        self.reasons.push(reason.into());
    }
}

/// Not the reasons: they repeat ids.
impl std::fmt::Debug for Validation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Validation")
            .field("items", &self.items)
            .field("faults", &self.reasons.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::bulk::Items;
    use crate::rewrite::update::UpdateBody;

    fn verdict(body: &str, default_index: Option<&str>) -> Result<(), String> {
        let mut validation = Validation::default();
        for item in Items::of(body.as_bytes()).unwrap() {
            let item = item.unwrap();
            let update = (item.action() == Action::Update).then(|| {
                UpdateBody::read(item.source().unwrap())
                    .unwrap()
                    .facts()
                    .clone()
            });
            validation.check(&item, default_index, update.as_ref());
        }
        validation.finish().map_err(|error| {
            assert_eq!(error.error_type(), "action_request_validation_exception");
            error
                .reason()
                .strip_prefix("Validation Failed: ")
                .unwrap()
                .to_owned()
        })
    }

    const VERSIONING: &str = "internal versioning can not be used for optimistic concurrency control. \
                              Please use `if_seq_no` and `if_primary_term` instead";

    #[test]
    fn what_the_node_finds_sound() {
        for body in [
            "{\"index\":{}}\n{}\n",
            "{\"index\":{\"_id\":\"\"}}\n{}\n", // the item's error
            "{\"index\":{\"_id\":\"1\",\"version\":0,\"version_type\":\"external\"}}\n{}\n",
            "{\"index\":{\"_id\":\"1\",\"version\":-3}}\n{}\n",
            "{\"index\":{\"_id\":\"1\",\"version\":-4}}\n{}\n",
            "{\"index\":{\"_id\":\"1\",\"if_seq_no\":1,\"if_primary_term\":1}}\n{}\n",
            "{\"index\":{\"if_seq_no\":1,\"if_primary_term\":1}}\n{}\n",
            "{\"create\":{\"version\":-3}}\n{}\n",
            "{\"delete\":{\"_id\":\"1\",\"pipeline\":\"\"}}\n",
            "{\"update\":{\"_id\":\"1\",\"retry_on_conflict\":3}}\n{\"doc\":{}}\n",
            "{\"update\":{\"_id\":\"1\",\"if_seq_no\":1}}\n{\"doc\":{},\"if_primary_term\":1}\n",
        ] {
            assert_eq!(verdict(body, Some("i")), Ok(()), "{body}");
        }
        assert_eq!(verdict("{\"index\":{\"_index\":\"\"}}\n{}\n", None), Ok(()));
        let id = "x".repeat(513);
        assert_eq!(
            verdict(&format!("{{\"delete\":{{\"_id\":\"{id}\"}}}}\n"), Some("i")),
            Ok(())
        );
    }

    #[test]
    fn what_the_node_refuses() {
        let long = "x".repeat(513);
        let too_long =
            format!("id [{long}] is too long, must be no longer than 512 bytes but was: 513");
        for (body, reasons) in [
            ("\n".to_owned(), vec!["no requests added"]),
            ("{\"index\":{}}\n".to_owned(), vec!["no requests added"]),
            ("{\"delete\":{}}\n{\"delete\":{\"version\":3}}\n".to_owned(), vec!["id is missing", "id is missing", VERSIONING]),
            ("{\"delete\":{\"_id\":\"\"}}\n".to_owned(), vec!["id is missing"]),
            (
                "{\"index\":{\"version_type\":\"external\"}}\n{}\n".to_owned(),
                vec![
                    "an id must be provided if version type or value are set",
                    "illegal version value [-3] for version type [EXTERNAL]",
                ],
            ),
            (
                "{\"index\":{\"_id\":\"1\",\"version_type\":\"external_gte\"}}\n{}\n".to_owned(),
                vec!["illegal version value [-3] for version type [EXTERNAL_GTE]"],
            ),
            (
                "{\"index\":{\"_id\":\"1\",\"version\":0}}\n{}\n".to_owned(),
                vec!["illegal version value [0] for version type [INTERNAL]", VERSIONING],
            ),
            (
                format!("{{\"index\":{{\"_id\":\"{long}\",\"pipeline\":\"\",\"version\":3}}}}\n{{}}\n"),
                vec![VERSIONING, &too_long, "pipeline cannot be an empty string"],
            ),
            (
                "{\"index\":{\"_id\":\"1\",\"if_seq_no\":1,\"if_primary_term\":1,\"version\":3}}\n{}\n".to_owned(),
                vec![VERSIONING, "compare and write operations can not use versioning"],
            ),
            ("{\"index\":{\"if_seq_no\":5}}\n{}\n".to_owned(), vec!["ifSeqNo is set, but primary term is [0]"]),
            (
                "{\"index\":{\"if_seq_no\":-2,\"if_primary_term\":1}}\n{}\n".to_owned(),
                vec!["ifSeqNo is unassigned, but primary term is [1]"],
            ),
            (
                "{\"create\":{\"version_type\":\"external\",\"version\":1}}\n{}\n".to_owned(),
                vec!["create operations only support internal versioning. use index instead"],
            ),
            (
                "{\"create\":{\"_id\":\"1\",\"version\":-1}}\n{}\n".to_owned(),
                vec!["create operations do not support explicit versions. use index instead"],
            ),
            (
                "{\"index\":{\"op_type\":\"create\",\"if_seq_no\":1,\"if_primary_term\":1}}\n{}\n".to_owned(),
                vec!["create operations do not support compare and set. use index instead"],
            ),
            (format!("{{\"create\":{{\"_id\":\"{long}\"}}}}\n{{}}\n"), vec![&too_long]),
            (
                format!("{{\"update\":{{\"_id\":\"{long}\",\"if_seq_no\":3}}}}\n{{\"doc_as_upsert\":true}}\n"),
                vec![
                    "ifSeqNo is set, but primary term is [0]",
                    "compare and write operations can not be used with upsert",
                    "script or doc is missing",
                    "doc must be specified if doc_as_upsert is enabled",
                    &too_long,
                ],
            ),
            (
                "{\"update\":{\"_id\":\"1\",\"if_seq_no\":3,\"if_primary_term\":1}}\n{\"doc\":{},\"if_seq_no\":-2}\n".to_owned(),
                vec!["ifSeqNo is unassigned, but primary term is [1]"],
            ),
            (
                "{\"update\":{\"_id\":\"1\"}}\n{\"doc\":{},\"script\":\"x\"}\n".to_owned(),
                vec!["can't provide both script and doc"],
            ),
        ] {
            let expected: String =
                reasons.iter().enumerate().map(|(index, reason)| format!("{}: {reason};", index + 1)).collect();
            assert_eq!(verdict(&body, Some("i")), Err(expected), "{body}");
        }
    }

    #[test]
    fn without_an_index() {
        let body = "{\"update\":{\"if_seq_no\":1,\"if_primary_term\":0,\"retry_on_conflict\":2}}\n{\"upsert\":{},\"doc_as_upsert\":true}\n";
        let expected = "1: index is missing;2: id is missing;3: ifSeqNo is set, but primary term is [0];\
            4: compare and write operations can not be retried;5: compare and write operations can not be used with upsert;\
            6: upsert requests don't support `if_seq_no` and `if_primary_term`;7: script or doc is missing;\
            8: doc must be specified if doc_as_upsert is enabled;";
        assert_eq!(verdict(body, None), Err(expected.to_owned()));
        assert_eq!(
            verdict("{\"index\":{}}\n\n", None),
            Err("1: index is missing;".to_owned())
        );
    }
}
