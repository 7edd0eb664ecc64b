// ANCHOR: statement
//! ### Exercise 7.4 · Rows and columns · 10 minutes
//!
//! Adafactor does not keep the mean squares v of a matrix's gradients. It keeps the mean rᵢ of each
//! row and the mean cⱼ of each column, and guesses v from these: rᵢ·cⱼ / mean(r). Write the guess,
//! from v itself, so that one can look at how good it is. Where all of v is 0 the guess is 0.
//!
//! ```text
//! [[1, 2], [3, 6]]  →  [[1, 2], [3, 6]]     (a row is a multiple of the other)
//! [[1, 0], [0, 1]]  →  [[½, ½], [½, ½]]
//! ```
// ANCHOR_END: statement

use exercises::chapter7;
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// The guess, of the shape of v.
fn guess(v: &Tensor<f64>) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter7::ADAFACTOR.run(guess)
}
