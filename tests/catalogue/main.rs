//! The catalogue of leaks against what is in the code, and the page for users that is written from the code's tables.
//!
//! No node, no service: lists are compared with tables.
mod list;
mod mutants;
mod page;
mod passes;
mod shown;
