#![no_main]
libfuzzer_sys::fuzz_target!(init: longhand_fuzz::compares::trace(), |data: &[u8]| longhand_fuzz::safetensors::check(data));
