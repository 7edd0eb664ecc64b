// ANCHOR: statement
//! ### Exercise 5.1 · A tape of numbers · 30 minutes
//!
//! Here is a tape of single numbers: a list of `Op`, which are `Leaf(x)`, `Add(a, b)`, `Mul(a, b)` and
//! `Tanh(a)`, with the numbers of entries further up. Compute the gradient of the last entry with
//! respect to each entry of the list. There is no forward pass yet either.
//!
//! ```text
//! [Leaf(2), Leaf(3), Mul(0, 1), Add(2, 0), Mul(3, 3)]  →  [64, 32, 16, 16, 1]
//! ```
// ANCHOR_END: statement

use exercises::chapter5::{self, Op};
use std::process::ExitCode;

// ANCHOR: stub
/// A gradient for each entry, 0 where the last one does not depend on it.
fn gradients(tape: &[Op]) -> Vec<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter5::NUMBERS.run(gradients)
}
