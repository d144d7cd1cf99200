//! How physical document ids are built.

use std::fmt;

use super::{BodyDoc, PartitionId, SpiError};

/// A template of physical document ids: `{partition}:{id}`, or `{partition}:{body.order_no}`.
///
/// Checked when it is parsed to be a total bijection between (partition, logical id) and the physical id:
/// `{partition}` stands at one end, held apart from the logical id by a character that no partition can hold, and
/// what is left of the template is the logical id. So no id is ever "already prefixed", and two partitions never
/// share one.
///
/// `{body.x}` pieces say how a logical id is *minted* when the client sends none; beside a client's id they are
/// refused.
///
/// ```
/// use osproxy_layer::spi::{IdTemplate, PartitionId};
///
/// let template = IdTemplate::parse("{partition}:{id}")?;
/// let acme = PartitionId::parse("acme").unwrap();
/// assert_eq!(template.physical(&acme, "7").unwrap(), "acme:7");
/// assert_eq!(template.logical(&acme, "acme:7"), Some("7"));
/// assert_eq!(template.logical(&acme, "globex:7"), None);
/// assert!(IdTemplate::parse("{partition}-{id}").is_err());
/// # Ok::<(), osproxy_layer::spi::TemplateError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdTemplate {
    text: String,
    /// What stands before the logical id. `None` in the place of the partition.
    before: Affix,
    after: Affix,
    mint: Mint,
}

/// A fixed text around the logical id, with the partition in it or not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Affix {
    head: String,
    partition: bool,
    tail: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Mint {
    /// A random id, as the server's own.
    Random,
    /// Built from the document.
    FromBody(Vec<MintPiece>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum MintPiece {
    Literal(String),
    Body(String),
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Literal(String),
    Partition,
    Id,
    Body(String),
}

/// The longest physical id that OpenSearch takes, in bytes.
const MAX_ID: usize = 512;

impl IdTemplate {
    /// Parses a template.
    ///
    /// # Errors
    /// When it has no `{partition}`, no logical id, an unknown placeholder, or is no bijection.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let pieces = split(text)?;
        let partitions = pieces
            .iter()
            .filter(|piece| **piece == Piece::Partition)
            .count();
        match partitions {
            0 => return Err(TemplateError::NoPartition),
            1 => {}
            _ => return Err(TemplateError::Repeated),
        }
        let is_logical = |piece: &Piece| matches!(piece, Piece::Id | Piece::Body(_));
        let first = pieces
            .iter()
            .position(is_logical)
            .ok_or(TemplateError::NoId)?;
        let last = pieces
            .iter()
            .rposition(is_logical)
            .ok_or(TemplateError::NoId)?;
        let logical = pieces.get(first..=last).unwrap_or_default();
        if logical.contains(&Piece::Partition) {
            return Err(TemplateError::NotBijective);
        }
        let mint = mint(logical)?;
        let before = affix(pieces.get(..first).unwrap_or_default());
        let after = affix(pieces.get(last + 1..).unwrap_or_default());
        let apart = |text: &str, edge: Option<u8>| {
            edge.is_some_and(|b| !PartitionId::may_contain(b)) && text.is_ascii()
        };
        let delimited = if before.partition {
            apart(&before.tail, before.tail.bytes().next())
        } else {
            apart(&after.head, after.head.bytes().next_back())
        };
        if !delimited {
            return Err(TemplateError::NotBijective);
        }
        Ok(Self {
            text: text.to_owned(),
            before,
            after,
            mint,
        })
    }

    /// The longest physical id, in bytes.
    pub(crate) const MAX_ID: usize = MAX_ID;

    /// The template as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the logical id in every physical id of this partition.
    #[must_use]
    pub fn prefix(&self, partition: &PartitionId) -> String {
        self.before.expand(partition)
    }

    /// What stands after the logical id in every physical id of this partition.
    #[must_use]
    pub fn suffix(&self, partition: &PartitionId) -> String {
        self.after.expand(partition)
    }

    /// The physical id of a client's own id.
    ///
    /// # Errors
    /// [`SpiError::IdMintedOnly`] where the template builds ids from the document, [`SpiError::IdEmpty`],
    /// [`SpiError::IdReserved`] for `.` and `..`, and [`SpiError::IdTooLong`] with the limit in logical bytes.
    pub fn physical(&self, partition: &PartitionId, logical: &str) -> Result<String, SpiError> {
        let (prefix, suffix) = (self.prefix(partition), self.suffix(partition));
        let room = MAX_ID.saturating_sub(prefix.len() + suffix.len());
        if logical.is_empty() {
            return Err(SpiError::IdEmpty);
        }
        if matches!(logical, "." | "..") {
            return Err(SpiError::IdReserved);
        }
        if logical.len() > room {
            return Err(SpiError::IdTooLong { max: room });
        }
        Ok([&*prefix, logical, &*suffix].concat())
    }

    /// The logical id in a physical one of this partition; `None` where the id isn't this partition's.
    #[must_use]
    pub fn logical<'a>(&self, partition: &PartitionId, physical: &'a str) -> Option<&'a str> {
        physical
            .strip_prefix(&*self.prefix(partition))?
            .strip_suffix(&*self.suffix(partition))
            .filter(|logical| !logical.is_empty())
    }

    /// Whether ids are built from the document, so that a client can't choose one.
    #[must_use]
    pub fn mints_from_body(&self) -> bool {
        matches!(self.mint, Mint::FromBody(_))
    }

    /// The logical id that the document itself gives; `None` where the template leaves it to a random one.
    ///
    /// # Errors
    /// [`SpiError::IdFieldMissing`] where the document lacks a field that the template names.
    pub fn minted(&self, doc: BodyDoc<'_>) -> Result<Option<String>, SpiError> {
        let Mint::FromBody(pieces) = &self.mint else {
            return Ok(None);
        };
        let mut id = String::new();
        for piece in pieces {
            match piece {
                MintPiece::Literal(literal) => id.push_str(literal),
                MintPiece::Body(path) => {
                    let value = doc
                        .scalar(path)
                        .ok_or_else(|| SpiError::IdFieldMissing { path: path.clone() })?;
                    id.push_str(&value);
                }
            }
        }
        Ok(Some(id))
    }
}

impl Default for IdTemplate {
    /// `{partition}:{id}`
    fn default() -> Self {
        Self {
            text: "{partition}:{id}".to_owned(),
            before: Affix {
                head: String::new(),
                partition: true,
                tail: ":".to_owned(),
            },
            after: Affix::default(),
            mint: Mint::Random,
        }
    }
}

impl Affix {
    fn expand(&self, partition: &PartitionId) -> String {
        let partition = if self.partition {
            partition.as_str()
        } else {
            ""
        };
        [&*self.head, partition, &*self.tail].concat()
    }
}

fn affix(pieces: &[Piece]) -> Affix {
    let mut affix = Affix::default();
    for piece in pieces {
        match piece {
            Piece::Partition => affix.partition = true,
            Piece::Literal(literal) if affix.partition => affix.tail.push_str(literal),
            Piece::Literal(literal) => affix.head.push_str(literal),
            Piece::Id | Piece::Body(_) => {}
        }
    }
    affix
}

fn mint(logical: &[Piece]) -> Result<Mint, TemplateError> {
    if *logical == [Piece::Id] {
        return Ok(Mint::Random);
    }
    logical
        .iter()
        .map(|piece| match piece {
            Piece::Literal(literal) => Ok(MintPiece::Literal(literal.clone())),
            Piece::Body(path) => Ok(MintPiece::Body(path.clone())),
            Piece::Id | Piece::Partition => Err(TemplateError::Repeated),
        })
        .collect::<Result<_, _>>()
        .map(Mint::FromBody)
}

fn split(text: &str) -> Result<Vec<Piece>, TemplateError> {
    if text.len() > MAX_ID {
        return Err(TemplateError::TooLong);
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(tail) = rest.strip_prefix('{') {
            let (name, tail) = tail.split_once('}').ok_or(TemplateError::Placeholder)?;
            pieces.push(match name.strip_prefix("body.") {
                Some(path) if !path.is_empty() => Piece::Body(path.to_owned()),
                _ if name == "partition" => Piece::Partition,
                _ if name == "id" => Piece::Id,
                _ => return Err(TemplateError::Placeholder),
            });
            rest = tail;
        } else {
            let end = rest.find('{').unwrap_or(rest.len());
            let (literal, tail) = rest
                .split_at_checked(end)
                .ok_or(TemplateError::Placeholder)?;
            pieces.push(Piece::Literal(literal.to_owned()));
            rest = tail;
        }
    }
    Ok(pieces)
}

/// How documents get their ids on a shared index: the template, and whether the partition is the routing value.
///
/// ```
/// use osproxy_layer::spi::{DocIdRule, IdTemplate};
///
/// assert!(DocIdRule::default().sets_routing());
/// assert!(!DocIdRule::new(IdTemplate::default()).with_routing(false).sets_routing());
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocIdRule {
    template: IdTemplate,
    set_routing: bool,
}

impl DocIdRule {
    /// Ids by this template, each partition on one shard.
    #[must_use]
    pub fn new(template: IdTemplate) -> Self {
        Self {
            template,
            set_routing: true,
        }
    }

    /// Whether the partition is the routing value: one shard a partition, or spread over all of them.
    #[must_use]
    pub fn with_routing(mut self, set_routing: bool) -> Self {
        self.set_routing = set_routing;
        self
    }

    /// The template.
    #[must_use]
    pub fn template(&self) -> &IdTemplate {
        &self.template
    }

    /// Whether the partition is the routing value.
    #[must_use]
    pub fn sets_routing(&self) -> bool {
        self.set_routing
    }
}

impl Default for DocIdRule {
    fn default() -> Self {
        Self::new(IdTemplate::default())
    }
}

/// What is wrong with an id template.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TemplateError {
    /// It has no `{partition}`, so two partitions would share ids.
    NoPartition,
    /// It has neither `{id}` nor a `{body.…}`.
    NoId,
    /// A `{…}` that is none of `{partition}`, `{id}` and `{body.…}`.
    Placeholder,
    /// A placeholder occurs twice, or `{id}` beside a `{body.…}`.
    Repeated,
    /// The partition isn't held apart from the logical id.
    NotBijective,
    /// It is longer than an id may be.
    TooLong,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoPartition => "an id template must hold {partition}, or two partitions would share ids",
            Self::NoId => "an id template must hold {id} or a {body.…}",
            Self::Placeholder => "an id template knows the placeholders {partition}, {id} and {body.…} alone",
            Self::Repeated => "an id template holds {partition} and {id} once each, and {id} never beside a {body.…}",
            Self::NotBijective => {
                "{partition} must stand at one end of an id template, held apart from the id by a character that no \
                 partition can hold, such as ':'"
            }
            Self::TooLong => "an id template has at most 512 bytes",
        })
    }
}

impl std::error::Error for TemplateError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn templates_are_checked_when_built() {
        for (text, error) in [
            ("{id}", TemplateError::NoPartition),
            ("{partition}", TemplateError::NoId),
            ("{partition}:", TemplateError::NoId),
            ("{partition}{id}", TemplateError::NotBijective),
            ("{partition}-{id}", TemplateError::NotBijective),
            ("{partition}a:{id}", TemplateError::NotBijective),
            ("{id}:a{partition}", TemplateError::NotBijective),
            ("{id}:{partition}:{id}", TemplateError::NotBijective),
            ("{partition}:{id}{id}", TemplateError::Repeated),
            ("{partition}:{id}-{body.a}", TemplateError::Repeated),
            ("{partition}:{partition}:{id}", TemplateError::Repeated),
            ("{partition}:{nope}", TemplateError::Placeholder),
            ("{partition}:{id", TemplateError::Placeholder),
        ] {
            assert_eq!(IdTemplate::parse(text), Err(error), "{text}");
        }
        for good in [
            "{partition}:{id}",
            "p-{partition}:x-{id}",
            "{id}:{partition}",
            "{partition}:{body.a}/{body.b.c}",
        ] {
            assert!(IdTemplate::parse(good).is_ok(), "{good}");
        }
        assert_eq!(
            IdTemplate::parse("{partition}:{id}"),
            Ok(IdTemplate::default())
        );
    }

    #[test]
    fn limits_are_told_in_logical_bytes() {
        let acme = PartitionId::parse("acme").expect("parses");
        let template = IdTemplate::default();
        assert!(template.physical(&acme, &"x".repeat(507)).is_ok());
        assert!(matches!(
            template.physical(&acme, &"x".repeat(508)),
            Err(SpiError::IdTooLong { max: 507 })
        ));
        assert!(matches!(
            template.physical(&acme, ""),
            Err(SpiError::IdEmpty)
        ));
        assert!(matches!(
            template.physical(&acme, ".."),
            Err(SpiError::IdReserved)
        ));
    }

    #[test]
    fn an_id_can_be_built_from_the_document() {
        let template = IdTemplate::parse("{partition}:{body.a}-{body.b}").expect("parses");
        let doc = BodyDoc::new(br#"{"a":"x","b":7}"#);
        assert_eq!(
            template.minted(doc).expect("minted").as_deref(),
            Some("x-7")
        );
        assert!(matches!(
            template.minted(BodyDoc::new(b"{}")),
            Err(SpiError::IdFieldMissing { .. })
        ));
    }

    proptest! {
        #[test]
        fn physical_ids_are_a_bijection(
            (a, b) in ("[A-Za-z0-9_-]{1,6}", "[A-Za-z0-9_-]{1,6}"),
            (x, y) in ("[a-c:.-]{1,6}", "[a-c:.-]{1,6}"),
            template in prop::sample::select(vec!["{partition}:{id}", "{id}:{partition}", "x{partition}::{id}"]),
        ) {
            let template = IdTemplate::parse(template).expect("parses");
            let (a, b) = (PartitionId::parse(&a).expect("parses"), PartitionId::parse(&b).expect("parses"));
            prop_assume!([&*x, &*y].iter().all(|id| !matches!(*id, "." | "..")));
            let (one, two) = (template.physical(&a, &x).expect("short"), template.physical(&b, &y).expect("short"));
            prop_assert_eq!(one == two, a == b && x == y);
            prop_assert_eq!(template.logical(&a, &one), Some(&*x));
            if a != b {
                prop_assert_eq!(template.logical(&b, &one), None);
            }
        }
    }
}
