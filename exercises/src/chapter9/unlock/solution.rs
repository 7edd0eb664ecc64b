//! Our answer to 9.3.

use longhand::Tensor;

// ANCHOR: solution
pub fn unlocked(
    x: &Tensor<f64>,
    y: &Tensor<f64>,
    below: &Tensor<f64>,
    above: &Tensor<f64>,
    synthesizer: &Tensor<f64>,
) -> [Tensor<f64>; 3] {
    let n = x.shape()[0] as f64;
    let h = x.matmul(&below.t());
    // Below learns from the guess, before anything above is known.
    let guess = h.matmul(&synthesizer.t());
    let d_below = guess.t().matmul(x);
    // Above learns from the loss, and its gradient of h ends at the interface.
    let d_out = (h.matmul(&above.t()) - y) * (2.0 / n);
    let d_above = d_out.t().matmul(&h);
    let truth = d_out.matmul(above);
    // The synthesizer learns from the difference.
    let d_guess = (guess - truth) * (2.0 / n);
    [d_below, d_above, d_guess.t().matmul(&h)]
}
// ANCHOR_END: solution
