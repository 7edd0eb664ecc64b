// ANCHOR: statement
//! ### Exercise 3.2 · The linear layer, backward · 25 minutes
//!
//! Going forward, out = inp·w + b, with inp of shape `[n, i]`, w `[i, o]` and b `[o]`. From
//! d_out, `[n, o]`, find the gradients of all three. Close the book and derive them: write the
//! forward pass with its indices, and ask of each number in which outputs it appears.
//!
//! ```text
//! inp = [[1, 2], [3, 4]], w = [[5], [6]], d_out = [[1], [−1]]
//!   →  d_inp = [[5, 6], [−5, −6]], d_w = [[−2], [−2]], d_b = [0]
//! ```
// ANCHOR_END: statement

use exercises::chapter3;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// d_inp, d_w and d_b.
fn linear_grad(
    inp: &Tensor<f64>,
    w: &Tensor<f64>,
    d_out: &Tensor<f64>,
) -> (Tensor<f64>, Tensor<f64>, Tensor<f64>) {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter3::LINEAR.run(linear_grad)
}
