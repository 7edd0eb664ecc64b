// ANCHOR: statement
//! ### Exercise 7.2 · How many gradients wait · 25 minutes
//!
//! On the tape each parameter is stepped as soon as its gradient is complete, and the gradient is
//! let go. Parameter p holds `sizes[p]` numbers. `uses` names the parameter of each layer, the first
//! layer first; a parameter may be used by several layers, or by none. How many numbers of
//! gradients are held at most?
//!
//! If another gradient of the same parameter is waiting, then for a moment both are there; then
//! the two are one.
//!
//! ```text
//! sizes = [10, 3, 4], uses = [0, 1, 2, 0]   (a table of 10 at both ends)
//!   →  20
//! ```
// ANCHOR_END: statement

use exercises::chapter7;
use std::process::ExitCode;

// ANCHOR: stub
/// The most numbers of gradients that are held at any time.
fn peak(sizes: &[usize], uses: &[usize]) -> usize {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter7::TIED.run(peak)
}
