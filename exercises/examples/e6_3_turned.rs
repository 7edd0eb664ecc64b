// ANCHOR: statement
//! ### Exercise 6.3 · The gradient is a convolution · 30 minutes
//!
//! Going forward, images `[n, c, h, w]` are convolved with a weight `[o, c, kh, kw]`, with stride 1
//! and without padding. The gradient of the images is a convolution again: of d_output, in a border
//! of zeros, with other kernels. Find out which, and compute it by one call of `conv2d`.
//!
//! ```text
//! weight = [[3, 10]], d_output = [[1, 2]]  →  d_input = [[3, 16, 20]]    (one channel, one kernel)
//! ```
// ANCHOR_END: statement

use exercises::chapter6;
use longhand::Tensor;
#[allow(unused_imports)]
use longhand::tensor::Window;
use std::process::ExitCode;

// ANCHOR: stub
/// d_input `[n, c, h, w]` from d_output `[n, o, oh, ow]` and the weight `[o, c, kh, kw]`.
fn input_grad(d_output: &Tensor<f64>, weight: &Tensor<f64>) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter6::TURNED.run(input_grad)
}
