// ANCHOR: statement
//! ### Exercise 7.5 · A norm without the gradient · 25 minutes
//!
//! Clipping needs the sum of the squares of all gradients, and nothing else of them in its first
//! pass. For the linear layer, out = x·wᵀ + b with x of shape `[n, i]` and d_out `[n, o]`, that is
//! Σ d_w² + Σ d_b². Find it without ever forming d_w, whose i·o numbers may be millions: what is
//! held may grow with n², with n·i and n·o, but not with i·o.
//!
//! ```text
//! x = [[1, 2], [3, 4]], d_out = [[1], [2]]
//!   →  158     (d_w = [[7, 10]], d_b = [3])
//! ```
// ANCHOR_END: statement

use exercises::chapter7;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// The sum of the squares of d_w and d_b.
fn squared_norm(x: &Tensor<f64>, d_out: &Tensor<f64>) -> f64 {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter7::GRAM.run(squared_norm)
}
