//! The order of groups that are parts of one: a part is sent when all that came before it has been.
//!
//! What came before may itself have been taken apart, where partitions of it moved; then all of its pieces are waited for,
//! so that two writes to one document keep their order.

use std::collections::HashMap;

/// Jobs that wait for others, which are known by their group's number.
pub(super) struct Chains<J> {
    waiting: HashMap<usize, J>,
    /// Of which group a piece is.
    piece_of: HashMap<usize, usize>,
    /// How many pieces of a group are not through yet; one where it isn't listed.
    open: HashMap<usize, usize>,
}

impl<J> Chains<J> {
    pub(super) fn new() -> Self {
        Self {
            waiting: HashMap::new(),
            piece_of: HashMap::new(),
            open: HashMap::new(),
        }
    }

    /// Keeps a job until the group of this number is through.
    pub(super) fn wait(&mut self, behind: usize, job: J) {
        self.waiting.insert(behind, job);
    }

    /// Some of a group's items go on under another number.
    pub(super) fn split(&mut self, number: usize, piece: usize) {
        if !self.waiting.is_empty() {
            let group = self.group(number);
            self.piece_of.insert(piece, group);
            *self.open.entry(group).or_insert(1) += 1;
        }
    }

    /// A group, or a piece of one, is through: what has waited for all of it.
    pub(super) fn through(&mut self, number: usize) -> Option<J> {
        if self.waiting.is_empty() {
            return None;
        }
        let group = self.group(number);
        let open = self.open.entry(group).or_insert(1);
        *open = open.saturating_sub(1);
        if *open > 0 {
            return None;
        }
        self.waiting.remove(&group)
    }

    fn group(&self, number: usize) -> usize {
        self.piece_of.get(&number).copied().unwrap_or(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_waits_for_all_pieces() {
        let mut chains = Chains::new();
        chains.wait(0, "second");
        chains.wait(1, "third");
        assert_eq!(chains.through(7), None);
        chains.split(0, 8);
        chains.split(8, 9);
        assert_eq!(chains.through(0), None);
        assert_eq!(chains.through(9), None);
        assert_eq!(chains.through(8), Some("second"));
        assert_eq!(chains.through(1), Some("third"));
        assert_eq!(chains.through(1), None);
    }
}
