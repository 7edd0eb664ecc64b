// ANCHOR: statement
//! ### Exercise 9.3 · An update unlock by hand · 30 minutes
//!
//! Two linear layers, h = x·belowᵀ and out = h·aboveᵀ, with an interface between them. Its
//! synthesizer is linear too, ĝ(h) = h·synthesizerᵀ. The loss of the net is the mean over the n
//! samples of ‖out − y‖², the loss of the synthesizer the mean over the samples of ‖ĝ(h) − g‖²,
//! where g is the true gradient of h. Find what each of the three learns from in one step.
//!
//! ```text
//! x = [[1]], y = [[5]], below = [[2]], above = [[3]], synthesizer = [[5]]
//!   →  [[10]], [[4]] and [[16]]    (h = 2, out = 6; the guess is 10, the truth 6)
//! ```
// ANCHOR_END: statement

use exercises::chapter9;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// d_below, d_above and d_synthesizer.
fn unlocked(
    x: &Tensor<f64>,
    y: &Tensor<f64>,
    below: &Tensor<f64>,
    above: &Tensor<f64>,
    synthesizer: &Tensor<f64>,
) -> [Tensor<f64>; 3] {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter9::UNLOCK.run(unlocked)
}
