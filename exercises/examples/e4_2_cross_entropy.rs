// ANCHOR: statement
//! ### Exercise 4.2 · Cross-entropy, backward · 20 minutes
//!
//! The loss is the mean over the images of −ln p at the right class, where p is the softmax of the
//! image's scores. Derive its gradient with respect to the scores with the book closed, and write
//! it down. `scores.log_softmax()` computes ln p.
//!
//! ```text
//! scores = [[0, 0], [0, 0]], labels = [0, 1]  →  [[−¼, ¼], [¼, −¼]]
//! ```
// ANCHOR_END: statement

use exercises::chapter4;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// d_scores, of the shape of the scores: `[n, c]`.
fn cross_entropy_grad(scores: &Tensor<f64>, labels: &[usize]) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter4::CROSS_ENTROPY.run(cross_entropy_grad)
}
