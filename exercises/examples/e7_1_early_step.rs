// ANCHOR: statement
//! ### Exercise 7.1 · Back, and step at once · 15 minutes
//!
//! The linear layer once more: out = x·wᵀ + b, with x of shape `[n, i]`, w `[o, i]` and b `[o]`.
//! This time its backward pass is its step as well. From d_out, `[n, o]`, find the gradients of all
//! three. Take lr times their gradients off w and b, *in place*: no second w, not even for a
//! moment. Give d_x, for the layer in front.
//!
//! ```text
//! w = [[3, 4]], b = [5], x = [[1, 2]], d_out = [[1]], lr = 1
//!   →  w = [[2, 2]], b = [4], d_x = [[3, 4]]
//! ```
// ANCHOR_END: statement

use exercises::chapter7;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// Steps w and b, and gives d_x.
fn back_and_step(
    w: &mut Tensor<f64>,
    b: &mut Tensor<f64>,
    x: &Tensor<f64>,
    d_out: &Tensor<f64>,
    lr: f64,
) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter7::EARLY_STEP.run(back_and_step)
}
