// ANCHOR: statement
//! ### Exercise 6.5 · Batch normalisation, backward · 45 minutes
//!
//! In training each column of x, `[n, c]`, is normalised over its n rows, y = w·z + b with
//! z = (x − μ)/√(v + ε), where μ is the mean of the column and v its variance, divided by n. Close
//! the book, find by which paths an x reaches the loss, and take d_output back to d_input.
//!
//! ```text
//! x = [[1], [−1]], weight = [1], d_output = [[16], [0]], ε = 3  →  d_input = [[3], [−3]]
//! ```
// ANCHOR_END: statement

use exercises::chapter6;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// d_input, of the shape of x and d_output; the weight is `[c]`.
fn batch_norm_grad(
    x: &Tensor<f64>,
    weight: &Tensor<f64>,
    d_output: &Tensor<f64>,
    eps: f64,
) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter6::BATCH_NORM.run(batch_norm_grad)
}
