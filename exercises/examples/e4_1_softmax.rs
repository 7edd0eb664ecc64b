// ANCHOR: statement
//! ### Exercise 4.1 · Scores of a thousand · 15 minutes
//!
//! From scores of shape `[n, c]`, a row for each image, compute ln p for every class: p is the
//! softmax of the row. Scores may be as large as 2000, or as small as −2000, and no answer may be
//! infinite.
//!
//! ```text
//! scores = [[1000, 1000], [1000, 0]]  →  [[−0.6931, −0.6931], [0, −1000]]
//! ```
// ANCHOR_END: statement

use exercises::chapter4;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// ln p, of the shape of the scores.
fn log_probabilities(scores: &Tensor<f64>) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter4::SOFTMAX.run(log_probabilities)
}
