//! What the writes have in common: their parameters, read once, and the shape of their answers.

use super::call::{Call, Reply};
use super::error::{ApiError, Cause};
use super::index::{Condition, Index, Written};
use super::json::Json;
use super::params::Params;

/// The parameters of a single write, or of one line of a bulk.
#[derive(Clone, Debug, Default)]
pub(super) struct WriteParams {
    pub(super) routing: Option<String>,
    pub(super) create: bool,
    pub(super) require_alias: bool,
    pub(super) version: Option<i64>,
    pub(super) version_type: VersionType,
    pub(super) if_seq_no: Option<i64>,
    pub(super) if_primary_term: Option<i64>,
}

/// The server's bound on an id, in bytes.
const MAX_ID: usize = 512;

/// How a version is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum VersionType {
    #[default]
    Internal,
    External,
    ExternalOrEqual,
}

impl VersionType {
    pub(super) fn parse(name: &str) -> Result<Self, ApiError> {
        match name {
            "internal" => Ok(Self::Internal),
            "external" | "external_gt" => Ok(Self::External),
            "external_gte" => Ok(Self::ExternalOrEqual),
            name => Err(ApiError::illegal_argument(format!(
                "No version type match [{name}]"
            ))),
        }
    }
}

/// The kind of write, for its validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    Index,
    Update,
    Delete,
}

impl WriteParams {
    pub(super) fn from_query(params: &Params) -> Result<Self, ApiError> {
        let create = match params.get("op_type") {
            None | Some("index") => false,
            Some("create") => true,
            Some(other) => {
                return Err(ApiError::illegal_argument(format!(
                    "opType must be 'create' or 'index', found: [{other}]"
                )));
            }
        };
        Ok(Self {
            // An empty routing is none.
            routing: params
                .get("routing")
                .filter(|routing| !routing.is_empty())
                .map(str::to_owned),
            create,
            require_alias: params.flag("require_alias")?.unwrap_or(false),
            version: params.integer("version", "long")?,
            version_type: params
                .get("version_type")
                .map(VersionType::parse)
                .transpose()?
                .unwrap_or_default(),
            if_seq_no: params.integer("if_seq_no", "long")?,
            if_primary_term: params.integer("if_primary_term", "long")?,
        })
        .and_then(Self::checked)
    }

    /// Refuses numbers that can't be.
    pub(super) fn checked(self) -> Result<Self, ApiError> {
        match (self.if_seq_no, self.if_primary_term) {
            (Some(number @ ..0), _) => Err(ApiError::illegal_argument(format!(
                "sequence numbers must be non negative. got [{number}]."
            ))),
            (_, Some(number @ ..0)) => Err(ApiError::illegal_argument(format!(
                "primary term must be non negative. got [{number}]"
            ))),
            _ => Ok(self),
        }
    }

    /// What the server would find wrong with the combination.
    pub(super) fn problems(&self, write: Write, id: Option<&str>) -> Vec<String> {
        let mut problems = Vec::new();
        let mut problem = |text: &str| problems.push(text.to_owned());
        if self.create && write == Write::Index {
            if self.version_type != VersionType::Internal {
                problem("create operations only support internal versioning. use index instead");
            } else if self.version.is_some() {
                problem("create operations do not support explicit versions. use index instead");
            }
            if self.if_seq_no.is_some() || self.if_primary_term.is_some() {
                problem("create operations do not support compare and set. use index instead");
            }
        } else {
            if self.if_seq_no.is_some()
                && (self.version.is_some() || self.version_type != VersionType::Internal)
            {
                problem("compare and write operations can not use versioning");
            }
            if self.version_type == VersionType::Internal && self.version.is_some() {
                problem(
                    "internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and `if_primary_term` instead",
                );
            }
            let version = self.version.unwrap_or(-3);
            if self.version_type != VersionType::Internal && version < 0 {
                problem(&format!(
                    "illegal version value [{version}] for version type [{}]",
                    self.version_type.name()
                ));
            }
        }
        match (self.if_seq_no, self.if_primary_term.unwrap_or(0)) {
            (None, 0) | (Some(_), 1..) => {}
            (None, term) => problem(&format!(
                "ifSeqNo is unassigned, but primary term is [{term}]"
            )),
            (Some(_), term) => problem(&format!("ifSeqNo is set, but primary term is [{term}]")),
        }
        if let Some(id) = id.filter(|id| id.len() > MAX_ID && write != Write::Delete) {
            problem(&format!(
                "id [{id}] is too long, must be no longer than {MAX_ID} bytes but was: {}",
                id.len()
            ));
        }
        problems
    }

    pub(super) fn condition(&self) -> Condition {
        match (self.version_type, self.version, self.if_seq_no) {
            (VersionType::External, Some(version), _) => Condition::External(version),
            (VersionType::ExternalOrEqual, Some(version), _) => Condition::ExternalOrEqual(version),
            (_, _, Some(seq_no)) => Condition::SeqNo {
                seq_no,
                term: self.if_primary_term.unwrap_or(0),
            },
            _ => Condition::None,
        }
    }
}

impl VersionType {
    fn name(self) -> &'static str {
        match self {
            Self::Internal => "INTERNAL",
            Self::External => "EXTERNAL",
            Self::ExternalOrEqual => "EXTERNAL_GTE",
        }
    }
}

/// `refresh` of a write. All writes are visible at once here, so it only shows in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refresh {
    No,
    Forced,
    Waited,
}

impl Refresh {
    pub(super) fn from_query(params: &Params) -> Result<Self, ApiError> {
        match params.get("refresh") {
            None | Some("false") => Ok(Self::No),
            Some("true" | "") => Ok(Self::Forced),
            Some("wait_for") => Ok(Self::Waited),
            Some(other) => Err(ApiError::illegal_argument(format!(
                "Unknown value for refresh: [{other}]."
            ))),
        }
    }
}

/// `wait_for_active_shards`: one copy is all that there ever is, so more is what a node alone answers, without the wait.
#[derive(Clone, Debug)]
pub(super) struct ActiveShards {
    needed: Needed,
    timeout: String,
}

#[derive(Clone, Copy, Debug)]
enum Needed {
    Number(u64),
    All,
}

impl ActiveShards {
    pub(super) fn from_query(params: &Params) -> Result<Self, ApiError> {
        let timeout = params.time("timeout")?.unwrap_or("1m").to_owned();
        let needed = match params.get("wait_for_active_shards") {
            None => Needed::Number(1),
            Some("all") => Needed::All,
            Some(text) => match text.parse::<i64>() {
                Ok(number) => Needed::Number(u64::try_from(number).map_err(|_| {
                    ApiError::illegal_argument("shard count cannot be a negative value")
                })?),
                Err(_) => {
                    let reason = format!("cannot parse ActiveShardCount[{text}]");
                    let cause = Cause::new(
                        "number_format_exception",
                        format!("For input string: \"{text}\""),
                    );
                    return Err(ApiError::new(
                        400,
                        Cause::new("illegal_argument_exception", reason).caused_by(cause),
                    ));
                }
            },
        };
        Ok(Self { needed, timeout })
    }

    pub(super) fn check(&self, index: &Index) -> Result<(), ApiError> {
        let needed = match self.needed {
            Needed::Number(number) => number,
            Needed::All => 1 + index.settings.replicas,
        };
        if needed <= 1 {
            return Ok(());
        }
        let shown = match self.needed {
            Needed::Number(number) => number.to_string(),
            Needed::All => "ALL".to_owned(),
        };
        let (name, timeout) = (&index.name, &self.timeout);
        let reason = format!(
            "[{name}][0] Not enough active copies to meet shard count of [{shown}] (have 1, needed {needed}). Timeout: [{timeout}]"
        );
        Err(ApiError::new(
            503,
            Cause::new("unavailable_shards_exception", reason),
        ))
    }
}

/// The members of a write's answer, in the server's order.
pub(super) fn answer(
    index: &Index,
    id: &str,
    written: &Written,
    forced_refresh: bool,
    shards: Json,
) -> Vec<(String, Json)> {
    let mut members = vec![
        ("_index".to_owned(), Json::from(index.name.as_str())),
        ("_id".to_owned(), Json::from(id)),
        ("_version".to_owned(), Json::from(written.version)),
        ("result".to_owned(), Json::from(written.result.name())),
    ];
    if forced_refresh {
        members.push(("forced_refresh".to_owned(), Json::Bool(true)));
    }
    members.push(("_shards".to_owned(), shards));
    members.push(("_seq_no".to_owned(), Json::from(written.seq_no)));
    members.push((
        "_primary_term".to_owned(),
        Json::from(super::index::PRIMARY_TERM),
    ));
    members
}

/// The answer of a single write, with `Location` where it created a document.
pub(super) fn reply(
    index: &Index,
    id: &str,
    routing: Option<&str>,
    written: &Written,
    members: Vec<(String, Json)>,
) -> Reply {
    let status = written.result.status();
    let location = (status == 201).then(|| {
        let routing = routing.map_or_else(String::new, |routing| {
            format!("?routing={}", form_encode(routing))
        });
        format!(
            "/{}/_doc/{}{routing}",
            form_encode(&index.name),
            form_encode(id)
        )
    });
    Reply {
        status,
        body: Json::Object(members),
        location,
    }
}

/// `require_alias`: there are no aliases here, so the flag is never satisfied.
pub(super) fn refuse_alias(call: &Call, params: &WriteParams) -> Result<(), ApiError> {
    if params.require_alias {
        Err(ApiError::no_such_alias(call.named_index()))
    } else {
        Ok(())
    }
}

/// As Java's `URLEncoder` does: a blank is a plus.
fn form_encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_that_the_server_refuses() {
        let table = [
            ("version=6", "1: internal versioning can not be used"),
            ("if_seq_no=2", "1: ifSeqNo is set, but primary term is [0];"),
            (
                "if_primary_term=2",
                "1: ifSeqNo is unassigned, but primary term is [2];",
            ),
            (
                "op_type=create&if_seq_no=1&if_primary_term=1",
                "1: create operations do not support compare and set. use index instead;",
            ),
            (
                "op_type=create&version=1&version_type=external",
                "1: create operations only support internal versioning.",
            ),
            (
                "version=5&version_type=external&if_seq_no=1",
                "1: compare and write operations can not use versioning;2: ifSeqNo is set",
            ),
        ];
        for (query, reason) in table {
            let params = WriteParams::from_query(&Params::parse(Some(query)).unwrap()).unwrap();
            let error = ApiError::validation(&params.problems(Write::Index, Some("x")))
                .item()
                .compact();
            assert!(error.contains(reason), "{query}: {error}");
        }
    }

    #[test]
    fn locations_are_form_encoded() {
        assert_eq!(form_encode("a/b cé+d"), "a%2Fb+c%C3%A9%2Bd");
    }
}
