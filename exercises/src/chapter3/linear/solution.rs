//! Our answer to 3.2.

use longhand::Tensor;

// ANCHOR: solution
pub fn linear_grad(
    inp: &Tensor<f64>,
    w: &Tensor<f64>,
    d_out: &Tensor<f64>,
) -> (Tensor<f64>, Tensor<f64>, Tensor<f64>) {
    let d_inp = d_out.matmul(&w.t());
    let d_w = inp.t().matmul(d_out);
    let d_b = d_out.sum_axis(0);
    (d_inp, d_w, d_b)
}
// ANCHOR_END: solution
