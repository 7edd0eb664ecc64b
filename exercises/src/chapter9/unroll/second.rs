//! 9.5 as a function that calls itself: each step asks the rest what its state is worth.

use longhand::Tensor;

pub fn unroll(
    start: &Tensor<f64>,
    inputs: &[Tensor<f64>],
    targets: &[Tensor<f64>],
    w: &Tensor<f64>,
    a: &Tensor<f64>,
) -> (Tensor<f64>, Tensor<f64>) {
    let mut d_w = Tensor::zeros(w.shape());
    let truth = worth(start, inputs, targets, w, a, &mut d_w);
    let n = start.shape()[0] as f64;
    let d_guess = start.matmul_nt(a).zip(&truth, |guess, truth| 2.0 * (guess - truth) / n);
    (d_w, d_guess.matmul_tn(start))
}

/// What a state is worth to all that follows it.
fn worth(
    state: &Tensor<f64>,
    inputs: &[Tensor<f64>],
    targets: &[Tensor<f64>],
    w: &Tensor<f64>,
    a: &Tensor<f64>,
    d_w: &mut Tensor<f64>,
) -> Tensor<f64> {
    let (Some((x, inputs)), Some((y, targets))) = (inputs.split_first(), targets.split_first())
    else {
        return state.matmul_nt(a);
    };
    let next = x + state.matmul_nt(w);
    let d_next = worth(&next, inputs, targets, w, a, d_w) + &next - y;
    *d_w += &d_next.matmul_tn(state);
    d_next.matmul(w)
}
