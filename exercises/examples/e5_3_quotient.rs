// ANCHOR: statement
//! ### Exercise 5.3 · A quotient of your own · 25 minutes
//!
//! Write a/b as an operation of your own, with `a.tape().operation(…)` as the chapter does for its
//! wrong tanh: value, inputs, pullback. a and b may have different shapes that broadcast. Second
//! derivatives must be right too.
//!
//! ```text
//! a = 6, b = 2, and the gradient of a/b is 10  →  d_a = 5, d_b = −15
//! ```
// ANCHOR_END: statement

use exercises::chapter5;
use longhand::tape::Var;
use std::process::ExitCode;

// ANCHOR: stub
/// a/b, in one entry of the tape.
fn quotient<'t>(a: Var<'t, f64>, b: Var<'t, f64>) -> Var<'t, f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter5::QUOTIENT.run(quotient)
}
