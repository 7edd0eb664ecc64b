//! Our answer to 6.5.

use longhand::Tensor;

// ANCHOR: solution
pub fn batch_norm_grad(
    x: &Tensor<f64>,
    weight: &Tensor<f64>,
    d_output: &Tensor<f64>,
    eps: f64,
) -> Tensor<f64> {
    let centred = x - x.mean_axis(0);
    let s = 1.0 / (centred.square().mean_axis(0) + eps).sqrt();
    let z = centred * &s;
    let h = d_output * weight;
    (&h - h.mean_axis(0) - &z * (&h * &z).mean_axis(0)) * s
}
// ANCHOR_END: solution
