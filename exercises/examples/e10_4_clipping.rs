// ANCHOR: statement
//! ### Exercise 10.4 · Clipping each sample · 25 minutes
//!
//! A net has several parameters, and for each the individual gradients of n samples are given, one
//! row for each sample: `[n, size]`. Cut every sample's gradient down to a length of at most
//! `bound`, where its gradient is all that it says of all parameters together, and add up. A sample
//! may well have a gradient of zero.
//!
//! ```text
//! gradients = [[[3], [0.3]], [[4], [0.4]]], bound = 1    (two parameters, two samples)
//!   →  [[0.9], [1.2]]
//! ```
// ANCHOR_END: statement

use exercises::chapter10;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// The sum of the clipped gradients of each parameter, `[size]`.
fn clipped_sum(gradients: &[Tensor<f64>], bound: f64) -> Vec<Tensor<f64>> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter10::CLIPPING.run(clipped_sum)
}
