// ANCHOR: statement
//! ### Exercise 6.4 · Where the largest was · 25 minutes
//!
//! Max pooling of one channel: a square window of `size` moves over x, `[h, w]`, by `stride`, without
//! padding, and of each window the largest number goes into the output, `[oh, ow]`. Take d_output
//! back to d_input. Of equally large numbers the first in the window's order, row by row, gets the
//! gradient. Windows may overlap.
//!
//! ```text
//! x = [[1, 3], [3, 2]], d_output = [[5]], size 2  →  d_input = [[0, 5], [0, 0]]
//! ```
// ANCHOR_END: statement

use exercises::chapter6;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// d_input, of the shape of x.
fn max_pool_grad(
    x: &Tensor<f64>,
    d_output: &Tensor<f64>,
    size: usize,
    stride: usize,
) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter6::TIES.run(max_pool_grad)
}
