//! JSON as bytes: a strict lexer that knows where everything stands, and no tree.
//!
//! Writes are spliced and answers are reversed in place, so both need byte offsets, which no parser crate gives (DESIGN
//! section 10). The language is RFC 8259 and nothing more, since what the node takes beyond it (comments, a byte order
//! mark, overlong UTF-8) is a way to say one thing to us and another to it: rows D-01, D-07 and D-08 of the catalogue.
//!
//! ```
//! use osproxy_layer::rewrite::json::{self, Members, RawKind};
//!
//! let body = br#"{"user":"ann","tags":[1,2]}"#;
//! json::validate(body, 32)?;
//! for member in Members::of(body) {
//!     let member = member?;
//!     if member.key == "tags" {
//!         assert_eq!(RawKind::of(member.value), Some(RawKind::Array));
//!         assert_eq!(&body[member.span], b"[1,2]");
//!     }
//! }
//! # Ok::<(), json::JsonError>(())
//! ```

mod coerce;
mod error;
mod exact;
mod key_name;
mod kind;
mod lexer;
mod members;
mod number;
mod path;
mod pretty;
mod scalar;
mod scan;
mod spacer;
mod string;
mod token;
pub mod tree;
mod unique;

pub use coerce::{CoercionError, Scalar};
pub use error::{JsonError, JsonErrorKind};
pub(in crate::rewrite) use exact::Exact;
pub use key_name::KeyName;
pub use kind::RawKind;
pub use lexer::{Lexer, MAX_DEPTH, validate};
pub use members::{Element, Elements, Member, Members};
pub(crate) use pretty::{new_line, respace, write_pretty};
pub use scalar::scalar;
pub(in crate::rewrite) use scan::stop_at as stop;
pub(crate) use spacer::Spacer;
pub use string::{RawStr, unescape, write_string};
pub(in crate::rewrite) use unique::Fingerprint;
pub use unique::UniqueKeys;
