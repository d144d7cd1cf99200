//! The metadata of an action line.

use std::borrow::Cow;
use std::fmt;

use super::BulkError;
use super::frame::Line;
use crate::rewrite::json::{JsonError, JsonErrorKind, KeyName, Lexer, RawKind, RawStr, Scalar};
use crate::rewrite::update::source_filter::{self, FilterError};

/// What an action line says about its item, each value read as the node reads it (D-17 to D-20).
///
/// A key with null counts as not sent, a number or boolean for a name as its text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Meta<'a> {
    index: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
    /// Apart, for few lines say more, and a bulk keeps all of its lines.
    more: Option<Box<More<'a>>>,
}

/// What else an action line may say.
#[derive(Clone, Default, PartialEq, Eq)]
struct More<'a> {
    routing: Option<Cow<'a, str>>,
    op_type: Option<Cow<'a, str>>,
    pipeline: Option<Cow<'a, str>>,
    version: Option<i64>,
    version_type: VersionType,
    if_seq_no: Option<i64>,
    if_primary_term: Option<i64>,
    retry_on_conflict: Option<i32>,
    require_alias: Option<bool>,
    source: Option<&'a [u8]>,
}

/// How a version is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "the node has these three")]
pub enum VersionType {
    /// The node counts.
    #[default]
    Internal,
    /// The client counts; a write needs a higher version.
    External,
    /// The client counts; a write needs the same version or a higher one.
    ExternalGte,
}

impl VersionType {
    /// The name in an action line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
            Self::ExternalGte => "external_gte",
        }
    }

    /// The type of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Internal, Self::External, Self::ExternalGte]
            .into_iter()
            .find(|one| one.as_str() == name)
    }
}

/// The keys that the node knows. Anything else is a 400 for the whole request, unless its value is null.
const KEYS: [(&str, Key); 12] = [
    ("_index", Key::Index),
    ("_id", Key::Id),
    ("routing", Key::Routing),
    ("op_type", Key::OpType),
    ("version", Key::Version),
    ("version_type", Key::VersionType),
    ("retry_on_conflict", Key::RetryOnConflict),
    ("pipeline", Key::Pipeline),
    ("_source", Key::Source),
    ("if_seq_no", Key::IfSeqNo),
    ("if_primary_term", Key::IfPrimaryTerm),
    ("require_alias", Key::RequireAlias),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Index,
    Id,
    Routing,
    OpType,
    Version,
    VersionType,
    RetryOnConflict,
    Pipeline,
    Source,
    IfSeqNo,
    IfPrimaryTerm,
    RequireAlias,
}

impl Key {
    fn of(key: RawStr<'_>) -> Option<Self> {
        KEYS.iter()
            .find(|(name, _)| key.is(name))
            .map(|&(_, known)| known)
    }
}

/// The version that means "any".
pub(super) const MATCH_ANY: i64 = -3;
/// The version that means "none there".
pub(super) const MATCH_DELETED: i64 = -4;
/// The sequence number that means "none".
pub(super) const UNASSIGNED_SEQ_NO: i64 = -2;
/// The primary term that means "none".
pub(super) const UNASSIGNED_TERM: i64 = 0;

impl<'a> Meta<'a> {
    /// The logical index, when the line names one.
    pub fn index(&self) -> Option<&str> {
        self.index.as_deref()
    }

    /// The document's id; an empty one is an error of the item, none at all has one minted.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The routing; an empty one is none (D-18).
    pub fn routing(&self) -> Option<&str> {
        let routing = self.more.as_ref()?.routing.as_deref();
        routing.filter(|routing| !routing.is_empty())
    }

    /// The ingest pipeline, `_none` included (D-16).
    pub fn pipeline(&self) -> Option<&str> {
        self.more.as_ref()?.pipeline.as_deref()
    }

    /// The version.
    pub fn version(&self) -> Option<i64> {
        self.more.as_ref()?.version
    }

    /// How the version is compared.
    pub fn version_type(&self) -> VersionType {
        (self.more.as_ref()).map_or(VersionType::Internal, |more| more.version_type)
    }

    /// The sequence number that the document must have.
    pub fn if_seq_no(&self) -> Option<i64> {
        self.more.as_ref()?.if_seq_no
    }

    /// The primary term that the document must have.
    pub fn if_primary_term(&self) -> Option<i64> {
        self.more.as_ref()?.if_primary_term
    }

    /// How often an update is tried again after a conflict.
    pub fn retry_on_conflict(&self) -> Option<i32> {
        self.more.as_ref()?.retry_on_conflict
    }

    /// Whether the index must be an alias.
    pub fn require_alias(&self) -> Option<bool> {
        self.more.as_ref()?.require_alias
    }

    /// The `_source` filter of an update's answer: a boolean, a string or an object, as JSON.
    pub fn source(&self) -> Option<&'a [u8]> {
        self.more.as_ref()?.source
    }

    pub(super) fn op_type_is_create(&self) -> bool {
        let more = self.more.as_ref();
        more.is_some_and(|more| more.op_type.as_deref() == Some("create"))
    }

    /// Whether the line says nothing but an index and an id.
    pub(crate) const fn is_plain(&self) -> bool {
        self.more.is_none()
    }

    /// What a line says that names nothing else.
    pub(super) fn plain(index: Option<&'a str>, id: Option<&'a str>) -> Self {
        Self {
            index: index.map(Cow::Borrowed),
            id: id.map(Cow::Borrowed),
            more: None,
        }
    }

    /// Reads the metadata object at the cursor.
    pub(super) fn read(lexer: &mut Lexer<'a>, line: Line<'a>) -> Result<Self, BulkError> {
        let json = |error| BulkError::json(line.number, error);
        let mut meta = Self::default();
        let mut seen = 0u16;
        let mut first = true;
        lexer.begin_object().map_err(json)?;
        while let Some(name) = lexer.next_key(&mut first).map_err(json)? {
            let key = Key::of(name);
            if let Some(key) = key {
                let bit = 1 << key as u16;
                if seen & bit != 0 {
                    return Err(json(JsonError::new(
                        JsonErrorKind::DuplicateKey,
                        name.offset(),
                    )));
                }
                seen |= bit;
            }
            let kind = lexer.peek().map_err(json)?;
            match (kind, key) {
                (RawKind::Null, _) => lexer.null().map_err(json)?,
                (kind, Some(Key::Source)) if kind != RawKind::Array => {
                    let filter = source_filter(lexer, line)?;
                    meta.more.get_or_insert_default().source = Some(filter);
                }
                (RawKind::Object | RawKind::Array, _) => {
                    return Err(BulkError::not_simple(line.number, &name.decode(), kind));
                }
                (_, None) => return Err(BulkError::unknown_parameter(line.number, &name.decode())),
                (_, Some(key)) => meta.set(key, Scalar::read(lexer).map_err(json)?, line.number)?,
            }
        }
        Ok(meta)
    }

    fn set(&mut self, key: Key, value: Scalar<'a>, line: usize) -> Result<(), BulkError> {
        let coercion = |error| BulkError::coercion(line, &error);
        match key {
            Key::Index => {
                self.index = Some(value.into_text());
                return Ok(());
            }
            Key::Id => {
                self.id = Some(value.into_text());
                return Ok(());
            }
            _ => {}
        }
        let more = self.more.get_or_insert_default();
        match key {
            Key::Routing => more.routing = Some(value.into_text()),
            Key::OpType => more.op_type = Some(value.into_text()),
            Key::Pipeline => more.pipeline = Some(value.into_text()),
            Key::Version => more.version = Some(value.long().map_err(coercion)?),
            Key::VersionType => {
                let name = value.into_text();
                more.version_type = VersionType::named(&name).ok_or_else(|| {
                    BulkError::illegal(
                        line,
                        format!("No version type match [{}]", KeyName::new(&name)),
                    )
                })?;
            }
            Key::IfSeqNo => more.if_seq_no = Some(value.long().map_err(coercion)?),
            Key::IfPrimaryTerm => more.if_primary_term = Some(value.long().map_err(coercion)?),
            Key::RetryOnConflict => more.retry_on_conflict = Some(value.int().map_err(coercion)?),
            Key::RequireAlias => more.require_alias = Some(value.boolean().map_err(coercion)?),
            Key::Index | Key::Id | Key::Source => {}
        }
        Ok(())
    }
}

fn source_filter<'a>(lexer: &mut Lexer<'a>, line: Line<'a>) -> Result<&'a [u8], BulkError> {
    let start = lexer.offset();
    source_filter::skip(lexer).map_err(|error| match error {
        FilterError::Json(error) => BulkError::json(line.number, error),
        FilterError::Shape(reason) => BulkError::source_filter(line.number, reason),
    })?;
    Ok(line.bytes.get(start..lexer.offset()).unwrap_or_default())
}

/// No values: they are a tenant's.
impl fmt::Debug for Meta<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meta")
            .field("has_index", &self.index.is_some())
            .field("has_id", &self.id.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta(members: &str) -> Result<Meta<'_>, BulkError> {
        let bytes = members.as_bytes();
        let mut lexer = Lexer::new(bytes).unwrap();
        Meta::read(&mut lexer, Line { bytes, number: 1 })
    }

    #[test]
    fn names_are_texts_of_any_scalar() {
        for (value, expected) in [
            (r#""7""#, Some("7")),
            ("7", Some("7")),
            ("1.50", Some("1.50")),
            ("1e2", Some("1e2")),
            ("true", Some("true")),
            (r#""""#, Some("")),
            (r#""\u00e9/%""#, Some("é/%")),
            ("null", None),
        ] {
            let text = format!(r#"{{"_id":{value},"_index":{value}}}"#);
            let meta = meta(&text).unwrap();
            assert_eq!((meta.id(), meta.index()), (expected, expected), "{value}");
        }
        assert_eq!(meta(r#"{"routing":""}"#).unwrap().routing(), None); // D-18
        assert_eq!(meta(r#"{"routing":5}"#).unwrap().routing(), Some("5"));
        assert_eq!(meta(r#"{"\u005fid":"x"}"#).unwrap().id(), Some("x"));
    }

    #[test]
    fn every_key_is_read() {
        let text = r#"{"_index":"i","_id":"d","routing":"r","op_type":"create","version":"5","version_type":"external_gte",
            "retry_on_conflict":3,"pipeline":"p","_source":{"includes":["a"]},"if_seq_no":4,"if_primary_term":1.0,"require_alias":"true"}"#;
        let meta = meta(text).unwrap();
        assert_eq!(
            (meta.index(), meta.id(), meta.routing(), meta.pipeline()),
            (Some("i"), Some("d"), Some("r"), Some("p"))
        );
        assert!(meta.op_type_is_create());
        assert_eq!(
            (meta.version(), meta.version_type()),
            (Some(5), VersionType::ExternalGte)
        );
        assert_eq!(
            (meta.if_seq_no(), meta.if_primary_term()),
            (Some(4), Some(1))
        );
        assert_eq!(
            (meta.retry_on_conflict(), meta.require_alias()),
            (Some(3), Some(true))
        );
        assert_eq!(meta.source(), Some(&br#"{"includes":["a"]}"#[..]));
        assert_eq!(
            format!("{meta:?}"),
            "Meta { has_index: true, has_id: true, .. }"
        );
    }

    #[test]
    fn null_is_as_if_not_sent_and_hides_unknown_keys() {
        let nulls: String = KEYS
            .iter()
            .map(|(name, _)| format!("\"{name}\":null,"))
            .collect();
        assert_eq!(
            meta(&format!("{{{nulls}\"x\":null,\"x\":null}}")).unwrap(),
            Meta::default()
        );
    }

    #[test]
    fn what_the_node_refuses() {
        for (text, error_type, reason) in [
            (
                r#"{"foo":1}"#,
                "illegal_argument_exception",
                "Action/metadata line [1] contains an unknown parameter [foo]",
            ),
            (
                r#"{"_type":"x"}"#,
                "illegal_argument_exception",
                "Action/metadata line [1] contains an unknown parameter [_type]",
            ),
            (
                r#"{"_ID":"x"}"#,
                "illegal_argument_exception",
                "Action/metadata line [1] contains an unknown parameter [_ID]",
            ),
            (
                r#"{"foo":{}}"#,
                "illegal_argument_exception",
                "Malformed action/metadata line [1], expected a simple value for field [foo] but found [START_OBJECT]",
            ),
            (
                r#"{"_id":["1"]}"#,
                "illegal_argument_exception",
                "Malformed action/metadata line [1], expected a simple value for field [_id] but found [START_ARRAY]",
            ),
            (
                r#"{"_source":["a"]}"#,
                "illegal_argument_exception",
                "Malformed action/metadata line [1], expected a simple value for field [_source] but found [START_ARRAY]",
            ),
            (
                r#"{"_source":1}"#,
                "parsing_exception",
                "Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found [VALUE_NUMBER]",
            ),
            (
                r#"{"version":"x"}"#,
                "illegal_argument_exception",
                "For input string: \"x\"",
            ),
            (
                r#"{"version_type":"EXTERNAL"}"#,
                "illegal_argument_exception",
                "No version type match [EXTERNAL]",
            ),
            (
                r#"{"version_type":"force"}"#,
                "illegal_argument_exception",
                "No version type match [force]",
            ),
            (
                r#"{"retry_on_conflict":"x"}"#,
                "number_format_exception",
                "For input string: \"x\"",
            ),
            (
                r#"{"require_alias":1}"#,
                "input_coercion_exception",
                "Current token (VALUE_NUMBER_INT) not of boolean type",
            ),
            (
                r#"{"_id":"1","_id":"2"}"#,
                "json_parse_exception",
                "Malformed action/metadata line [1], duplicate key at byte 12",
            ),
            (
                r#"{"_id":"1",}"#,
                "json_parse_exception",
                "Malformed action/metadata line [1], unexpected character at byte 11",
            ),
            (
                r#"{"_id":"\ud800"}"#, // D-25
                "osproxy_refused_exception",
                "Malformed action/metadata line [1], lone surrogate in an escape at byte 8",
            ),
        ] {
            let error = meta(text).unwrap_err();
            assert_eq!(
                (error.error_type(), error.reason()),
                (error_type, reason),
                "{text}"
            );
        }
    }
}
