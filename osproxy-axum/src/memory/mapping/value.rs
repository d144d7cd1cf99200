//! The values of a field: what a text in a document or a query becomes under the field's type.

use std::cmp::Ordering;

use super::super::analysis;
use super::super::date::{self, Fill};
use super::super::error::Cause;
use super::super::json::Json;
use super::{Kind, Leaf};

/// A value as it is indexed.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Value {
    /// The tokens of one text.
    Text(Vec<String>),
    Keyword(String),
    Long(i64),
    Double(f64),
    Bool(bool),
    /// Milliseconds since 1970.
    Date(i64),
}

impl Value {
    /// The number that metrics and histograms see.
    pub(in super::super) fn number(&self) -> Option<f64> {
        match self {
            Self::Long(number) | Self::Date(number) => Some(*number as f64),
            Self::Double(number) => Some(*number),
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Text(_) | Self::Keyword(_) => None,
        }
    }

    /// The order of values of one type; other types are equal, which the callers rule out.
    pub(in super::super) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Keyword(a), Self::Keyword(b)) => a.cmp(b),
            (Self::Long(a), Self::Long(b)) | (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Double(a), Self::Double(b)) => a.total_cmp(b),
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => Ordering::Equal,
        }
    }
}

impl Leaf {
    /// Reads a scalar of a document; `None` when the field drops it (`ignore_above`, blank text for a boolean is false).
    pub(super) fn read(&self, value: &Json) -> Result<Option<Value>, Cause> {
        let text = value.text().unwrap_or_default();
        // A blank text in a number is no value.
        if (self.kind.is_integer() || self.kind.is_float()) && *value == Json::String(String::new())
        {
            return Ok(None);
        }
        Ok(Some(match self.kind {
            Kind::Text => Value::Text(analysis::tokens(text)),
            Kind::Keyword
                if self
                    .ignore_above
                    .is_some_and(|limit| text.encode_utf16().count() > limit) =>
            {
                return Ok(None);
            }
            Kind::Keyword => Value::Keyword(self.normalise(text)),
            Kind::Boolean => Value::Bool(match value {
                Json::Bool(value) => *value,
                Json::String(text) if text == "true" => true,
                Json::String(text) if text == "false" || text.is_empty() => false,
                Json::Number(_) => {
                    return Err(coercion(
                        "Current token (VALUE_NUMBER_INT) not of boolean type".to_owned(),
                    ));
                }
                _ => {
                    let reason = format!(
                        "Failed to parse value [{text}] as only [true] or [false] are allowed."
                    );
                    return Err(illegal(reason));
                }
            }),
            Kind::Date => Value::Date(
                match value {
                    Json::Bool(_) => None,
                    _ => date::parse(text, &self.formats, Fill::Start),
                }
                .ok_or_else(|| self.no_date(text))?,
            ),
            Kind::Double | Kind::Float => Value::Double(self.float(value)?),
            Kind::Long | Kind::Integer | Kind::Short | Kind::Byte => {
                Value::Long(self.integer(value)?)
            }
        }))
    }

    /// An object where a value should be.
    pub(super) fn no_object(&self) -> Cause {
        if self.kind.is_integer() || self.kind.is_float() {
            return coercion(
                "Current token (START_OBJECT) not numeric, cannot use numeric value accessors"
                    .to_owned(),
            );
        }
        Cause::new(
            "illegal_state_exception",
            "Can't get text on a START_OBJECT",
        )
    }

    fn no_date(&self, text: &str) -> Cause {
        let reason = format!(
            "failed to parse date field [{text}] with format [{}]",
            self.format_name()
        );
        illegal(reason).caused_by(Cause::new(
            "date_time_parse_exception",
            "Failed to parse with all enclosed parsers",
        ))
    }

    pub(in super::super) fn normalise(&self, text: &str) -> String {
        if self.lowercase {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    }

    /// A single-precision field keeps what is left after rounding to it.
    pub(in super::super) fn round(&self, number: f64) -> f64 {
        if self.kind == Kind::Float {
            f64::from(number as f32)
        } else {
            number
        }
    }

    fn float(&self, value: &Json) -> Result<f64, Cause> {
        let text = value.text().unwrap_or_default();
        let number: Option<f64> = if matches!(value, Json::Bool(_)) {
            None
        } else {
            text.trim().parse().ok()
        };
        let number = number.ok_or_else(|| {
            Cause::new(
                "number_format_exception",
                format!("For input string: \"{text}\""),
            )
        })?;
        let rounded = self.round(number);
        if rounded.is_finite() {
            return Ok(rounded);
        }
        Err(illegal(format!(
            "[{}] supports only finite values, but got [{text}]",
            self.kind.name()
        )))
    }

    fn integer(&self, value: &Json) -> Result<i64, Cause> {
        let text = value.text().unwrap_or_default();
        if matches!(value, Json::Bool(_)) {
            return Err(coercion(
                "Current token (VALUE_TRUE) not numeric, cannot use numeric value accessors"
                    .to_owned(),
            ));
        }
        let number = match text.parse::<i64>() {
            Ok(number) => number,
            // The server coerces: the fraction is cut off.
            Err(_) => match text.parse::<f64>() {
                Ok(number) if number.abs() < 9.3e18 && text.contains(['.', 'e', 'E']) => {
                    number.trunc() as i64
                }
                Ok(number) if number.is_finite() && !matches!(value, Json::String(_)) => {
                    let reason = format!(
                        "Numeric value ({text}) out of range of `long` ({} - {})",
                        i64::MIN,
                        i64::MAX
                    );
                    return Err(coercion(reason));
                }
                _ => {
                    let reason = format!("For input string: \"{text}\"");
                    // The server parses longs itself and leaves the others to Java.
                    let kind = if self.kind == Kind::Long {
                        "illegal_argument_exception"
                    } else {
                        "number_format_exception"
                    };
                    return Err(Cause::new(kind, reason));
                }
            },
        };
        let (range, name) = match self.kind {
            Kind::Integer => (i64::from(i32::MIN)..=i64::from(i32::MAX), "an integer"),
            Kind::Short => (i64::from(i16::MIN)..=i64::from(i16::MAX), "a short"),
            Kind::Byte => (i64::from(i8::MIN)..=i64::from(i8::MAX), "a byte"),
            _ => (i64::MIN..=i64::MAX, "a long"),
        };
        if range.contains(&number) {
            return Ok(number);
        }
        if matches!(value, Json::String(_)) {
            return Err(illegal(format!(
                "Value [{text}] is out of range for {name}"
            )));
        }
        let java = if self.kind == Kind::Integer {
            "int"
        } else {
            self.kind.name()
        };
        Err(coercion(format!(
            "Numeric value ({text}) out of range of `{java}` ({} - {})",
            range.start(),
            range.end()
        )))
    }
}

/// Jackson's refusal, which shows up twice in the chain.
fn coercion(reason: String) -> Cause {
    let cause = Cause::new("input_coercion_exception", reason);
    cause.clone().caused_by(cause)
}

fn illegal(reason: String) -> Cause {
    Cause::new("illegal_argument_exception", reason)
}
