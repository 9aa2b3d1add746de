#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| regstack::internals::config::fuzz::toml(data));
