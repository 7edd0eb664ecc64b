// ANCHOR: statement
//! ### Exercise 10.1 · The variance in two passes · 10 minutes
//!
//! The chapter's formula for the variance subtracts two numbers that can be nearly equal. Whoever
//! has the individual gradients can do better. They are the rows of a matrix `[n, d]`. Find their
//! total variance, over n, and so that it is right as well where all rows agree in their first
//! eight digits.
//!
//! ```text
//! gradients = [[1, 5], [3, 5], [5, 5]]    →  8/3    (8/3 and 0)
//! gradients = [[268435457], [268435459]]  →  1
//! ```
// ANCHOR_END: statement

use exercises::chapter10;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// The variances of the columns, added up.
fn total_variance(gradients: &Tensor<f64>) -> f64 {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter10::TWO_PASS.run(total_variance)
}
