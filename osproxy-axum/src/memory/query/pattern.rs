//! Wildcards of the `wildcard` query: `*`, `?` and a backslash before either.

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(in super::super) struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Char(char),
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            parts.push(match c {
                '*' => Part::Any,
                '?' => Part::One,
                '\\' => Part::Char(chars.next().unwrap_or('\\')),
                c => Part::Char(c),
            });
        }
        Self { parts }
    }

    /// Whether it matches the whole text. Linear but for the last star, which is retried one character on.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut part) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while at < text.len() {
            let step = match (self.parts.get(part), text.get(at)) {
                (Some(Part::Any), _) => {
                    retry = Some((part + 1, at));
                    part += 1;
                    continue;
                }
                (Some(Part::One), _) => true,
                (Some(Part::Char(expected)), Some(c)) => expected == c,
                _ => false,
            };
            if step {
                at += 1;
                part += 1;
                continue;
            }
            let Some((after, from)) = retry else {
                return false;
            };
            retry = Some((after, from + 1));
            (part, at) = (after, from + 1);
        }
        self.parts.iter().skip(part).all(|part| *part == Part::Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (pattern, text, matches) in [
            ("*cm?-*", "acme-1", true),
            ("a*", "a", true),
            ("a?", "a", false),
            ("*a*b", "xaxbxb", true),
            ("a\\*", "a*", true),
            ("a\\*", "ab", false),
            ("", "", true),
            ("*", "", true),
        ] {
            assert_eq!(
                Pattern::new(pattern).matches(text),
                matches,
                "{pattern} {text}"
            );
        }
    }
}
