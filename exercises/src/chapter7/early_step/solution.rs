//! Our answer to 7.1.

use longhand::Tensor;

// ANCHOR: solution
pub fn back_and_step(
    w: &mut Tensor<f64>,
    b: &mut Tensor<f64>,
    x: &Tensor<f64>,
    d_out: &Tensor<f64>,
    lr: f64,
) -> Tensor<f64> {
    let d_x = d_out.matmul(w); // while w is what it was going forward
    *w -= &(d_out.t().matmul(x) * lr);
    *b -= &(d_out.sum_axis(0) * lr);
    d_x
}
// ANCHOR_END: solution
