// ANCHOR: statement
//! ### Exercise 5.4 · The Hessian times a vector · 30 minutes
//!
//! The Hessian H of a function f whose value is one number has all its second derivatives: row i is
//! the gradient of the i-th element of the gradient. For a net it fits into no memory. Compute the
//! product Hv with a vector v all the same, by two backward passes, one through the other. x and v
//! may have any shape. A `Function` takes x as a variable of whatever tape you make; its gradient
//! depends on x.
//!
//! ```text
//! f = x₀³ + x₁³, x = [1, 2], v = [10, 100]  →  [60, 1200]    (H has 6x on its diagonal)
//! ```
// ANCHOR_END: statement

use exercises::chapter5::{self, Function};
#[allow(unused_imports)]
use longhand::{Tape, Tensor};
use std::process::ExitCode;

// ANCHOR: stub
/// Hv at x.
fn hessian_product(f: Function, x: &Tensor<f64>, v: &Tensor<f64>) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter5::CURVATURE.run(hessian_product)
}
