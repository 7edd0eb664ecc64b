//! Our answer to 3.3.

use longhand::Tensor;

// ANCHOR: solution
pub fn sigmoid_grad(inp: &Tensor<f64>, d_out: &Tensor<f64>) -> Tensor<f64> {
    let y = inp.sigmoid();
    let slope = &y * &(1.0 - &y);
    slope * d_out
}
// ANCHOR_END: solution
