// ANCHOR: statement
//! ### Exercise 10.2 · The noise scale, from shares · 15 minutes
//!
//! The loss of a batch is a mean, and its gradient comes apart into *shares*: row s of `[n, d]` is
//! the gradient of ℓ_s/n, so that the rows add up to the gradient of the batch. Find two numbers
//! that the size of the batch should not change: the total variance of the samples' own gradients,
//! those of ℓ_s, and the noise scale, which is that variance over the squared length of the batch's
//! gradient.
//!
//! ```text
//! shares = [[1, 1], [3, 1]]  →  variance 4, noise scale 0.2    (own gradients [[2, 2], [6, 2]])
//! ```
// ANCHOR_END: statement

use exercises::chapter10;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// The total variance of the own gradients, over n, and the noise scale.
fn noise_scale(shares: &Tensor<f64>) -> (f64, f64) {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter10::NOISE_SCALE.run(noise_scale)
}
