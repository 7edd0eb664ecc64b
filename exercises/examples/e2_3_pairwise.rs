// ANCHOR: statement
//! ### Exercise 2.3 · A sum in pairs · 15 minutes
//!
//! The mean of 39 million pixels wants a good order of summation. Here is one: cut the numbers in
//! two halves, sum each half in the same way, and add the two. One number is its own sum, no number
//! has the sum 0. Where the count is odd the first half is the smaller one. Stay in `f32`.
//!
//! ```text
//! [a, b, c, d, e]  →  (a + b) + (c + (d + e))
//! ```
// ANCHOR_END: statement

use exercises::chapter2;
use std::process::ExitCode;

// ANCHOR: stub
/// The sum, in halves of halves.
fn sum(x: &[f32]) -> f32 {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter2::PAIRWISE.run(sum)
}
