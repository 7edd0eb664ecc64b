// ANCHOR: statement
//! ### Exercise 10.6 · The Gauss-Newton product by hand · 90 minutes
//!
//! A net of two layers gives the scores s = tanh(x·w1ᵀ)·w2ᵀ, with x `[n, i]`, w1 `[h, i]` and w2
//! `[c, h]`. The loss is the *sum* of the samples' cross-entropies. Find the product of its
//! Gauss-Newton matrix with a vector, which has the parts v1 and v2, of the shapes of w1 and w2. No
//! tape: go forward by hand with J·v, multiply by the loss's Hessian, diag(p) − p·pᵀ for each
//! sample, and go back by hand with Jᵀ.
//!
//! ```text
//! x = [[1]], w1 = [[0]], w2 = [[4], [0]], v1 = [[1]], v2 = [[7], [9]]
//!   →  [[4]] and [[0], [0]]    (s = 0, and so p = ½, ½; J·v = (4, 0), times the Hessian (1, −1))
//! ```
// ANCHOR_END: statement

use exercises::chapter10;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// G·v for w1 and for w2.
fn gauss_newton(
    x: &Tensor<f64>,
    w1: &Tensor<f64>,
    w2: &Tensor<f64>,
    v1: &Tensor<f64>,
    v2: &Tensor<f64>,
) -> (Tensor<f64>, Tensor<f64>) {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter10::GAUSS_NEWTON.run(gauss_newton)
}
