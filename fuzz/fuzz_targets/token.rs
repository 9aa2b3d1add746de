#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| regstack::internals::auth::fuzz::token(data));
