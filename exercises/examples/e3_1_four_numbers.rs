// ANCHOR: statement
//! ### Exercise 3.1 · Four numbers, any four · 10 minutes
//!
//! The loss of the smallest net is (w·x + b − y)². Go forward, and come back with the three slopes:
//! how many times as much the loss grows as w, as b, as x.
//!
//! ```text
//! x = 3, w = 2, b = 1, y = 4  →  d_w = 18, d_b = 6, d_x = 12
//! ```
// ANCHOR_END: statement

use exercises::chapter3;
use std::process::ExitCode;

// ANCHOR: stub
/// d_w, d_b and d_x.
fn slopes(x: f64, w: f64, b: f64, y: f64) -> [f64; 3] {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter3::FOUR_NUMBERS.run(slopes)
}
