//! A bulk that is read and written anew says the same thing, line for line.

use osproxy_layer::rewrite::bulk::{Action, Items, PhysicalAction, Validation};
use osproxy_layer::rewrite::update::UpdateBody;

/// A bulk that is read and written anew says the same thing, line for line.
pub fn ndjson(bytes: &[u8]) {
    let Ok(items) = Items::of(bytes) else { return };
    let Ok(items) = items.collect::<Result<Vec<_>, _>>() else {
        return;
    };
    let mut out = Vec::new();
    let mut validation = Validation::default();
    for item in &items {
        let update = item
            .source()
            .filter(|_| item.action() == Action::Update)
            .map(UpdateBody::read);
        validation.check(
            item,
            None,
            update.and_then(Result::ok).as_ref().map(UpdateBody::facts),
        );
        let meta = item.meta();
        let mut line = PhysicalAction::new(item.action(), meta);
        if let Some(index) = meta.index() {
            line = line.index(index);
        }
        if let Some(id) = meta.id() {
            line = line.id(id);
        }
        if let Some(routing) = meta.routing() {
            line = line.routing(routing);
        }
        line.write(&mut out);
        if let Some(source) = item.source() {
            out.extend_from_slice(source);
            out.push(b'\n');
        }
    }
    let _ = validation.finish();
    if items.is_empty() {
        return;
    }
    let again: Vec<_> = Items::of(&out)
        .expect("a body")
        .collect::<Result<_, _>>()
        .expect("what we write is sound");
    assert_eq!(items.len(), again.len());
    for (item, again) in items.iter().zip(&again) {
        assert_eq!(
            (item.action(), item.meta().id()),
            (again.action(), again.meta().id())
        );
        assert_eq!(
            (item.meta().index(), item.meta().routing()),
            (again.meta().index(), again.meta().routing())
        );
        assert_eq!(
            (item.meta().version(), item.meta().version_type()),
            (again.meta().version(), again.meta().version_type())
        );
        // One more `\r` at the end of a source is white space to JSON, and the end of the line to the reader.
        let trimmed = |source: Option<&[u8]>| source.map(|source| source.trim_ascii_end().to_vec());
        assert_eq!(trimmed(item.source()), trimmed(again.source()));
    }
}
