//! Index-level calls: the names of an index, its mapping, its settings, its shards.

mod expression;
mod own;

pub(crate) use expression::Expression;
use expression::Part;
pub(crate) use own::Own;
