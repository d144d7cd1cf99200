//! Reads a simple value as the node reads its parameters: leniently, and with its words for what is too much.
//!
//! An id may be sent as a number and a version as a string, and real clients do. What the node accepts is read here as it
//! reads it (tried on 3.8), so that a rewritten line says the same thing in one plain spelling.

use std::borrow::Cow;
use std::fmt;

use super::{JsonError, JsonErrorKind, KeyName, Lexer, RawKind};

/// A string, a number or a boolean.
///
/// ```
/// use osproxy_layer::rewrite::json::{Lexer, Scalar};
///
/// let mut lexer = Lexer::new(br#""17""#)?;
/// let value = Scalar::read(&mut lexer)?;
/// assert_eq!(value.long(), Ok(17));
/// assert_eq!(value.into_text(), "17");
/// # Ok::<(), osproxy_layer::rewrite::json::JsonError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// A string, decoded.
    String(Cow<'a, str>),
    /// A number, as it was sent.
    Number(&'a str),
    /// A boolean.
    Bool(bool),
}

impl<'a> Scalar<'a> {
    /// Reads the value at the cursor.
    ///
    /// # Errors
    /// When the JSON is broken, or the value is null, an object or an array.
    pub fn read(lexer: &mut Lexer<'a>) -> Result<Self, JsonError> {
        match lexer.peek()? {
            RawKind::String => Ok(Self::String(lexer.string()?.decode())),
            RawKind::Number => Ok(Self::Number(lexer.number()?)),
            RawKind::Bool => Ok(Self::Bool(lexer.bool()?)),
            RawKind::Null | RawKind::Object | RawKind::Array => {
                Err(JsonError::new(JsonErrorKind::Syntax, lexer.offset()))
            }
        }
    }

    /// The text, which for a number is the number as it was sent: `1.50` is the id `1.50`.
    pub fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::String(text) => text,
            Self::Number(text) => Cow::Borrowed(text),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
        }
    }

    /// The value as a 64-bit integer; a fraction is cut off, as the node does.
    ///
    /// # Errors
    /// When it is none, or out of range.
    pub fn long(&self) -> Result<i64, CoercionError> {
        match self {
            Self::Number(text) => match integer(text) {
                Some(Ok(value)) => Ok(value),
                _ => Err(CoercionError::NumberRange {
                    value: KeyName::new(text),
                    bits: 64,
                }),
            },
            Self::String(text) => match integer(text) {
                Some(Ok(value)) => Ok(value),
                Some(Err(OutOfRange)) => Err(CoercionError::TextRange {
                    value: KeyName::new(text),
                    bits: 64,
                }),
                None => Err(CoercionError::Text {
                    value: KeyName::new(text),
                    bits: 64,
                }),
            },
            Self::Bool(value) => Err(CoercionError::not_numeric(*value)),
        }
    }

    /// The value as a 32-bit integer; a fraction is cut off, as the node does.
    ///
    /// # Errors
    /// When it is none, or out of range.
    pub fn int(&self) -> Result<i32, CoercionError> {
        let (long, text) = match self {
            Self::Bool(value) => return Err(CoercionError::not_numeric(*value)),
            Self::Number(text) => (integer(text), *text),
            Self::String(text) => (integer(text), &**text),
        };
        let value = KeyName::new(text);
        match long {
            None => Err(CoercionError::Text { value, bits: 32 }),
            Some(long) => long
                .ok()
                .and_then(|long| i32::try_from(long).ok())
                .ok_or(match self {
                    Self::Number(_) => CoercionError::NumberRange { value, bits: 32 },
                    _ => CoercionError::TextRange { value, bits: 32 },
                }),
        }
    }

    /// The value as a boolean; an empty string is false.
    ///
    /// # Errors
    /// When it is neither a boolean nor spells one.
    pub fn boolean(&self) -> Result<bool, CoercionError> {
        match self {
            Self::Bool(value) => Ok(*value),
            Self::String(text) => match &**text {
                "true" => Ok(true),
                "false" | "" => Ok(false),
                other => Err(CoercionError::NoBoolean {
                    value: KeyName::new(other),
                }),
            },
            Self::Number(text) => {
                let token = if text.contains(['.', 'e', 'E']) {
                    "VALUE_NUMBER_FLOAT"
                } else {
                    "VALUE_NUMBER_INT"
                };
                Err(CoercionError::Token {
                    token,
                    wanted: "of boolean type",
                })
            }
        }
    }
}

/// Says what it is, not what it holds.
impl fmt::Debug for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String(_) => "String(..)",
            Self::Number(_) => "Number(..)",
            Self::Bool(_) => "Bool(..)",
        })
    }
}

#[derive(Debug, PartialEq, Eq)]
struct OutOfRange;

/// The whole part of a decimal number; `None` when the text is none.
fn integer(text: &str) -> Option<Result<i64, OutOfRange>> {
    if let Ok(value) = text.parse() {
        return Some(Ok(value));
    }
    // Words like `inf` are numbers to Rust's parser, and to nobody else here.
    if !text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
    {
        return None;
    }
    let rounded: f64 = text.parse().ok()?;
    let exact = match text.split_once('.') {
        // A plain fraction is cut off in the text: a double would already have rounded a long whole part.
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => {
            whole.parse().ok()
        }
        _ => None,
    };
    // Both bounds are powers of two, so they are exact as doubles.
    let in_range = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&rounded);
    Some(
        exact
            .or(in_range.then_some(rounded as i64))
            .ok_or(OutOfRange),
    )
}

/// Why a value can't be read as what a parameter wants. The message repeats the value, for the client who sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CoercionError {
    /// A number is too large.
    NumberRange {
        /// The number.
        value: KeyName,
        /// The width of the integer that was wanted.
        bits: u32,
    },
    /// A string holds a number that is too large.
    TextRange {
        /// The string.
        value: KeyName,
        /// The width of the integer that was wanted.
        bits: u32,
    },
    /// A string holds no number.
    Text {
        /// The string.
        value: KeyName,
        /// The width of the integer that was wanted.
        bits: u32,
    },
    /// A string holds no boolean.
    NoBoolean {
        /// The string.
        value: KeyName,
    },
    /// The value is of another type.
    Token {
        /// The node's name of the value's type.
        token: &'static str,
        /// The node's name of what was wanted.
        wanted: &'static str,
    },
}

impl CoercionError {
    const fn not_numeric(value: bool) -> Self {
        Self::Token {
            token: if value { "VALUE_TRUE" } else { "VALUE_FALSE" },
            wanted: "numeric, cannot use numeric value accessors",
        }
    }

    /// The node's name for the error.
    pub const fn error_type(&self) -> &'static str {
        match self {
            Self::NumberRange { .. } | Self::Token { .. } => "input_coercion_exception",
            Self::Text { bits: 32, .. } => "number_format_exception",
            Self::TextRange { .. } | Self::Text { .. } | Self::NoBoolean { .. } => {
                "illegal_argument_exception"
            }
        }
    }
}

impl fmt::Display for CoercionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NumberRange { value, bits: 32 } => {
                write!(
                    f,
                    "Numeric value ({value}) out of range of `int` ({} - {})",
                    i32::MIN,
                    i32::MAX
                )
            }
            Self::NumberRange { value, .. } => {
                write!(
                    f,
                    "Numeric value ({value}) out of range of `long` ({} - {})",
                    i64::MIN,
                    i64::MAX
                )
            }
            Self::TextRange { value, bits: 32 } => {
                write!(f, "Value [{value}] is out of range for an integer")
            }
            Self::TextRange { value, .. } => {
                write!(f, "Value [{value}] is out of range for a long")
            }
            Self::Text { value, bits: 32 } if value.as_str().is_empty() => {
                f.write_str("empty String")
            }
            Self::Text { value, .. } => write!(f, "For input string: \"{value}\""),
            Self::NoBoolean { value } => {
                write!(
                    f,
                    "Failed to parse value [{value}] as only [true] or [false] are allowed."
                )
            }
            Self::Token { token, wanted } => write!(f, "Current token ({token}) not {wanted}"),
        }
    }
}

impl std::error::Error for CoercionError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Scalar<'_> {
        Scalar::read(&mut Lexer::new(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn text_is_what_was_sent() {
        for (json, expected) in [
            (r#""\u0031""#, "1"),
            ("1.50", "1.50"),
            ("1e2", "1e2"),
            ("true", "true"),
            ("false", "false"),
        ] {
            assert_eq!(value(json).into_text(), expected);
        }
        for other in ["null", "[]", "{}", "", "x"] {
            assert!(
                Scalar::read(&mut Lexer::new(other.as_bytes()).unwrap()).is_err(),
                "{other}"
            );
        }
    }

    #[test]
    fn integers_as_the_node_reads_them() {
        for (json, expected) in [
            ("5", Ok(5)),
            ("-3", Ok(-3)),
            (r#""5""#, Ok(5)),
            ("5.9", Ok(5)),
            ("-5.9", Ok(-5)),
            (r#""5.5""#, Ok(5)),
            ("1e1", Ok(10)),
            ("9223372036854775807", Ok(i64::MAX)),
            ("9007199254740993.0", Ok(9_007_199_254_740_993)),
            ("-9223372036854775808", Ok(i64::MIN)),
            ("9223372036854775808", Err("input_coercion_exception")),
            ("1e30", Err("input_coercion_exception")),
            ("1e400", Err("input_coercion_exception")),
            (r#""1e30""#, Err("illegal_argument_exception")),
            (
                r#""99999999999999999999""#,
                Err("illegal_argument_exception"),
            ),
            (r#""x""#, Err("illegal_argument_exception")),
            (r#"" 5""#, Err("illegal_argument_exception")),
            (r#""""#, Err("illegal_argument_exception")),
            (r#""inf""#, Err("illegal_argument_exception")),
            (r#""NaN""#, Err("illegal_argument_exception")),
            ("true", Err("input_coercion_exception")),
        ] {
            assert_eq!(
                value(json).long().map_err(|error| error.error_type()),
                expected,
                "{json}"
            );
        }
        for (json, expected) in [
            ("3", Ok(3)),
            ("3.7", Ok(3)),
            (r#""3""#, Ok(3)),
            ("3000000000", Err("input_coercion_exception")),
            (r#""3000000000""#, Err("illegal_argument_exception")),
            (r#""x""#, Err("number_format_exception")),
            ("false", Err("input_coercion_exception")),
        ] {
            assert_eq!(
                value(json).int().map_err(|error| error.error_type()),
                expected,
                "{json}"
            );
        }
    }

    #[test]
    fn booleans_as_the_node_reads_them() {
        for (json, expected) in [
            ("true", Ok(true)),
            ("false", Ok(false)),
            (r#""true""#, Ok(true)),
            (r#""false""#, Ok(false)),
            (r#""""#, Ok(false)),
            (r#""True""#, Err("illegal_argument_exception")),
            ("1", Err("input_coercion_exception")),
        ] {
            assert_eq!(
                value(json).boolean().map_err(|error| error.error_type()),
                expected,
                "{json}"
            );
        }
    }

    #[test]
    fn messages_are_the_nodes() {
        for (message, expected) in [
            (
                value("\"x\"").long().unwrap_err().to_string(),
                "For input string: \"x\"",
            ),
            (
                value("99999999999999999999")
                    .long()
                    .unwrap_err()
                    .to_string(),
                "Numeric value (99999999999999999999) out of range of `long` (-9223372036854775808 - 9223372036854775807)",
            ),
            (
                value("\"3000000000\"").int().unwrap_err().to_string(),
                "Value [3000000000] is out of range for an integer",
            ),
            (value("\"\"").int().unwrap_err().to_string(), "empty String"),
            (
                value("1").boolean().unwrap_err().to_string(),
                "Current token (VALUE_NUMBER_INT) not of boolean type",
            ),
        ] {
            assert_eq!(message, expected);
        }
        let error = format!("{:?} {:?}", value("\"secret\""), value("\"secret\"").long());
        assert!(!error.contains("secret"), "{error}");
    }
}
