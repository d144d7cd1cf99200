#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| osproxy_fuzz::path(bytes));
