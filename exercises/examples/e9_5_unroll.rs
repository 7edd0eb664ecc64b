// ANCHOR: statement
//! ### Exercise 9.5 · The future, guessed · 60 minutes
//!
//! A recurrent net without any curve: the state h_t = x_t + h_(t−1)·wᵀ, of shape `[n, d]`, and the
//! loss ½·Σ(h_t − y_t)², added up over all steps and samples. An unroll begins with the state
//! `start` and goes through `inputs`, x_1 to x_T, with `targets` y_1 to y_T. What follows is guessed:
//! a linear synthesizer, ĝ(h) = h·aᵀ, says what the last state is worth to all later steps. Find
//! d_w of this unroll; and d_a, the lesson that the synthesizer gets at the unroll's other end,
//! where the true gradient of `start` arrives, from the mean over the samples of ‖ĝ − g‖².
//!
//! ```text
//! start = [[1]], inputs = [[[1]]], targets = [[[2]]], w = [[2]], a = [[0.5]]
//!   →  d_w = [[2.5]], d_a = [[−9]]    (h = 3, whose loss says 1 and whose future 1.5)
//! ```
// ANCHOR_END: statement

use exercises::chapter9;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// d_w and d_a.
fn unroll(
    start: &Tensor<f64>,
    inputs: &[Tensor<f64>],
    targets: &[Tensor<f64>],
    w: &Tensor<f64>,
    a: &Tensor<f64>,
) -> (Tensor<f64>, Tensor<f64>) {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter9::UNROLL.run(unroll)
}
