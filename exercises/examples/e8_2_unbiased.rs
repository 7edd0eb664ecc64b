// ANCHOR: statement
//! ### Exercise 8.2 · B − 1 · 5 minutes
//!
//! `GradientStats` divides the sum of squared distances by B. An estimate for all possible batches
//! divides it by B − 1. A ratio came out of the one; which would have come out of the other?
//! B is 2 or more.
//!
//! ```text
//! ratio = 3, B = 9  →  2.828
//! ```
// ANCHOR_END: statement

use exercises::chapter8;
use std::process::ExitCode;

// ANCHOR: stub
/// The ratio with B − 1, from that with B.
fn unbiased(ratio: f64, batches: usize) -> f64 {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter8::UNBIASED.run(unbiased)
}
