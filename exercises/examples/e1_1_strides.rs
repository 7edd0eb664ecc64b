// ANCHOR: statement
//! ### Exercise 1.1 · The place of an element · 10 minutes
//!
//! A tensor of shape `[2, 3]` has six numbers in one line, the last index running fastest. So the
//! element at `[1, 2]` stands at place 5, counted from 0. Find the place for any shape and any
//! indices; `[]`, a single number, has its only element at place 0.
//!
//! ```text
//! shape [2, 3, 4], index [1, 2, 3]  →  23
//! ```
// ANCHOR_END: statement

use exercises::chapter1;
use std::process::ExitCode;

// ANCHOR: stub
/// The place in the line of the element at `index`.
fn place(shape: &[usize], index: &[usize]) -> usize {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter1::STRIDES.run(place)
}
