// ANCHOR: statement
//! ### Exercise 1.2 · The shape in common · 20 minutes
//!
//! Two tensors are to be added. Find the shape that they have in common by the three rules of
//! broadcasting, or `None` where they do not fit.
//!
//! ```text
//! [4, 1, 3] and [2, 1]  →  [4, 2, 3]
//! [2, 3] and [2]        →  None
//! ```
// ANCHOR_END: statement

use exercises::chapter1;
use std::process::ExitCode;

// ANCHOR: stub
/// The shape that the two have in common, if they have one.
fn common(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter1::BROADCAST.run(common)
}
