//! Both ways: an input is a picture to be written if its first byte is below 64, or else a file.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| match data {
    [..64, rest @ ..] | rest @ [] => longhand_fuzz::png::check(rest),
    file => longhand_fuzz::png_reader::check(file),
});
