// ANCHOR: statement
//! ### Exercise 10.3 · A ghost norm for a convolution · 30 minutes
//!
//! For each image of a batch, the columns X of what the window sees, `[p, a]`, and the gradient D of
//! the layer's output, `[o, a]`, are given, with a places. The image's gradient of the kernels is
//! D·Xᵀ. Find the square of its length, for every image, without ever writing down a matrix of the
//! size of D·Xᵀ: here places are few, and p and o are large. The meter looks on.
//!
//! ```text
//! X = [[1, 1], [0, 1]], D = [[1, 2]]  →  13    (D·Xᵀ would be [[3, 2]])
//! ```
// ANCHOR_END: statement

use exercises::chapter10;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// The square norms, `[n]`, from the columns `[n, p, a]` and the gradient of the output `[n, o, a]`.
fn square_norms(columns: &Tensor<f64>, d_out: &Tensor<f64>) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter10::GHOST_NORM.run(square_norms)
}
