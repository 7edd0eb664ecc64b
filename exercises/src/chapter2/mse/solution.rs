//! Our answer to 2.5.

use longhand::Tensor;

// ANCHOR: solution
pub fn mse(output: &Tensor<f64>, target: &Tensor<f64>) -> f64 {
    (output.squeeze(-1) - target).square().mean()
}
// ANCHOR_END: solution
