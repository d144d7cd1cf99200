//! Every example is started and driven.
#[path = "../support/http.rs"]
mod client;
mod existing_service;
mod gateway;
mod hyper_only;
mod opensearch_rs;
mod quickstart;
mod serve;
