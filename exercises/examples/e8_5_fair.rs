// ANCHOR: statement
//! ### Exercise 8.5 · A fair choice · 15 minutes
//!
//! A rule was trained with several step sizes, each from several seeds. Here are the losses of
//! these runs, a row for each step size, on images that were kept apart for choosing and on the
//! test set. Choose a step size for the rule, and say which loss it comes to: the index of the row
//! with the least mean loss where it may be looked at, and the mean loss on the test set in that
//! row. A run that ran away has the loss NaN; a step size with such a run is not to be chosen. Of
//! two equally good ones take the first. (There is always one that can be chosen.)
//!
//! ```text
//! choosing [[3, 5], [2, 4], [1, 9]], test [[4, 4], [6, 4], [2, 2]]  →  (1, 5.0)
//! ```
// ANCHOR_END: statement

use exercises::chapter8;
use std::process::ExitCode;

// ANCHOR: stub
/// The row that is chosen, and its mean loss on the test set.
fn choose(choosing: &[Vec<f64>], test: &[Vec<f64>]) -> (usize, f64) {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter8::FAIR.run(choose)
}
