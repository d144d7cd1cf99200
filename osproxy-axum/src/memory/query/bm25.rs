//! Lucene's BM25, in its single-precision arithmetic, so that scores are the server's to the last digit.
//!
//! Statistics are counted over the live documents of the index. The server also counts deleted ones that it has not merged away.

use super::super::index::Index;
use super::super::mapping::Value;

const K1: f32 = 1.2;
const B: f32 = 0.75;

/// How a term of one field scores.
#[derive(Clone, Debug)]
pub(in super::super) struct Weight {
    weight: f32,
    average_length: f32,
}

impl Weight {
    /// Of one token of a text field, or of several that must stand together (a phrase sums their rarity).
    pub(super) fn of_tokens(index: &Index, field: &str, tokens: &[String], boost: f32) -> Self {
        let texts = || {
            index
                .documents()
                .filter_map(|document| document.fields.get(field))
                .filter(|values| !values.is_empty())
        };
        let documents = texts().count();
        let length: usize = texts().map(|values| length(values)).sum();
        let holding = |token: &String| {
            texts()
                .filter(|values| frequency(values, std::slice::from_ref(token)) > 0)
                .count()
        };
        let rarity: f64 = tokens
            .iter()
            .map(|token| f64::from(idf(documents, holding(token))))
            .sum();
        let average_length = if documents == 0 {
            1.0
        } else {
            (length as f64 / documents as f64) as f32
        };
        Self {
            weight: boost * rarity as f32,
            average_length,
        }
    }

    /// Of a boolean, which the server indexes as a word without norms.
    pub(super) fn of_boolean(index: &Index, field: &str, value: bool, boost: f32) -> Self {
        let all = || {
            index
                .documents()
                .filter_map(|document| document.fields.get(field))
                .filter(|values| !values.is_empty())
        };
        let holding = all()
            .filter(|values| values.contains(&Value::Bool(value)))
            .count();
        Self {
            weight: boost * idf(all().count(), holding),
            average_length: 0.0,
        }
    }

    /// Of a text of `length` tokens that holds the term `frequency` times.
    pub(super) fn score(&self, frequency: usize, length: usize) -> f32 {
        let norm = if self.average_length == 0.0 {
            1.0 / K1
        } else {
            1.0 / (K1 * ((1.0 - B) + B * encoded_length(length) as f32 / self.average_length))
        };
        self.weight - self.weight / (1.0 + frequency as f32 * norm)
    }
}

/// The tokens of a field's values.
pub(super) fn length(values: &[Value]) -> usize {
    values
        .iter()
        .map(|value| {
            if let Value::Text(tokens) = value {
                tokens.len()
            } else {
                1
            }
        })
        .sum()
}

/// How often tokens stand together in a field's values.
pub(super) fn frequency(values: &[Value], phrase: &[String]) -> usize {
    let texts = values.iter().filter_map(|value| {
        if let Value::Text(tokens) = value {
            Some(tokens)
        } else {
            None
        }
    });
    texts
        .map(|tokens| {
            tokens
                .windows(phrase.len().max(1))
                .filter(|window| *window == phrase)
                .count()
        })
        .sum()
}

fn idf(documents: usize, holding: usize) -> f32 {
    let (all, holding) = (documents as f64, holding as f64);
    (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln() as f32
}

/// Lucene keeps a length in one byte: exact to 40, then with four significant bits.
fn encoded_length(length: usize) -> usize {
    const EXACT: usize = 24;
    if length < EXACT {
        return length;
    }
    let rest = length - EXACT;
    let bits = usize::BITS - rest.leading_zeros();
    if bits <= 4 {
        return length;
    }
    let shift = bits - 4;
    EXACT + ((rest >> shift) << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three texts of 3, 3 and 2 words, two of which hold the word: 3.8.0 gave 0.2032448.
    #[test]
    fn a_score_that_the_server_gave() {
        let weight = Weight {
            weight: idf(3, 2),
            average_length: (8.0_f64 / 3.0) as f32,
        };
        assert_eq!(weight.score(1, 3), 0.203_244_8);
    }

    #[test]
    fn lengths_lose_precision() {
        assert_eq!(
            [1, 24, 40, 41, 100].map(encoded_length),
            [1, 24, 40, 40, 96]
        );
    }
}
