//! UTF-8, checked over chunks that may cut a character.

use super::super::ReverseError;

/// The beginning of a character whose rest is in the next chunk.
#[derive(Clone, Debug, Default)]
pub(super) struct Utf8 {
    carry: [u8; 4],
    len: usize,
}

impl Utf8 {
    /// Checks the next chunk.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), ReverseError> {
        let mut rest = chunk;
        while self.len > 0 {
            let Some((byte, after)) = rest.split_first() else {
                return Ok(());
            };
            rest = after;
            self.hold(&[*byte])?;
            match std::str::from_utf8(self.carry.get(..self.len).unwrap_or_default()) {
                Ok(_) => self.len = 0,
                Err(error) if error.error_len().is_none() => {}
                Err(_) => return Err(ReverseError::NotJson),
            }
        }
        match std::str::from_utf8(rest) {
            Ok(_) => Ok(()),
            Err(error) if error.error_len().is_none() => {
                self.hold(rest.get(error.valid_up_to()..).unwrap_or_default())
            }
            Err(_) => Err(ReverseError::NotJson),
        }
    }

    /// Whether no character is cut.
    pub(super) const fn is_whole(&self) -> bool {
        self.len == 0
    }

    fn hold(&mut self, bytes: &[u8]) -> Result<(), ReverseError> {
        for byte in bytes {
            let Some(slot) = self.carry.get_mut(self.len) else {
                return Err(ReverseError::NotJson);
            };
            *slot = *byte;
            self.len += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_the_whole(
            pieces in prop::collection::vec(prop_oneof![
                "[a-zé€😀]{0,4}".prop_map(String::into_bytes),
                prop::collection::vec(any::<u8>(), 0..2),
            ], 0..5),
            size in 1..6usize,
        ) {
            let text = pieces.concat();
            let mut utf8 = Utf8::default();
            let fed: Result<Vec<()>, _> = text.chunks(size).map(|chunk| utf8.feed(chunk)).collect();
            let whole = fed.is_ok() && utf8.is_whole();
            prop_assert_eq!(whole, std::str::from_utf8(&text).is_ok());
        }
    }
}
