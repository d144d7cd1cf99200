//! Patterns of physical index names.

use std::fmt;

use super::{IndexName, PartitionId, SpiError};

/// How the physical index of a logical one is called: `{index}-shared`, `{partition}.{index}`, or a fixed name.
///
/// Checked when it is parsed, so that two logical indices never meet in one physical one by accident:
/// `{partition}` stands beside nothing but `.`, which no partition can hold, each placeholder occurs at most once,
/// and a pattern without `{index}` names the one logical index that it serves.
///
/// ```
/// use osproxy_layer::spi::{IndexPattern, PartitionId};
///
/// let pattern = IndexPattern::parse("{partition}.{index}")?;
/// let acme = PartitionId::parse("acme").unwrap();
/// assert_eq!(pattern.physical(&acme, "orders").unwrap().as_str(), "acme.orders");
/// assert!(IndexPattern::parse("{partition}-{index}").is_err());
/// # Ok::<(), osproxy_layer::spi::PatternError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexPattern {
    text: String,
    pieces: Vec<Piece>,
    logical: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Literal(String),
    Partition,
    Index,
}

/// The longest index name that OpenSearch takes, in bytes.
const MAX_INDEX_NAME: usize = 255;

/// The longest pattern text.
const MAX_PATTERN: usize = 255;

impl IndexPattern {
    /// Parses a pattern with an `{index}` placeholder.
    ///
    /// # Errors
    /// When the pattern has no `{index}` (use [`fixed`](Self::fixed)), an unknown or repeated placeholder, a
    /// character that index names can't hold, or something but `.` beside `{partition}`.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let pattern = Self::parse_any(text, None)?;
        if pattern.pieces.contains(&Piece::Index) {
            Ok(pattern)
        } else {
            Err(PatternError::NoIndex)
        }
    }

    /// Parses a name without `{index}`, which serves just this logical index.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and when the text holds `{index}` after all.
    pub fn fixed(text: &str, logical: &str) -> Result<Self, PatternError> {
        let pattern = Self::parse_any(text, Some(logical.to_owned()))?;
        if pattern.pieces.contains(&Piece::Index) {
            Err(PatternError::FixedWithIndex)
        } else {
            Ok(pattern)
        }
    }

    fn parse_any(text: &str, logical: Option<String>) -> Result<Self, PatternError> {
        if text.len() > MAX_PATTERN {
            return Err(PatternError::TooLong);
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, tail) = if let Some(tail) = rest.strip_prefix("{partition}") {
                (Piece::Partition, tail)
            } else if let Some(tail) = rest.strip_prefix("{index}") {
                (Piece::Index, tail)
            } else if rest.starts_with('{') {
                return Err(PatternError::Placeholder);
            } else {
                let end = rest.find('{').unwrap_or(rest.len());
                let (literal, tail) = rest
                    .split_at_checked(end)
                    .ok_or(PatternError::Placeholder)?;
                check_literal(literal)?;
                (Piece::Literal(literal.to_owned()), tail)
            };
            if !matches!(piece, Piece::Literal(_)) && pieces.contains(&piece) {
                return Err(PatternError::Repeated);
            }
            pieces.push(piece);
            rest = tail;
        }
        check_first(&pieces)?;
        check_separators(&pieces)?;
        Ok(Self {
            text: text.to_owned(),
            pieces,
            logical,
        })
    }

    /// The pattern as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The one logical index of a fixed name.
    #[must_use]
    pub fn logical(&self) -> Option<&str> {
        self.logical.as_deref()
    }

    /// Whether the physical name depends on the partition.
    #[must_use]
    pub fn names_partition(&self) -> bool {
        self.pieces.contains(&Piece::Partition)
    }

    /// The physical name of a logical index. The logical name must have passed the path grammar.
    ///
    /// # Errors
    /// [`SpiError::IndexUnknown`] where a fixed name serves another logical index,
    /// [`SpiError::PartitionUnsuited`] where an index name can't carry the partition (capitals, or a leading `_`
    /// or `-`): it is never lower-cased, since that would merge two partitions. [`SpiError::IndexNameTooLong`]
    /// past 255 bytes.
    pub fn physical(&self, partition: &PartitionId, logical: &str) -> Result<IndexName, SpiError> {
        if self
            .logical
            .as_deref()
            .is_some_and(|served| served != logical)
        {
            return Err(SpiError::IndexUnknown);
        }
        let mut name =
            String::with_capacity(self.text.len() + logical.len() + partition.as_str().len());
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => name.push_str(literal),
                Piece::Index => name.push_str(logical),
                Piece::Partition => {
                    let text = partition.as_str();
                    let leads = name.is_empty() && text.starts_with(['_', '-']);
                    if leads || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
                        return Err(SpiError::PartitionUnsuited);
                    }
                    name.push_str(text);
                }
            }
        }
        if name.len() > MAX_INDEX_NAME {
            return Err(SpiError::IndexNameTooLong {
                max: MAX_INDEX_NAME,
            });
        }
        Ok(IndexName::from(name))
    }

    /// The logical index behind a physical name of this partition.
    #[must_use]
    pub fn logical_of<'a>(&'a self, partition: &PartitionId, physical: &'a str) -> Option<&'a str> {
        let (before, after) = self.around(partition)?;
        match &self.logical {
            Some(fixed) => (physical == before).then_some(fixed.as_str()),
            None => physical
                .strip_prefix(&*before)?
                .strip_suffix(&*after)
                .filter(|logical| !logical.is_empty()),
        }
    }

    /// What stands before and after the logical name; of a fixed name, all of it and nothing.
    fn around(&self, partition: &PartitionId) -> Option<(String, String)> {
        let (mut before, mut after) = (String::new(), String::new());
        let mut behind = false;
        for piece in &self.pieces {
            let part = if behind { &mut after } else { &mut before };
            match piece {
                Piece::Literal(literal) => part.push_str(literal),
                Piece::Partition => part.push_str(partition.as_str()),
                Piece::Index => behind = true,
            }
        }
        (behind || self.logical.is_some()).then_some((before, after))
    }

    /// Whether this physical name could come from this pattern, for some partition and some logical index.
    #[must_use]
    pub fn matches(&self, physical: &str) -> bool {
        let literal: Vec<Token> = physical.bytes().map(Token::Byte).collect();
        meet(&self.tokens(None), &literal)
    }

    /// Whether some physical name could come from both patterns, each for one partition or (`None`) for any.
    ///
    /// One text with `{partition}` in it keeps partitions apart by itself, since `.` delimits them; other pairs are
    /// compared as globs, which can only err on the side of a meeting.
    #[must_use]
    pub fn may_meet(
        &self,
        of: Option<&PartitionId>,
        other: &Self,
        of_other: Option<&PartitionId>,
    ) -> bool {
        if self.text == other.text && self.names_partition() {
            return false;
        }
        meet(&self.tokens(of), &other.tokens(of_other))
    }

    fn tokens(&self, partition: Option<&PartitionId>) -> Vec<Token> {
        let mut tokens = Vec::new();
        for piece in &self.pieces {
            match (piece, partition) {
                (Piece::Literal(literal), _) => tokens.extend(literal.bytes().map(Token::Byte)),
                (Piece::Index, _) => tokens.push(Token::Any),
                (Piece::Partition, Some(known)) => {
                    tokens.extend(known.as_str().bytes().map(Token::Byte));
                }
                (Piece::Partition, None) => tokens.push(Token::AnyPartition),
            }
        }
        tokens
    }
}

/// One step of a glob.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Byte(u8),
    Any,
    AnyPartition,
}

impl Token {
    fn is_glob(self) -> bool {
        !matches!(self, Self::Byte(_))
    }

    /// Whether this glob may swallow the other side's token.
    fn takes(self, other: Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (Self::AnyPartition, Self::Byte(byte)) => PartitionId::may_contain(byte),
            (Self::AnyPartition, _) => true,
            (Self::Byte(_), _) => false,
        }
    }
}

/// Whether two globs have a word in common: the textbook product construction, filled from the ends, so without
/// recursion.
fn meet(left: &[Token], right: &[Token]) -> bool {
    let ends_empty = |rest: &[Token]| rest.iter().all(|token| token.is_glob());
    // `row[j]`: whether left[i..] and right[j..] have a word in common.
    let mut row: Vec<bool> = (0..=right.len())
        .map(|j| ends_empty(right.get(j..).unwrap_or_default()))
        .collect();
    for (i, &a) in left.iter().enumerate().rev() {
        let mut next = vec![false; right.len() + 1];
        if let Some(last) = next.last_mut() {
            *last = ends_empty(left.get(i..).unwrap_or_default());
        }
        for (j, &b) in right.iter().enumerate().rev() {
            let at = |cells: &[bool], index: usize| cells.get(index).copied().unwrap_or(false);
            let found = (a == b && at(&row, j + 1))
                || (a.is_glob() && (at(&row, j) || (a.takes(b) && at(&next, j + 1))))
                || (b.is_glob() && (at(&next, j + 1) || (b.takes(a) && at(&row, j))));
            if let Some(cell) = next.get_mut(j) {
                *cell = found;
            }
        }
        row = next;
    }
    row.first().copied().unwrap_or(false)
}

fn check_literal(literal: &str) -> Result<(), PatternError> {
    let fits = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.')
    };
    if literal.bytes().all(fits) {
        Ok(())
    } else {
        Err(PatternError::Character)
    }
}

/// OpenSearch takes no index name that starts with `_`, `-` or `+`; a leading dot hides an index.
fn check_first(pieces: &[Piece]) -> Result<(), PatternError> {
    match pieces.first() {
        None => Err(PatternError::Empty),
        Some(Piece::Literal(literal)) if literal.starts_with(['_', '-', '.']) => {
            Err(PatternError::Character)
        }
        Some(_) => Ok(()),
    }
}

fn check_separators(pieces: &[Piece]) -> Result<(), PatternError> {
    let separates = |piece: Option<&Piece>, side: fn(&str, char) -> bool| match piece {
        None => true,
        Some(Piece::Literal(literal)) => side(literal, '.'),
        Some(_) => false,
    };
    let mut before: Option<&Piece> = None;
    for (at, piece) in pieces.iter().enumerate() {
        let after = pieces.get(at + 1);
        let apart = separates(before, |text, dot| text.ends_with(dot))
            && separates(after, |text, dot| text.starts_with(dot));
        if *piece == Piece::Partition && !apart {
            return Err(PatternError::Separator);
        }
        before = Some(piece);
    }
    Ok(())
}

/// What is wrong with an index pattern.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PatternError {
    /// It is empty.
    Empty,
    /// It is longer than an index name may be.
    TooLong,
    /// It has no `{index}`, so it must say which logical index it serves.
    NoIndex,
    /// It has `{index}`, so it serves any logical index.
    FixedWithIndex,
    /// A `{…}` that is neither `{partition}` nor `{index}`.
    Placeholder,
    /// A placeholder occurs twice.
    Repeated,
    /// A character that index names can't hold there.
    Character,
    /// Something but `.` stands beside `{partition}`.
    Separator,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an index pattern can't be empty",
            Self::TooLong => "an index pattern has at most 255 bytes",
            Self::NoIndex => "an index pattern without {index} must name the logical index that it serves",
            Self::FixedWithIndex => "an index pattern with {index} serves any logical index and can't name one",
            Self::Placeholder => "an index pattern knows the placeholders {partition} and {index} alone",
            Self::Repeated => "an index pattern holds each placeholder at most once",
            Self::Character => {
                "an index pattern holds lower-case letters, digits, '.', '_' and '-', and starts with a letter, a \
                 digit or a placeholder"
            }
            Self::Separator => "beside {partition} an index pattern has nothing but '.', which no partition can hold",
        })
    }
}

impl std::error::Error for PatternError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> IndexPattern {
        IndexPattern::parse(text).expect("parses")
    }

    fn partition(text: &str) -> PartitionId {
        PartitionId::parse(text).expect("parses")
    }

    #[test]
    fn patterns_are_checked_when_built() {
        for (text, error) in [
            ("", PatternError::Empty),
            ("orders-shared", PatternError::NoIndex),
            ("{partition}-{index}", PatternError::Separator),
            ("{partition}{index}", PatternError::Separator),
            ("{index}-{partition}", PatternError::Separator),
            ("{index}{index}", PatternError::Repeated),
            ("{tenant}.{index}", PatternError::Placeholder),
            ("{index", PatternError::Placeholder),
            ("-{index}", PatternError::Character),
            ("A{index}", PatternError::Character),
            ("a/{index}", PatternError::Character),
        ] {
            assert_eq!(IndexPattern::parse(text), Err(error), "{text}");
        }
        assert_eq!(
            IndexPattern::fixed("{index}-x", "orders"),
            Err(PatternError::FixedWithIndex)
        );
    }

    #[test]
    fn a_fixed_name_serves_one_logical_index() {
        let fixed = IndexPattern::fixed("orders-shared", "orders").expect("parses");
        assert_eq!(
            fixed
                .physical(&partition("a"), "orders")
                .expect("served")
                .as_str(),
            "orders-shared"
        );
        assert!(matches!(
            fixed.physical(&partition("a"), "other"),
            Err(SpiError::IndexUnknown)
        ));
    }

    #[test]
    fn an_unsuited_partition_is_refused_not_folded() {
        let named = pattern("{partition}.{index}");
        for bad in ["Acme", "_acme", "-acme"] {
            assert!(
                matches!(
                    named.physical(&partition(bad), "x"),
                    Err(SpiError::PartitionUnsuited)
                ),
                "{bad}"
            );
        }
        assert!(
            pattern("{index}-shared")
                .physical(&partition("Acme"), "x")
                .is_ok()
        );
        assert!(
            pattern("x.{partition}.{index}")
                .physical(&partition("-a"), "x")
                .is_ok()
        );
    }

    #[test]
    fn patterns_that_could_meet_are_found() {
        let (acme, globex) = (partition("acme"), partition("globex"));
        let (shared, named) = (pattern("{index}-shared"), pattern("{partition}.{index}"));
        assert!(shared.may_meet(None, &named, Some(&acme)));
        assert!(!named.may_meet(Some(&acme), &named, Some(&globex)));
        assert!(!named.may_meet(None, &named, Some(&globex)));
        assert!(!pattern("a-{index}").may_meet(Some(&acme), &pattern("b-{index}"), Some(&globex)));
        assert!(pattern("{index}-a").may_meet(Some(&acme), &pattern("b-{index}"), Some(&globex)));
        assert!(!pattern("x.{partition}.{index}").may_meet(None, &pattern("y.{index}"), None));
        // `.` ends a partition, so a longer literal before it can't be part of one.
        assert!(!named.may_meet(Some(&acme), &pattern("globex.{index}"), None));
        assert!(named.may_meet(None, &pattern("globex.{index}"), None));
    }

    #[test]
    fn a_logical_name_is_found_again() {
        let acme = partition("acme");
        for (text, logical) in [
            ("{index}-shared", "orders"),
            ("{partition}.{index}", "a.b"),
            ("x-{index}.{partition}", "y"),
        ] {
            let pattern = pattern(text);
            let physical = pattern.physical(&acme, logical).expect("maps");
            assert_eq!(
                pattern.logical_of(&acme, physical.as_str()),
                Some(logical),
                "{text}"
            );
        }
        assert_eq!(
            pattern("{partition}.{index}").logical_of(&acme, "globex.orders"),
            None
        );
        assert_eq!(pattern("{index}-shared").logical_of(&acme, "-shared"), None);
        let fixed = IndexPattern::fixed("orders-shared", "orders").expect("parses");
        assert_eq!(fixed.logical_of(&acme, "orders-shared"), Some("orders"));
        assert_eq!(fixed.logical_of(&acme, "orders-shared2"), None);
    }

    #[test]
    fn a_physical_name_is_matched() {
        assert!(pattern("{index}-shared").matches("acme.orders-shared"));
        assert!(!pattern("{index}-shared").matches("acme.orders"));
        assert!(pattern("{partition}.{index}").matches("acme.orders"));
        assert!(!pattern("{partition}.{index}").matches("orders"));
    }
}
