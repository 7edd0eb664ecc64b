//! Our answer to 10.1.

use longhand::Tensor;

// ANCHOR: solution
pub fn total_variance(gradients: &Tensor<f64>) -> f64 {
    let mean = gradients.mean_axis(0);
    (gradients - mean).square().mean_axis(0).sum()
}
// ANCHOR_END: solution
