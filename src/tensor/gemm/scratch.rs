//! A thread's own memory for packed blocks, kept from one product to the next (chapter 1).
//!
//! Fresh memory is expensive: the system hands it out page by page, each zeroed, at the first
//! touch. The blocks are of the same few sizes every time, so each thread keeps its own.

use crate::Scalar;
use std::cell::RefCell;

/// One cache line, and aligned to it.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u64; 8]);

thread_local! {
    /// The spare ones: what is in use is not here. A product within `f` takes another one.
    static SPARE: RefCell<Vec<Vec<Line>>> = const { RefCell::new(Vec::new()) };
}

/// Runs `f` on `length` numbers, which hold anything.
pub(super) fn with_scratch<T: Scalar, R>(length: usize, f: impl FnOnce(&mut [T]) -> R) -> R {
    if length == 0 {
        return f(&mut []);
    }
    let mut lines = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
    let count = (length * size_of::<T>()).div_ceil(size_of::<Line>());
    if lines.len() < count {
        lines.resize(count, Line([0; 8]));
    }
    debug_assert!(size_of_val(&lines[..]) >= length * size_of::<T>());
    // SAFETY: the lines are initialized and ours alone while `f` runs, and hold at least `length`
    // numbers; a line is aligned for a number; a `Scalar` is `f32` or `f64` and nothing else (the
    // trait is sealed), so any bits are one.
    let numbers = unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), length) };
    let result = f(numbers);
    SPARE.with_borrow_mut(|spare| spare.push(lines));
    result
}
