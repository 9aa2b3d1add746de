#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| regstack::internals::http::fuzz::json(data));
