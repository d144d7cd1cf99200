//! Turns back single values: a name, an id, a routing, a document. Each begins a longer text; how long it was is returned.

use super::edit::{self, Edited, Fate};
use super::{Breach, Reversal, ReverseError};
use crate::rewrite::json::{JsonError, Lexer, MAX_DEPTH, RawStr, write_string};

/// Writes the logical name of the index that is named.
pub(super) fn index(
    reversal: &Reversal,
    rest: &[u8],
    out: &mut Vec<u8>,
) -> Result<usize, ReverseError> {
    let (name, length) = edit::string(rest)?;
    write_string(out, reversal.logical_index(&name.decode())?);
    Ok(length)
}

/// Writes the logical id of a physical one.
pub(super) fn id(
    reversal: &Reversal,
    rest: &[u8],
    out: &mut Vec<u8>,
) -> Result<usize, ReverseError> {
    let (id, length) = edit::string(rest)?;
    write_string(out, reversal.logical_id(&id.decode())?);
    Ok(length)
}

/// Compares a routing with what every document of this partition has.
pub(super) fn routing(reversal: &Reversal, rest: &[u8]) -> Result<usize, ReverseError> {
    let Some(expected) = reversal.routing() else {
        return Ok(edit::value(rest)?.len());
    };
    let (routing, length) = edit::string(rest)?;
    if routing.is(expected) {
        Ok(length)
    } else {
        Err(Breach::Routing.into())
    }
}

/// Copies a document without the root keys that this project put there.
pub(super) fn source(
    reversal: &Reversal,
    rest: &[u8],
    out: &mut Vec<u8>,
) -> Result<usize, ReverseError> {
    if let Some(end) = as_written(reversal, rest, out) {
        return Ok(end);
    }
    without(rest, out, |key| reversal.hides_root_key(key))
}

/// A document as the write path leaves it: what it put in comes first, and nothing else is hidden. Such a one is read once
/// and copied in one go. `None`, with nothing written, where it looks otherwise in any way.
fn as_written(reversal: &Reversal, rest: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    if rest.first() != Some(&b'{') {
        return None;
    }
    let mut lexer = Lexer::starting_at(rest, 0);
    // The offset of the first key that stays.
    let mut stays = None;
    lexer
        .walk_value(MAX_DEPTH, |key: RawStr<'_>| {
            match (reversal.hides_root_key(&key), stays) {
                (true, Some(_)) => return Err(Otherwise),
                (false, None) => stays = Some(key.offset()),
                _ => {}
            }
            Ok(())
        })
        .ok()?;
    // White space before the key is the member's own and stays, so then this is not where the member begins.
    let quote = stays?.checked_sub(1)?;
    if !matches!(rest.get(quote.checked_sub(1)?), Some(b'{' | b',')) {
        return None;
    }
    out.push(b'{');
    out.extend_from_slice(edit::slice(rest, quote..lexer.offset()));
    Some(lexer.offset())
}

/// Why a document is read again, member by member.
struct Otherwise;

impl From<JsonError> for Otherwise {
    fn from(_: JsonError) -> Self {
        Self
    }
}

/// Copies an object by field name without reserved names.
pub(super) fn fields(
    reversal: &Reversal,
    rest: &[u8],
    out: &mut Vec<u8>,
) -> Result<usize, ReverseError> {
    without(rest, out, |key| reversal.hides_field(&key.decode()))
}

fn without(
    rest: &[u8],
    out: &mut Vec<u8>,
    hides: impl Fn(&RawStr<'_>) -> bool,
) -> Result<usize, ReverseError> {
    edit::object(
        rest,
        out,
        |key| Ok::<Fate<()>, _>(if hides(key) { Fate::Drop } else { Fate::Keep }),
        |(), _, _| Ok(Edited::Kept(0)),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rewrite::response::IdRule;

    fn acme() -> Reversal {
        Reversal::shared([("orders-shared", "orders")], IdRule::new("acme:", ""))
            .strip("_tenant")
            .strip("tier")
    }

    #[test]
    fn documents_as_they_are_written_are_read_once() {
        for (text, expected) in [
            (r#"{"_tenant":"acme","a":1} x"#, r#"{"a":1}"#),
            (
                r#"{"_tenant":"acme","tier":[2],"a":{"_tenant":1}, "b" : 2 }"#,
                r#"{"a":{"_tenant":1}, "b" : 2 }"#,
            ),
            (r#"{"a":1}"#, r#"{"a":1}"#),
        ] {
            let mut out = Vec::new();
            let end = as_written(&acme(), text.as_bytes(), &mut out);
            assert!(end.is_some(), "{text}");
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
        for text in [
            r#"{"_tenant":"acme"}"#,
            r#"{"_tenant":"acme", "a":1}"#,
            r#"{"a":1,"_tenant":"acme"}"#,
            r#"{"a":1,"\u005ftenant":"acme"}"#,
            r#"{"a":1,".._tenant.x":"acme"}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":1"#,
            "[]",
        ] {
            let mut out = Vec::new();
            let end = as_written(&acme(), text.as_bytes(), &mut out);
            assert_eq!((end, &*out), (None, &b""[..]), "{text}");
        }
    }

    proptest! {
        #[test]
        fn both_ways_say_the_same(
            members in prop::collection::vec((
                prop::sample::select(vec![
                    "_tenant", "tier", "tier.x", ".tier", r"\u005ftenant", "_tenantx", "a", "b.tier", "",
                ]),
                prop::sample::select(vec!["1", "\"x\"", "{\"tier\":1}", "[ ]", r#""\ud800""#, "nul"]),
            ), 0..5),
            space in prop::sample::select(vec!["", " ", "\n"]),
            tail in prop::sample::select(vec!["}", " }", "},", ""]),
        ) {
            let members: Vec<_> = members.iter().map(|(key, value)| format!("\"{key}\":{space}{value}")).collect();
            let text = format!("{{{}{tail}", members.join(&format!(",{space}")));
            let (mut one, mut other) = (Vec::new(), Vec::new());
            let fast = source(&acme(), text.as_bytes(), &mut one);
            let hides = |key: &RawStr<'_>| {
                let key = key.decode();
                let first = key.split('.').find(|part| !part.is_empty());
                matches!(first, Some("_tenant" | "tier"))
            };
            let slow = without(text.as_bytes(), &mut other, hides);
            prop_assert_eq!(fast, slow);
            if fast.is_ok() {
                prop_assert_eq!(String::from_utf8_lossy(&one), String::from_utf8_lossy(&other));
            }
        }
    }
}
