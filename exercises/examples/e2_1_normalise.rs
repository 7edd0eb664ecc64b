// ANCHOR: statement
//! ### Exercise 2.1 · One image at a time · 10 minutes
//!
//! A net was trained on images that were normalised to mean 0 and standard deviation 1. Now others
//! come, perhaps a single one. Normalise them as they must be for this net. The mean and the
//! deviation are those of all numbers together, as `mean()` and `std()` of a tensor give them.
//! (`std()` divides the sum of the squares by one less than their number, here by 3.)
//!
//! ```text
//! train = [[0, 2], [4, 6]], images = [[3, 8]]  →  [[0, 5/√(20/3)]]
//! ```
// ANCHOR_END: statement

use exercises::chapter2;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// The images `[n, pixels]`, for a net that was trained on `train`, `[m, pixels]`.
fn normalise(train: &Tensor<f64>, images: &Tensor<f64>) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter2::NORMALISE.run(normalise)
}
