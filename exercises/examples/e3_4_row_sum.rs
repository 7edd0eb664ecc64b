// ANCHOR: statement
//! ### Exercise 3.4 · Sum forward, repeat backward · 15 minutes
//!
//! A layer adds up each row of its input: out_n = Σᵢ inp_ni, from `[n, i]` to `[n]`. Write its
//! companion, which takes the gradient of the output, `[n]`, to that of the input, `[n, i]`.
//!
//! ```text
//! inp = [[1, 2, 3], [4, 5, 6]], d_out = [10, 20]  →  [[10, 10, 10], [20, 20, 20]]
//! ```
// ANCHOR_END: statement

use exercises::chapter3;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// d_inp, of the shape of inp.
fn row_sum_grad(inp: &Tensor<f64>, d_out: &Tensor<f64>) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter3::ROW_SUM.run(row_sum_grad)
}
