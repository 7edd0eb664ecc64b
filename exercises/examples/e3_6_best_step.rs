// ANCHOR: statement
//! ### Exercise 3.6 · The best step · 15 minutes
//!
//! Measure the slope of a function at `x`, from values of the function alone, to nine digits: off by
//! at most 10⁻⁹ of it, or 10⁻⁹ if it is less than 1. The check does it for functions like the sine,
//! whose slope it knows. Where yours is off, the places at which you asked for the value tell why.
//!
//! ```text
//! f(x) = x² at 3  →  6, as nearly as f64 can have it
//! ```
// ANCHOR_END: statement

use exercises::chapter3;
use std::process::ExitCode;

// ANCHOR: stub
/// How fast f grows at x.
fn slope(f: &dyn Fn(f64) -> f64, x: f64) -> f64 {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter3::BEST_STEP.run(slope)
}
