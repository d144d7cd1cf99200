//! The standard analyser, as far as a double needs it: words, lower-cased.
//!
//! Words are runs of letters and digits, joined by an underscore anywhere, by `.`, `:`, `'` and `’` between letters, and by `.`, `,`
//! and `'` between digits; an ideograph is a word of its own. So `acme-1` is `acme` and `1`: a `term` query for `acme` on an analysed
//! tenant field finds the documents of `acme-1` too, on the server as here (catalogue row P-01).

/// The tokens of a text.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if is_ideograph(c) {
            flush(&mut tokens, &mut word);
            tokens.push(c.to_string());
        } else if c.is_alphanumeric() || c == '_' || is_mark(c) {
            word.extend(c.to_lowercase());
        } else {
            let joins = match (word.chars().next_back(), chars.peek()) {
                (Some(before), Some(after)) => is_joiner(c, before, *after),
                _ => false,
            };
            if joins {
                word.push(c);
            } else {
                flush(&mut tokens, &mut word);
            }
        }
    }
    flush(&mut tokens, &mut word);
    tokens
}

fn flush(tokens: &mut Vec<String>, word: &mut String) {
    let word = std::mem::take(word);
    // Underscores join words but are none.
    if word.chars().any(|c| c != '_') {
        tokens.push(word);
    }
}

fn is_joiner(c: char, before: char, after: char) -> bool {
    let letters = before.is_alphabetic()
        && after.is_alphabetic()
        && !is_ideograph(before)
        && !is_ideograph(after);
    let digits = before.is_numeric() && after.is_numeric();
    match c {
        '.' | '\'' | '\u{2019}' => letters || digits,
        ':' | '\u{b7}' => letters,
        ',' | ';' => digits,
        _ => false,
    }
}

/// Combining marks belong to the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{309f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_that_the_server_gave() {
        let text =
            "acme-1 acme_2 a.b 1.5 don't a:b x,y 1,5 v1.2b foo@bar.com 東京 ünï É a’b 3D end. (x)";
        let given =
            "acme 1 acme_2 a.b 1.5 don't a:b x y 1,5 v1.2b foo bar.com 東 京 ünï é a’b 3d end x";
        assert_eq!(tokens(text).join(" "), given);
    }

    #[test]
    fn nothing_but_punctuation_is_no_token() {
        assert!(tokens(" -- __ !? ").is_empty());
    }
}
