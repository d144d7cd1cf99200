//! Errors that name the key, and what would be right.

use std::fmt;

use serde_path_to_error::Segment;

/// A mistake in the file.
#[derive(PartialEq, Eq, Debug)]
pub struct ConfigError {
    key: String,
    problem: String,
}

impl ConfigError {
    /// What is wrong with the value of a key. A token is a key, too, and is not shown: use `*`.
    pub fn at(key: impl Into<String>, problem: impl fmt::Display) -> Self {
        Self {
            key: key.into(),
            problem: problem.to_string(),
        }
    }

    /// The file is no TOML.
    pub fn syntax(error: &toml::de::Error, text: &str) -> Self {
        Self::at(line_of(error, text), error.message())
    }

    /// A key is missing, unknown, or of another type.
    pub fn shape(error: &serde_path_to_error::Error<toml::de::Error>, text: &str) -> Self {
        let inner = error.inner();
        let segments: Vec<String> = error.path().iter().filter_map(segment).collect();
        let mut key = segments.join(".");
        // A token is a secret though it is a key.
        if let [table, _, rest @ ..] = &*segments
            && table == "tokens"
        {
            key = [&["tokens".to_owned(), "*".to_owned()], rest]
                .concat()
                .join(".");
        }
        let line = line_of(inner, text);
        let key = if key.is_empty() {
            line
        } else {
            format!("{key} ({line})")
        };
        Self::at(key, inner.message())
    }
}

fn segment(segment: &Segment) -> Option<String> {
    match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.clone()),
        Segment::Enum { variant } => Some(variant.clone()),
        Segment::Unknown => None,
    }
}

fn line_of(error: &toml::de::Error, text: &str) -> String {
    let before = error
        .span()
        .and_then(|span| text.get(..span.start))
        .unwrap_or_default();
    format!("line {}", before.matches('\n').count() + 1)
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.problem)
    }
}

impl std::error::Error for ConfigError {}
