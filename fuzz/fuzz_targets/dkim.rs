#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| regstack::internals::doctor::fuzz::dkim(data));
