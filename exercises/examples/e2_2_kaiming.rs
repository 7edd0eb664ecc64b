// ANCHOR: statement
//! ### Exercise 2.2 · Weights that keep the size · 15 minutes
//!
//! A layer has `inputs` inputs, and after it comes a leaky rectifier, which leaves a positive number
//! as it is and multiplies a negative one by `leak`. How large must the standard deviation of the
//! weights be, so that the mean square of what leaves the rectifier is that of what entered the
//! layer? With a leak of 0 it is the plain rectifier, with a leak of 1 there is none.
//!
//! ```text
//! 8 inputs, leak 0     →  0.5
//! 16 inputs, leak 1    →  0.25
//! 10 inputs, leak 0.5  →  0.4
//! ```
// ANCHOR_END: statement

use exercises::chapter2;
use std::process::ExitCode;

// ANCHOR: stub
/// The standard deviation of the weights.
fn deviation(inputs: usize, leak: f64) -> f64 {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter2::KAIMING.run(deviation)
}
