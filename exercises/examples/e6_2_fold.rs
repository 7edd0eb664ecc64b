// ANCHOR: statement
//! ### Exercise 6.2 · Back from the columns · 25 minutes
//!
//! Take images that are a single row. A window of k elements moves over it; what it sees from its
//! places are the columns, of shape `[k, places]`. Write the way back from the columns to the row,
//! for any stride, dilation and padding. (`Steps` has these three as its fields.)
//!
//! ```text
//! columns = [[1, 2, 3], [4, 5, 6]], stride 1, dilation 1, no padding, 4 pixels  →  [1, 6, 8, 6]
//! ```
// ANCHOR_END: statement

use exercises::chapter6::{self, Steps};
use longhand::Tensor;
use std::process::ExitCode;

// ANCHOR: stub
/// So many pixels.
fn fold(columns: &Tensor<f64>, steps: Steps, pixels: usize) -> Vec<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter6::FOLD.run(fold)
}
