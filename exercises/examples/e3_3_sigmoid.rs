// ANCHOR: statement
//! ### Exercise 3.3 · The sigmoid, backward · 15 minutes
//!
//! The sigmoid σ(z) = 1/(1 + e⁻ᶻ) bends every number into the range from 0 to 1. Before rectifiers
//! it stood between the layers of most nets. Write its companion: from the input and the gradient
//! of the output, the gradient of the input. `inp.sigmoid()` computes σ of each element.
//!
//! ```text
//! inp = [0, 0], d_out = [4, −8]  →  [1, −2]
//! ```
// ANCHOR_END: statement

use exercises::chapter3;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// d_inp; all three have one shape.
fn sigmoid_grad(inp: &Tensor<f64>, d_out: &Tensor<f64>) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter3::SIGMOID.run(sigmoid_grad)
}
