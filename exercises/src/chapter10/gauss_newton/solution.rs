//! Our answer to 10.6.

use longhand::Tensor;

// ANCHOR: solution
pub fn gauss_newton(
    x: &Tensor<f64>,
    w1: &Tensor<f64>,
    w2: &Tensor<f64>,
    v1: &Tensor<f64>,
    v2: &Tensor<f64>,
) -> (Tensor<f64>, Tensor<f64>) {
    // Forward with J: where each number goes if the weights go along v.
    let h = x.matmul(&w1.t()).tanh();
    let slope = 1.0 - h.square();
    let moved_h = x.matmul(&v1.t()) * &slope;
    let moved_s = moved_h.matmul(&w2.t()) + h.matmul(&v2.t());

    // (diag(p) − p·pᵀ) · moved_s, for each sample.
    let p = h.matmul(&w2.t()).log_softmax().exp();
    let weighted = &p * &moved_s;
    let mean = weighted.sum_axis(1).unsqueeze(1);
    let d_s = weighted - p * mean;

    // Back with Jᵀ, as from any gradient of the scores.
    let d_w2 = d_s.t().matmul(&h);
    let d_a = d_s.matmul(w2) * slope;
    (d_a.t().matmul(x), d_w2)
}
// ANCHOR_END: solution
