// ANCHOR: statement
//! ### Exercise 1.3 · Loops in another order · 10 minutes
//!
//! A product of `[m, k]` by `[k, n]` consists of links, c[i, j] ← a[i, p] · b[p, j] + c[i, j], one
//! for each i, p and j. The three loops of the definition go through them with i outermost and p
//! innermost. Exchange the two inner loops: call `link(i, p, j)` once for each link, in that order.
//!
//! ```text
//! m = 1, k = 2, n = 2  →  link(0, 0, 0), link(0, 0, 1), link(0, 1, 0), link(0, 1, 1)
//! ```
// ANCHOR_END: statement

use exercises::chapter1;
use std::process::ExitCode;

// ANCHOR: stub
/// Calls `link(i, p, j)` for every link.
fn links(m: usize, k: usize, n: usize, link: &mut dyn FnMut(usize, usize, usize)) {
    todo!()
}
// ANCHOR_END: stub

fn main() -> ExitCode {
    chapter1::SWAP.run(links)
}
