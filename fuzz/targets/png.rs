//! Both ways. A PNG file begins with 0x89; an input that begins with less than 64 is a picture to be
//! written.
#![no_main]
libfuzzer_sys::fuzz_target!(init: longhand_fuzz::compares::trace(), |data: &[u8]| match data.first() {
    Some(64..) => longhand_fuzz::png_reader::check(data),
    _ => longhand_fuzz::png::check(data),
});
