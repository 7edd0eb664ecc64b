// ANCHOR: statement
//! ### Exercise 3.5 · A weight used twice · 30 minutes
//!
//! A net uses the same square matrix in both of its layers: out = relu(x·w)·w, with x and out of
//! shape `[n, d]` and w of shape `[d, d]`. Nets for sequences do so at every step. From d_out find
//! the gradient of w. `relu` and `relu_grad` of the chapter are at hand.
//!
//! ```text
//! x = [[3]], w = [[2]], d_out = [[1]]  →  [[12]]    (out is 3w², its slope 6w)
//! ```
// ANCHOR_END: statement

use exercises::chapter3;
use longhand::Tensor;
#[allow(unused_imports)]
use longhand::by_hand::{relu, relu_grad};
use std::process::ExitCode;

// ANCHOR: stub
/// d_w.
fn shared_grad(x: &Tensor<f64>, w: &Tensor<f64>, d_out: &Tensor<f64>) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter3::SHARED.run(shared_grad)
}
