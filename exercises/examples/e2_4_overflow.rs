// ANCHOR: statement
//! ### Exercise 2.4 · How many layers a number survives · 15 minutes
//!
//! Numbers of standard deviation 1 go through a net without rectifiers. Each layer is as wide as the
//! one before, and all weights have the same deviation. After how many layers is the deviation of
//! what comes out larger than the largest `f32`, or so small that an `f32` would be 0? In theory,
//! that is: for independent numbers, and counted in `f64`. The deviation never stays as it is in
//! this exercise. Predict the answers for 0.1 and 0.04 at a width of 512 before you compute them.
//!
//! ```text
//! deviation 1, width 512     →  29
//! deviation 0.01, width 512  →  70
//! ```
// ANCHOR_END: statement

use exercises::chapter2;
use std::process::ExitCode;

// ANCHOR: stub
/// The number of the first layer after which the deviation is no `f32` above 0.
fn steps(deviation: f64, width: usize) -> usize {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter2::OVERFLOW.run(steps)
}
