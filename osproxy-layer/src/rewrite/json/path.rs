//! Where in a text a mistake is.

use std::fmt;

/// A JSON path that is built on the way up from a mistake, so that a text without one pays nothing for it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// Innermost step first.
    steps: Vec<Step>,
}

#[derive(Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

impl Path {
    /// Puts the path under a key.
    pub fn under_key(&mut self, key: &str) {
        self.steps.push(Step::Key(shown(key)));
    }

    /// Puts the path under an element of an array.
    pub fn under_index(&mut self, index: usize) {
        self.steps.push(Step::Index(index));
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.steps.iter().rev().enumerate() {
            match step {
                Step::Key(key) if at == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Keys are the client's, so a path is no more for a log than a value is.
impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Path")
            .field("steps", &self.steps.len())
            .finish_non_exhaustive()
    }
}

/// A client's key as an error may show it: one line, at most 64 characters.
pub fn shown(key: &str) -> String {
    const MOST: usize = 64;
    let mut text: String = key
        .chars()
        .take(MOST)
        .flat_map(char::escape_debug)
        .collect();
    if key.chars().nth(MOST).is_some() {
        text.push('…');
    }
    text
}
