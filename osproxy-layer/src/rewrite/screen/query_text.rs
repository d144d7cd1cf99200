//! What the text of a query string asks for, as far as the screen must know (rows A1-25, A1-26).
//!
//! The language is not parsed: too many of its versions differ. What matters is found wherever it could stand, so a text
//! is sometimes refused that merely quotes such a thing.

use super::names::is_reserved_root;
use super::scope::SharedIndex;

/// Whether a query string may name a reserved field: a word that starts with an underscore, before a colon.
///
/// Escapes are decoded first (`\_tenant:`, `\u005ftenant:`), and white space may stand before the colon (tried on 3.8.0).
/// `_exists_:` is no field; the word behind it is. Names that the operator lets documents have pass.
pub(super) fn names_reserved_field(text: &str, index: &SharedIndex<'_>) -> bool {
    let text: Vec<char> = decoded(text);
    let colons = text
        .iter()
        .enumerate()
        .filter(|(_, letter)| **letter == ':');
    for (colon, _) in colons {
        let (before, after) = text.split_at(colon);
        let name = last_word(before);
        if name == "_exists_" {
            if next_word_starts_with_underscore(after) {
                return true;
            }
        } else if starts_reserved(&name, index) {
            return true;
        }
    }
    false
}

/// Whether a simple query string may hold a fuzzy word: `~` behind anything but a quote, which makes it a phrase's slop.
pub(super) fn fuzzy_word(text: &str) -> bool {
    let mut before = '"';
    for letter in text.chars() {
        if letter == '~' && before != '"' {
            return true;
        }
        before = letter;
    }
    false
}

/// The text with its escapes taken away: `\x` is x, `\u005f` is an underscore.
fn decoded(text: &str) -> Vec<char> {
    let mut out = Vec::new();
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match rest.next() {
            Some('u') => {
                let digits: String = rest.clone().take(4).collect();
                let code = u32::from_str_radix(&digits, 16)
                    .ok()
                    .filter(|_| digits.len() == 4);
                match code.and_then(char::from_u32) {
                    Some(letter) => {
                        out.push(letter);
                        rest.by_ref().take(4).for_each(drop);
                    }
                    None => out.push('u'),
                }
            }
            Some(letter) => out.push(letter),
            None => out.push('\\'),
        }
    }
    out
}

/// The word that ends a text, the white space behind it left out.
fn last_word(text: &[char]) -> String {
    let end = text
        .iter()
        .rposition(|letter| !letter.is_whitespace())
        .map_or(0, |at| at + 1);
    let word = text.get(..end).unwrap_or_default();
    let start = word
        .iter()
        .rposition(|letter| !is_word(*letter))
        .map_or(0, |at| at + 1);
    word.get(start..).unwrap_or_default().iter().collect()
}

/// What stands behind `_exists_`'s colon: quotes, brackets and signs before the word don't count.
fn next_word_starts_with_underscore(after: &[char]) -> bool {
    let next = after
        .iter()
        .find(|letter| is_word(**letter) && **letter != '.');
    next == Some(&'_')
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '.'
}

fn starts_reserved(name: &str, index: &SharedIndex<'_>) -> bool {
    name.split('.')
        .find(|part| !part.is_empty())
        .is_some_and(|root| is_reserved_root(root, index))
}

#[cfg(test)]
mod tests {
    use super::super::names::tests::ACME;
    use super::*;

    #[test]
    fn reserved_fields_in_every_spelling() {
        for text in [
            "_tenant:globex",
            "a _id:1",
            "a AND (_routing:x)",
            "+_seq_no:[1 TO 5]",
            "-_tenant:x",
            "!_index:bo*",
            r"\_tenant:x",
            r"\u005ftenant:x",
            r"_\u0074enant:x",
            r"_tenant\:x",
            "_tenant :x",
            "_tenant\t\n:x",
            "_tenant\u{3000}:x",
            "title:(_tenant:x)",
            "a:_tenant:x",
            "._tenant:x",
            "_tenant.:x",
            "_tenant.keyword:x",
            "_ten*nt:x _t:x",
            r"foo\ _tenant:x",
            r#""_tenant: quoted""#,
            "_exists_:_tenant",
            r#"_exists_:"_tenant""#,
            "_exists_ : (_tenant)",
            r"_exists_:\_tenant",
            "_exists_:._tenant",
            "\u{200b}_tenant:x",
            "_x:1",
        ] {
            assert!(names_reserved_field(text, &ACME), "{text}");
        }
    }

    #[test]
    fn everything_else() {
        for text in [
            "",
            "a",
            "title:x",
            "a._b:x",
            "_tenant",
            "title:_tenant",
            "_class:x",
            "_HOSTNAME:web",
            "_exists_:title",
            "_exists_ : title AND a:b",
            "*:*",
            "user_name:x",
            "at:[2024-01-01T00:00:00 TO *]",
            r"a\:b",
            r"x\",
            r"\u00",
            "//:x",
        ] {
            assert!(!names_reserved_field(text, &ACME), "{text}");
        }
    }

    #[test]
    fn fuzzy_words() {
        for (text, told) in [
            ("ann~1", true),
            ("ann ~", true),
            ("\"a b\"~2", false),
            ("a b", false),
            ("~", false),
            ("(a)~", true),
        ] {
            assert_eq!(fuzzy_word(text), told, "{text}");
        }
    }
}
