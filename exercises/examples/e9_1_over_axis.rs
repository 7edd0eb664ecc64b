// ANCHOR: statement
//! ### Exercise 9.1 · The lesson of a synthesizer · 10 minutes
//!
//! A synthesizer learns from the squared distance between what it guessed and what was true, added
//! up over the features of a sample (and over whatever else belongs to it), and averaged over the
//! samples. The samples lie along `axis`, which need not be the first: the state of a recurrent
//! net is often `[layers, batch, features]`. Find the gradient of that loss with respect to the
//! guess.
//!
//! ```text
//! guess = [[[1], [2]]], truth = [[[0], [4]]], axis = 1  →  [[[1], [−2]]]    (one layer, two samples)
//! ```
// ANCHOR_END: statement

use exercises::chapter9;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// The gradient with respect to the guess, of its shape.
fn lesson(guess: &Tensor<f64>, truth: &Tensor<f64>, axis: usize) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter9::OVER_AXIS.run(lesson)
}
