//! The contract of `osproxy_layer::spi`, compiled as a user would.
