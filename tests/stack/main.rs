//! The stack as a whole, on an in-process cluster: what every layer promises to its neighbours, and what the client and the cluster
//! see of it. One binary, so that the support is compiled once.
#[path = "../support/cluster.rs"]
mod cluster;
#[path = "../support/honest.rs"]
mod honest;
#[path = "../support/stack.rs"]
mod stack;

mod answers;
mod bulk;
mod cancel;
mod compose;
mod contract;
mod cursors;
mod edges;
mod endpoints;
mod gate;
mod hits;
mod movable;
mod moves;
mod moving_bulks;
mod operator;
mod own_index;
mod params;
mod placements;
mod preflight;
mod readiness;
mod reads;
mod schedules;
mod streaming;
mod switches;
mod tenancy;
mod tripwire;
