//! Compares a text with the shape that it most often has, where parsing it would say the same at several times the cost.
//!
//! Every step either goes on or gives up; whoever is given up on parses the text from its beginning. So this never has to
//! say what is wrong, and takes nothing that the parser would not.

use super::scan::{HIGH_BITS, special};

/// A text and how far it was compared.
#[derive(Clone)]
pub(in crate::rewrite) struct Exact<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Exact<'a> {
    pub(in crate::rewrite) const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// Behind what was compared.
    pub(in crate::rewrite) const fn at(&self) -> usize {
        self.at
    }

    /// Whether nothing is left.
    pub(in crate::rewrite) const fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// The byte that comes next, which is not read.
    pub(in crate::rewrite) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// These very bytes.
    #[inline(always)]
    pub(in crate::rewrite) fn literal<const N: usize>(&mut self, bytes: &[u8; N]) -> Option<()> {
        let next = self.text.get(self.at..)?.first_chunk::<N>()?;
        (next == bytes).then(|| self.at += N)
    }

    /// The inside of a string of printable ASCII without escapes.
    #[inline]
    pub(in crate::rewrite) fn string(&mut self) -> Option<&'a [u8]> {
        self.literal(b"\"")?;
        let start = self.at;
        loop {
            let rest = self.text.get(self.at..)?;
            let Some(word) = rest.first_chunk::<8>() else {
                let plain = |byte: &u8| (b' '..=b'~').contains(byte) && !b"\"\\".contains(byte);
                self.at += rest.iter().take_while(|byte| plain(byte)).count();
                break;
            };
            let word = u64::from_le_bytes(*word);
            let found = special(word) | word & HIGH_BITS;
            if found != 0 {
                self.at += (found.trailing_zeros() / 8) as usize;
                break;
            }
            self.at += 8;
        }
        let string = self.text.get(start..self.at)?;
        self.literal(b"\"").map(|()| string)
    }

    /// A whole number without a sign.
    #[inline(always)]
    pub(in crate::rewrite) fn number(&mut self) -> Option<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.text.get(self.at) {
            self.at += 1;
        }
        let zero = self.text.get(start) == Some(&b'0');
        let length = self.at - start;
        (length == 1 || length > 1 && !zero).then_some(())
    }

    /// As many bytes.
    pub(in crate::rewrite) fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let bytes = self.text.get(self.at..)?.first_chunk::<N>()?;
        self.at += N;
        Some(bytes)
    }
}
