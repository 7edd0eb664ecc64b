//! Our answer to 4.1.

use longhand::Tensor;

// ANCHOR: solution
pub fn log_probabilities(scores: &Tensor<f64>) -> Tensor<f64> {
    let below = scores - scores.max_axis(1).unsqueeze(1);
    let sum = below.exp().sum_axis(1).unsqueeze(1);
    below - sum.ln()
}
// ANCHOR_END: solution
