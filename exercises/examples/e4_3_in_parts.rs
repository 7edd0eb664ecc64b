// ANCHOR: statement
//! ### Exercise 4.3 · A batch in parts · 15 minutes
//!
//! A batch is too large for the memory. `gradient(a..b)` computes the gradient of the *mean* loss of
//! the samples from a up to b, and refuses more than `most` of them at a time. Find the gradient of
//! the mean loss of all samples from 0 up to `samples`.
//!
//! ```text
//! three samples, alone they have the gradients 1, 2 and 6; two at a time  →  3
//! ```
// ANCHOR_END: statement

use exercises::chapter4;
use longhand::Tensor;
use std::ops::Range;
use std::process::ExitCode;

// ANCHOR: stub
/// The gradient of the mean loss of all samples.
fn in_parts(
    samples: usize,
    most: usize,
    gradient: &dyn Fn(Range<usize>) -> Tensor<f64>,
) -> Tensor<f64> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter4::IN_PARTS.run(in_parts)
}
