//! Choices from a seed, and which rows of the catalogue they led through.

use std::collections::BTreeSet;

use serde_json::Value;

/// A stream of choices: the same for the same seed, everywhere.
#[derive(Debug)]
pub struct Draw {
    state: u64,
    rows: BTreeSet<&'static str>,
    /// How many more levels the grammar may go down.
    pub depth: u32,
    /// Whether every score is the same, so that what is picked by score is too.
    pub scored: bool,
    /// Whether an aggregation above may have empty buckets.
    pub gaps: bool,
}

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self {
            state: seed,
            rows: BTreeSet::new(),
            depth: 3,
            scored: false,
            gaps: false,
        }
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// One in `of`.
    pub fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    pub fn one<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// One of several rules of the grammar.
    pub fn rule(&mut self, rules: &[fn(&mut Self) -> Value]) -> Value {
        let rule = self.one(rules);
        rule(self)
    }

    /// One to three of a rule.
    pub fn several(&mut self, rule: fn(&mut Self) -> Value) -> Vec<Value> {
        (0..=self.below(3)).map(|_| rule(self)).collect()
    }

    /// Adds a key now and then.
    pub fn maybe(&mut self, object: &mut Value, key: &str, value: impl Into<Value>) {
        if self.one_in(3) {
            object[key] = value.into();
        }
    }

    /// Adds a key with one of these values now and then.
    pub fn maybe_one<T: Clone + Into<Value>>(&mut self, object: &mut Value, key: &str, from: &[T]) {
        let value = self.one(from);
        self.maybe(object, key, value);
    }

    /// Notes a row of the catalogue.
    pub fn row(&mut self, row: &'static str) {
        self.rows.insert(row);
    }

    pub fn rows(&self) -> impl Iterator<Item = &'static str> {
        self.rows.iter().copied()
    }
}
