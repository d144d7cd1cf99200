//! Every example is started and driven.
#[path = "../support/http.rs"]
mod client;
mod existing_service;
mod gateway;
mod gateway_control;
mod gateway_sources;
mod gateway_switches;
mod hyper_only;
mod opensearch_rs;
#[path = "../support/gateway.rs"]
mod process;
mod quickstart;
mod serve;
