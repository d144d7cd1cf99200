//! The filter over an answer that comes in chunks.

use std::fmt;

use super::{FilterError, FilterPath, Reach};
use crate::rewrite::json::unescape;

/// The deepest nesting, and the longest key in bytes.
const MAX_DEPTH: usize = 256;
const MAX_KEY: usize = 64 * 1024;

/// Filters an answer while it passes: memory for the open containers and one key.
///
/// A container is opened in the output by the first thing of it that is kept, so that one of which nothing is left
/// never shows.
pub struct FilterStream {
    filter: FilterPath,
    open: Vec<Container>,
    at: At,
    /// The key that is being read, or that waits for its value; raw, with its quotes.
    key: Vec<u8>,
}

struct Container {
    is_array: bool,
    reach: Reach,
    /// The raw key that it stands under, with its quotes; none in an array and at the root.
    key: Option<Vec<u8>>,
    /// Whether its brace was written.
    shown: bool,
    /// Whether a member was written.
    used: bool,
}

/// Where in the text the next byte is.
#[derive(Clone, Copy)]
enum At {
    Value,
    /// In an object, before a key or its end.
    Key {
        first: bool,
    },
    InKey {
        escaped: bool,
    },
    Colon,
    /// In a container, behind a value.
    After,
    /// Within a value that is kept or left out as a whole.
    Raw {
        keep: bool,
        raw: Raw,
    },
    End,
}

#[derive(Clone, Copy)]
enum Raw {
    Scalar,
    Nested {
        depth: usize,
        string: Option<bool>,
    },
    /// Whether the last byte was a backslash.
    String {
        escaped: bool,
    },
}

impl FilterStream {
    /// A filter at the start of an answer.
    #[must_use]
    pub fn new(filter: FilterPath) -> Self {
        Self {
            filter,
            open: Vec::new(),
            at: At::Value,
            key: Vec::new(),
        }
    }

    /// Reads the next chunk and appends what is kept.
    ///
    /// # Errors
    /// When the answer is no JSON object, or nested too deeply.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> Result<(), FilterError> {
        for &byte in chunk {
            self.byte(byte, out)?;
        }
        Ok(())
    }

    /// Ends the answer.
    ///
    /// # Errors
    /// [`FilterError::NotJson`] where something is missing.
    pub fn finish(&self) -> Result<(), FilterError> {
        if matches!(self.at, At::End) {
            Ok(())
        } else {
            Err(FilterError::NotJson)
        }
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) -> Result<(), FilterError> {
        if let At::Raw { keep, raw } = self.at {
            return self.raw(byte, keep, raw, out);
        }
        if let At::InKey { escaped } = self.at {
            return self.in_key(byte, escaped);
        }
        if byte.is_ascii_whitespace() {
            return Ok(());
        }
        match (self.at, byte) {
            (At::Value, b']') if self.in_array() => self.close(b']', out),
            (At::Value, _) => self.value(byte, out),
            (At::Key { .. }, b'"') => {
                self.key.clear();
                self.key.push(byte);
                self.at = At::InKey { escaped: false };
                Ok(())
            }
            (At::Key { first: true } | At::After, b'}') => self.close(b'}', out),
            (At::After, b']') => self.close(b']', out),
            (At::Colon, b':') => {
                self.at = At::Value;
                Ok(())
            }
            (At::After, b',') => {
                self.at = if self.in_array() {
                    At::Value
                } else {
                    At::Key { first: false }
                };
                Ok(())
            }
            _ => Err(FilterError::NotJson),
        }
    }

    fn in_array(&self) -> bool {
        self.open.last().is_some_and(|container| container.is_array)
    }

    fn in_key(&mut self, byte: u8, escaped: bool) -> Result<(), FilterError> {
        if self.key.len() >= MAX_KEY {
            return Err(FilterError::TooLarge);
        }
        self.key.push(byte);
        if byte == b'"' && !escaped {
            self.at = At::Colon;
            return Ok(());
        }
        self.at = At::InKey {
            escaped: byte == b'\\' && !escaped,
        };
        Ok(())
    }

    /// The first byte of a value decides what becomes of all of it.
    fn value(&mut self, byte: u8, out: &mut Vec<u8>) -> Result<(), FilterError> {
        let container = match byte {
            b'{' => Some(false),
            b'[' => Some(true),
            _ => None,
        };
        let reach = match self.open.last() {
            None if byte == b'{' => Some(self.filter.root()),
            None => return Err(FilterError::NotJson),
            // An array is looked through.
            Some(parent) if parent.is_array => Some(parent.reach.clone()),
            Some(parent) => {
                let key = unescape(&self.key).map_err(|_| FilterError::NotJson)?;
                self.filter.step(&parent.reach, &key)
            }
        };
        let is_root = self.open.is_empty();
        match (reach, container) {
            (Some(reach), Some(is_array)) if is_root || !reach.is_whole() => {
                if self.open.len() >= MAX_DEPTH {
                    return Err(FilterError::TooLarge);
                }
                let key = (!is_root && !self.in_array()).then(|| std::mem::take(&mut self.key));
                self.open.push(Container {
                    is_array,
                    reach,
                    key,
                    shown: false,
                    used: false,
                });
                if is_root {
                    // The root shows even when it is empty.
                    self.show(out);
                }
                self.at = if is_array {
                    At::Value
                } else {
                    At::Key { first: true }
                };
                return Ok(());
            }
            (Some(reach), _)
                if reach.is_whole() || (container.is_none() && reach.takes_scalars()) =>
            {
                self.show(out);
                self.member(out);
                out.push(byte);
                self.at = At::Raw {
                    keep: true,
                    raw: Raw::of(byte),
                };
            }
            _ => {
                self.at = At::Raw {
                    keep: false,
                    raw: Raw::of(byte),
                }
            }
        }
        Ok(())
    }

    /// Opens every container around this place that isn't yet.
    fn show(&mut self, out: &mut Vec<u8>) {
        let from = self
            .open
            .iter()
            .position(|container| !container.shown)
            .unwrap_or(self.open.len());
        let last = self.open.len().saturating_sub(1);
        let mut separate = false;
        if let Some(parent) = from
            .checked_sub(1)
            .filter(|_| from <= last)
            .and_then(|at| self.open.get_mut(at))
        {
            separate = parent.used;
            parent.used = true;
        }
        for (at, container) in self.open.iter_mut().enumerate().skip(from) {
            if separate {
                out.push(b',');
            }
            if let Some(key) = &container.key {
                push_key(out, key);
            }
            out.push(if container.is_array { b'[' } else { b'{' });
            container.shown = true;
            container.used = at < last;
            separate = false;
        }
    }

    /// Begins a member of the innermost container.
    fn member(&mut self, out: &mut Vec<u8>) {
        let Some(container) = self.open.last_mut() else {
            return;
        };
        if container.used {
            out.push(b',');
        }
        container.used = true;
        if !container.is_array {
            push_key(out, &self.key);
        }
    }

    fn close(&mut self, byte: u8, out: &mut Vec<u8>) -> Result<(), FilterError> {
        let container = self.open.pop().ok_or(FilterError::NotJson)?;
        if container.is_array != (byte == b']') {
            return Err(FilterError::NotJson);
        }
        if container.shown {
            out.push(byte);
        }
        self.at = if self.open.is_empty() {
            At::End
        } else {
            At::After
        };
        Ok(())
    }

    fn raw(
        &mut self,
        byte: u8,
        keep: bool,
        raw: Raw,
        out: &mut Vec<u8>,
    ) -> Result<(), FilterError> {
        let mut take = |raw: Option<Raw>| {
            if keep {
                out.push(byte);
            }
            self.at = raw.map_or(At::After, |raw| At::Raw { keep, raw });
        };
        match raw {
            // A scalar ends where something else begins.
            Raw::Scalar if matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace() => {
                self.at = At::After;
                return self.byte(byte, out);
            }
            Raw::Scalar => take(Some(Raw::Scalar)),
            Raw::String { escaped: false } if byte == b'"' => take(None),
            Raw::String { escaped } => take(Some(Raw::String {
                escaped: byte == b'\\' && !escaped,
            })),
            Raw::Nested {
                depth,
                string: Some(escaped),
            } => {
                let string = (byte != b'"' || escaped).then_some(byte == b'\\' && !escaped);
                take(Some(Raw::Nested { depth, string }));
            }
            Raw::Nested {
                depth,
                string: None,
            } => match byte {
                b'"' => take(Some(Raw::Nested {
                    depth,
                    string: Some(false),
                })),
                b'{' | b'[' => take(Some(Raw::Nested {
                    depth: depth + 1,
                    string: None,
                })),
                b'}' | b']' if depth == 1 => take(None),
                b'}' | b']' => take(Some(Raw::Nested {
                    depth: depth - 1,
                    string: None,
                })),
                _ => take(Some(raw)),
            },
        }
        Ok(())
    }
}

impl Raw {
    fn of(byte: u8) -> Self {
        match byte {
            b'"' => Self::String { escaped: false },
            b'{' | b'[' => Self::Nested {
                depth: 1,
                string: None,
            },
            _ => Self::Scalar,
        }
    }
}

fn push_key(out: &mut Vec<u8>, key: &[u8]) {
    out.extend_from_slice(key);
    out.push(b':');
}

impl fmt::Debug for FilterStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilterStream")
            .field("depth", &self.open.len())
            .finish_non_exhaustive()
    }
}
