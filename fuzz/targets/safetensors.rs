#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| longhand_fuzz::safetensors::check(data));
