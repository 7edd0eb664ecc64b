//! Our answer to 3.5.

use longhand::Tensor;
use longhand::by_hand::{relu, relu_grad};

// ANCHOR: solution
pub fn shared_grad(x: &Tensor<f64>, w: &Tensor<f64>, d_out: &Tensor<f64>) -> Tensor<f64> {
    let a = x.matmul(w);
    let h = relu(&a);

    let mut d_w = h.t().matmul(d_out);
    let d_h = d_out.matmul(&w.t());
    let d_a = relu_grad(&a, &d_h);
    d_w += &x.t().matmul(&d_a);
    d_w
}
// ANCHOR_END: solution
