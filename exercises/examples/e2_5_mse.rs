// ANCHOR: statement
//! ### Exercise 2.5 · A loss of the right shape · 10 minutes
//!
//! A net's output has the shape `[n, 1]`, the labels have the shape `[n]`. Compute the mean squared
//! error with the operations of the crate's tensor, in a line. Mind the trap.
//!
//! ```text
//! output = [[3], [1]], target = [1, 5]  →  (2² + (−4)²)/2 = 10
//! ```
// ANCHOR_END: statement

use exercises::chapter2;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// The mean of (ŷ − y)².
fn mse(output: &Tensor<f64>, target: &Tensor<f64>) -> f64 {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter2::MSE.run(mse)
}
