// ANCHOR: statement
//! ### Exercise 5.5 · The broken rule among five · 60 minutes
//!
//! Somebody hands you a function whose pullback may be wrong. Write the check that finds it: from
//! `rule`, and an x at which to look, give `Some(1)` if the first derivatives are wrong, `Some(2)` if
//! those are right and the second are not, and `None` if both are right. A `Rule` takes a variable of
//! any tape; the output has the shape of x. The crate's own checks may not be called. (Where nothing
//! leads back to x, `grad` refuses. `y.backward_pass().with_respect_to(&[x])` gives `None` then.)
//!
//! ```text
//! tanh at ½: as it is  →  None      with 1 − y for 1 − y²  →  Some(1)
//!            with y.detach() in its pullback  →  Some(2)
//! ```
// ANCHOR_END: statement

use exercises::chapter5::{self, Rule};
#[allow(unused_imports)]
use longhand::{Rng, Tape, Tensor, init};
use std::process::ExitCode;

// ANCHOR: stub
/// The lowest order of derivative that is wrong at x, if one is.
fn wrong_order(rule: Rule, x: &Tensor<f64>) -> Option<usize> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter5::SUSPECT.run(wrong_order)
}
