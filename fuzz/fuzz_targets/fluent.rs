#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| regstack::internals::delivery::fuzz::fluent(data));
