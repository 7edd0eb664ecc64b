//! Our answer to 9.5.

use longhand::Tensor;

// ANCHOR: solution
pub fn unroll(
    start: &Tensor<f64>,
    inputs: &[Tensor<f64>],
    targets: &[Tensor<f64>],
    w: &Tensor<f64>,
    a: &Tensor<f64>,
) -> (Tensor<f64>, Tensor<f64>) {
    let mut states = vec![start.clone()];
    for (t, x) in inputs.iter().enumerate() {
        states.push(x + states[t].matmul(&w.t()));
    }

    // What the future asks of the last state, and then, on the way back, each step's loss.
    let mut d_h = states[inputs.len()].matmul(&a.t());
    let mut d_w = Tensor::zeros(w.shape());
    for t in (0..inputs.len()).rev() {
        d_h += &(&states[t + 1] - &targets[t]);
        d_w += &d_h.t().matmul(&states[t]);
        d_h = d_h.matmul(w);
    }

    // All of it has arrived at the start: the losses' part and the guess's.
    let error = (start.matmul(&a.t()) - d_h) * (2.0 / start.shape()[0] as f64);
    (d_w, error.t().matmul(start))
}
// ANCHOR_END: solution
