//! The short forms of the ten chapters (`tests/bits/forms`) as a program of its own, for machines on
//! which there is nothing to run tests with.

#[path = "../../../tests/bits/forms/mod.rs"]
#[allow(dead_code)]
mod forms;
/// Where the modules of chapter 9's example look for it.
#[path = "../../../examples/chapter9/net.rs"]
#[allow(dead_code)]
mod net;

pub use forms::report;

/// For a caller outside: makes the report on so many threads and says where it lies. Its first four
/// bytes are the length of the text behind them, lowest byte first.
#[cfg(target_family = "wasm")]
#[unsafe(no_mangle)]
pub extern "C" fn report_bytes(threads: u32) -> *const u8 {
    let text = longhand::tensor::threads::with(threads as usize, report);
    let bytes = [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
    bytes.leak().as_ptr()
}
