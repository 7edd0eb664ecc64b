// ANCHOR: statement
//! ### Exercise 1.5 · A sum in two chains · 15 minutes
//!
//! The row · column rung of the ladder is slow because it is a single chain. Cut it in two: add up
//! the even terms (0, 2, 4, …) in one chain of fused multiply-adds and the odd terms in another,
//! both from 0, and add the two at the end. The check compares bits, and so it notices an answer in
//! one chain.
//!
//! ```text
//! x = [1e8, 1, −1e8, 1], y = [1, 1, 1, 1]  →  2    (one chain gives 1)
//! ```
// ANCHOR_END: statement

use exercises::chapter1;
use std::process::ExitCode;

// ANCHOR: stub
/// The dot product of two vectors of one length, in two chains.
fn dot(x: &[f32], y: &[f32]) -> f32 {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter1::TWO_CHAINS.run(dot)
}
