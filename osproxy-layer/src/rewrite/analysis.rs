//! Parts of an analyzer that a partition may define: in the settings of an index of its own, or in a call of `_analyze`.
//!
//! A part may read a file of the node by its path, or run a script. So types are an allow-list, and what names a file is
//! refused whatever the type.

use super::json::tree::{Value, shown};

/// Types that need no file and no script, of all kinds of parts: those of the server's own analysis modules.
#[rustfmt::skip] // a list, filled line by line
static TYPES: &[&str] = &[
    // Analyzers and normalizers.
    "custom", "fingerprint", "keyword", "pattern", "simple", "snowball", "standard", "stop", "whitespace",
    "arabic", "armenian", "basque", "bengali", "brazilian", "bulgarian", "catalan", "chinese", "cjk", "czech", "danish",
    "dutch", "english", "estonian", "finnish", "french", "galician", "german", "greek", "hindi", "hungarian",
    "indonesian", "irish", "italian", "latvian", "lithuanian", "norwegian", "persian", "portuguese", "romanian",
    "russian", "sorani", "spanish", "swedish", "thai", "turkish",
    // Tokenizers.
    "char_group", "classic", "edge_ngram", "edgeNGram", "letter", "lowercase", "ngram", "nGram", "path_hierarchy",
    "PathHierarchy", "simple_pattern", "simple_pattern_split", "uax_url_email",
    // Character filters.
    "html_strip", "mapping", "pattern_replace",
    // Token filters.
    "apostrophe", "arabic_normalization", "arabic_stem", "asciifolding", "bengali_normalization", "brazilian_stem",
    "cjk_bigram", "cjk_width", "common_grams", "concatenate_graph", "czech_stem", "decimal_digit",
    "delimited_payload", "delimited_term_freq", "dictionary_decompounder", "dutch_stem", "elision", "flatten_graph",
    "french_stem", "german_normalization", "german_stem", "hindi_normalization", "indic_normalization", "keep",
    "keep_types", "keep_word", "keyword_marker", "keyword_repeat", "kstem", "length", "limit", "min_hash",
    "multiplexer", "pattern_capture", "persian_normalization", "porter_stem", "remove_duplicates", "reverse",
    "russian_stem", "scandinavian_folding", "scandinavian_normalization", "serbian_normalization", "shingle",
    "sorani_normalization", "stemmer", "stemmer_override", "synonym", "synonym_graph", "trim", "truncate", "unique",
    "uppercase", "word_delimiter", "word_delimiter_graph",
];

/// Keys that name a file of the node, beside those that end in `_path`.
const FILES: [&str; 2] = ["user_dictionary", "rule_files"];

/// Checks one setting below `analysis.`: `filter.mine.type`, `filter.mine.stopwords`.
///
/// # Errors
/// A sentence for the client, who named it.
pub(crate) fn check_setting(name: &str, value: &Value<'_>) -> Result<(), String> {
    let key = name.rsplit('.').find(|part| part.parse::<usize>().is_err());
    check_key(key.unwrap_or_default(), value)
}

/// Checks a part that is defined where it is used, and the parts in it.
///
/// # Errors
/// A sentence for the client, who named it.
pub(crate) fn check_part(part: &Value<'_>) -> Result<(), String> {
    match part {
        Value::Object(object) => object.iter().try_for_each(|(key, value)| {
            check_key(key, value)?;
            check_part(value)
        }),
        Value::Array(parts) => parts.iter().try_for_each(check_part),
        _ => Ok(()),
    }
}

fn check_key(key: &str, value: &Value<'_>) -> Result<(), String> {
    if key.ends_with("_path") || FILES.contains(&key) {
        return Err(format!(
            "[{}] is not allowed: it names a file of the node",
            shown(key)
        ));
    }
    if key == "script" {
        return Err("[script] is not allowed in an analyzer".to_owned());
    }
    match value.as_str() {
        Some(kind) if key == "type" && !TYPES.contains(&kind) => Err(format!(
            "[type] [{}] is not allowed: it isn't known here, or it reads files or runs scripts",
            shown(kind)
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::json::tree;

    #[test]
    fn a_part_reads_no_file_and_runs_no_script() {
        for (good, part) in [
            (true, r#""lowercase""#),
            (true, r#"["lowercase",{"type":"stop","stopwords":["a"]}]"#),
            (
                true,
                r#"{"type":"pattern_replace","pattern":"a","replacement":"b"}"#,
            ),
            (false, r#"{"type":"synonym","synonyms_path":"a.txt"}"#),
            (false, r#"[{"type":"hunspell","locale":"en"}]"#),
            (
                false,
                r#"{"type":"condition","filter":["x"],"script":{"source":"true"}}"#,
            ),
            (false, r#"{"type":"predicate_token_filter"}"#),
            (false, r#"{"type":"kuromoji_tokenizer"}"#),
            (false, r#"{"user_dictionary":"x"}"#),
            (false, r#"{"type":"mapping","mappings_path":"x"}"#),
        ] {
            let part = tree::parse(part.as_bytes(), 8).expect("parses");
            assert_eq!(check_part(&part).is_ok(), good, "{:?}", tree::write(&part));
        }
    }

    #[test]
    fn a_setting_is_judged_by_its_last_word() {
        let text = |text: &'static str| Value::text(text);
        assert!(check_setting("filter.f.type", &text("stop")).is_ok());
        assert!(check_setting("filter.f.type", &text("hunspell")).is_err());
        assert!(check_setting("filter.f.stopwords_path", &text("x")).is_err());
        assert!(check_setting("filter.f.stopwords_path.0", &text("x")).is_err());
        assert!(check_setting("analyzer.a.filter.0", &text("lowercase")).is_ok());
    }
}
