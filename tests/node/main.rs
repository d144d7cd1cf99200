//! Every test that needs a real OpenSearch node, in one binary, so that they share one node.
#[path = "../conformance/mod.rs"]
mod conformance;
#[path = "../support/gateway.rs"]
#[expect(dead_code, reason = "other tests stop it")]
mod gateway;
#[path = "../isolation/mod.rs"]
mod isolation;
#[path = "../regressions/mod.rs"]
mod regressions;
#[path = "../support/mod.rs"]
mod support;

mod alive;
mod cursors;
mod moves;
mod moving;
mod strict;
mod types;
