//! Writing JSON as Jackson does.

use super::Json;

impl Json {
    /// Compact JSON.
    pub(in super::super) fn compact(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, None);
        out
    }

    /// Indented as the server does for `?pretty`.
    pub(in super::super) fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Some(0));
        out.push('\n');
        out
    }

    fn write(&self, out: &mut String, indent: Option<usize>) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(text) => out.push_str(&java_number(text)),
            Self::String(text) => write_string(out, text),
            Self::Raw(text) => out.push_str(text),
            Self::Array(items) => {
                write_list(out, indent, ['[', ']'], items, |out, indent, item| {
                    item.write(out, indent);
                });
            }
            Self::Object(members) => write_list(
                out,
                indent,
                ['{', '}'],
                members,
                |out, indent, (name, value)| {
                    write_string(out, name);
                    // The server copies raw bytes past its pretty printer, which then forgets the blanks around the colon.
                    let raw = matches!(value, Self::Raw(_));
                    out.push_str(if indent.is_some() && !raw { " : " } else { ":" });
                    value.write(out, indent);
                },
            ),
        }
    }
}

fn write_list<T>(
    out: &mut String,
    indent: Option<usize>,
    [open, close]: [char; 2],
    items: &[T],
    write: impl Fn(&mut String, Option<usize>, &T),
) {
    out.push(open);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        if let Some(indent) = indent {
            new_line(out, indent + 1);
        }
        write(out, indent.map(|indent| indent + 1), item);
    }
    match indent {
        Some(_) if items.is_empty() => out.push(' '),
        Some(indent) => new_line(out, indent),
        None => {}
    }
    out.push(close);
}

fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", indent));
}

/// Escapes as Jackson does: short escapes where there are some, else upper-case hexadecimal.
fn write_string(out: &mut String, text: &str) {
    use std::fmt::Write as _;
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A number as the server writes it after it has parsed it: integers keep their digits, all else is a Java double.
fn java_number(text: &str) -> String {
    if text == "-0" {
        return "0".to_owned();
    }
    if text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        return text.to_owned();
    }
    text.parse().map_or_else(|_| text.to_owned(), java_double)
}

/// `Double.toString`: plain between 10⁻³ and 10⁷, else one digit, a point and an exponent.
pub(in super::super) fn java_double(number: f64) -> String {
    let magnitude = number.abs();
    if number.is_nan() {
        return "\"NaN\"".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "\"Infinity\""
        } else {
            "\"-Infinity\""
        }
        .to_owned();
    }
    if magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) {
        return format!("{number:?}");
    }
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') => format!("{mantissa}E{exponent}"),
        Some((mantissa, exponent)) => format!("{mantissa}.0E{exponent}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_jackson_does() {
        let table = [
            ("1.10", "1.1"),
            ("1e2", "100.0"),
            ("1e7", "1.0E7"),
            ("12345678.9", "1.23456789E7"),
            ("0.0001", "1.0E-4"),
            ("1e-7", "1.0E-7"),
            ("1e23", "1.0E23"),
            ("-0.0", "-0.0"),
            ("-0", "0"),
            ("9007199254740993", "9007199254740993"),
            ("12345678901234567890123", "12345678901234567890123"),
        ];
        for (sent, written) in table {
            assert_eq!(Json::parse(sent).unwrap().compact(), written, "{sent}");
        }
    }

    #[test]
    fn pretty_is_the_servers() {
        let text = "{\"a\":[1,{}],\"b\":[],\"c\":{\"d\":\"x\"}}";
        let pretty = "{\n  \"a\" : [\n    1,\n    { }\n  ],\n  \"b\" : [ ],\n  \"c\" : {\n    \"d\" : \"x\"\n  }\n}\n";
        assert_eq!(Json::parse(text).unwrap().pretty(), pretty);
    }
}
