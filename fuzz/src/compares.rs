//! Which comparisons of numbers libFuzzer is told of.
//!
//! To get past a test such as "the first four bytes are those of a PNG file", it is told both sides of
//! every comparison that the program makes, and tries the one in place of the other. In the readers
//! that is worth its price. Where the bytes are decisions no byte is compared with anything, and being
//! told of every step of every loop took half of the time.

unsafe extern "C" {
    /// LLVM's switch: what it puts before each comparison asks whether this is 0, as it is at first.
    static mut __sancov_should_track: u64;
}

/// From here on, libFuzzer is told. For the start of a target, before there is a second thread.
pub fn trace() {
    // SAFETY: a number that compiled code reads, on this thread alone so far.
    unsafe { __sancov_should_track = 1 };
}
