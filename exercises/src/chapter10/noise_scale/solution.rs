//! Our answer to 10.2.

use longhand::Tensor;

// ANCHOR: solution
pub fn noise_scale(shares: &Tensor<f64>) -> (f64, f64) {
    let n = shares.shape()[0] as f64;
    let own = shares * n;
    let mean = own.mean_axis(0);
    let variance = (own - &mean).square().mean_axis(0).sum();
    (variance, variance / mean.square().sum())
}
// ANCHOR_END: solution
