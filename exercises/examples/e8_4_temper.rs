// ANCHOR: statement
//! ### Exercise 8.4 · Tempering by hand · 35 minutes
//!
//! Here are all raw gradients of one parameter, epoch by epoch, one for each batch. Give what the
//! optimizer is shown. In each epoch that is s times the gradient, where s is the ratio of signal
//! to noise of the epoch before, if s is below 1; else the gradient as it is. What stands in for an
//! error of 0 is 1e-8. In the first epoch, and after one with fewer than two gradients, there is no
//! ratio, and nothing is tempered.
//!
//! ```text
//! [[4, 0], [1, −3], [2, 2]]  →  [[4, 0], [1, −3], [1.414, 1.414]]
//! (ratios 2/√2 and 1/√2)
//! ```
// ANCHOR_END: statement

use exercises::chapter8;
use std::process::ExitCode;

// ANCHOR: stub
/// What the optimizer is shown, epoch by epoch.
fn temper(epochs: &[Vec<f64>]) -> Vec<Vec<f64>> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter8::TEMPER.run(temper)
}
