//! Errors in the server's shape.
//!
//! What the server itself refuses carries its status, type and reason. What only the double refuses, because it does not know it, is a
//! 400 of type `memory_cluster_unsupported_exception`, so that a test can tell the two apart.

use super::json::{Json, Malformed};

/// The type of every refusal that a real node would not make.
const UNSUPPORTED: &str = "memory_cluster_unsupported_exception";

/// A failed request or a failed item.
#[derive(Clone, Debug)]
pub(super) enum ApiError {
    /// An exception, as an object under `error`.
    Exception {
        status: u16,
        root: Option<Box<Cause>>,
        cause: Box<Cause>,
    },
    /// A plain text under `error`, as the REST layer of the server answers.
    Text {
        status: u16,
        text: String,
        with_status: bool,
        allow: Option<String>,
    },
}

/// One exception of a chain.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cause {
    kind: String,
    reason: String,
    /// Members between the reason and the cause: index, shard, line.
    extra: Vec<(&'static str, Json)>,
    caused_by: Option<Box<Self>>,
}

impl Cause {
    pub(super) fn new(kind: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            reason: reason.into(),
            extra: Vec::new(),
            caused_by: None,
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<Json>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    pub(super) fn caused_by(mut self, cause: Self) -> Self {
        self.caused_by = Some(Box::new(cause));
        self
    }

    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    pub(super) fn reason(&self) -> &str {
        &self.reason
    }

    fn without_cause(&self) -> Self {
        Self {
            caused_by: None,
            ..self.clone()
        }
    }

    fn members(&self) -> Vec<(String, Json)> {
        let mut members = vec![
            ("type".to_owned(), Json::from(self.kind.as_str())),
            ("reason".to_owned(), Json::from(self.reason.as_str())),
        ];
        members.extend(
            self.extra
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        if let Some(cause) = &self.caused_by {
            members.push(("caused_by".to_owned(), cause.to_json()));
        }
        members
    }

    pub(super) fn to_json(&self) -> Json {
        Json::Object(self.members())
    }
}

impl Malformed {
    /// The server wraps its parser's exception in one of its own, here of another type, there of the same.
    fn cause(self) -> Cause {
        let (outer, inner) = match self {
            Self::EndOfInput => (
                "unexpected_end_of_input_exception",
                "unexpected_end_of_input_exception",
            ),
            Self::TooDeep => (
                "stream_constraints_exception",
                "stream_constraints_exception",
            ),
            Self::Syntax | Self::DuplicateKey | Self::Comment => {
                ("json_parse_exception", "stream_read_exception")
            }
            Self::TrailingContent(_) => {
                return Cause::new("illegal_argument_exception", self.reason());
            }
        };
        Cause::new(outer, self.reason()).caused_by(Cause::new(inner, self.reason()))
    }
}

impl ApiError {
    pub(super) fn new(status: u16, cause: Cause) -> Self {
        Self::Exception {
            status,
            root: None,
            cause: Box::new(cause),
        }
    }

    /// A 400 of one exception.
    pub(super) fn bad(kind: &str, reason: impl Into<String>) -> Self {
        Self::new(400, Cause::new(kind, reason))
    }

    pub(super) fn illegal_argument(reason: impl Into<String>) -> Self {
        Self::bad("illegal_argument_exception", reason)
    }

    /// What the double does not know; the reason names the construct.
    pub(super) fn unsupported(construct: impl std::fmt::Display) -> Self {
        Self::bad(
            UNSUPPORTED,
            format!("{construct} is not supported by MemoryCluster"),
        )
    }

    /// Problems of one request, numbered as the server numbers them.
    pub(super) fn validation(problems: &[impl AsRef<str>]) -> Self {
        let numbered = problems
            .iter()
            .zip(1..)
            .map(|(problem, at)| format!("{at}: {};", problem.as_ref()));
        Self::bad(
            "action_request_validation_exception",
            format!("Validation Failed: {}", numbered.collect::<String>()),
        )
    }

    /// A broken body, outside a document.
    pub(super) fn malformed(why: Malformed) -> Self {
        match why {
            Malformed::TrailingContent(_) => return Self::illegal_argument(why.reason()),
            Malformed::Comment => return Self::unsupported(why.reason()),
            _ => {}
        }
        Self::new(400, why.cause())
    }

    /// A broken document.
    pub(super) fn malformed_document(why: Malformed) -> Self {
        if why == Malformed::Comment {
            return Self::malformed(why);
        }
        Self::new(
            400,
            Cause::new("mapper_parsing_exception", "failed to parse").caused_by(why.cause()),
        )
    }

    /// `expression`: how the call resolves its index, by name or by expression.
    pub(super) fn no_such_index(name: &str, expression: &'static str) -> Self {
        let cause = Cause::new(
            "index_not_found_exception",
            format!("no such index [{name}]"),
        )
        .with("index", name)
        .with("resource.id", name)
        .with("resource.type", expression)
        .with("index_uuid", "_na_");
        Self::new(404, cause)
    }

    pub(super) fn no_such_alias(name: &str) -> Self {
        let reason = format!(
            "no such index [{name}] and [require_alias] request flag is [true] and [{name}] is not an alias"
        );
        Self::new(
            404,
            Cause::new("index_not_found_exception", reason)
                .with("index", name)
                .with("index_uuid", "_na_"),
        )
    }

    pub(super) fn invalid_index_name(name: &str, why: &str) -> Self {
        let cause = Cause::new(
            "invalid_index_name_exception",
            format!("Invalid index name [{name}], {why}"),
        );
        Self::new(400, cause.with("index", name).with("index_uuid", "_na_"))
    }

    pub(super) fn routing_missing(index: &str, id: &str) -> Self {
        let cause = Cause::new(
            "routing_missing_exception",
            format!("routing is required for [{index}]/[{id}]"),
        );
        Self::new(400, cause.with("index", index).with("index_uuid", "_na_"))
    }

    /// Names the exception that `root_cause` shows where it is not the outermost one.
    pub(super) fn rooted(self, root: Cause) -> Self {
        match self {
            Self::Exception { status, cause, .. } => Self::Exception {
                status,
                root: Some(Box::new(root)),
                cause,
            },
            text @ Self::Text { .. } => text,
        }
    }

    /// A failure of the query on the one shard that we model, wrapped as a search does.
    pub(super) fn on_shard(self, index: &str, node: &str) -> Self {
        let Self::Exception {
            status,
            root,
            cause,
        } = self
        else {
            return self;
        };
        let failure = Json::object([
            ("shard", Json::from(0_u64)),
            ("index", Json::from(index)),
            ("node", Json::from(node)),
            ("reason", cause.to_json()),
        ]);
        // The server repeats what is no exception of its own under another cause.
        let own = cause.kind == "query_shard_exception" || cause.caused_by.is_some();
        let inner = match root {
            Some(root) => *root,
            None if own => *cause,
            None => cause.without_cause().caused_by(*cause),
        };
        let outer = Cause::new("search_phase_execution_exception", "all shards failed")
            .with("phase", "query")
            .with("grouped", true)
            .with("failed_shards", Json::Array(vec![failure]))
            .caused_by(inner.clone());
        Self::Exception {
            status,
            root: Some(Box::new(inner)),
            cause: Box::new(outer),
        }
    }

    /// Whether [`Self::on_shard`] has wrapped it.
    pub(super) fn is_search_failure(&self) -> bool {
        matches!(self, Self::Exception { cause, .. } if cause.is("search_phase_execution_exception"))
    }

    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Exception { status, .. } | Self::Text { status, .. } => *status,
        }
    }

    pub(super) fn allow(&self) -> Option<&str> {
        match self {
            Self::Exception { .. } => None,
            Self::Text { allow, .. } => allow.as_deref(),
        }
    }

    /// The exception as an item of `_bulk` shows it: no root cause, no status.
    pub(super) fn item(&self) -> Json {
        match self {
            Self::Exception { cause, .. } => cause.to_json(),
            Self::Text { text, .. } => Json::from(text.as_str()),
        }
    }

    /// The value of `error`: the exception after its root cause.
    pub(super) fn detail(&self) -> Json {
        let Self::Exception { root, cause, .. } = self else {
            return self.item();
        };
        let root = root.as_ref().unwrap_or(cause).without_cause();
        let mut members = vec![("root_cause".to_owned(), Json::Array(vec![root.to_json()]))];
        members.extend(cause.members());
        Json::Object(members)
    }

    /// The whole body.
    pub(super) fn body(&self) -> Json {
        let mut members = vec![("error".to_owned(), self.detail())];
        if !matches!(
            self,
            Self::Text {
                with_status: false,
                ..
            }
        ) {
            members.push(("status".to_owned(), Json::from(u64::from(self.status()))));
        }
        Json::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_the_servers() {
        let error = ApiError::no_such_index("x", "index_or_alias");
        let one = r#"{"type":"index_not_found_exception","reason":"no such index [x]","index":"x","resource.id":"x","resource.type":"index_or_alias","index_uuid":"_na_""#;
        assert_eq!(error.item().compact(), format!("{one}}}"));
        let rest = one.trim_start_matches('{');
        assert_eq!(
            error.body().compact(),
            format!(r#"{{"error":{{"root_cause":[{one}}}],{rest}}},"status":404}}"#)
        );
    }

    #[test]
    fn problems_are_numbered() {
        let error = ApiError::validation(&["a", "b"]);
        assert!(
            error
                .body()
                .compact()
                .contains("Validation Failed: 1: a;2: b;")
        );
    }
}
