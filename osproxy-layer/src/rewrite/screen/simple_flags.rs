//! The `flags` of a simple query string, read as the server reads them (row A1-26).

use super::refusal::{Refusal, construct};
use crate::rewrite::json::tree::Value;

/// The operators of the language, by the server's bits.
const FLAGS: &[(&str, u32)] = &[
    ("AND", 1),
    ("NOT", 1 << 1),
    ("OR", 1 << 2),
    ("PREFIX", 1 << 3),
    ("PHRASE", 1 << 4),
    ("PRECEDENCE", 1 << 5),
    ("ESCAPE", 1 << 6),
    ("WHITESPACE", 1 << 7),
    ("FUZZY", FUZZY),
    ("NEAR", 1 << 9),
    ("SLOP", 1 << 9),
];

const FUZZY: u32 = 1 << 8;
const ALL: u32 = (1 << 10) - 1;

/// Which operators are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flags(u32);

impl Flags {
    pub(super) fn fuzzy(self) -> bool {
        self.0 & FUZZY != 0
    }

    /// The same without fuzzy words, as text.
    pub(super) fn without_fuzzy(self) -> String {
        let mut seen = FUZZY;
        let mut names = Vec::new();
        for (name, bit) in FLAGS {
            if self.0 & bit != 0 && seen & bit == 0 {
                seen |= bit;
                names.push(*name);
            }
        }
        if names.is_empty() {
            "NONE".to_owned()
        } else {
            names.join("|")
        }
    }
}

/// Reads the flags: words in any case with `|` between them, or a number. None at all are all of them, as is any negative
/// number; `NONE` and `ALL` end the list where they stand.
pub(super) fn parse(flags: Option<&Value<'_>>) -> Result<Flags, Refusal> {
    let unknown = || {
        let why = "they are words such as AND, OR, PREFIX with | between them";
        Refusal::misshapen(construct("value of", "flags"), why, "A1-26")
    };
    match flags {
        None => Ok(Flags(ALL)),
        Some(Value::String(words)) if words.is_empty() => Ok(Flags(ALL)),
        Some(Value::String(words)) => {
            let mut bits = 0;
            for word in words.split('|').filter(|word| !word.is_empty()) {
                let word = word.to_ascii_uppercase();
                match word.as_str() {
                    "NONE" => return Ok(Flags(0)),
                    "ALL" => return Ok(Flags(ALL)),
                    _ => {
                        let (_, bit) = FLAGS
                            .iter()
                            .find(|(name, _)| *name == word)
                            .ok_or_else(unknown)?;
                        bits |= bit;
                    }
                }
            }
            Ok(Flags(bits))
        }
        Some(Value::Number(number)) => match number.parse::<i32>() {
            Ok(bits) => Ok(Flags(u32::try_from(bits).map_or(ALL, |bits| bits & ALL))),
            Err(_) => Err(unknown()),
        },
        Some(_) => Err(unknown()),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    #[test]
    fn words_and_numbers() {
        const NOT_FUZZY: &str = "AND|NOT|OR|PREFIX|PHRASE|PRECEDENCE|ESCAPE|WHITESPACE|NEAR";
        let text = |words: &'static str| Value::text(words);
        let number = |digits: &'static str| Value::Number(Cow::Borrowed(digits));
        for (flags, fuzzy, told) in [
            (None, true, NOT_FUZZY),
            (Some(text("")), true, NOT_FUZZY),
            (Some(text("ALL")), true, NOT_FUZZY),
            (Some(text("and|all|or")), true, NOT_FUZZY),
            (Some(number("-1")), true, NOT_FUZZY),
            (Some(text("and|Prefix")), false, "AND|PREFIX"),
            (Some(text("fuzzy")), true, "NONE"),
            (Some(text("AND|none|FUZZY")), false, "NONE"),
            (Some(text("SLOP||near")), false, "NEAR"),
            (Some(number("257")), true, "AND"),
            (Some(number("0")), false, "NONE"),
        ] {
            let flags = parse(flags.as_ref()).unwrap();
            assert_eq!(
                (flags.fuzzy(), flags.without_fuzzy().as_str()),
                (fuzzy, told)
            );
        }
        for flags in [
            text("x"),
            text("and |or"),
            number("1.5"),
            Value::Bool(true),
            Value::Null,
        ] {
            assert!(parse(Some(&flags)).is_err());
        }
    }
}
