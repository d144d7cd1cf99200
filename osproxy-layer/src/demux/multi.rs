//! What the answers to several reads have in common: a list, of which each element was one item.

use crate::rejection::Rejection;
use crate::rewrite::json::{Lexer, Members};
use crate::rewrite::response::ReverseError;
use crate::route::unreadable;
use http::StatusCode;

use super::place::{Places, Reversals};
use super::send::{Outcome, lost};
use crate::rewrite::response::{self, Reversal};

/// What became of one item.
pub(super) enum Slot {
    /// It was refused here.
    Refused(Rejection),
    /// It is the next one of this group's answer.
    Sent { place: usize, group: usize },
}

/// The answers of the groups, element by element.
pub(super) struct Answers<'a> {
    groups: Vec<Group<'a>>,
    reversals: Reversals,
}

enum Group<'a> {
    Answered {
        elements: std::vec::IntoIter<&'a [u8]>,
        took: u64,
    },
    Failed(Rejection),
}

impl<'a> Answers<'a> {
    /// Takes the answers apart; `list` is the key of the elements.
    pub(super) fn new(outcomes: &'a [Outcome], list: &str) -> Self {
        let groups = outcomes
            .iter()
            .map(|outcome| match outcome {
                Outcome::Failed(why) => Group::Failed(why.clone()),
                Outcome::Answered(raw) => {
                    elements(raw, list).unwrap_or_else(|error| Group::Failed(unreadable(&error)))
                }
            })
            .collect();
        Self {
            groups,
            reversals: Reversals::default(),
        }
    }

    /// The longest that a cluster took, in milliseconds.
    pub(super) fn took(&self) -> u64 {
        let took = |group: &Group<'_>| match group {
            Group::Answered { took, .. } => *took,
            Group::Failed(_) => 0,
        };
        self.groups.iter().map(took).max().unwrap_or(0)
    }

    /// The next element of a group, and what turns it back.
    pub(super) fn next(
        &mut self,
        places: &Places,
        place: usize,
        group: usize,
    ) -> Result<(&'a [u8], &Reversal), Rejection> {
        let raw = match self.groups.get_mut(group).ok_or_else(lost)? {
            Group::Failed(why) => return Err(why.clone()),
            Group::Answered { elements, .. } => elements.next().ok_or_else(lost)?,
        };
        Ok((raw, self.reversals.of(places, place).ok_or_else(lost)?))
    }
}

/// Reads an answer once.
fn elements<'a>(raw: &'a [u8], list: &str) -> Result<Group<'a>, ReverseError> {
    let mut lexer = Lexer::new(raw)?;
    let (mut found, mut took) = (None, 0);
    let mut first = true;
    lexer.begin_object()?;
    while let Some(key) = lexer.next_key(&mut first)? {
        if key.is(list) {
            let mut all = Vec::new();
            let mut first = true;
            lexer.begin_array()?;
            while lexer.next_element(&mut first)? {
                let span = lexer.skip_value(MAX_DEPTH - 2)?;
                all.push(raw.get(span).unwrap_or_default());
            }
            found = Some(all);
        } else {
            let span = lexer.skip_value(MAX_DEPTH - 1)?;
            if key.is("took") {
                let text = std::str::from_utf8(raw.get(span).unwrap_or_default());
                took = text.ok().and_then(|text| text.parse().ok()).unwrap_or(0);
            }
        }
    }
    lexer.end()?;
    Ok(found.map_or_else(
        || Group::Failed(lost()),
        |all| Group::Answered {
            elements: all.into_iter(),
            took,
        },
    ))
}

/// How deep an answer may nest. A document has at most 100 levels, and hits stand inside a few more.
const MAX_DEPTH: u32 = 120;

/// The error object of an element, turned back as that of a whole answer is.
pub(super) fn error_object(raw: &[u8], status: StatusCode, reversal: &Reversal) -> Option<Vec<u8>> {
    let error = Members::of(raw)
        .filter_map(Result::ok)
        .find(|member| member.key == "error")?;
    let whole = [
        b"{\"error\":",
        error.value,
        b",\"status\":",
        status.as_str().as_bytes(),
        b"}",
    ]
    .concat();
    let mut shown = Vec::new();
    response::error(status, &whole, reversal, &mut shown);
    let error = Members::of(&shown)
        .filter_map(Result::ok)
        .find(|member| member.key == "error")?;
    Some(error.value.to_vec())
}
