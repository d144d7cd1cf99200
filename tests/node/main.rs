//! Every test that needs a real OpenSearch node, in one binary, so that they share one node.
#[path = "../conformance/mod.rs"]
mod conformance;
#[path = "../support/mod.rs"]
mod support;

mod alive;
