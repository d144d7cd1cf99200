//! Reads a `_bulk` body into items and writes action lines anew.
//!
//! The body is cut at newlines and nowhere else, as the node cuts it (D-21), so an item is an action line and, unless it
//! deletes, the line below it. An action line is read into [`Meta`] and never copied: the node ignores whatever stands
//! behind the line's first value, which makes a copied line a place to hide a second action (D-20, D-22).
//!
//! What the node answers with a 400 for the whole request is a [`BulkError`], in its words. What it answers with a failed
//! item is left to whoever rewrites the item's source.
//!
//! ```
//! use osproxy_layer::rewrite::bulk::{Action, Items, PhysicalAction};
//!
//! let body = b"{\"index\":{\"_index\":\"orders\",\"_id\":7}}\n{\"total\":1.10}\n";
//! let mut out = Vec::new();
//! for item in Items::of(body)? {
//!     let item = item?;
//!     assert_eq!((item.action(), item.meta().id()), (Action::Index, Some("7")));
//!     PhysicalAction::new(item.action(), item.meta()).index("orders-shared").id("acme:7").write(&mut out);
//!     out.extend_from_slice(item.source().unwrap_or_default());
//!     out.push(b'\n');
//! }
//! assert_eq!(out, b"{\"index\":{\"_index\":\"orders-shared\",\"_id\":\"acme:7\"}}\n{\"total\":1.10}\n");
//! # Ok::<(), osproxy_layer::rewrite::bulk::BulkError>(())
//! ```

mod action;
mod error;
mod frame;
mod items;
mod meta;
mod physical;
mod validation;

pub use action::Action;
pub use error::BulkError;
pub use items::{Item, Items};
pub use meta::{Meta, VersionType};
pub use physical::PhysicalAction;
pub use validation::Validation;
