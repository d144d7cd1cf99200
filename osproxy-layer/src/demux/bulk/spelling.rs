//! How the action lines of one index are spelled, made once for all the items that go there.

use crate::rewrite::bulk::Action;
use crate::rewrite::json::write_string;
use crate::router::Resolved;
use crate::spi::{IdTemplate, IndexName};

/// What stands around the client's id in the action line of a shared index, where the line says nothing else.
#[derive(Debug)]
pub(super) struct Spelling {
    before: Vec<u8>,
    after: Vec<u8>,
    /// The longest id of the client's, in bytes.
    longest: usize,
}

impl Spelling {
    /// `None` where the placement has no such line.
    pub(super) fn of(resolved: &Resolved, index: &IndexName) -> Option<Self> {
        let (shared, partition) = resolved.shared()?;
        let template = shared.id.template();
        if template.mints_from_body() {
            return None;
        }
        let (prefix, suffix) = (template.prefix(partition), template.suffix(partition));
        let longest = IdTemplate::MAX_ID.checked_sub(prefix.len() + suffix.len())?;
        let mut before = b"\":{\"_index\":".to_vec();
        write_string(&mut before, index.as_str());
        before.extend_from_slice(b",\"_id\":");
        write_string(&mut before, &prefix);
        // Behind the id the string goes on.
        before.pop();
        let mut after = Vec::new();
        write_string(&mut after, &suffix);
        after.remove(0);
        if let Some(routing) = shared.routing(partition) {
            after.extend_from_slice(b",\"routing\":");
            write_string(&mut after, routing);
        }
        after.extend_from_slice(b"}}\n");
        Some(Self {
            before,
            after,
            longest,
        })
    }

    /// Appends an action line; false, with nothing written, where the id has to be looked at more closely.
    pub(super) fn write(&self, action: Action, id: &str, out: &mut Vec<u8>) -> bool {
        let plain = |byte: &u8| byte.is_ascii() && *byte >= b' ' && !matches!(byte, b'"' | b'\\');
        let usual = (1..=self.longest).contains(&id.len())
            && !matches!(id, "." | "..")
            && id.as_bytes().iter().all(plain);
        if usual {
            out.extend_from_slice(b"{\"");
            out.extend_from_slice(action.as_str().as_bytes());
            out.extend_from_slice(&self.before);
            out.extend_from_slice(id.as_bytes());
            out.extend_from_slice(&self.after);
        }
        usual
    }
}
