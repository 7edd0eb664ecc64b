// ANCHOR: statement
//! ### Exercise 8.3 · Two into one · 25 minutes
//!
//! Two machines have each seen a part of the batches, and each has kept what Welford's rule keeps of
//! one parameter's gradients: how many they were, their mean, and the sum of their squared
//! distances from that mean. Make of the two what one machine would have that had seen all of them.
//! Nobody has the gradients any more. Either machine may have seen none. And as in the chapter,
//! do not subtract two large numbers.
//!
//! ```text
//! 1 and 3: count 2, mean 2, squares 2
//! 8:       count 1, mean 8, squares 0
//!   →      count 3, mean 4, squares 26
//! ```
// ANCHOR_END: statement

use exercises::chapter8::{self, Stats};
use std::process::ExitCode;

// ANCHOR: stub
/// `Stats` has the fields `count: usize`, `mean: f64` and `squares: f64`.
fn merge(a: Stats, b: Stats) -> Stats {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter8::MERGE.run(merge)
}
