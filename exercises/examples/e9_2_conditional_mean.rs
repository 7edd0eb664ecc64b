// ANCHOR: statement
//! ### Exercise 9.2 · The best guess · 20 minutes
//!
//! A synthesizer sees nothing of a sample but its trigger, and here the triggers are whole numbers.
//! Many samples share one. Row s of `truths`, `[n, features]`, is the true gradient of sample s. If
//! the synthesizer could say whatever it likes for each trigger, and had learnt as well as it is
//! possible from these samples, what would it say for each sample?
//!
//! ```text
//! triggers = [0, 7, 0], truths = [[2], [5], [4]]  →  [[3], [5], [3]]
//! ```
// ANCHOR_END: statement

use exercises::chapter9;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// The guess for each sample, `[n, features]`.
fn best_guess(triggers: &[usize], truths: &Tensor<f64>) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter9::CONDITIONAL_MEAN.run(best_guess)
}
